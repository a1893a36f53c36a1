"""What an asset is worth in the reporting currency at a moment, and where that rate is from.

Rates come from the firm's own instruments: the close of the last one-minute candle all of whose
trades were before the moment. An asset with no instrument against the currency is priced through
one other asset at most. What has no rate has no value: None, never zero.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from trading.instruments.rules import AssetInfo, Catalogue
from wallets.reports.shapes import Amount

_CANDLES = """
SELECT instrument.id, candle.open_second, candle.close_price_units
FROM unnest(%(ids)s::bigint[]) AS instrument (id)
CROSS JOIN LATERAL (
    SELECT open_second, close_price_units FROM market_data_candle
    WHERE instrument_id = instrument.id AND interval_seconds = 60
      AND open_second <= %(second)s AND last_seq <= %(seq)s
    ORDER BY open_second DESC LIMIT 1
) candle
"""

# The candle before the one that the moment lies in or begins: all of its trades were before.
_CANDLES_OVER = """
SELECT moment.step, instrument.id, candle.open_second, candle.close_price_units
FROM unnest(%(seconds)s::bigint[]) WITH ORDINALITY AS moment (second, step)
CROSS JOIN unnest(%(ids)s::bigint[]) AS instrument (id)
CROSS JOIN LATERAL (
    SELECT open_second, close_price_units FROM market_data_candle
    WHERE instrument_id = instrument.id AND interval_seconds = 60
      AND open_second <= moment.second - 60
    ORDER BY open_second DESC LIMIT 1
) candle
"""


class Price(NamedTuple):
    """The close of a candle: quote units of one whole base asset."""

    instrument_id: int
    open_second: int
    quote_units: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of the currency for one unit of the asset, the instruments it is made of, and the
    second in which the candle of the oldest of them ended."""

    value: Fraction
    symbols: tuple[str, ...]
    as_of_second: int | None

    def source(self, at: datetime) -> str:
        """Where it is from and how old it was, in words."""
        if self.as_of_second is None:
            return ""
        age = _age(max(0, int(at.timestamp()) - self.as_of_second))
        return _("last trades of %(symbols)s, %(age)s old") % {
            "symbols": " × ".join(self.symbols),
            "age": age,
        }


@dataclass(frozen=True, slots=True)
class Valuation:
    """Rates of one moment into one currency (None: the firm has no such asset)."""

    currency: AssetInfo | None
    at: datetime
    rates: dict[int, Rate]
    assets: dict[int, AssetInfo]

    @property
    def code(self) -> str:
        return self.currency.code if self.currency else ""

    def value(self, asset_id: int, units: int) -> Fraction | None:
        """Exact units of the currency; None without a rate."""
        rate = self.rates.get(asset_id)
        return None if rate is None else rate.value * units

    def worth(self, asset_id: int, units: int) -> Amount | None:
        """The value rounded to a whole unit (half to even); None without a rate."""
        return self.rounded(self.value(asset_id, units))

    def rounded(self, value: Fraction | None) -> Amount | None:
        if value is None or self.currency is None:
            return None
        return Amount(round(value), self.currency.scale, self.currency.code)

    def sum(self, holdings: list[tuple[int, int]]) -> Amount | None:
        """The worth of (asset id, units) pairs that have a rate; None when none has."""
        values = [v for v in (self.value(*each) for each in holdings) if v is not None]
        return self.rounded(sum(values, Fraction())) if values else None

    def source(self, asset_id: int) -> str:
        """Where the asset's rate is from, in words; that it has none."""
        rate = self.rates.get(asset_id)
        return _("no rate") if rate is None else rate.source(self.at)

    def unvalued(self, asset_ids: set[int]) -> list[str]:
        """Codes of those assets that have no rate."""
        return [a.code for pk, a in self.assets.items() if pk in asset_ids and pk not in self.rates]


def prices_at(instrument_ids: list[int], *, at: datetime, seq: int) -> list[Price]:
    """The last whole candle of each instrument before a moment and through an engine seq."""
    with connection.cursor() as sql:
        sql.execute(_CANDLES, {"ids": instrument_ids, "second": int(at.timestamp()), "seq": seq})
        return [Price(row[0], row[1], int(row[2])) for row in sql.fetchall()]


def prices_over(instrument_ids: list[int], moments: list[datetime]) -> list[list[Price]]:
    """For each moment, the last candle of each instrument that had ended before it."""
    seconds = [int(moment.timestamp()) for moment in moments]
    found: list[list[Price]] = [[] for _moment in moments]
    with connection.cursor() as sql:
        sql.execute(_CANDLES_OVER, {"ids": instrument_ids, "seconds": seconds})
        for step, instrument_id, open_second, quote_units in sql.fetchall():
            found[step - 1].append(Price(instrument_id, open_second, int(quote_units)))
    return found


def valuation(
    catalogue: Catalogue, prices: list[Price], currency_code: str, at: datetime
) -> Valuation:
    """Rates of all assets that the prices lead to, straight or through one other asset."""
    currency = catalogue.by_code.get(currency_code)
    if currency is None:
        return Valuation(None, at, {}, catalogue.assets)
    steps = _steps(catalogue, prices)
    rates = {currency.id: Rate(Fraction(1), (), None)}
    for _round in range(2):
        known = dict(rates)
        for asset_id, target_id, rate in steps:
            if asset_id in rates or target_id not in known:
                continue
            onward = known[target_id]
            seconds = [s for s in (rate.as_of_second, onward.as_of_second) if s is not None]
            rates[asset_id] = Rate(
                rate.value * onward.value, rate.symbols + onward.symbols, min(seconds)
            )
    return Valuation(currency, at, rates, catalogue.assets)


def _steps(catalogue: Catalogue, prices: list[Price]) -> list[tuple[int, int, Rate]]:
    """(asset, other asset, rate) for each price both ways, bases before quotes."""
    there, back = [], []
    for price in sorted(prices):
        info = catalogue.instruments[price.instrument_id]
        if price.quote_units <= 0:
            continue
        value = Fraction(price.quote_units, 10**info.base_scale)
        ended = price.open_second + 60
        there.append((info.base_id, info.quote_id, Rate(value, (info.symbol,), ended)))
        back.append((info.quote_id, info.base_id, Rate(1 / value, (info.symbol,), ended)))
    return there + back


def _age(seconds: int) -> str:
    if seconds < 120:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 7_200:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 172_800:
        return _("%(count)d h") % {"count": seconds // 3600}
    return _("%(count)d days") % {"count": seconds // 86_400}
