"""What makes no sense in an instrument's rules, at a price people expect.

The rules themselves are checked by `actions` (steps, limits, ranges). Here is what would be allowed
and yet be a slip of the pen: a tick of half the price, a band that holds no price, orders that are
too small and too large at once.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from money.units import PPM

NONSENSE_FEE_PPM = 50_000  # 5 %
BP = 10_000


@dataclass(frozen=True)
class Finding:
    """``field`` is one of `actions.RULE_FIELDS`; what is no nonsense is only worth a look."""

    field: str
    sentence: str
    is_nonsense: bool


def findings(row: Any, price_units: int = 0) -> list[Finding]:
    """What is odd about the rules of an instrument (a saved row or one that is not).

    ``price_units``: what one whole base is expected to cost, in quote units; 0: not known.
    """
    found = []
    for field, ppm in (("maker_ppm", row.maker_ppm), ("taker_ppm", row.taker_ppm)):
        if NONSENSE_FEE_PPM < ppm <= PPM:  # above 100 % it is refused anyway
            found.append(
                Finding(
                    field, _("A fee above %(share)s is surely a slip.") % {"share": "5 %"}, True
                )
            )
    if row.maker_ppm > row.taker_ppm:
        found.append(Finding("maker_ppm", _("Makers pay more than takers."), False))
    if price_units > 0 and 0 < row.min_lots <= row.max_lots:
        found += _at_price(row, price_units)
    return found


def _at_price(row: Any, price_units: int) -> list[Finding]:
    one = 10**row.base.scale
    smallest = price_units * row.min_lots * row.lot_units // one
    largest = price_units * row.max_lots * row.lot_units // one
    band_units = price_units * row.price_band_bp // BP
    found = []
    if row.tick_units * 20 > price_units:
        found.append(
            Finding(
                "tick_size",
                _("One tick is more than %(share)s of the expected price.") % {"share": "5 %"},
                True,
            )
        )
    elif row.tick_units * 500 > price_units:
        found.append(
            Finding(
                "tick_size",
                _("One tick is more than %(share)s of the expected price.") % {"share": "0.2 %"},
                False,
            )
        )
    if row.price_band_bp and band_units < row.tick_units:
        found.append(
            Finding("price_band_bp", _("The band is narrower than one tick: no price fits."), True)
        )
    if largest < row.min_notional_units:
        found.append(
            Finding(
                "max_quantity",
                _(
                    "Even the largest quantity is worth less than the smallest value: nobody could "
                    "place an order."
                ),
                True,
            )
        )
    if 0 < row.max_notional_units < smallest:
        found.append(
            Finding(
                "max_notional",
                _(
                    "Even the smallest quantity is worth more than the largest value: nobody could "
                    "place an order."
                ),
                True,
            )
        )
    if smallest == 0:
        found.append(
            Finding("min_quantity", _("The smallest quantity is worth nothing at all."), True)
        )
    return found
