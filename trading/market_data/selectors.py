"""Reads of candles and of what the publisher last published, for pages and the REST API."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import redis
from django.conf import settings
from django.utils import timezone

from money.units import parse_units
from tenants.selectors import current_tenant
from trading.calendars import selectors as calendars
from trading.engine.enums import InstrumentState
from trading.instruments.info import catalogue
from trading.instruments.rules import InstrumentInfo
from trading.market_data import candles, intervals, tape
from trading.market_data.models import Candle
from trading.orders import shapes
from trading.orders.models import Trade

MAX_CANDLES = 1_000
_AUCTION_FIELDS = (
    "price",
    "quantity",
    "surplus_side",
    "surplus_quantity",
    "reopens_at",
    "session_ends_at",
)
_cleared_seq: list[Callable[[], int]] = []


class UnknownInterval(LookupError):
    """No candle interval of that name; the message can be shown to a person."""


def recent_candles(
    instrument_id: int, interval_name: str, *, limit: int = 500, before_second: int | None = None
) -> list[candles.Candle]:
    """The last candles of an interval (that begin before a Unix second), oldest first.

    15m, 30m, 4h and 1w are folded from 5m, 1h and 1d. Raises UnknownInterval.
    """
    interval = intervals.INTERVALS.get(interval_name)
    if interval is None:
        known = ", ".join(intervals.INTERVALS)
        raise UnknownInterval(f"There is no interval {interval_name!r}. Intervals: {known}.")
    limit = max(1, min(limit, MAX_CANDLES))
    source = intervals.INTERVALS[interval.source]
    # One wider candle more than asked for: the oldest narrower ones may be cut in the middle.
    stored_limit = (limit + 1) * (interval.seconds // source.seconds)
    rows = Candle.objects.filter(instrument_id=instrument_id, interval_seconds=source.seconds)
    if before_second is not None:
        rows = rows.filter(
            open_second__lt=intervals.open_second(before_second - 1, interval) + interval.seconds
        )
    newest = list(rows.order_by("-open_second")[:stored_limit])
    stored = [candle_of(row) for row in reversed(newest)]
    if interval is source:
        return stored[-limit:]
    folded = candles.fold(stored, interval)
    return folded[-limit:]


def candle_of(row: Candle) -> candles.Candle:
    """A row as a value."""
    return candles.Candle(
        open_second=row.open_second,
        open_price_units=row.open_price_units,
        high_price_units=row.high_price_units,
        low_price_units=row.low_price_units,
        close_price_units=row.close_price_units,
        base_units=row.base_units,
        quote_units=row.quote_units,
        trades=row.trades,
        last_seq=row.last_seq,
    )


def register_cleared_seq(read: Callable[[], int]) -> None:
    """Let clearing say up to which engine journal seq the current tenant's tables are good."""
    _cleared_seq.clear()
    _cleared_seq.append(read)


def cleared_seq() -> int:
    """Up to which engine journal seq the current tenant's candles and trades are complete."""
    return _cleared_seq[0]()


def candle_json(info: InstrumentInfo, candle: candles.Candle) -> list[Any]:
    """`[open ms, open, high, low, close, volume]`, numbers as decimal text."""
    row: list[Any] = msgspec.json.decode(tape.candle_json(info, candle))
    return row


def recent_trades(info: InstrumentInfo, *, limit: int = tape.RECENT_TRADES) -> list[dict[str, Any]]:
    """The last trades, oldest first: as published, else as cleared."""
    published = _published(f"trades:{info.symbol}")
    if published is not None:
        trades: list[dict[str, Any]] = published["trades"]
        return trades[-limit:]
    rows = Trade.objects.filter(instrument_id=info.id).order_by("-id")[:limit]
    return [
        shapes.trade_json(row, info, time_ns=shapes.ns_of(row.time)) for row in reversed(list(rows))
    ]


def current_tickers() -> list[dict[str, Any]]:
    """The ticker of every instrument as last published; empty while no publisher ran."""
    published = _published("tickers")
    return [] if published is None else published["tickers"]


def last_ticks() -> dict[int, int]:
    """The last price of each instrument that traded, in ticks, as last published; empty where
    none is known, or Redis is away."""
    by_symbol = catalogue().by_symbol
    try:
        published = current_tickers()
    except redis.RedisError:
        return {}
    found = {}
    for ticker in published:
        info = by_symbol.get(ticker["instrument"])
        if info is not None and ticker["last"] is not None:
            found[info.id] = parse_units(ticker["last"], info.quote_scale) // info.tick_units
    return found


def depth_snapshot(info: InstrumentInfo, *, levels: int = 100) -> dict[str, Any]:
    """The book as last published, best prices first; empty while no publisher ran."""
    published = _published(info.symbol)
    if published is None:
        return {"instrument": info.symbol, "seq": 0, "bids": [], "asks": []}
    return {
        "instrument": info.symbol,
        "seq": published["seq"],
        "bids": published["bids"][:levels],
        "asks": published["asks"][:levels],
    }


def auction(info: InstrumentInfo) -> dict[str, Any]:
    """What an instrument is at, and what its auction would come to, as last published."""
    published = _published(f"auction:{info.symbol}")
    known = {} if published is None else published
    state = InstrumentState(info.state).name.lower()
    return {
        "instrument": info.symbol,
        "state": known.get("state", state),
        **{name: known.get(name) for name in _AUCTION_FIELDS},
        **_next_change(info),
    }


def _next_change(info: InstrumentInfo) -> dict[str, Any]:
    """What the instrument's calendar says comes next."""
    step = calendars.next_change(info.id, timezone.now())
    if step is None:
        return {"next_state": None, "next_change_at": None}
    return {
        "next_state": InstrumentState(step.state).name.lower(),
        "next_change_at": int(step.at.timestamp()) * 1_000,
    }


def publisher_seq() -> int:
    """The engine journal seq the publisher has published up to; 0: never ran."""
    return int(_redis().get("publisher:seq") or 0)


def _published(name: str) -> Any:
    data = _redis().get(f"md:snapshot:{current_tenant().id}:{name}")
    return None if data is None else msgspec.json.decode(data)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)
