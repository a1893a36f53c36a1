"""The part of the reference model that keeps what orders wait for.

It remembers every price of every source and looks at all waiting orders each time.
"""

from dataclasses import dataclass
from typing import Any

from tests.trading.engine.reference_books import BIGGEST_TICKS, Refused
from tests.trading.engine.reference_orders import (
    TRAILING,
    TRIGGERED,
    Placed,
    ReferenceOrders,
    waits_for_a_rise,
)
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import InstrumentState, OrderStatus, OrderType, Side, TriggerSource
from trading.engine.results import Result

YEAR_NS = 366 * 24 * 3600 * 1_000_000_000


@dataclass
class ReferenceTriggers(ReferenceOrders):
    """One tenant's waiting orders."""

    entries: int = 0
    time_ns: int = 0

    def release(self, order: Placed) -> None:
        raise NotImplementedError

    def let_arrive(self, order: Placed) -> None:
        raise NotImplementedError

    # Prices.

    def price(self, command: c.PlaceOrder) -> int | None:
        """The price of an order's source; None: there was none yet."""
        prices = self.instruments[command.instrument_id]["prices"][command.trigger_source]
        return prices[-1] if prices else None

    def on_SetPrices(self, command: c.SetPrices) -> None:
        if command.instrument_id not in self.instruments:
            raise Refused(Result.UNKNOWN_INSTRUMENT)
        moved = {TriggerSource.MARK: command.mark_ticks, TriggerSource.INDEX: command.index_ticks}
        if not all(0 <= ticks <= BIGGEST_TICKS for ticks in moved.values()):
            raise Refused(Result.BAD_PRICE)
        if not any(moved.values()):
            raise Refused(Result.NOTHING_TO_CHANGE)
        for source, ticks in moved.items():
            if ticks:
                self.instruments[command.instrument_id]["prices"][source].append(ticks)
        fields = {name: getattr(command, name) for name, _ in command.FIELDS}
        self.events.append(e.PricesSet(**fields))
        self.fire(command.instrument_id)

    # What an order waits for.

    def check_trigger(self, command: c.PlaceOrder, pends: bool) -> None:
        has_trigger = command.order_type in TRIGGERED
        trails = command.order_type in TRAILING
        sources = list(TriggerSource) if has_trigger else [TriggerSource.LAST]
        if command.trigger_source not in sources:
            raise Refused(Result.BAD_TRIGGER_SOURCE)
        if command.trailing_distance_bp not in (range(1, 5001) if trails else [0]):
            raise Refused(Result.BAD_TRAILING_DISTANCE)
        if command.activation_ticks not in range(BIGGEST_TICKS + 1 if trails else 1):
            raise Refused(Result.BAD_ACTIVATION_PRICE)
        may_have_offset = command.order_type == OrderType.TRAILING_STOP_LIMIT
        if command.limit_offset_ticks not in range(BIGGEST_TICKS + 1 if may_have_offset else 1):
            raise Refused(Result.BAD_LIMIT_OFFSET)
        needs_trigger = has_trigger and not trails
        if command.trigger_ticks not in (range(1, BIGGEST_TICKS + 1) if needs_trigger else [0]):
            raise Refused(Result.BAD_TRIGGER)
        if command.trigger_ns:
            if not 0 < command.trigger_ns - self.time_ns <= YEAR_NS:
                raise Refused(Result.BAD_TRIGGER_TIME)
            return
        is_met = self.reaches(command, command.trigger_ticks, waits_for_a_rise(command))
        if needs_trigger and is_met and not pends:
            raise Refused(Result.TRIGGER_WOULD_FIRE)

    def reaches(self, command: c.PlaceOrder, ticks: int, rises: bool) -> bool:
        """Whether the order's source has risen, or fallen, to a price."""
        price = self.price(command)
        if price is None:
            return False
        return price >= ticks if rises else price <= ticks

    def begin_to_wait(self, order: Placed) -> None:
        command = order.command
        order.waiting = True
        order.status = OrderStatus.WAITING
        # While it was pending its time may have come.
        order.asleep = command.trigger_ns > self.time_ns
        ticks = command.activation_ticks or command.trigger_ticks
        until = command.trigger_ns if order.asleep else 0
        self.event(e.OrderWaiting, order, trigger_ticks=ticks, trigger_ns=until)
        if not order.asleep:
            self.wait_for_price(order)

    def wait_for_price(self, order: Placed) -> None:
        """What waits for none, but had its time, is due."""
        self.entries += 1
        order.entered = self.entries
        order.due = order.command.order_type not in TRIGGERED
        if order.command.order_type in TRAILING and self.is_met(order):
            self.activate(order)

    def activate(self, order: Placed) -> None:
        """A trailing stop begins to follow, at the price of now."""
        command = order.command
        prices = self.instruments[command.instrument_id]["prices"][command.trigger_source]
        order.active_from = len(prices) - 1
        self.event(
            e.OrderActivated, order, extreme_ticks=prices[-1], trigger_ticks=self.stop(order)
        )

    def extreme(self, order: Placed) -> int:
        """The best price since the order became active: the lowest for who buys."""
        command = order.command
        prices = self.instruments[command.instrument_id]["prices"][command.trigger_source]
        best = min if command.side == Side.BUY else max
        return best(prices[order.active_from :])

    def stop(self, order: Placed) -> int:
        """Where it fires: its distance from the extreme, and never nearer."""
        distance = order.command.trailing_distance_bp
        if order.command.side == Side.BUY:
            return -(-self.extreme(order) * (10_000 + distance) // 10_000)
        return self.extreme(order) * (10_000 - distance) // 10_000

    def threshold(self, order: Placed) -> tuple[int, bool]:
        """(price, whether it has to rise to it) that the order waits for now."""
        command = order.command
        if command.order_type not in TRAILING:
            return command.trigger_ticks, waits_for_a_rise(command)
        if order.active_from >= 0:
            return self.stop(order), command.side == Side.BUY
        if command.side == Side.BUY:
            return command.activation_ticks or BIGGEST_TICKS, False
        return command.activation_ticks or 1, True

    def is_met(self, order: Placed) -> bool:
        return self.reaches(order.command, *self.threshold(order))

    def waiting_row(self, order: Placed) -> dict[str, int]:
        command = order.command
        trails = command.order_type in TRAILING
        row = {
            "trigger_ticks": command.trigger_ticks,
            "trigger_source": command.trigger_source,
            "trailing_distance_bp": command.trailing_distance_bp,
            "activation_ticks": command.activation_ticks,
            "limit_offset_ticks": command.limit_offset_ticks,
            "trigger_ns": command.trigger_ns if order.asleep or order.pending else 0,
        }
        if trails and order.active_from >= 0:
            row |= {"trigger_ticks": self.stop(order), "extreme_ticks": self.extreme(order)}
        return row

    def on_TriggerOrder(self, command: c.TriggerOrder) -> None:
        order = self.by_number(command.order_id)
        if order is None:
            raise Refused(Result.UNKNOWN_ORDER)
        if not order.is_open:
            raise Refused(Result.ORDER_ALREADY_CLOSED)
        if not order.asleep or order.command.trigger_ns > self.time_ns:
            raise Refused(Result.BAD_TRIGGER_TIME)
        order.asleep = False
        ticks = order.command.activation_ticks or order.command.trigger_ticks
        self.event(e.OrderWaiting, order, trigger_ticks=ticks)
        self.wait_for_price(order)
        self.fire(order.command.instrument_id)

    # Firing.

    def place_in_line(self, order: Placed) -> tuple[Any, ...]:
        """Of two that are met, the one with the smaller goes first."""
        if order.due:
            return (0, order.entered)
        ticks, rises = self.threshold(order)
        sorts = (ticks if rises else -ticks), 0, order.entered
        if order.active_from >= 0:
            sorts = sorts[0], order.command.trailing_distance_bp, order.order_id
        return (1, order.command.trigger_source, not rises, *sorts)

    def fire(self, instrument_id: int) -> None:
        """Let go, one at a time, all that a list's first order releases, and after that waiting
        orders that are met.
        """
        while True:
            while self.due:
                self.release(self.orders[self.due.pop(0) - 1])
            if self.instruments[instrument_id]["state"] != InstrumentState.OPEN:
                return
            met = [
                order
                for order in self.open_orders(instrument_id)
                if order.waiting and not order.asleep and (order.due or self.is_met(order))
            ]
            if not met:
                return
            first = min(met, key=self.place_in_line)
            if first.command.order_type in TRAILING and first.active_from < 0:
                self.activate(first)
            else:
                self.trigger(first)

    def trigger(self, order: Placed) -> None:
        """The order arrives."""
        command = order.command
        fields = {}
        if not order.due:
            ticks = self.threshold(order)[0]
            fields = {"trigger_ticks": ticks, "last_ticks": self.price(command)}
            if command.order_type == OrderType.TRAILING_STOP_LIMIT:
                worse = command.limit_offset_ticks * (1 if command.side == Side.BUY else -1)
                order.ticks = min(max(ticks + worse, 1), BIGGEST_TICKS)
                fields["ticks"] = order.ticks
        self.event(e.OrderTriggered, order, **fields)
        order.waiting = order.due = False
        self.end_twins(order)
        self.let_arrive(order)
