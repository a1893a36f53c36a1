"""Trades of the engine's journal into stored candles, inside clearing's transaction."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

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
    minutes: dict[int, list[candles.Candle]] = {}
    scales = _base_scales(cursor, trades["base_asset_id"].tolist())
    columns = zip(
        trades["seq"].tolist(),
        trades["time_ns"].tolist(),
        trades["instrument_id"].tolist(),
        trades["base_asset_id"].tolist(),
        tables.amounts("Traded", "base_units").tolist(),
        tables.amounts("Traded", "quote_units").tolist(),
        strict=True,
    )
    for seq, time_ns, instrument_id, base_asset_id, base_units, quote_units in columns:
        price = price_units(base_units, quote_units, scales[base_asset_id])
        series = minutes.setdefault(instrument_id, [])
        begins = time_ns // _NS_PER_MINUTE * 60
        if series and series[-1].open_second >= begins:
            series[-1].add_trade(price, base_units, quote_units, seq)
        else:
            series.append(candles.first_candle(begins, price, base_units, quote_units, seq))
    _upsert(
        cursor,
        [
            (instrument_id, interval.seconds, candle)
            for instrument_id, series in minutes.items()
            for interval in intervals.STORED
            for candle in candles.fold(series, interval)
        ],
    )


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
