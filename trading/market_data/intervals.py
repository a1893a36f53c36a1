"""Candle intervals: which are stored, which are derived when read, and where each begins."""

from typing import NamedTuple

NS_PER_SECOND = 1_000_000_000
_FIRST_MONDAY_SECONDS = 4 * 86_400  # 1970-01-05; the epoch was a Thursday


class Interval(NamedTuple):
    """One candle width. ``source`` names the stored interval a derived one is folded from."""

    name: str
    seconds: int
    source: str  # its own name when stored


_ALL = (
    Interval("1m", 60, "1m"),
    Interval("5m", 300, "5m"),
    Interval("15m", 900, "5m"),
    Interval("30m", 1_800, "5m"),
    Interval("1h", 3_600, "1h"),
    Interval("4h", 14_400, "1h"),
    Interval("1d", 86_400, "1d"),
    Interval("1w", 604_800, "1d"),
)
INTERVALS: dict[str, Interval] = {interval.name: interval for interval in _ALL}
STORED: tuple[Interval, ...] = tuple(i for i in _ALL if i.source == i.name)


def open_second(second: int, interval: Interval) -> int:
    """The Unix second at which the candle holding ``second`` began. Weeks begin on Monday, UTC."""
    if interval.name == "1w":
        return second - (second - _FIRST_MONDAY_SECONDS) % interval.seconds
    return second - second % interval.seconds
