"""Messages of a feed as ordinary engine commands.

The messages tell what became of resting orders; a venue wants what caused it: a submission is a
limit order, a partial cancel reduces it, a deletion cancels it, an execution is an incoming
order of the other side at that price (immediate or cancel). A hidden execution, a cross trade or
a halt leaves the visible book as it was.

A file shows only some levels of a book, so a replay meets three cases that a whole feed would
not have; each is counted, none is silent:

- an order the file never submitted: it belongs to the seeded level at its price, if there is one;
- a level that stands where it would be crossed: its removal happened out of the file's view,
  so it is cancelled first;
- an execution of an order that is not first in its queue: the named order is reduced instead, so
  that the book still ends as published.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from trading.engine import commands
from trading.engine.enums import OrderType, Side, TimeInForce
from trading.engine.keys import client_order_key
from trading.replay.book_messages import BookMessage, MessageType
from trading.replay.lobster import BookRow

# Client keys of seeded orders start here, far above any exchange's order numbers.
SEED_KEY = 1 << 61

Command = commands.PlaceOrder | commands.ReduceOrder | commands.CancelOrder


@dataclass(slots=True)
class FlowCounts:
    """What a replay met beside plain messages."""

    messages: int = 0
    invisible: int = 0
    unknown_orders: int = 0
    stale_orders: int = 0
    out_of_turn: int = 0
    duplicate_ids: int = 0


@dataclass(slots=True)
class _BookSide:
    """Resting orders of one side: price -> {key: leaves}, oldest first, and the prices sorted."""

    levels: dict[int, dict[int, int]] = field(default_factory=dict)
    prices: list[int] = field(default_factory=list)

    def add(self, price: int, key: int, size: int) -> None:
        if price not in self.levels:
            self.levels[price] = {}
            insort(self.prices, price)
        self.levels[price][key] = size

    def take(self, price: int, key: int, size: int) -> None:
        level = self.levels[price]
        level[key] -= size
        if level[key] == 0:
            del level[key]
        if not level:
            del self.levels[price]
            del self.prices[bisect_left(self.prices, price)]


class ExchangeFlow:
    """Turns messages into commands, keeping the mirror of the book that this needs.

    One lot is one share; `price_per_tick` is how many 1/10 000 dollars a tick of the instrument
    is worth.
    """

    def __init__(
        self,
        *,
        instrument_id: int,
        maker_account_id: int,
        taker_account_id: int,
        price_per_tick: int = 1,
    ) -> None:
        self.counts = FlowCounts()
        self._instrument_id = instrument_id
        self._maker_account_id = maker_account_id
        self._taker_account_id = taker_account_id
        self._price_per_tick = price_per_tick
        self._sides = {True: _BookSide(), False: _BookSide()}
        self._orders: dict[int, tuple[bool, int]] = {}

    def seed(self, row: BookRow) -> Iterator[Command]:
        """Orders that make the starting levels, one a level."""
        key = SEED_KEY
        for is_buy, levels in ((True, row.bids), (False, row.asks)):
            for price, size in levels:
                key += 1
                yield self._submit(key, is_buy, price, size)

    def commands_of(self, message: BookMessage) -> Iterator[Command]:
        """The commands that do to a venue what the message says was done to the exchange."""
        self.counts.messages += 1
        if message.type >= MessageType.HIDDEN_EXECUTION:
            self.counts.invisible += 1
        elif message.type == MessageType.SUBMISSION:
            yield from self._on_submission(message)
        elif message.type == MessageType.VISIBLE_EXECUTION:
            yield from self._on_execution(message)
        else:
            yield from self._on_removal(message)

    def _on_submission(self, message: BookMessage) -> Iterator[Command]:
        if message.order_id in self._orders:
            self.counts.duplicate_ids += 1
            return
        yield from self._drop_stale(not message.is_buy, message.price, at_price=True)
        yield self._submit(message.order_id, message.is_buy, message.price, message.size)

    def _on_removal(self, message: BookMessage) -> Iterator[Command]:
        for key, size in self._meant(message):
            yield self._reduce(key, size)

    def _on_execution(self, message: BookMessage) -> Iterator[Command]:
        for key, size in self._meant(message):
            yield from self._drop_stale(message.is_buy, message.price, at_price=False)
            first = next(iter(self._sides[message.is_buy].levels[message.price]))
            if first != key:
                self.counts.out_of_turn += 1
                yield self._reduce(key, size)
                continue
            self._take(key, size)
            yield self._place(
                self._taker_account_id, 0, not message.is_buy, message.price, size, TimeInForce.IOC
            )

    def _meant(self, message: BookMessage) -> list[tuple[int, int]]:
        """The resting orders a message speaks of, with the size it takes off each."""
        level = self._sides[message.is_buy].levels.get(message.price, {})
        if message.order_id in self._orders:
            is_buy, price = self._orders[message.order_id]
            if (is_buy, price) != (message.is_buy, message.price):
                self.counts.unknown_orders += 1
                return []
            return [(message.order_id, min(message.size, level[message.order_id]))]
        seeded = [key for key in level if key >= SEED_KEY]
        if not seeded:
            self.counts.unknown_orders += 1
            return []
        return [(seeded[0], min(message.size, level[seeded[0]]))]

    def _drop_stale(self, is_buy: bool, price: int, *, at_price: bool) -> Iterator[Command]:
        """Cancel what stands better than `price` (or at it) on a side where nothing can."""
        side = self._sides[is_buy]
        while side.prices:
            best = side.prices[-1] if is_buy else side.prices[0]
            better = best > price if is_buy else best < price
            if not (better or (at_price and best == price)):
                return
            for key, size in list(side.levels[best].items()):
                self.counts.stale_orders += 1
                yield self._reduce(key, size)

    def _submit(self, key: int, is_buy: bool, price: int, size: int) -> Command:
        self._sides[is_buy].add(price, key, size)
        self._orders[key] = (is_buy, price)
        return self._place(self._maker_account_id, key, is_buy, price, size, TimeInForce.GTC)

    def _reduce(self, key: int, size: int) -> Command:
        self._take(key, size)
        return commands.ReduceOrder(
            account_id=self._maker_account_id, client_key=client_order_key(str(key)), lots=size
        )

    def _take(self, key: int, size: int) -> None:
        is_buy, price = self._orders[key]
        side = self._sides[is_buy]
        side.take(price, key, size)
        if key not in side.levels.get(price, {}):
            del self._orders[key]

    def _place(
        self, account_id: int, key: int, is_buy: bool, price: int, size: int, tif: TimeInForce
    ) -> commands.PlaceOrder:
        client_order_id = str(key) if key else ""
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=self._instrument_id,
            lots=size,
            ticks=price // self._price_per_tick,
            side=Side.BUY if is_buy else Side.SELL,
            order_type=OrderType.LIMIT,
            time_in_force=tif,
            client_key=client_order_key(client_order_id),
            client_order_id=client_order_id,
        )


def starting_row(row: BookRow, first: BookMessage) -> BookRow:
    """The book before `first`, when `row` is the book after it (LOBSTER's own pairing of rows).

    Raises ValueError if the row cannot have come of the message.
    """
    if first.type >= MessageType.HIDDEN_EXECUTION:
        return row
    change = -first.size if first.type == MessageType.SUBMISSION else first.size
    levels = dict(row.bids if first.is_buy else row.asks)
    size = levels.get(first.price, 0) + change
    if size < 0:
        raise ValueError("the first row of the book does not hold the first message's order")
    levels[first.price] = size
    ordered = [(p, s) for p, s in sorted(levels.items(), reverse=first.is_buy) if s]
    return BookRow(row.asks, ordered) if first.is_buy else BookRow(ordered, row.bids)
