"""Trades of the engine's journal into stored candles, inside clearing's transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from trading.bulk.arrays import SMALL, Array, sum_by
from trading.bulk.tables import EventTables
from trading.market_data import candles, intervals

if TYPE_CHECKING:
    import psycopg

_UPSERT = """
INSERT INTO market_data_candle AS old (
    instrument_id, interval_seconds, open_second, open_price_units, high_price_units,
    low_price_units, close_price_units, base_units, quote_units, trades, last_seq)
SELECT * FROM unnest(
    %s::bigint[], %s::int[], %s::bigint[], %s::numeric[], %s::numeric[],
    %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[])
ON CONFLICT (instrument_id, interval_seconds, open_second) DO UPDATE SET
    high_price_units = greatest(old.high_price_units, EXCLUDED.high_price_units),
    low_price_units = least(old.low_price_units, EXCLUDED.low_price_units),
    close_price_units = EXCLUDED.close_price_units,
    base_units = old.base_units + EXCLUDED.base_units,
    quote_units = old.quote_units + EXCLUDED.quote_units,
    trades = old.trades + EXCLUDED.trades,
    last_seq = EXCLUDED.last_seq
"""


_NS_PER_MINUTE = 60 * intervals.NS_PER_SECOND


def project_candles(cursor: psycopg.Cursor[Any], tables: EventTables) -> None:
    """Add a batch's trades to every stored interval. A trade given twice counts twice."""
    trades = tables["Traded"]
    if not len(trades):
        return
    base_units = tables.amounts("Traded", "base_units")
    quote_units = tables.amounts("Traded", "quote_units")
    prices = _prices(cursor, trades["base_asset_id"], base_units, quote_units)
    instrument_ids = trades["instrument_id"]
    _upsert(
        cursor,
        [
            (instrument_id, interval.seconds, candle)
            for instrument_id in np.unique(instrument_ids).tolist()
            for series in [
                _minutes(trades, prices, base_units, quote_units, instrument_ids == instrument_id)
            ]
            for interval in intervals.STORED
            for candle in candles.fold(series, interval)
        ],
    )


def _minutes(
    trades: Array, prices: Array, base_units: Array, quote_units: Array, chosen: Array
) -> list[candles.Candle]:
    """One instrument's trades as candles of a minute."""
    # A clock that steps back a little must not reopen a candle that was closed.
    minutes = np.maximum.accumulate(trades["time_ns"][chosen] // _NS_PER_MINUTE)
    starts = np.flatnonzero(np.concatenate(([True], minutes[1:] != minutes[:-1])))
    ends = np.concatenate((starts[1:], [len(minutes)])) - 1
    prices, seqs = prices[chosen], trades["seq"][chosen]
    columns = (
        minutes[starts] * 60,
        prices[starts],
        np.maximum.reduceat(prices, starts),
        np.minimum.reduceat(prices, starts),
        prices[ends],
        sum_by(minutes, base_units[chosen])[1],
        sum_by(minutes, quote_units[chosen])[1],
        ends - starts + 1,
        seqs[ends],
    )
    return [candles.Candle(*row) for row in zip(*(each.tolist() for each in columns), strict=True)]


def _prices(
    cursor: psycopg.Cursor[Any], asset_ids: Array, base_units: Array, quote_units: Array
) -> Array:
    """`price_units` of every trade, in 64 bits where the prices allow it."""
    scales = _base_scales(cursor, np.unique(asset_ids).tolist())
    prices = np.zeros(len(asset_ids), np.int64)
    for asset_id, scale in scales.items():
        own = asset_ids == asset_id
        exact = _divided(quote_units[own], base_units[own], scale)
        if exact.dtype != prices.dtype:
            prices = prices.astype(object)
        prices[own] = exact
    return prices


def _divided(quote_units: Array, base_units: Array, scale: int) -> Array:
    """quote * 10**scale // base, digit by digit where that stays within 64 bits."""
    if quote_units.dtype != object and base_units.dtype != object:
        # Good to a millionth, and the bound leaves more than that.
        largest = float((quote_units / base_units).max()) * float(10**scale)
        if largest < SMALL:
            quotient, rest = np.divmod(quote_units.view(np.uint64), base_units.view(np.uint64))
            for _ in range(scale):
                digit, rest = np.divmod(rest * np.uint64(10), base_units.view(np.uint64))
                quotient = quotient * np.uint64(10) + digit
            return quotient.view(np.int64)
    exact: Array = quote_units.astype(object) * 10**scale // base_units.astype(object)
    return exact


def price_units(base_units: int, quote_units: int, base_scale: int) -> int:
    """The exact price of a trade, quote units per one whole base asset."""
    return quote_units * 10**base_scale // base_units


def _base_scales(cursor: psycopg.Cursor[Any], asset_ids: list[int]) -> dict[int, int]:
    # Scales are permanent and older than any trade, so the same batch always gives the same rows.
    cursor.execute(
        "SELECT id, scale FROM instruments_asset WHERE id = ANY(%s)", [sorted(set(asset_ids))]
    )
    return dict(cursor.fetchall())


def _upsert(cursor: psycopg.Cursor[Any], rows: list[tuple[int, int, candles.Candle]]) -> None:
    columns: list[list[object]] = [
        [instrument_id for instrument_id, _, _ in rows],
        [seconds for _, seconds, _ in rows],
        [candle.open_second for _, _, candle in rows],
    ]
    for name in (
        "open_price_units",
        "high_price_units",
        "low_price_units",
        "close_price_units",
        "base_units",
        "quote_units",
    ):
        columns.append([Decimal(getattr(candle, name)) for _, _, candle in rows])
    columns.append([candle.trades for _, _, candle in rows])
    columns.append([candle.last_seq for _, _, candle in rows])
    cursor.execute(_UPSERT, columns)
