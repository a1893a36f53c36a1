"""What an instrument's trading is at: its state, when it ends, and what an auction would come to.

The indicative price is that of the engine's own rule (`trading.engine.auctions`), worked out here
from what the depth shows, so that nobody has to ask the engine for it many times a second; what
icebergs hide stays hidden until the auction ends.
"""

from __future__ import annotations

from typing import NamedTuple

from trading.engine.enums import InstrumentState
from trading.instruments.rules import InstrumentInfo

_NS_PER_MS = 1_000_000


class Level(NamedTuple):
    ticks: int
    lots: int


class Indication(NamedTuple):
    """What an uncrossing would come to now; a price of 0: nothing would trade."""

    ticks: int = 0
    lots: int = 0
    surplus_lots: int = 0  # above 0: wanted beyond what is offered; below: the other way round


def indicate(bids: list[Level], asks: list[Level], reference_ticks: int) -> Indication:
    """The price of the largest volume, then of the smallest surplus; the highest of several if
    buyers are left over at all of them, the lowest if sellers are; else the one nearest to the
    reference price (without one: the middle). Levels come best first.
    """
    if not bids or not asks or bids[0].ticks < asks[0].ticks:
        return Indication()
    prices = {level.ticks for level in (*bids, *asks)}
    # Between two neighbouring limits nothing changes, so the first price behind each stands for
    # all of them up to the next. Beyond the best of either side nothing trades.
    lowest, highest = asks[0].ticks, bids[0].ticks
    starts = sorted(
        {ticks for price in prices for ticks in (price, price + 1) if lowest <= ticks <= highest}
    )
    wanted = sum(level.lots for level in bids)
    offered = 0
    bid_at, ask_at = len(bids) - 1, 0
    best = (0, 0)
    chosen: list[tuple[int, int, int]] = []  # (first price, last price, surplus)
    for place, ticks in enumerate(starts):
        while bid_at >= 0 and bids[bid_at].ticks < ticks:
            wanted -= bids[bid_at].lots
            bid_at -= 1
        while ask_at < len(asks) and asks[ask_at].ticks <= ticks:
            offered += asks[ask_at].lots
            ask_at += 1
        last = starts[place + 1] - 1 if place + 1 < len(starts) else highest
        surplus = wanted - offered
        worth = (min(wanted, offered), -abs(surplus))
        if worth > best:
            best, chosen = worth, []
        if worth == best:
            chosen.append((ticks, last, surplus))
    first, last = chosen[0][0], chosen[-1][1]
    if all(surplus > 0 for *_, surplus in chosen):
        price = last
    elif all(surplus < 0 for *_, surplus in chosen):
        price = first
    elif reference_ticks == 0:
        price = first + (last - first) // 2
    else:
        price = min(max(reference_ticks, first), last)
    surplus = next(surplus for start, end, surplus in chosen if start <= price <= end)
    return Indication(price, best[0], surplus)


class Phase:
    """The phase of one instrument, as of a journal seq."""

    __slots__ = (
        "has_last",
        "reference_ticks",
        "reopen_ns",
        "seq",
        "session_ends_ns",
        "shown",
        "state",
    )

    def __init__(self, state: int, seq: int) -> None:
        self.state = state
        self.reference_ticks = 0
        self.has_last = False  # the reference is the price of a trade
        self.session_ends_ns = 0
        self.reopen_ns = 0
        self.seq = seq  # what happened up to here is known
        self.shown = ""  # the body published last

    @property
    def gathers(self) -> bool:
        """Whether the book may be crossed."""
        return self.state not in (InstrumentState.OPEN, InstrumentState.CLOSED)

    def body(self, info: InstrumentInfo, found: Indication) -> str:
        """JSON without its braces and without what names the message."""
        price = quantity = side = surplus = "null"
        if found.ticks:
            price = f'"{info.price_text(found.ticks)}"'
            quantity = f'"{info.quantity_text(found.lots)}"'
            surplus = f'"{info.quantity_text(abs(found.surplus_lots))}"'
            if found.surplus_lots:
                side = '"buy"' if found.surplus_lots > 0 else '"sell"'
        return (
            f'"state":"{InstrumentState(self.state).name.lower()}","price":{price},'
            f'"quantity":{quantity},"surplus_side":{side},"surplus_quantity":{surplus},'
            f'"reopens_at":{_milliseconds(self.reopen_ns)},'
            f'"session_ends_at":{_milliseconds(self.session_ends_ns)}'
        )


def message(info: InstrumentInfo, kind: str, body: str) -> str:
    return f'{{"channel":"auction:{info.symbol}","type":"{kind}",{body}}}'


def _milliseconds(time_ns: int) -> str:
    return str(time_ns // _NS_PER_MS) if time_ns else "null"
