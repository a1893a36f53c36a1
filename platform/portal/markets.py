"""What an instrument has done in the last 24 hours, for lists of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from portal import charts
from portal.display import grouped
from portal.portfolio import current_tickers
from trading.instruments import selectors as instruments
from trading.instruments.rules import InstrumentInfo
from trading.market_data import selectors as market_data

log = structlog.get_logger("marque.portal")

# 24 hours; an instrument that is younger is drawn finer, so that there is a line at all.
SPARK_INTERVALS, SPARK_CANDLES = ("30m", "5m", "1m"), 48
SPARK_LEAST = 8  # candles, to be worth the wider interval
SPARK_SECONDS = 60  # that the shape of a line is kept
_DIGITS = 5  # of a price that are seen in a line so small


@dataclass(frozen=True)
class MarketRow:
    """An instrument with its last price as published; texts are empty while there is none.

    ``closes``: the line's values, scaled down, oldest first.
    """

    info: InstrumentInfo
    base_name: str
    last: str
    high: str
    low: str
    change_bp: int
    volume: str
    quote_volume: str
    closes: list[int]
    is_favourite: bool = False

    @property
    def kind(self) -> str:
        return "up" if self.change_bp > 0 else "down" if self.change_bp < 0 else ""

    @property
    def change(self) -> str:
        """ "+1.25 %" """
        if not self.last:
            return "–"
        sign = "+" if self.change_bp > 0 else "−" if self.change_bp < 0 else ""
        number = f"{abs(self.change_bp) // 100}.{abs(self.change_bp) % 100:02}"
        return f"{sign}{grouped(number)} %"

    @property
    def whole_volume(self) -> str:
        return self.quote_volume.partition(".")[0]

    @property
    def spark(self) -> str:
        return charts.spark(self.closes)


def rows(favourites: list[str] | None = None) -> list[MarketRow]:
    """Every listed instrument, in the firm's order."""
    catalogue = instruments.catalogue()
    tickers = {ticker["instrument"]: ticker for ticker in current_tickers()}
    return [
        _row(
            info,
            catalogue.assets[info.base_id].name,
            tickers.get(info.symbol, {}),
            is_favourite=info.symbol in (favourites or ()),
        )
        for info in catalogue.instruments.values()
    ]


def _row(
    info: InstrumentInfo, name: str, ticker: dict[str, Any], *, is_favourite: bool
) -> MarketRow:
    return MarketRow(
        info=info,
        base_name=name,
        last=ticker.get("last") or "",
        high=ticker.get("high") or "",
        low=ticker.get("low") or "",
        change_bp=int(ticker.get("change_bp") or 0),
        volume=ticker.get("volume") or "",
        quote_volume=ticker.get("quote_volume") or "",
        closes=_kept(f"portal:spark:{info.id}", lambda: closes(info)),
        is_favourite=is_favourite,
    )


def closes(info: InstrumentInfo) -> list[int]:
    """Closes of the last 24 hours, oldest first, scaled so that few digits are left."""
    prices: list[int] = []
    for interval in SPARK_INTERVALS:
        found = market_data.recent_candles(info.id, interval, limit=SPARK_CANDLES)
        if len(found) > len(prices):
            prices = [candle.close_price_units for candle in found]
        if len(prices) >= SPARK_LEAST:
            break
    return scaled(prices)


def scaled(prices: list[int]) -> list[int]:
    """Without the digits that all of them need not be told apart."""
    spread = max(prices, default=0) - min(prices, default=0)
    digits = max(0, len(str(spread)) - _DIGITS)
    return [price // 10**digits for price in prices]


def _kept(key: str, make: Callable[[], list[int]]) -> list[int]:
    try:
        found: list[int] | None = cache.get(key)
        if found is None:
            found = make()
            cache.set(key, found, SPARK_SECONDS)
    except RedisError:
        log.warning("sparkline not kept: no cache")
        return make()
    return found
