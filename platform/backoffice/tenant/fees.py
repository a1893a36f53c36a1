"""Fee schedules: who pays what in which instrument; changes hold at once, history stays."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Listing
from backoffice.tenant import history, names
from backoffice.tenant.instrument_forms import percent_field, percent_units
from money.units import format_units
from trading.accounts.models import AccountGroup
from trading.instruments import actions, selectors
from trading.instruments.models import FeeSchedule, Instrument


def _group_text(row: Any) -> str:
    return row.group.name if row.group else _("All groups")


def _instrument_text(row: Any) -> str:
    return row.instrument.symbol if row.instrument else _("All instruments")


def fees(request: HttpRequest) -> HttpResponse:
    """Schedules in force, the instruments' own fees below them, and the history."""
    may_change = access.may(request.user, "fees.change")
    columns = [
        Column(gettext_lazy("Group"), _group_text, "main"),
        Column(gettext_lazy("Instrument"), _instrument_text),
        Column(gettext_lazy("Maker"), lambda r: cells.percent_of_ppm(r.maker_ppm), "number"),
        Column(gettext_lazy("Taker"), lambda r: cells.percent_of_ppm(r.taker_ppm), "number"),
        Column(gettext_lazy("Since (UTC)"), lambda r: cells.when(r.updated_at)),
    ]
    schedules = Listing(
        columns=columns,
        empty_headline=gettext_lazy("No fee schedules"),
        empty_sentence=gettext_lazy("Everyone pays the instruments' own fees."),
        row_link=(lambda row: pages.url(request, "edit_fees", row.pk)) if may_change else None,
    ).show(selectors.fee_schedules())
    own = Listing(
        columns=[
            Column(gettext_lazy("Instrument"), lambda r: r.symbol, "main"),
            Column(gettext_lazy("Maker"), lambda r: cells.percent_of_ppm(r.maker_ppm), "number"),
            Column(gettext_lazy("Taker"), lambda r: cells.percent_of_ppm(r.taker_ppm), "number"),
        ],
        row_link=lambda row: pages.url(request, "instrument", row.pk),
    ).show(Instrument.objects.order_by("symbol"))
    versions = selectors.fee_versions()[:50]
    steps = history.steps(
        versions,
        lambda name: _("Maker fee") if name == "maker_ppm" else _("Taker fee"),
        lambda _name, value: cells.percent_of_ppm(value),
    )
    for step, row in zip(steps, versions, strict=True):
        step["scope"] = f"{_group_text(row)}, {_instrument_text(row)}"
    return pages.render(
        request,
        "fees.html",
        {"schedules": schedules, "own": own, "history": steps, "may_change": may_change},
        title=_("Fees"),
    )


class FeesForm(ReasonForm):
    """Two rates and why."""

    maker_ppm = percent_field(gettext_lazy("Maker fee, %"))
    taker_ppm = percent_field(gettext_lazy("Taker fee, %"))
    field_order = ["maker_ppm", "taker_ppm", "reason", "token"]

    def clean_maker_ppm(self) -> int:
        return percent_units(self.cleaned_data["maker_ppm"], 4)

    def clean_taker_ppm(self) -> int:
        return percent_units(self.cleaned_data["taker_ppm"], 4)


class NewFeesForm(FeesForm):
    """A scope as well."""

    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=AccountGroup.objects.none(),
        required=False,
        empty_label=gettext_lazy("All groups"),
    )
    instrument = forms.ModelChoiceField(
        label=gettext_lazy("Instrument"),
        queryset=Instrument.objects.none(),
        required=False,
        empty_label=gettext_lazy("All instruments"),
    )
    field_order = ["group", "instrument", "maker_ppm", "taker_ppm", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = AccountGroup.objects.all()  # type: ignore[attr-defined]
        self.fields["instrument"].queryset = Instrument.objects.all()  # type: ignore[attr-defined]


class FeesAction(ActionPage):
    """What the pages that change fees share."""

    def back(self, target: Any) -> str:
        return self.url("fees")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Fees"), self.url("fees"))]


class NewFees(FeesAction):
    """A schedule for a group, an instrument, or a group in an instrument."""

    form_class = NewFeesForm

    def title(self, target: Any) -> str:
        return _("New fee schedule")

    def confirm_label(self, target: Any) -> str:
        return _("Put the fees in force")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("The narrowest schedule holds: a group in an instrument, then the group, then the "
              "instrument, then the instrument's own fees."),
            _("Setting fees of a scope that has some already replaces them."),
        ]  # fmt: skip

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        row = actions.set_fees(
            group=values["group"],
            instrument=values["instrument"],
            maker_ppm=values["maker_ppm"],
            taker_ppm=values["taker_ppm"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The fees of %(scope)s are on their way to the engine.") % {
            "scope": f"{_group_text(row)}, {_instrument_text(row)}"
        }


class OneFeesAction(FeesAction):
    """An action on one schedule."""

    def target(self, schedule_id: int) -> FeeSchedule:  # type: ignore[override]
        row: FeeSchedule = names.found(selectors.fee_schedules(), pk=schedule_id)
        return row

    def facts(self, target: FeeSchedule) -> list[tuple[str, Any]]:
        return [
            (_("Group"), _group_text(target)),
            (_("Instrument"), _instrument_text(target)),
            (_("Maker now"), cells.percent_of_ppm(target.maker_ppm)),
            (_("Taker now"), cells.percent_of_ppm(target.taker_ppm)),
        ]


class EditFees(EditPage, OneFeesAction):
    """Other rates."""

    form_class = FeesForm
    template = "fees_edit.html"

    def title(self, target: FeeSchedule) -> str:
        return _("Change fees")

    def confirm_label(self, target: FeeSchedule) -> str:
        return _("Put the fees in force")

    def explanation(self, target: FeeSchedule) -> list[str]:
        return [_("They hold for every trade from within about a second on.")]

    def initial(self, target: FeeSchedule) -> dict[str, Any]:
        return {
            "maker_ppm": format_units(target.maker_ppm, 4),
            "taker_ppm": format_units(target.taker_ppm, 4),
        }

    def perform(self, target: FeeSchedule, values: dict[str, Any]) -> str:
        actions.set_fees(
            group=target.group,
            instrument=target.instrument,
            maker_ppm=values["maker_ppm"],
            taker_ppm=values["taker_ppm"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The new fees are on their way to the engine.")


class RemoveFees(OneFeesAction):
    """Remove a schedule."""

    danger = True

    def title(self, target: FeeSchedule) -> str:
        return _("Remove the fee schedule")

    def explanation(self, target: FeeSchedule) -> list[str]:
        return [_("The next wider schedule, or the instrument's own fees, hold again.")]

    def perform(self, target: FeeSchedule, values: dict[str, Any]) -> str:
        actions.remove_fees(schedule=target, acting_user=self.request.user, reason=values["reason"])
        return _("The schedule is removed.")


PAGES = (
    pages.Page("fees/", "fees", fees, "fees.view"),
    pages.Page("fees/new/", "new_fees", NewFees.as_view(), "fees.change"),
    pages.Page("fees/<int:schedule_id>/", "edit_fees", EditFees.as_view(), "fees.change"),
    pages.Page(
        "fees/<int:schedule_id>/remove/", "remove_fees", RemoveFees.as_view(), "fees.change"
    ),
)
