"""Candles as values: built trade by trade, folded into wider ones. No tables, no clock.

Prices are in quote units per one whole base asset, not in ticks: the tick of an instrument may
change, a stored candle must not change its meaning with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trading.market_data import intervals


@dataclass(slots=True)
class Candle:
    """One candle of one instrument; times in Unix seconds, prices and amounts in units."""

    open_second: int
    open_price_units: int
    high_price_units: int
    low_price_units: int
    close_price_units: int
    base_units: int
    quote_units: int
    trades: int
    last_seq: int

    def add_trade(self, price_units: int, base_units: int, quote_units: int, seq: int) -> None:
        """Take in the next trade; trades come in the order of the engine journal."""
        if price_units > self.high_price_units:
            self.high_price_units = price_units
        if price_units < self.low_price_units:
            self.low_price_units = price_units
        self.close_price_units = price_units
        self.base_units += base_units
        self.quote_units += quote_units
        self.trades += 1
        self.last_seq = seq

    def add_candle(self, later: Candle) -> None:
        """Take in a candle that follows this one in time."""
        self.high_price_units = max(self.high_price_units, later.high_price_units)
        self.low_price_units = min(self.low_price_units, later.low_price_units)
        self.close_price_units = later.close_price_units
        self.base_units += later.base_units
        self.quote_units += later.quote_units
        self.trades += later.trades
        self.last_seq = max(self.last_seq, later.last_seq)


def first_candle(
    open_second: int, price_units: int, base_units: int, quote_units: int, seq: int
) -> Candle:
    """A candle that holds its first trade."""
    return Candle(
        open_second=open_second,
        open_price_units=price_units,
        high_price_units=price_units,
        low_price_units=price_units,
        close_price_units=price_units,
        base_units=base_units,
        quote_units=quote_units,
        trades=1,
        last_seq=seq,
    )


def fold(candles: Iterable[Candle], interval: intervals.Interval) -> list[Candle]:
    """Wider candles out of narrower ones, which must come in order of time."""
    wider: list[Candle] = []
    for candle in candles:
        begins = intervals.open_second(candle.open_second, interval)
        if wider and wider[-1].open_second == begins:
            wider[-1].add_candle(candle)
        else:
            wider.append(
                Candle(
                    begins,
                    candle.open_price_units,
                    candle.high_price_units,
                    candle.low_price_units,
                    candle.close_price_units,
                    candle.base_units,
                    candle.quote_units,
                    candle.trades,
                    candle.last_seq,
                )
            )
    return wider


class CandleSeries:
    """The candle of every interval that is open now, for one instrument, and what changed."""

    __slots__ = ("changed", "current")

    def __init__(self) -> None:
        self.current: dict[str, Candle] = {}
        self.changed: dict[str, dict[int, Candle]] = {}

    def add_trade(
        self, second: int, price_units: int, base_units: int, quote_units: int, seq: int
    ) -> None:
        """Take in one trade at Unix time ``second``."""
        for name, interval in intervals.INTERVALS.items():
            begins = intervals.open_second(second, interval)
            candle = self.current.get(name)
            # A clock that steps back a little must not reopen a candle that was closed.
            if candle is None or begins > candle.open_second:
                candle = first_candle(begins, price_units, base_units, quote_units, seq)
                self.current[name] = candle
            else:
                candle.add_trade(price_units, base_units, quote_units, seq)
            self.changed.setdefault(name, {})[candle.open_second] = candle

    def take_changed(self) -> dict[str, list[Candle]]:
        """Changed candles by interval name, in order of time, and forget that they changed."""
        changed = {name: list(candles.values()) for name, candles in self.changed.items()}
        self.changed = {}
        return changed
