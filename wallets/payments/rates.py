"""What one asset is worth in another, where limits are counted in the other one.

Two sources, in this order: the firm's own last trades, while they are not older than a day (the
room of reports registers them, being above this one), and the reference rates that the firm sets
for currencies that it does not trade. Without either there is no rate, and nothing is guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from tenants import registry
from trading.instruments.models import Asset
from wallets.payments import declared

MOST_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """``value``: units of the currency for one unit of the asset. ``source``: where it is from, in
    words; ``as_of``: None for a rate that holds until it is changed."""

    value: Fraction
    source: str
    as_of: datetime | None = None


# (code of the currency, moment) → rates by asset id.
Traded = Callable[[str, datetime], Mapping[int, Rate]]


def _nothing_traded(_currency: str, _now: datetime) -> Mapping[int, Rate]:
    return {}


_traded: Traded = _nothing_traded


def register(traded: Traded) -> None:
    """Have a room above tell what the firm's own trades say."""
    global _traded
    _traded = traded


def rate(asset: Asset, currency: Asset, now: datetime) -> Rate | None:
    """Units of ``currency`` for one unit of ``asset``; None where nobody can say."""
    if asset.pk == currency.pk:
        return Rate(Fraction(1), "the same asset")
    found = _traded(currency.code, now).get(asset.pk)
    if found is not None and found.as_of is not None and now - found.as_of <= MOST_AGE:
        return found
    return _reference(asset, currency)


def _reference(asset: Asset, currency: Asset) -> Rate | None:
    """A rate out of the firm's setting, either way round."""
    told = declared.read_rates(registry.get(declared.REFERENCE_RATES))
    price = told.get((asset.code, currency.code))
    if price is None:
        inverse = told.get((currency.code, asset.code))
        if inverse is None:
            return None
        whole = 1 / Fraction(inverse)
        price_text = f"1 {currency.code} = {inverse} {asset.code}"
    else:
        whole = Fraction(price)
        price_text = f"1 {asset.code} = {price} {currency.code}"
    units = whole * Fraction(10**currency.scale, 10**asset.scale)
    return Rate(units, f"reference rate {price_text}")


def ceiling(value: Fraction) -> int:
    """The next whole unit: what is used of a limit is never counted too low."""
    return -((-value.numerator) // value.denominator)
