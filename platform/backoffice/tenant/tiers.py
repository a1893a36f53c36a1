"""Volume tiers: what customers pay the more they trade; changes hold at once, history stays."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tenant import history, names
from backoffice.tenant.instrument_forms import percent_units
from money.units import format_units
from trading.accounts.models import AccountGroup
from trading.engine.limits import MOST_FEE_TIERS
from trading.fees import actions, selectors
from trading.fees.models import Ladder
from trading.instruments import selectors as instruments
from trading.instruments.models import Asset

EMPTY_ROWS = 3
_COLUMNS = (
    ("volume", gettext_lazy("From a 30-day volume of")),
    ("maker_ppm", gettext_lazy("Maker fee, %")),
    ("taker_ppm", gettext_lazy("Taker fee, %")),
)


def _group_text(row: Any) -> str:
    return row.group.name if row.group else _("All other groups")


def _change_label(name: str) -> str:
    if name == "asset":
        return _("Currency of volume")
    return _("Tier %(number)s") % {"number": name.removeprefix("tier_")}


def _change_value(name: str, value: Any) -> str:
    """Of a tier: the volume it begins at, grouped, and its fees."""
    volume, space, rest = str(value).partition(" ")
    if not (name.startswith("tier_") and space):
        return str(value)
    return f"{cells.grouped(volume)} {rest}"


def fee_tiers(request: HttpRequest) -> HttpResponse:
    """Every ladder, what volume is counted in, and the history."""
    valuation = selectors.valuation()
    versions = selectors.versions()[:50]
    steps = history.steps(versions, _change_label, _change_value)
    for step, row in zip(steps, versions, strict=True):
        step["scope"] = _("Currency of volume") if row.is_valuation else _group_text(row)
    ladders = [
        {
            "name": _group_text(ladder),
            "since": cells.when(ladder.updated_at),
            "address": pages.url(request, "edit_fee_tiers", ladder.pk),
            "tiers": [
                {
                    "number": tier.number,
                    "volume": cells.money(
                        tier.from_units, valuation.asset.scale, valuation.asset.code
                    ),
                    "maker": cells.percent_of_ppm(tier.maker_ppm),
                    "taker": cells.percent_of_ppm(tier.taker_ppm),
                }
                for tier in ladder.tiers.all()
            ],
        }
        for ladder in selectors.ladders()
        if valuation is not None
    ]
    return pages.render(
        request,
        "fee_tiers.html",
        {
            "valuation": valuation,
            "ladders": ladders,
            "history": steps,
            "may_change": access.may(request.user, "fees.change"),
        },
        title=_("Volume tiers"),
        crumbs=[(_("Fees"), pages.url(request, "fees"))],
    )


class TiersForm(ReasonForm):
    """A ladder, a row a tier; empty rows at the end do not count."""

    def __init__(self, *args: Any, rows: int = MOST_FEE_TIERS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = min(rows, MOST_FEE_TIERS)
        for number in range(1, MOST_FEE_TIERS + 1):
            for name, label in _COLUMNS:
                self.fields[f"{name}_{number}"] = forms.CharField(
                    label=label,
                    max_length=60,
                    required=False,
                    widget=forms.TextInput(
                        attrs={
                            "class": "bo-input",
                            "inputmode": "decimal",
                            "autocomplete": "off",
                            "aria-label": f"{_change_label(f'tier_{number}')}: {label}",
                        }
                    ),
                )

    def grid(self) -> list[dict[str, Any]]:
        """The rows that are shown: three more than are filled."""
        return [
            {
                "number": number,
                "cells": [(label, self[f"{name}_{number}"]) for name, label in _COLUMNS],
            }
            for number in range(1, self.rows + 1)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found: list[actions.Step] = []
        ended = False
        for number in range(1, MOST_FEE_TIERS + 1):
            row = {name: values.get(f"{name}_{number}", "") for name, _label in _COLUMNS}
            if not any(row.values()):
                ended = True
                continue
            if ended:
                self.add_error(f"volume_{number}", _("Fill in the tiers from the first row on."))
                continue
            for name, text in row.items():
                if not text:
                    self.add_error(f"{name}_{number}", _("Fill in the whole row."))
            if all(row.values()):
                found.append(self._step(number, row))
        values["steps"] = found
        return values

    def _step(self, number: int, row: dict[str, str]) -> actions.Step:
        rates = []
        for name in ("maker_ppm", "taker_ppm"):
            try:
                rates.append(percent_units(row[name], 4))
            except forms.ValidationError as error:
                self.add_error(f"{name}_{number}", error)
                rates.append(0)
        return actions.Step(row["volume"], *rates)


class NewTiersForm(TiersForm):
    """A scope as well."""

    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=AccountGroup.objects.none(),
        required=False,
        empty_label=gettext_lazy("All other groups"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["group"]
        choices.queryset = AccountGroup.objects.all()


class TiersAction(ActionPage):
    """What the pages that change tiers share."""

    def back(self, target: Any) -> str:
        return self.url("fee_tiers")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Fees"), self.url("fees")), (_("Volume tiers"), self.url("fee_tiers"))]

    def obstacle(self, target: Any) -> str:
        if selectors.valuation() is None:
            return _("Choose the currency that volume is counted in first.")
        return ""


class SetTiers(EditPage, TiersAction):
    """A new ladder, or another one in its place."""

    template = "fee_tiers_edit.html"

    def target(self, ladder_id: int = 0) -> Ladder | None:  # type: ignore[override]
        if not ladder_id:
            return None
        row: Ladder = names.found(selectors.ladders(), pk=ladder_id)
        return row

    def title(self, target: Ladder | None) -> str:
        if target is None:
            return _("New volume tiers")
        return _("Volume tiers of %(group)s") % {"group": _group_text(target)}

    def confirm_label(self, target: Ladder | None) -> str:
        return _("Put the tiers in force")

    def explanation(self, target: Ladder | None) -> list[str]:
        return [
            _("Volume is what an account traded on the 30 days (UTC) before today, as maker and "
              "as taker; a tier is looked at each day at 00:00 UTC."),
            _("A tier never takes more than the fee schedule: the lower of the two is paid."),
            _("Each tier begins at a higher volume than the one before, and takes less. New tiers "
              "hold for every trade from within about a second on."),
        ]  # fmt: skip

    def facts(self, target: Ladder | None) -> list[tuple[str, Any]]:
        asset = selectors.valuation_asset()
        return [(_("Currency of volume"), asset.code)] if asset else []

    def open_form(self, target: Ladder | None, data: Any = None, files: Any = None) -> StaffForm:
        initial: dict[str, str] = {}
        count = 0
        asset = selectors.valuation_asset()
        if target is not None and asset is not None:
            for tier in target.tiers.all():
                count = tier.number
                initial[f"volume_{count}"] = format_units(tier.from_units, asset.scale)
                initial[f"maker_ppm_{count}"] = format_units(tier.maker_ppm, 4)
                initial[f"taker_ppm_{count}"] = format_units(tier.taker_ppm, 4)
        rows = count + EMPTY_ROWS if data is None else MOST_FEE_TIERS
        form_class = NewTiersForm if target is None else TiersForm
        return form_class(data, files, initial=initial, rows=rows)

    def perform(self, target: Ladder | None, values: dict[str, Any]) -> str:
        actions.set_ladder(
            group=values["group"] if target is None else target.group,
            steps=values["steps"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The tiers are on their way to the engine.")


class RemoveTiers(TiersAction):
    """Remove a ladder."""

    danger = True

    def target(self, ladder_id: int) -> Ladder:  # type: ignore[override]
        row: Ladder = names.found(selectors.ladders(), pk=ladder_id)
        return row

    def title(self, target: Ladder) -> str:
        return _("Remove the tiers of %(group)s") % {"group": _group_text(target)}

    def explanation(self, target: Ladder) -> list[str]:
        return [
            _("The tiers of all other groups hold then, if there are any, else the fee schedules "
              "alone. Volume is counted on."),
        ]  # fmt: skip

    def perform(self, target: Ladder, values: dict[str, Any]) -> str:
        actions.set_ladder(
            group=target.group, steps=[], acting_user=self.request.user, reason=values["reason"]
        )
        return _("The tiers are removed.")


class ValuationForm(ReasonForm):
    """Which asset."""

    asset = forms.ModelChoiceField(
        label=gettext_lazy("Currency of volume"),
        queryset=Asset.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: volume is not counted"),
    )
    field_order = ["asset", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["asset"]
        choices.queryset = instruments.assets()


class SetValuation(EditPage, TiersAction):
    """What volume is counted in."""

    form_class = ValuationForm
    danger = True

    def title(self, target: Any) -> str:
        return _("Currency of volume")

    def obstacle(self, target: Any) -> str:
        if Ladder.objects.exists():
            return _("Remove all tiers first: their volumes are amounts of the present currency.")
        return ""

    def explanation(self, target: Any) -> list[str]:
        return [
            _("A trade counts what was paid, if that is this currency; else it is valued by the "
              "last price of the instrument that trades the asset for this currency. Without such "
              "an instrument it counts nothing."),
            _("Counting begins at zero: what was counted in another currency is forgotten."),
        ]  # fmt: skip

    def initial(self, target: Any) -> dict[str, Any]:
        return {"asset": selectors.valuation_asset()}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.set_valuation(
            asset=values["asset"], acting_user=self.request.user, reason=values["reason"]
        )
        return _("The currency of volume is on its way to the engine.")


PAGES = (
    pages.Page("fees/tiers/", "fee_tiers", fee_tiers, "fees.view"),
    pages.Page("fees/tiers/currency/", "set_valuation", SetValuation.as_view(), "fees.change"),
    pages.Page("fees/tiers/new/", "new_fee_tiers", SetTiers.as_view(), "fees.change"),
    pages.Page("fees/tiers/<int:ladder_id>/", "edit_fee_tiers", SetTiers.as_view(), "fees.change"),
    pages.Page(
        "fees/tiers/<int:ladder_id>/remove/",
        "remove_fee_tiers",
        RemoveTiers.as_view(),
        "fees.change",
    ),
)
