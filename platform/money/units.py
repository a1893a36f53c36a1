"""Amounts between people (decimal text) and the product (integers with a scale).

An amount of an asset is an ``int`` of *units*: the asset's smallest step, ``10**-scale`` of one
whole. A price is an ``int`` of *ticks*, a quantity an ``int`` of *lots*. Nothing here rounds
unless its name says so; a value that does not fit exactly is a :class:`MoneyError`.
"""

import re
from decimal import Decimal

MAX_SCALE = 18
MAX_UNITS = 10**38 - 1  # numeric(38, 0)
PPM = 1_000_000

_PLAIN = re.compile(r"-?\d{1,40}(\.\d{1,40})?\Z", re.ASCII)


class MoneyError(ValueError):
    """A text or number that is no exact amount. As text it is English, for programs and records;
    `money.words.words_of` says the same to a person, in the language of the page."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogues; Django's own is not here, for the engine uses this room."""
    return text


def parse_units(text: str, scale: int) -> int:
    """Units of plain decimal text such as ``"0.25"``; raises MoneyError if it does not fit."""
    text = text.strip()
    if not _PLAIN.match(text):
        raise MoneyError(
            gettext_noop("Enter a plain number such as 12.5, without spaces or thousands marks.")
        )
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("-").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > scale:
        raise MoneyError(
            gettext_noop("At most %(scale)s decimal places are possible here."), scale=scale
        )
    units: int = int(whole) * 10**scale + int(fraction.ljust(scale, "0") or "0")
    if units > MAX_UNITS:
        raise MoneyError(gettext_noop("The number is too large."))
    return -units if negative else units


def format_units(units: int, scale: int, min_places: int = 0) -> str:
    """Plain decimal text of ``units``, exact, without trailing zeros past ``min_places``."""
    sign = "-" if units < 0 else ""
    whole, fraction_units = divmod(abs(units), 10**scale)
    fraction = str(fraction_units).rjust(scale, "0") if scale else ""
    fraction = fraction.rstrip("0").ljust(min(min_places, scale), "0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def decimal_of(units: int, scale: int) -> Decimal:
    """The exact Decimal of ``units``."""
    return Decimal(units).scaleb(-scale)


def exact_quotient(units: int, step_units: int, what: str) -> int:
    """How many steps ``units`` is; raises MoneyError naming ``what`` if it is no whole number."""
    steps, rest = divmod(units, step_units)
    if rest:
        raise MoneyError(gettext_noop("The %(what)s is not a multiple of its step."), what=what)
    return steps


def fee_units(amount_units: int, fee_ppm: int) -> int:
    """The fee on an amount, rounded up to a whole unit, in the house's favour."""
    return (amount_units * fee_ppm + PPM - 1) // PPM


def notional_factor(tick_units: int, lot_units: int, base_scale: int) -> int:
    """``k`` with quote units = lots * ticks * k, exact; raises MoneyError if k is not whole.

    ``tick_units``: quote units of one tick in the price of one whole base asset;
    ``lot_units``: base units of one lot.
    """
    one_base_units: int = 10**base_scale
    factor, rest = divmod(tick_units * lot_units, one_base_units)
    if rest or factor <= 0:
        raise MoneyError(
            gettext_noop(
                "Tick size times lot size must be a whole number of the quote asset's units: "
                "make the tick or the lot larger, or use a quote asset with more decimal places."
            )
        )
    return factor
