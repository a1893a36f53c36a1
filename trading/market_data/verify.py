"""Are the candles true? Every stored and derived candle against the trades themselves."""

from __future__ import annotations

from trading.market_data import candles, intervals, projections, selectors
from trading.market_data.models import Candle
from trading.orders import shapes
from trading.orders.models import Trade


def candle_breaks(instrument_id: int, base_scale: int) -> list[str]:
    """One line for each candle of the current tenant's instrument that its trades do not give.

    Reads every trade of the instrument: for tests, nights and people, not for pages.
    """
    breaks = []
    recomputed = _recomputed(instrument_id, base_scale)
    for interval in intervals.INTERVALS.values():
        kept = _kept(instrument_id, interval)
        true = {candle.open_second: candle for candle in recomputed[interval.name]}
        for open_second in sorted(kept.keys() | true.keys()):
            if kept.get(open_second) != true.get(open_second):
                breaks.append(
                    f"{interval.name} candle at {open_second}: kept {kept.get(open_second)}, "
                    f"trades give {true.get(open_second)}"
                )
    return breaks


def _recomputed(instrument_id: int, base_scale: int) -> dict[str, list[candles.Candle]]:
    every: dict[str, list[candles.Candle]] = {name: [] for name in intervals.INTERVALS}
    for trade in Trade.objects.filter(instrument_id=instrument_id).order_by("id").iterator():
        second = shapes.ns_of(trade.time) // intervals.NS_PER_SECOND
        price = projections.price_units(trade.base_units, trade.quote_units, base_scale)
        for name, interval in intervals.INTERVALS.items():
            begins = intervals.open_second(second, interval)
            series = every[name]
            if series and series[-1].open_second == begins:
                series[-1].add_trade(price, trade.base_units, trade.quote_units, trade.seq)
            else:
                series.append(
                    candles.first_candle(
                        begins, price, trade.base_units, trade.quote_units, trade.seq
                    )
                )
    return every


def _kept(instrument_id: int, interval: intervals.Interval) -> dict[int, candles.Candle]:
    source = intervals.INTERVALS[interval.source]
    rows = Candle.objects.filter(instrument_id=instrument_id, interval_seconds=source.seconds)
    stored = [selectors.candle_of(row) for row in rows.order_by("open_second")]
    return {candle.open_second: candle for candle in candles.fold(stored, interval)}
