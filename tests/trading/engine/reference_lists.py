"""The part of the reference model that places and cancels order lists."""

from dataclasses import dataclass
from typing import Any

from tests.trading.engine.reference_books import Refused
from tests.trading.engine.reference_orders import (
    RESTING_TIMES,
    STOPS,
    TRAILING,
    TRIGGERED,
    Group,
    Placed,
    ReferenceOrders,
)
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import InstrumentState, OrderStatus, OrderType, Side
from trading.engine.results import Result

OCO, OTO, OTOCO = 1, 2, 3


def leg(command: c.PlaceOrderList, which: str) -> c.PlaceOrder:
    """The order that one leg of a list is."""
    return c.PlaceOrder(
        **{name: getattr(command, f"{which}_{name}") for name, _ in c.PlaceOrder.FIELDS}
    )


def half_of_pair(order: c.PlaceOrder) -> str:
    """What it can be of a pair: "stop", "gain", "time" for what takes either's place; or ""."""
    if order.order_type in (*STOPS, *TRAILING):
        return "stop"
    if order.order_type in TRIGGERED:
        return "gain"
    if order.trigger_ns:
        return "time"
    rests = order.order_type == OrderType.LIMIT and order.time_in_force in RESTING_TIMES
    return "gain" if rests else ""


def are_pair(one: c.PlaceOrder, other: c.PlaceOrder) -> bool:
    """A stop and something on the other side of the price, for the same lots of the same side; or
    one of them and something at a time.
    """
    if (one.side, one.lots) != (other.side, other.lots):
        return False
    halves = {half_of_pair(one): one, half_of_pair(other): other}
    if len(halves) != 2 or "" in halves:
        return False
    if "time" in halves or halves["stop"].order_type in TRAILING:
        return True
    loss = halves["stop"].trigger_ticks
    gain = halves["gain"].trigger_ticks or halves["gain"].ticks
    return gain > loss if one.side == Side.SELL else gain < loss


@dataclass
class ReferenceLists(ReferenceOrders):
    """One tenant's order lists, which are known as long as one of their orders is."""

    def group_of(self, account_id: int, list_id: int, client_key: int) -> Group | None:
        for order in self.orders:
            group = order.group
            if group is None or group.account_id != account_id or not self.known(order):
                continue
            if list_id == group.order_ids[0]:
                return group
            if list_id == 0 and client_key != 0 and client_key == group.client_key:
                return group
        return None

    def list_rows(self, group: Group) -> list[Any]:
        members = [self.orders[order_id - 1] for order_id in group.order_ids]
        row = e.OrderListRow(
            list_id=group.order_ids[0],
            account_id=group.account_id,
            instrument_id=members[0].command.instrument_id,
            list_type=group.kind,
            legs=len(members),
            client_key=group.client_key,
        )
        return [row, *(self.row(order) for order in members if self.known(order))]

    def on_PlaceOrderList(self, command: c.PlaceOrderList) -> Result | None:
        legs = [leg(command, which) for which in ("first", "second", "third")]
        account_id, instrument_id = legs[0].account_id, legs[0].instrument_id
        if account_id not in self.accounts:
            raise Refused(Result.UNKNOWN_ACCOUNT)
        first = self.group_of(account_id, 0, command.client_key)
        if first is not None:
            self.events += self.list_rows(first)
            return Result.REPEATED
        self.check_market(legs[0])
        if command.list_type not in (OCO, OTO, OTOCO) or command.any_trigger not in (0, 1):
            raise Refused(Result.BAD_ORDER_LIST)
        if command.client_key < 0 or (command.client_key == 0) != (command.client_list_id == ""):
            raise Refused(Result.BAD_CLIENT_ORDER_ID)
        if command.list_type != OTOCO and legs.pop() != c.PlaceOrder():
            raise Refused(Result.BAD_ORDER_LIST)
        live = 2 if command.list_type == OCO else 1
        begin = len(self.orders)
        ids = tuple(range(begin + 1, begin + 1 + len(legs)))
        group = Group(command.list_type, ids, account_id, command.client_key)
        for number, order in enumerate(legs):
            if (order.account_id, order.instrument_id) != (account_id, instrument_id):
                raise Refused(Result.BAD_ORDER_LIST)
            self.check_terms(order, pends=number >= live)
            waits_for_more = order.trigger_source or order.trailing_distance_bp or order.trigger_ns
            if waits_for_more and not command.any_trigger:
                raise Refused(Result.BAD_ORDER_LIST)
            if order.lots == 0:
                raise Refused(Result.BAD_QUANTITY)
            if order.client_key and self.find(account_id, 0, order.client_key) is not None:
                raise Refused(Result.CLIENT_ORDER_ID_TAKEN)
            self.add_order(self.pending(order, group))
        pair = legs if command.list_type == OCO else legs[1:]
        if command.list_type != OTO and not are_pair(*pair):
            raise Refused(Result.BAD_ORDER_LIST)
        placed = self.orders[begin:]
        for new in placed[:live]:
            if not new.waits_first:
                self.check_funds_for(new)
                self.check_post_only(new)
        self.events.append(
            e.OrderListPlaced(
                list_id=ids[0],
                account_id=account_id,
                instrument_id=instrument_id,
                list_type=command.list_type,
                legs=len(ids),
                client_key=command.client_key,
                client_list_id=command.client_list_id,
            )
        )
        for new in placed:
            fields = {name: getattr(new.command, name) for name, _ in new.command.FIELDS}
            fields["expire_ns"] = new.ends
            self.events.append(e.OrderAccepted(order_id=new.order_id, **fields))
        for new in placed[live:]:
            self.event(e.OrderPending, new, lots=new.leaves)
        for new in placed[:live]:
            if new.pending:
                self.go_on(new)
        self.fire(instrument_id)
        return None

    def pending(self, command: c.PlaceOrder, group: Group) -> Placed:
        return Placed(
            len(self.orders) + 1,
            self.next_arrival(),
            command,
            self.seq,
            command.lots,
            command.lots,
            command.ticks,
            pending=True,
            ends=self.end_of(command),
            status=OrderStatus.PENDING,
            group=group,
        )

    def on_CancelOrderList(self, command: c.CancelOrderList) -> None:
        self.check_may_cancel(command.account_id)
        group = self.group_of(command.account_id, command.list_id, command.client_key)
        if group is None:
            raise Refused(Result.UNKNOWN_ORDER_LIST)
        members = [self.orders[order_id - 1] for order_id in group.order_ids]
        if not any(order.is_open for order in members):
            raise Refused(Result.ORDER_LIST_ALREADY_CLOSED)
        rules = self.instruments[members[0].command.instrument_id]
        if rules["state"] == InstrumentState.HALTED:
            raise Refused(Result.INSTRUMENT_HALTED)
        for order in members:
            if order.is_open:
                self.close(order, OrderStatus.CANCELED)

    # What the whole of the reference adds.

    def end_of(self, command: c.PlaceOrder) -> int:
        raise NotImplementedError

    def check_market(self, command: c.PlaceOrder) -> None:
        raise NotImplementedError

    def check_terms(self, command: c.PlaceOrder, pends: bool = False) -> None:
        raise NotImplementedError

    def check_funds_for(self, order: Placed) -> bool:
        raise NotImplementedError

    def go_on(self, order: Placed) -> None:
        raise NotImplementedError

    def fire(self, instrument_id: int) -> None:
        raise NotImplementedError
