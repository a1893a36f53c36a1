"""The rules of an instrument in words."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice import words
from backoffice.cells import percent_of_bp, percent_of_ppm
from trading.engine import enums


def instrument_rules(instrument: Any) -> list[str]:
    """What the rules of ``instrument`` mean for a customer, one sentence each."""
    base, quote = instrument.base, instrument.quote

    def base_text(units: int) -> str:
        return words.amount_text(units, base)

    def quote_text(units: int) -> str:
        return words.amount_text(units, quote)

    sentences = [
        _("Customers trade %(base)s and pay or receive %(quote)s.")
        % {"base": base.code, "quote": quote.code},
        _("Prices move in steps of %(tick)s for one whole %(base)s.")
        % {"tick": quote_text(instrument.tick_units), "base": base.code},
        _("Quantities are multiples of %(lot)s: at least %(least)s and at most %(most)s an order.")
        % {
            "lot": base_text(instrument.lot_units),
            "least": base_text(instrument.min_lots * instrument.lot_units),
            "most": base_text(instrument.max_lots * instrument.lot_units),
        },
    ]
    if instrument.min_notional_units and instrument.max_notional_units:
        sentences.append(
            _("An order must be worth between %(least)s and %(most)s.")
            % {
                "least": quote_text(instrument.min_notional_units),
                "most": quote_text(instrument.max_notional_units),
            }
        )
    elif instrument.min_notional_units:
        sentences.append(
            _("An order must be worth at least %(least)s.")
            % {"least": quote_text(instrument.min_notional_units)}
        )
    elif instrument.max_notional_units:
        sentences.append(
            _("An order may be worth at most %(most)s.")
            % {"most": quote_text(instrument.max_notional_units)}
        )
    else:
        sentences.append(_("There is no limit on what an order may be worth."))
    sentences.append(
        _("A limit price may be at most %(band)s away from the last price.")
        % {"band": percent_of_bp(instrument.price_band_bp)}
        if instrument.price_band_bp
        else _("A limit price may be any distance from the last price.")
    )
    sentences.append(
        _(
            "Where no fee schedule says otherwise, makers pay %(maker)s and takers %(taker)s "
            "of what they receive."
        )
        % {
            "maker": percent_of_ppm(instrument.maker_ppm),
            "taker": percent_of_ppm(instrument.taker_ppm),
        }
    )
    sentences.append(state_sentence(int(instrument.state)))
    return sentences


def state_sentence(state: int) -> str:
    """What an instrument's state means for customers."""
    return {
        int(enums.InstrumentState.OPEN): _("It is open: orders are accepted and matched."),
        int(enums.InstrumentState.CANCEL_ONLY): _(
            "It is cancel-only: no new orders, open ones can be cancelled."
        ),
        int(enums.InstrumentState.HALTED): _(
            "It is halted: neither new orders nor cancels are accepted."
        ),
    }[state]
