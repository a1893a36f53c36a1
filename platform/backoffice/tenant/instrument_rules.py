"""Rules of instruments on pages: their names, their text, the form that tells them in words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, instrument_words, words
from backoffice.action import ActionPage
from backoffice.tenant import instrument_forms
from money.units import MoneyError, format_units
from money.words import words_of
from trading.instruments import sanity
from trading.instruments.models import Instrument
from trading.market_data.models import Candle

RULE_LABELS = {
    "tick_units": gettext_lazy("Tick size"),
    "lot_units": gettext_lazy("Lot size"),
    "min_lots": gettext_lazy("Smallest quantity"),
    "max_lots": gettext_lazy("Largest quantity"),
    "min_notional_units": gettext_lazy("Smallest value"),
    "max_notional_units": gettext_lazy("Largest value"),
    "price_band_bp": gettext_lazy("Price band"),
    "maker_ppm": gettext_lazy("Maker fee"),
    "taker_ppm": gettext_lazy("Taker fee"),
    "state": gettext_lazy("State"),
    "breaker_bp": gettext_lazy("Circuit breaker"),
    "breaker_window_seconds": gettext_lazy("Window of the breaker"),
    "breaker_halt_seconds": gettext_lazy("Halt of the breaker"),
}
DAY_SECONDS = 86_400


def rule_text(row: Instrument, name: str, value: int) -> str:
    """One rule's value as decimal text with its unit."""
    base, quote = row.base, row.quote
    if name == "lot_units":
        return words.amount_text(value, base)
    if name in ("min_lots", "max_lots"):
        return words.amount_text(value * row.lot_units, base)
    if name in ("tick_units", "min_notional_units", "max_notional_units"):
        return words.amount_text(value, quote)
    if name in ("breaker_window_seconds", "breaker_halt_seconds"):
        return words.seconds_text(value) if value else _("none")
    if name in ("price_band_bp", "breaker_bp"):
        return cells.percent_of_bp(value) if value else _("none")
    if name in ("maker_ppm", "taker_ppm"):
        return cells.percent_of_ppm(value)
    return words.state_text(value)


def rule_values(row: Instrument) -> dict[str, Any]:
    """The rules as the forms of rules hold them."""
    base, quote = row.base, row.quote
    return {
        "tick_size": format_units(row.tick_units, quote.scale),
        "lot_size": format_units(row.lot_units, base.scale),
        "min_quantity": format_units(row.min_lots * row.lot_units, base.scale),
        "max_quantity": format_units(row.max_lots * row.lot_units, base.scale),
        "min_notional": format_units(row.min_notional_units, quote.scale),
        "max_notional": format_units(row.max_notional_units, quote.scale),
        "price_band_bp": format_units(row.price_band_bp, 2),
        "maker_ppm": format_units(row.maker_ppm, 4),
        "taker_ppm": format_units(row.taker_ppm, 4),
    }


def last_price_units(row: Instrument) -> int:
    """What one whole base last traded at, in quote units; 0 before the first trade."""
    latest = (
        Candle.objects.filter(instrument=row, interval_seconds=DAY_SECONDS)
        .order_by("-open_second")
        .first()
    )
    return int(latest.close_price_units) if latest else 0


def preview(values: dict[str, Any], price_units: int | None = None) -> dict[str, Any]:
    """What was typed in words, and what is odd about it, for the preview's template.

    ``price_units`` None: the expected price that was typed.
    """
    try:
        row = instrument_forms.unsaved(values)
        price = instrument_forms.price_of(values) if price_units is None else price_units
    except MoneyError:
        return {"preview": []}
    found = sanity.findings(row, price)
    return {
        "preview": [*instrument_words.instrument_rules(row), *_at_price(row, price)],
        "nonsense": [each.sentence for each in found if each.is_nonsense],
        "odd": [each.sentence for each in found if not each.is_nonsense],
    }


def _at_price(row: Instrument, price_units: int) -> list[str]:
    if not price_units:
        return []
    smallest = max(
        price_units * row.min_lots * row.lot_units // 10**row.base.scale,
        int(row.min_notional_units),
    )
    return [
        _(
            "At %(price)s the smallest order is worth %(worth)s, and one tick is %(share)s of "
            "the price."
        )
        % {
            "price": words.amount_text(price_units, row.quote),
            "worth": words.amount_text(smallest, row.quote),
            "share": cells.percent_of_ppm(int(row.tick_units) * 1_000_000 // price_units),
        }
    ]


def refuse_nonsense(values: dict[str, Any], price_units: int | None = None) -> None:
    """Raise a ValidationError beside the fields that make no sense together."""
    try:
        row = instrument_forms.unsaved(values)
        price = instrument_forms.price_of(values) if price_units is None else price_units
    except MoneyError as error:
        raise ValidationError(words_of(error)) from error
    wrong: dict[str, list[str]] = {}
    for each in sanity.findings(row, price):
        if each.is_nonsense:
            wrong.setdefault(each.field, []).append(each.sentence)
    if wrong:
        raise ValidationError(wrong)


class RulesPage(ActionPage):
    """A form of rules that says in words what was typed, while it is typed."""

    template = "rules_form.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """htmx asks for the preview only; nothing is done then."""
        if not request.headers.get("HX-Request"):
            return super().post(request, **kwargs)
        target = self.target(**kwargs)
        form = self.form(target, request.POST)
        return render(request, "backoffice/parts/preview.html", self.extra(target, form))
