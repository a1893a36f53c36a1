"""One instrument's book by price level, with numbered differences.

The number of an update is the engine journal's seq it is good for, so it only ever rises, also
across a restart of the publisher; `previous` is the number of the update before it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from trading.engine.enums import Side
from trading.instruments.rules import InstrumentInfo
from trading.market_data.phases import Level

SNAPSHOT_LEVELS = 1_000


class BrokenBook(Exception):
    """The journal and this book disagree; only a fresh start from the engine can mend it."""


class _BookSide:
    """Lots by price. ``prices`` is sorted upwards; ``texts`` holds finished JSON of each level."""

    __slots__ = ("dirty", "lots", "prices", "texts")

    def __init__(self) -> None:
        self.lots: dict[int, int] = {}
        self.prices: list[int] = []
        self.texts: dict[int, str] = {}
        self.dirty: set[int] = set()

    def change(self, ticks: int, lots: int) -> None:
        # Levels may dip below zero inside one batch: events of different kinds are read kind
        # by kind, not in order. What counts is checked when the batch is complete.
        self.lots[ticks] = self.lots.get(ticks, 0) + lots
        self.dirty.add(ticks)

    def settle(self, info: InstrumentInfo) -> list[str]:
        """Bring prices and texts in line with the lots; the JSON of every changed level."""
        changed = []
        for ticks in self.dirty:
            lots = self.lots[ticks]
            price = info.price_text(ticks)
            if lots > 0:
                if ticks not in self.texts:
                    insort(self.prices, ticks)
                text = f'["{price}","{info.quantity_text(lots)}"]'
                if self.texts.get(ticks) == text:
                    continue
                self.texts[ticks] = text
                changed.append(text)
            elif lots == 0:
                del self.lots[ticks]
                if self.texts.pop(ticks, None) is not None:
                    del self.prices[bisect_left(self.prices, ticks)]
                    changed.append(f'["{price}","0"]')
            else:
                raise BrokenBook(f"{info.symbol}: {lots} lots at {price}")
        self.dirty.clear()
        return changed


class DepthBook:
    """Both sides of one instrument's book."""

    __slots__ = ("_asks", "_bids", "applied_seq", "info", "published_seq")

    def __init__(self, info: InstrumentInfo, seq: int) -> None:
        self.info = info
        self._bids = _BookSide()
        self._asks = _BookSide()
        self.applied_seq = seq
        self.published_seq = seq

    def start_at(self, seq: int) -> None:
        """Number the next update from ``seq``."""
        self.applied_seq = self.published_seq = seq

    def change(self, seq: int, side: int, ticks: int, lots: int) -> None:
        """Add ``lots`` (negative: take off) at a price of one side, as of ``seq``."""
        (self._bids if side == Side.BUY else self._asks).change(ticks, lots)
        if seq > self.applied_seq:
            self.applied_seq = seq

    @property
    def is_dirty(self) -> bool:
        return bool(self._bids.dirty or self._asks.dirty)

    def take_update(self) -> str | None:
        """The JSON of what changed since the last call; None if no level did."""
        bids = self._bids.settle(self.info)
        asks = self._asks.settle(self.info)
        if not bids and not asks:
            return None
        previous, self.published_seq = self.published_seq, self.applied_seq
        return (
            f'{{"channel":"depth:{self.info.symbol}","type":"update","previous":{previous},'
            f'"seq":{self.published_seq},"bids":[{",".join(bids)}],"asks":[{",".join(asks)}]}}'
        )

    def snapshot(self, levels: int = SNAPSHOT_LEVELS) -> str:
        """The JSON of the whole book, best first, as of the last update."""
        return (
            f'{{"channel":"depth:{self.info.symbol}","type":"snapshot","seq":{self.published_seq},'
            f'"bids":[{_joined(self._bids, reversed(self._bids.prices[-levels:]))}],'
            f'"asks":[{_joined(self._asks, self._asks.prices[:levels])}]}}'
        )

    def levels(self, side: int) -> list[Level]:
        """The levels of one side, best first, as of the last update."""
        part, step = (self._bids, -1) if side == Side.BUY else (self._asks, 1)
        return [Level(ticks, part.lots[ticks]) for ticks in part.prices[::step]]

    @property
    def best_bid_ticks(self) -> int:
        return self._bids.prices[-1] if self._bids.prices else 0

    @property
    def best_ask_ticks(self) -> int:
        return self._asks.prices[0] if self._asks.prices else 0


def _joined(side: _BookSide, prices: Iterable[int]) -> str:
    texts = side.texts
    return ",".join([texts[ticks] for ticks in prices])
