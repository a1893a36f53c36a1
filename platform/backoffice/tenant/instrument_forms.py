"""Forms for rules of instruments: decimal text in, units and words out."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.forms import MomentField, ReasonForm, StaffForm
from money.units import MoneyError, gettext_noop, parse_units
from trading.instruments import actions
from trading.instruments.models import Asset, Instrument, State


def percent_field(label: Any, help_text: Any = "") -> forms.CharField:
    """A percentage as decimal text; see `percent_units`."""
    return forms.CharField(
        label=label,
        max_length=20,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def percent_units(text: str, places: int) -> int:
    """A percentage with ``places`` decimals as whole units: ppm with 4 places, bp with 2."""
    try:
        units = parse_units(text.replace("%", ""), places)
    except MoneyError as error:
        raise forms.ValidationError(str(error)) from error
    if units < 0:
        raise forms.ValidationError(_("Enter a percentage that is not negative."))
    return units


def _decimal_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=60,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class RulesForm(StaffForm):
    """The rules of an instrument, as decimal text."""

    tick_size = _decimal_field(
        gettext_lazy("Tick size"), gettext_lazy("Smallest step of the price, in the quote asset.")
    )
    lot_size = _decimal_field(
        gettext_lazy("Lot size"), gettext_lazy("Smallest step of the quantity, in the base asset.")
    )
    min_quantity = _decimal_field(gettext_lazy("Smallest quantity"))
    max_quantity = _decimal_field(gettext_lazy("Largest quantity"))
    min_notional = _decimal_field(
        gettext_lazy("Smallest value"), gettext_lazy("In the quote asset; 0: no minimum.")
    )
    max_notional = _decimal_field(
        gettext_lazy("Largest value"), gettext_lazy("In the quote asset; 0: no maximum.")
    )
    price_band_bp = percent_field(
        gettext_lazy("Price band, %"),
        gettext_lazy("How far a limit price may be from the last one; 0: any."),
    )
    maker_ppm = percent_field(gettext_lazy("Maker fee, %"))
    taker_ppm = percent_field(gettext_lazy("Taker fee, %"))

    def clean_price_band_bp(self) -> int:
        return percent_units(self.cleaned_data["price_band_bp"], 2)

    def clean_maker_ppm(self) -> int:
        return percent_units(self.cleaned_data["maker_ppm"], 4)

    def clean_taker_ppm(self) -> int:
        return percent_units(self.cleaned_data["taker_ppm"], 4)

    def rules(self) -> dict[str, Any]:
        """The rules as `trading.instruments.actions` takes them."""
        return {name: self.cleaned_data[name] for name in actions.RULE_FIELDS}


class CreateForm(RulesForm):
    """A new instrument: what is traded against what, then its rules."""

    symbol = forms.CharField(
        label=gettext_lazy("Symbol"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Empty: made from the two assets, such as BTC-USDT."),
    )
    base = forms.ModelChoiceField(
        label=gettext_lazy("Base asset (what is traded)"), queryset=Asset.objects.none()
    )
    quote = forms.ModelChoiceField(
        label=gettext_lazy("Quote asset (what is paid)"), queryset=Asset.objects.none()
    )
    state = forms.TypedChoiceField(
        label=gettext_lazy("Begin as"), coerce=int, choices=State.choices
    )
    price = _decimal_field(
        gettext_lazy("Expected price"),
        gettext_lazy(
            "Of one whole base asset. The rules are checked against it, and price bands "
            "are measured from it until the first trade."
        ),
        required=False,
    )
    at = MomentField(
        label=gettext_lazy("Open it at (UTC)"),
        required=False,
        help_text=gettext_lazy("Empty: as soon as the engine has it. Until then it is halted."),
    )
    field_order = ["base", "quote", "symbol", "price", "state", "at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("base", "quote"):
            self.fields[name].queryset = Asset.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("base") and values.get("quote"):
            values["symbol"] = (
                values.get("symbol") or f"{values['base'].code}-{values['quote'].code}"
            ).upper()
        return values


class ChangeForm(RulesForm):
    """Other rules, when they come into force, and why."""

    at = MomentField(
        label=gettext_lazy("In force at (UTC)"),
        required=False,
        help_text=gettext_lazy("Empty: at once."),
    )
    reason = ReasonForm.base_fields["reason"]


class StateForm(ReasonForm):
    """Another state, and why."""

    state = forms.TypedChoiceField(
        label=gettext_lazy("State"),
        coerce=int,
        choices=[
            (State.OPEN, gettext_lazy("Open: orders are accepted and matched")),
            (State.CANCEL_ONLY, gettext_lazy("Cancel only: no new orders")),
            (State.HALTED, gettext_lazy("Halted: neither orders nor cancels")),
            (State.AUCTION, gettext_lazy("Auction: orders gather and do not trade yet")),
            (State.CLOSED, gettext_lazy("Closed: no new orders until the next session")),
        ],
    )
    at = MomentField(
        label=gettext_lazy("At (UTC)"), required=False, help_text=gettext_lazy("Empty: at once.")
    )
    field_order = ["state", "at", "reason", "token"]


class PricesForm(ReasonForm):
    """Mark and index price, and why staff set them by hand."""

    mark_price = forms.CharField(
        label=gettext_lazy("Mark price"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: it stays as it is."),
    )
    index_price = forms.CharField(
        label=gettext_lazy("Index price"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: it stays as it is."),
    )
    field_order = ["mark_price", "index_price", "reason", "token"]


def price_of(values: dict[str, Any]) -> int:
    """The expected price in quote units; 0 when none was given. Raises MoneyError."""
    text = values.get("price", "")
    return parse_units(text, values["quote"].scale) if text else 0


def unsaved(values: dict[str, Any]) -> Instrument:
    """What was typed as a row that is never saved; raises MoneyError."""
    base, quote = values["base"], values["quote"]
    lot_units = parse_units(values["lot_size"], base.scale)
    if lot_units <= 0:
        raise MoneyError(gettext_noop("The lot size must be more than zero."))
    return Instrument(
        symbol=values["symbol"],
        base=base,
        quote=quote,
        tick_units=parse_units(values["tick_size"], quote.scale),
        lot_units=lot_units,
        min_lots=parse_units(values["min_quantity"], base.scale) // lot_units,
        max_lots=parse_units(values["max_quantity"], base.scale) // lot_units,
        min_notional_units=parse_units(values["min_notional"], quote.scale),
        max_notional_units=parse_units(values["max_notional"], quote.scale),
        price_band_bp=values["price_band_bp"],
        maker_ppm=values["maker_ppm"],
        taker_ppm=values["taker_ppm"],
        state=values.get("state", State.OPEN),
    )
