"""A recorded Bitstamp stream played into a venue that matches by itself, and how well they agree.

Only what customers did is sent: arriving orders and cancels. Trades, fills and what is left of an
order are the venue's own work, and are compared with what the exchange published. The stream
does not tell in which order the exchange took what happened within some milliseconds, nor what
stood in the book beyond its twenty best levels when the recording began. So both may part for a
moment; then the order is brought to what was published, and that is counted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from trading.engine import commands, events
from trading.engine.enums import OrderType, Side, TimeInForce
from trading.engine.keys import client_order_key
from trading.engine.message import Message
from trading.replay.bitstamp import Event, OrderEvent, OrderEventType, PublishedTrade
from trading.replay.lobster import BookRow

# Numbers of seeded orders without a known id start here, above any of the exchange's.
SEED_ID = 1 << 60

Command = commands.PlaceOrder | commands.ReduceOrder | commands.CancelOrder
Send = Callable[[Command], list[Message]]


@dataclass(slots=True)
class Agreement:
    """How often the venue's own matching came to what the exchange published."""

    orders: int = 0
    cancels: int = 0
    cancels_equal: int = 0  # as much was left as the exchange said
    fills: int = 0
    fills_equal: int = 0
    reduced: int = 0  # brought to what was published
    lost: int = 0  # ended here before it did there
    published: list[tuple[int, int]] = field(default_factory=list)  # trades: (price, size)
    traded: list[tuple[int, int]] = field(default_factory=list)


class BitstampFlow:
    """Plays events; `send` applies a command and gives its events, refused ones are its matter."""

    def __init__(self, send: Send, *, account_id: int, instrument_id: int) -> None:
        self.agreement = Agreement()
        self._send_command = send
        self._account_id = account_id
        self._instrument_id = instrument_id
        self._leaves: dict[int, int] = {}  # by the exchange's id, what is open here
        self._ended: set[int] = set()  # some ends are told before their beginning
        self._engine_ids: dict[int, int] = {}  # the engine's order id → the exchange's

    def play(self, recorded: Iterable[Event]) -> Iterator[BookRow]:
        """Play a recording; yields each published book at its moment.

        The recording begins, for the venue, at its first published book.
        """
        stream = list(recorded)
        first = next((i for i, event in enumerate(stream) if isinstance(event, BookRow)), None)
        if first is None:
            return
        for order in starting_orders(stream, first):
            self._arrive(order)
        for event in stream[first:]:
            if isinstance(event, BookRow):
                yield event
            elif isinstance(event, PublishedTrade):
                self.agreement.published.append((event.price, event.size))
            else:
                self._on_order(event)

    def _on_order(self, event: OrderEvent) -> None:
        agreement = self.agreement
        left = self._leaves.get(event.order_id)
        if event.type is OrderEventType.CREATED:
            agreement.orders += 1
            if event.order_id not in self._ended:
                self._arrive(event)
        elif event.type is OrderEventType.DELETED and event.size:
            agreement.cancels += 1
            if left is None:
                agreement.lost += 1
                self._ended.add(event.order_id)
                return
            agreement.cancels_equal += left == event.size
            self._send(commands.CancelOrder(**self._names(event.order_id)))
        else:
            agreement.fills += 1
            agreement.fills_equal += (left or 0) == event.size
            if left is not None and left > event.size:
                agreement.reduced += 1
                self._send(
                    commands.ReduceOrder(**self._names(event.order_id), lots=left - event.size)
                )

    def _arrive(self, event: OrderEvent) -> None:
        self._send(
            commands.PlaceOrder(
                account_id=self._account_id,
                instrument_id=self._instrument_id,
                lots=event.size,
                ticks=event.price,
                side=Side.BUY if event.is_buy else Side.SELL,
                order_type=OrderType.LIMIT,
                time_in_force=TimeInForce.GTC,
                client_key=client_order_key(str(event.order_id)),
                client_order_id=str(event.order_id),
            ),
            event.order_id,
        )

    def _names(self, order_id: int) -> dict[str, int]:
        return {"account_id": self._account_id, "client_key": client_order_key(str(order_id))}

    def _send(self, command: Command, order_id: int = 0) -> None:
        for event in self._send_command(command):
            if isinstance(event, events.OrderAccepted):
                self._engine_ids[event.order_id] = order_id
                self._leaves[order_id] = event.lots
            elif isinstance(event, events.Traded):
                self.agreement.traded.append((event.ticks, event.lots))
                self._left(event.maker_order_id, event.maker_leaves_lots)
                self._left(event.taker_order_id, event.taker_leaves_lots)
            elif isinstance(event, events.OrderReduced):
                self._left(event.order_id, event.leaves_lots)
            elif isinstance(event, events.OrderClosed):
                self._left(event.order_id, 0)

    def _left(self, engine_id: int, lots: int) -> None:
        order_id = self._engine_ids[engine_id]
        if lots:
            self._leaves[order_id] = lots
        else:
            self._leaves.pop(order_id, None)


def starting_orders(stream: list[Event], first: int) -> Iterator[OrderEvent]:
    """The orders that stood at the published book `stream[first]`, oldest first.

    Known ones are those that the stream told of before, and those that it tells of later without
    their arrival. What a level has beyond them is one order, behind the others.
    """
    book = stream[first]
    assert isinstance(book, BookRow)
    open_orders: dict[int, OrderEvent] = {}
    told: set[int] = {
        event.order_id
        for event in stream
        if isinstance(event, OrderEvent) and event.type is OrderEventType.CREATED
    }
    for event in stream[:first]:
        if isinstance(event, OrderEvent):
            told.add(event.order_id)
            if event.type is OrderEventType.DELETED:
                open_orders.pop(event.order_id, None)
            else:
                open_orders[event.order_id] = event
    for event in stream[first:]:
        if isinstance(event, OrderEvent) and event.order_id not in told:
            told.add(event.order_id)
            if event.size:
                open_orders[event.order_id] = event
    yield from (open_orders[order_id] for order_id in sorted(open_orders))
    known: dict[tuple[bool, int], int] = {}
    for order in open_orders.values():
        place = (order.is_buy, order.price)
        known[place] = known.get(place, 0) + order.size
    levels = chain(((True, level) for level in book.bids), ((False, level) for level in book.asks))
    for number, (is_buy, (price, size)) in enumerate(levels):
        rest = size - known.get((is_buy, price), 0)
        if rest > 0:
            yield OrderEvent(OrderEventType.CREATED, SEED_ID + number, is_buy, price, rest)
