"""The tape of one instrument: its trades, ticker and candles, and their JSON.

Symbols and numbers need no escaping in JSON, so messages are put together as text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from money.units import format_units
from trading.instruments.rules import InstrumentInfo
from trading.market_data import candles, tickers
from trading.orders import shapes

RECENT_TRADES = 100


class Tape:
    """Trades, ticker and candles of one instrument."""

    __slots__ = ("last_trade_id", "new_trades", "quoted", "recent", "series", "ticker")

    def __init__(self) -> None:
        self.new_trades: list[tuple[int, str]] = []
        self.recent: deque[str] = deque(maxlen=RECENT_TRADES)
        self.series = candles.CandleSeries()
        self.ticker = tickers.Ticker()
        self.quoted = (0, 0)
        self.last_trade_id = 0


def trades_message(symbol: str, kind: str, last_trade_id: int, trades: Iterable[str]) -> str:
    """Trades, oldest first; `seq` is the id of the newest one."""
    return (
        f'{{"channel":"trades:{symbol}","type":"{kind}","seq":{last_trade_id},'
        f'"trades":[{",".join(trades)}]}}'
    )


def tickers_message(kind: str, bodies: list[str]) -> str:
    return f'{{"channel":"tickers","type":"{kind}","tickers":[{",".join(bodies)}]}}'


def trade_json(
    info: InstrumentInfo, trade_id: int, ticks: int, lots: int, taker_side: int, time_ns: int
) -> str:
    return (
        f'{{"id":"{trade_id}","price":"{info.price_text(ticks)}",'
        f'"quantity":"{info.quantity_text(lots)}","side":"{shapes.SIDE_NAMES[taker_side]}",'
        f'"time":{time_ns // shapes.NANOSECONDS_PER_MS}}}'
    )


def candle_json(info: InstrumentInfo, candle: candles.Candle) -> str:
    prices = (
        candle.open_price_units,
        candle.high_price_units,
        candle.low_price_units,
        candle.close_price_units,
    )
    texts = ",".join(f'"{_price_text(info, price)}"' for price in prices)
    return f'[{candle.open_second * 1000},{texts},"{info.base_text(candle.base_units)}"]'


def ticker_json(
    info: InstrumentInfo, ticker: tickers.Ticker, bid_ticks: int, ask_ticks: int
) -> str:
    def price(units: int) -> str:
        return f'"{_price_text(info, units)}"' if ticker.last_price_units else "null"

    bid = f'"{info.price_text(bid_ticks)}"' if bid_ticks else "null"
    ask = f'"{info.price_text(ask_ticks)}"' if ask_ticks else "null"
    return (
        f'{{"instrument":"{info.symbol}","last":{price(ticker.last_price_units)},'
        f'"open":{price(ticker.open_price_units)},"high":{price(ticker.high_price_units)},'
        f'"low":{price(ticker.low_price_units)},"volume":"{info.base_text(ticker.base_units)}",'
        f'"quote_volume":"{info.quote_text(ticker.quote_units)}",'
        f'"change_bp":{ticker.change_bp},"bid":{bid},"ask":{ask}}}'
    )


def _price_text(info: InstrumentInfo, price_units: int) -> str:
    return format_units(price_units, info.quote_scale, info.price_places)
