"""The rolling 24-hour ticker of one instrument, kept in minutes."""

from collections import deque

from trading.market_data import candles

WINDOW_SECONDS = 86_400
_MINUTE_SECONDS = 60


class Ticker:
    """Open, high, low, last and volumes of the last 24 hours, to the minute.

    Prices are in quote units per one whole base asset.
    """

    __slots__ = ("base_units", "dirty", "last_price_units", "minutes", "quote_units")

    def __init__(self) -> None:
        self.minutes: deque[candles.Candle] = deque()
        self.base_units = 0
        self.quote_units = 0
        self.last_price_units = 0
        self.dirty = True

    def load_minutes(self, minutes: list[candles.Candle]) -> None:
        """Start from stored one-minute candles, oldest first."""
        self.minutes = deque(minutes)
        self.base_units = sum(minute.base_units for minute in minutes)
        self.quote_units = sum(minute.quote_units for minute in minutes)
        if minutes:
            self.last_price_units = minutes[-1].close_price_units
        self.dirty = True

    def add_trade(
        self, second: int, price_units: int, base_units: int, quote_units: int, seq: int
    ) -> None:
        begins = second - second % _MINUTE_SECONDS
        if self.minutes and self.minutes[-1].open_second >= begins:
            self.minutes[-1].add_trade(price_units, base_units, quote_units, seq)
        else:
            self.minutes.append(
                candles.first_candle(begins, price_units, base_units, quote_units, seq)
            )
        self.base_units += base_units
        self.quote_units += quote_units
        self.last_price_units = price_units
        self.dirty = True

    def expire(self, now_second: int) -> None:
        """Let go of minutes that began more than 24 hours ago."""
        minutes = self.minutes
        while minutes and minutes[0].open_second <= now_second - WINDOW_SECONDS:
            gone = minutes.popleft()
            self.base_units -= gone.base_units
            self.quote_units -= gone.quote_units
            self.dirty = True

    @property
    def open_price_units(self) -> int:
        return self.minutes[0].open_price_units if self.minutes else self.last_price_units

    @property
    def high_price_units(self) -> int:
        return max((m.high_price_units for m in self.minutes), default=self.last_price_units)

    @property
    def low_price_units(self) -> int:
        return min((m.low_price_units for m in self.minutes), default=self.last_price_units)

    @property
    def change_bp(self) -> int:
        """Change over the window in basis points, rounded half up; 0 without trades."""
        opened = self.open_price_units
        if not opened:
            return 0
        return ((self.last_price_units - opened) * 20_000 + opened) // (2 * opened)
