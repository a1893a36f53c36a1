"""Changes of an instrument: rules and state at once or at a time, and the way back to a version."""

from datetime import UTC
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice import cells, instrument_words, pages, words
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import StaffForm
from backoffice.tenant import instrument_forms, names
from backoffice.tenant.adjustments import person
from backoffice.tenant.instrument_rules import (
    RULE_LABELS,
    RulesPage,
    last_price_units,
    preview,
    refuse_nonsense,
    rule_text,
    rule_values,
)
from trading.instruments import actions, selectors
from trading.instruments.models import Instrument, InstrumentVersion, ScheduledChange, State

SHOWN = 20
# Of a scheduled change: what its fields are called. The rules' names are those of the form.
_FIELD_LABELS = {
    name: field.label for name, field in instrument_forms.RulesForm.base_fields.items()
} | {"state": RULE_LABELS["state"]}


def scheduled(request: HttpRequest, row: Instrument) -> list[dict[str, Any]]:
    """Changes that wait for their time, and the latest that came or could not."""
    return [
        {
            "change": change,
            "by": person(change.asked_by),
            "changes": [
                (
                    _FIELD_LABELS.get(name, name),
                    _change_text(name, change.old.get(name)),
                    _change_text(name, value),
                )
                for name, value in change.changes.items()
            ],
            "tone": _TONES[ScheduledChange.State(change.status)],
            "cancel": pages.url(request, "cancel_change", row.pk, change.pk)
            if change.status == ScheduledChange.State.WAITING
            else "",
        }
        for change in selectors.scheduled_changes().filter(instrument=row)[:SHOWN]
    ]


_TONES = {
    ScheduledChange.State.WAITING: "warn",
    ScheduledChange.State.DONE: "good",
    ScheduledChange.State.CANCELED: "plain",
    ScheduledChange.State.FAILED: "bad",
}


def _change_text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "state":
        return words.state_text(int(value))
    if name == "price_band_bp":
        return cells.percent_of_bp(int(value)) if value else _("none")
    if name in ("maker_ppm", "taker_ppm"):
        return cells.percent_of_ppm(int(value))
    return cells.grouped(str(value))


def _scheduled_words(change: ScheduledChange) -> str:
    return _("%(symbol)s changes at %(time)s UTC.") % {
        "symbol": change.instrument,
        "time": change.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
    }


class ChangeInstrument(EditPage, RulesPage):
    """Change the rules: in the engine at once, or at a time."""

    form_class = instrument_forms.ChangeForm

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(
            Instrument.objects.select_related("base", "quote"), pk=instrument_id
        )
        return row

    def title(self, target: Instrument) -> str:
        return _("Rules of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Put the rules in force")

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("In force for every new order within about a second, or at the time you give; open "
              "orders stay."),
            _("Tick and lot size are permanent: another size is another instrument."),
        ]  # fmt: skip

    def initial(self, target: Instrument) -> dict[str, Any]:
        return rule_values(target)

    def extra(self, target: Instrument, form: StaffForm) -> dict[str, Any]:
        if form.is_bound and form.is_valid():
            return preview(self._values(target, form.cleaned_data), last_price_units(target))
        if form.is_bound:
            return {"preview": []}
        return {"preview": instrument_words.instrument_rules(target)}

    def _values(self, target: Instrument, typed: dict[str, Any]) -> dict[str, Any]:
        fixed = {name: getattr(target, name) for name in ("base", "quote", "symbol", "state")}
        return typed | fixed

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, instrument_forms.RulesForm)
        refuse_nonsense(self._values(target, values), last_price_units(target))
        if values["at"]:
            change = actions.schedule_change(
                instrument=target,
                changes=self.sent.rules(),
                at=values["at"],
                reason=values["reason"],
                acting_user=self.request.user,
            )
            return _scheduled_words(change)
        before = target.versions.count()
        row = actions.change_instrument(
            instrument=target,
            acting_user=self.request.user,
            reason=values["reason"],
            **self.sent.rules(),
        )
        if row.versions.count() == before:
            return _("Nothing was different, so nothing was changed.")
        return _("The new rules of %(symbol)s are on their way to the engine.") % {
            "symbol": row.symbol
        }

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


class SetState(ActionPage):
    """Halt an instrument, let it only be cancelled in, gather for an auction, open or close it."""

    form_class = instrument_forms.StateForm
    danger = True

    def target(self, instrument_id: int) -> Instrument:  # type: ignore[override]
        row: Instrument = names.found(Instrument.objects.all(), pk=instrument_id)
        return row

    def title(self, target: Instrument) -> str:
        return _("State of %(symbol)s") % {"symbol": target.symbol}

    def confirm_label(self, target: Instrument) -> str:
        return _("Change the state")

    def facts(self, target: Instrument) -> list[tuple[str, Any]]:
        return [
            (_("Instrument"), target.symbol),
            (_("State now"), words.state_badge(target.state)),
        ]

    def explanation(self, target: Instrument) -> list[str]:
        return [
            _("It takes effect for all customers within about a second, or at the time you give."),
            _("An auction gathers orders; opening or closing the instrument trades them at one "
              "price."),
            _("Closing ends DAY orders."),
        ]  # fmt: skip

    def initial(self, target: Instrument) -> dict[str, Any]:
        wanted = self.request.GET.get("state", "")
        if wanted in {str(value) for value in State.values}:
            return {"state": int(wanted)}
        return {"state": int(State.HALTED if target.state == State.OPEN else State.OPEN)}

    def perform(self, target: Instrument, values: dict[str, Any]) -> str:
        if values["at"]:
            change = actions.schedule_change(
                instrument=target,
                changes={"state": values["state"]},
                at=values["at"],
                reason=values["reason"],
                acting_user=self.request.user,
            )
            return _scheduled_words(change)
        actions.set_instrument_state(
            instrument=target,
            state=values["state"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("%(symbol)s is on its way to its new state.") % {"symbol": target.symbol}

    def back(self, target: Instrument) -> str:
        return self.url("instrument", target.pk)

    def crumbs(self, target: Instrument) -> list[tuple[str, str]]:
        return [(_("Instruments"), self.url("instruments")), (target.symbol, self.back(target))]


class OfInstrument(ActionPage):
    """An action on one thing of an instrument."""

    def instrument(self, instrument_id: int) -> Instrument:
        row: Instrument = names.found(
            Instrument.objects.select_related("base", "quote"), pk=instrument_id
        )
        return row

    def back(self, target: Any) -> str:
        return self.url("instrument", target.instrument_id)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [
            (_("Instruments"), self.url("instruments")),
            (target.instrument.symbol, self.back(target)),
        ]


class CancelChange(OfInstrument):
    """Take back a change whose time has not come."""

    def target(self, instrument_id: int, change_id: int) -> ScheduledChange:  # type: ignore[override]
        row: ScheduledChange = names.found(
            selectors.scheduled_changes().filter(instrument_id=instrument_id), pk=change_id
        )
        return row

    def title(self, target: ScheduledChange) -> str:
        return _("Cancel the scheduled change")

    def facts(self, target: ScheduledChange) -> list[tuple[str, Any]]:
        return [
            (_("Instrument"), target.instrument.symbol),
            (_("At (UTC)"), cells.when(target.at)),
            *(
                (_FIELD_LABELS.get(name, name), _change_text(name, value))
                for name, value in target.changes.items()
            ),
            (_("Asked by"), person(target.asked_by)),
        ]

    def obstacle(self, target: ScheduledChange) -> str:
        if target.status != ScheduledChange.State.WAITING:
            return _("It does not wait any more: %(state)s.") % {
                "state": target.get_status_display().lower()
            }
        return ""

    def perform(self, target: ScheduledChange, values: dict[str, Any]) -> str:
        actions.cancel_change(change=target, acting_user=self.request.user, reason=values["reason"])
        return _("It is canceled. The instrument stays as it is.")


class RollBack(OfInstrument):
    """Put an earlier version's rules in force again."""

    template = "roll_back.html"
    danger = True

    def target(self, instrument_id: int, version: int) -> InstrumentVersion:  # type: ignore[override]
        row: InstrumentVersion = names.found(
            selectors.instrument_versions(self.instrument(instrument_id)).select_related(
                "instrument__base", "instrument__quote"
            ),
            version=version,
        )
        return row

    def title(self, target: InstrumentVersion) -> str:
        return _("Back to version %(version)s of %(symbol)s") % {
            "version": target.version,
            "symbol": target.instrument.symbol,
        }

    def confirm_label(self, target: InstrumentVersion) -> str:
        return _("Put these rules in force again")

    def explanation(self, target: InstrumentVersion) -> list[str]:
        return [
            _("It is a change like any other: nothing of the history is lost, and you can come "
              "back."),
            _("The state stays as it is. In force for every new order within about a second."),
        ]  # fmt: skip

    def _differences(self, target: InstrumentVersion) -> list[tuple[str, str, str]]:
        row = target.instrument
        return [
            (
                str(RULE_LABELS[name]),
                rule_text(row, name, int(getattr(row, name))),
                rule_text(row, name, target.new[name]),
            )
            for name in RULE_LABELS
            if name != "state" and target.new.get(name, 0) != int(getattr(row, name))
        ]

    def obstacle(self, target: InstrumentVersion) -> str:
        if not self._differences(target):
            return _("The rules of this version are in force.")
        return ""

    def extra(self, target: InstrumentVersion, form: StaffForm) -> dict[str, Any]:
        return {"differences": self._differences(target)}

    def basis(self, target: InstrumentVersion) -> Any:
        return self._differences(target)

    def perform(self, target: InstrumentVersion, values: dict[str, Any]) -> str:
        actions.roll_back(
            instrument=target.instrument,
            version=target,
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("The rules of version %(version)s are on their way to the engine.") % {
            "version": target.version
        }


_ONE = "instruments/<int:instrument_id>/"
PAGES = (
    pages.Page(
        f"{_ONE}rules/", "change_instrument", ChangeInstrument.as_view(), "instruments.change"
    ),
    pages.Page(f"{_ONE}state/", "set_instrument_state", SetState.as_view(), "instruments.change"),
    pages.Page(
        f"{_ONE}scheduled/<int:change_id>/cancel/",
        "cancel_change",
        CancelChange.as_view(),
        "instruments.change",
    ),
    pages.Page(
        f"{_ONE}versions/<int:version>/",
        "roll_back",
        RollBack.as_view(),
        "instruments.change",
    ),
)
