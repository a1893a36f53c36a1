"""Orders, fills and balances as the JSON bodies of the API, streams and pages.

Pure functions: from rows, engine answers and journal events alike to one shape. Numbers that
are amounts, prices or quantities are decimal text; times are milliseconds since 1970.
"""

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trading.engine import enums, events
from trading.instruments.rules import AssetInfo, InstrumentInfo

if TYPE_CHECKING:
    from trading.orders import models

NANOSECONDS_PER_MS = 1_000_000

SIDE_NAMES = {int(enums.Side.BUY): "buy", int(enums.Side.SELL): "sell"}
TYPE_NAMES = {
    int(enums.OrderType.LIMIT): "limit",
    int(enums.OrderType.MARKET): "market",
    int(enums.OrderType.STOP_MARKET): "stop",
    int(enums.OrderType.STOP_LIMIT): "stop_limit",
    int(enums.OrderType.TAKE_PROFIT_MARKET): "take_profit",
    int(enums.OrderType.TAKE_PROFIT_LIMIT): "take_profit_limit",
    int(enums.OrderType.TRAILING_STOP_MARKET): "trailing_stop",
    int(enums.OrderType.TRAILING_STOP_LIMIT): "trailing_stop_limit",
}
TRIGGER_SOURCE_NAMES = {int(value): value.name.lower() for value in enums.TriggerSource}
TIME_IN_FORCE_NAMES = {int(value): value.name for value in enums.TimeInForce}
SELF_TRADE_PREVENTION_NAMES = {
    int(value): value.name.lower() for value in enums.SelfTradePrevention
}
LIST_TYPE_NAMES = {int(value): value.name.lower() for value in enums.OrderListType}
STATUS_NAMES = {int(value): value.name.lower() for value in enums.OrderStatus}


@dataclass(slots=True)
class OrderState:
    """An order as it stands: integers only, as the engine counts."""

    order_id: int
    account_id: int
    instrument_id: int
    side: int
    order_type: int
    time_in_force: int
    lots: int
    ticks: int
    quote_units: int = 0
    self_trade_prevention: int = 0
    flags: int = 0
    client_order_id: str = ""
    leaves_lots: int = 0
    cumulative_lots: int = 0
    cumulative_quote_units: int = 0
    status: int = int(enums.OrderStatus.OPEN)
    trigger_ticks: int = 0
    expire_ns: int = 0
    trigger_source: int = 0
    trailing_distance_bp: int = 0
    activation_ticks: int = 0
    limit_offset_ticks: int = 0
    extreme_ticks: int = 0  # that a trailing stop follows, as far as is known
    trigger_ns: int = 0
    display_lots: int = 0
    list_id: int = 0
    list_type: int = 0
    ended_by_order_id: int = 0
    placed_ns: int = 0
    updated_ns: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in (
            enums.OrderStatus.OPEN,
            enums.OrderStatus.PARTIALLY_FILLED,
            enums.OrderStatus.WAITING,
            enums.OrderStatus.PENDING,
        )

    @property
    def rests(self) -> bool:
        """Whether it is open in the book, with funds held; not while it waits for anything."""
        return self.status in (enums.OrderStatus.OPEN, enums.OrderStatus.PARTIALLY_FILLED)

    @property
    def linked_order_ids(self) -> list[int]:
        """The other orders of its list."""
        members = list_members(self.list_id, self.list_type)
        return [order_id for order_id in members if order_id != self.order_id]

    def on_pending(self) -> None:
        self.status = int(enums.OrderStatus.PENDING)

    def on_released(self) -> None:
        self.status = int(enums.OrderStatus.OPEN)

    def on_waiting(self) -> None:
        self.status = int(enums.OrderStatus.WAITING)

    def on_activated(self, extreme_ticks: int, trigger_ticks: int) -> None:
        """A trailing stop begins to follow; the present numbers only the engine knows."""
        self.extreme_ticks = extreme_ticks
        self.trigger_ticks = trigger_ticks

    def on_triggered(self, trigger_ticks: int, ticks: int) -> None:
        """It is sent on; a trailing stop has its limit price from now on."""
        self.status = int(enums.OrderStatus.OPEN)
        self.trigger_ticks = trigger_ticks or self.trigger_ticks
        self.ticks = ticks or self.ticks
        self.extreme_ticks = 0

    def on_replaced(self, lots: int, ticks: int, old_lots: int) -> None:
        """New open lots and price; what was ordered in all moves by the same."""
        self.lots += lots - old_lots
        self.leaves_lots += lots - old_lots
        self.ticks = ticks

    def on_event(self, event: Any, time_ns: int) -> bool:
        """Take one event of this order in; False if the event is not about it."""
        if isinstance(event, events.Traded):
            if event.maker_order_id == self.order_id:
                self.leaves_lots = event.maker_leaves_lots
            elif event.taker_order_id == self.order_id:
                self.leaves_lots = event.taker_leaves_lots
            else:
                return False
            self.cumulative_lots += event.lots
            self.cumulative_quote_units += event.quote_units
            self.status = int(enums.OrderStatus.PARTIALLY_FILLED)
        elif getattr(event, "order_id", 0) != self.order_id:
            return False
        elif isinstance(event, events.OrderRested):
            self.leaves_lots = event.lots
        elif isinstance(event, events.OrderReduced):
            self.leaves_lots = event.leaves_lots
        elif isinstance(event, events.OrderPending):
            self.on_pending()
        elif isinstance(event, events.OrderReleased):
            self.on_released()
        elif isinstance(event, events.OrderWaiting):
            self.on_waiting()
        elif isinstance(event, events.OrderActivated):
            self.on_activated(event.extreme_ticks, event.trigger_ticks)
        elif isinstance(event, events.OrderTriggered):
            self.on_triggered(event.trigger_ticks, event.ticks)
        elif isinstance(event, events.OrderReplaced):
            self.on_replaced(event.lots, event.ticks, event.old_lots)
        elif isinstance(event, events.OrderClosed):
            self.leaves_lots = event.leaves_lots
            self.cumulative_lots = event.cumulative_lots
            self.cumulative_quote_units = event.cumulative_quote_units
            self.status = event.status
            self.ended_by_order_id = event.by_order_id
        else:
            return False
        self.updated_ns = time_ns
        return True


def list_members(list_id: int, list_type: int) -> range:
    """The ids of the orders a list is made of; none for a list of 0."""
    legs = 3 if list_type == enums.OrderListType.OTOCO else 2
    return range(list_id, list_id + legs) if list_id else range(0)


def state_of_accepted(event: events.OrderAccepted, time_ns: int) -> OrderState:
    """A new order, before anything was matched."""
    return OrderState(
        order_id=event.order_id,
        account_id=event.account_id,
        instrument_id=event.instrument_id,
        side=event.side,
        order_type=event.order_type,
        time_in_force=event.time_in_force,
        lots=event.lots,
        ticks=event.ticks,
        quote_units=event.quote_units,
        self_trade_prevention=event.self_trade_prevention,
        flags=event.flags,
        client_order_id=event.client_order_id,
        leaves_lots=event.lots,
        trigger_ticks=event.trigger_ticks,
        expire_ns=event.expire_ns,
        trigger_source=event.trigger_source,
        trailing_distance_bp=event.trailing_distance_bp,
        activation_ticks=event.activation_ticks,
        limit_offset_ticks=event.limit_offset_ticks,
        trigger_ns=event.trigger_ns,
        display_lots=event.display_lots,
        placed_ns=time_ns,
        updated_ns=time_ns,
    )


def state_of_answer(answer_events: list[Any], time_ns: int) -> OrderState | None:
    """The order placed by a PlaceOrder, from the events in its answer; None if none was."""
    state: OrderState | None = None
    for event in answer_events:
        if state is None:
            if isinstance(event, events.OrderAccepted):
                state = state_of_accepted(event, time_ns)
            elif isinstance(event, events.OrderRow):
                return state_of_engine_row(event, time_ns)
        else:
            state.on_event(event, time_ns)
    return state


def state_of_engine_row(row: events.OrderRow, time_ns: int = 0) -> OrderState:
    """An order as the engine answers a query; it keeps no client text and no times, and the
    trigger only while the order waits (see `remember_row`)."""
    return OrderState(
        order_id=row.order_id,
        account_id=row.account_id,
        instrument_id=row.instrument_id,
        side=row.side,
        order_type=row.order_type,
        time_in_force=row.time_in_force,
        lots=row.lots,
        ticks=row.ticks,
        leaves_lots=row.leaves_lots,
        cumulative_lots=row.cumulative_lots,
        cumulative_quote_units=row.cumulative_quote_units,
        status=row.status,
        trigger_ticks=row.trigger_ticks,
        trigger_source=row.trigger_source,
        trailing_distance_bp=row.trailing_distance_bp,
        activation_ticks=row.activation_ticks,
        limit_offset_ticks=row.limit_offset_ticks,
        extreme_ticks=row.extreme_ticks,
        trigger_ns=row.trigger_ns,
        display_lots=row.display_lots,
        list_id=row.list_id,
        list_type=row.list_type,
        flags=row.flags,
        self_trade_prevention=row.self_trade_prevention,
        placed_ns=time_ns,
        updated_ns=time_ns,
    )


def state_of_change(row: events.OrderRow, answer_events: list[Any], time_ns: int) -> OrderState:
    """An order as the engine had it, and what a command's events then made of it."""
    state = state_of_engine_row(row)
    for event in answer_events:
        state.on_event(event, time_ns)
    return state


def state_of_row(order: "models.Order") -> OrderState:
    """An order as clearing wrote it."""
    return OrderState(
        order_id=order.pk,
        account_id=order.account_id,
        instrument_id=order.instrument_id,
        side=order.side,
        order_type=order.order_type,
        time_in_force=order.time_in_force,
        lots=order.lots,
        ticks=order.ticks,
        quote_units=order.quote_units,
        self_trade_prevention=order.self_trade_prevention,
        flags=order.flags,
        client_order_id=order.client_order_id,
        leaves_lots=order.leaves_lots,
        cumulative_lots=order.cumulative_lots,
        cumulative_quote_units=order.cumulative_quote_units,
        status=order.status,
        trigger_ticks=order.trigger_ticks,
        expire_ns=order.expire_ns,
        trigger_source=order.trigger_source,
        trailing_distance_bp=order.trailing_distance_bp,
        activation_ticks=order.activation_ticks,
        limit_offset_ticks=order.limit_offset_ticks,
        trigger_ns=order.trigger_ns,
        display_lots=order.display_lots,
        list_id=order.list_id,
        list_type=order.list_type,
        ended_by_order_id=order.ended_by_order_id,
        placed_ns=ns_of(order.placed_at),
        updated_ns=ns_of(order.updated_at),
    )


def remember_row(state: OrderState, order: "models.Order") -> None:
    """Fill in what the engine does not keep of an order from its cleared row."""
    state.client_order_id = order.client_order_id
    state.quote_units = order.quote_units
    if not (state.trailing_distance_bp and state.status == enums.OrderStatus.WAITING):
        state.trigger_ticks = order.trigger_ticks
    state.expire_ns = order.expire_ns
    state.trigger_source = order.trigger_source
    state.trailing_distance_bp = order.trailing_distance_bp
    state.activation_ticks = order.activation_ticks
    state.limit_offset_ticks = order.limit_offset_ticks
    state.trigger_ns = order.trigger_ns
    state.ended_by_order_id = order.ended_by_order_id
    state.placed_ns = ns_of(order.placed_at)
    state.updated_ns = ns_of(order.updated_at)


def ns_of(moment: datetime.datetime) -> int:
    """Nanoseconds since 1970 of an aware datetime, exact to its microseconds."""
    delta = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return ((delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1000


def order_json(state: OrderState, info: InstrumentInfo) -> dict[str, Any]:
    """The order body of the API and the private stream."""
    by_quote = not state.lots
    return {
        "order_id": str(state.order_id),
        "client_order_id": state.client_order_id,
        "account": state.account_id,
        "instrument": info.symbol,
        "side": SIDE_NAMES[state.side],
        "type": TYPE_NAMES[state.order_type],
        "time_in_force": TIME_IN_FORCE_NAMES[state.time_in_force],
        "post_only": bool(state.flags & enums.OrderFlag.POST_ONLY),
        "price": info.price_text(state.ticks) if state.ticks else None,
        "trigger_price": info.price_text(state.trigger_ticks) if state.trigger_ticks else None,
        "trigger_when": trigger_when(state),
        "trigger_source": TRIGGER_SOURCE_NAMES[state.trigger_source] if by_price(state) else None,
        "trailing_distance_bp": state.trailing_distance_bp or None,
        "activation_price": info.price_text(state.activation_ticks)
        if state.activation_ticks
        else None,
        "limit_offset": info.price_text(state.limit_offset_ticks)
        if state.order_type == enums.OrderType.TRAILING_STOP_LIMIT
        else None,
        "extreme_price": info.price_text(state.extreme_ticks) if state.extreme_ticks else None,
        "trigger_time": state.trigger_ns // NANOSECONDS_PER_MS or None,
        "quantity": None if by_quote else info.quantity_text(state.lots),
        "display_quantity": info.quantity_text(state.display_lots) if state.display_lots else None,
        "quote_amount": info.quote_text(state.quote_units) if state.quote_units else None,
        "filled_quantity": info.quantity_text(state.cumulative_lots),
        "filled_quote_amount": info.quote_text(state.cumulative_quote_units),
        "remaining_quantity": None if by_quote else info.quantity_text(state.leaves_lots),
        "average_price": info.average_price_text(
            state.cumulative_quote_units, state.cumulative_lots
        )
        or None,
        "status": STATUS_NAMES[state.status],
        "list_id": str(state.list_id) if state.list_id else None,
        "list_type": LIST_TYPE_NAMES.get(state.list_type),
        "linked_order_ids": [str(order_id) for order_id in state.linked_order_ids],
        "ended_by_order_id": str(state.ended_by_order_id) if state.ended_by_order_id else None,
        "expires_at": state.expire_ns // NANOSECONDS_PER_MS or None,
        "created_at": state.placed_ns // NANOSECONDS_PER_MS,
        "updated_at": state.updated_ns // NANOSECONDS_PER_MS,
    }


@dataclass(slots=True)
class ListState:
    """An order list and its orders, as far as they are known."""

    list_id: int
    list_type: int
    account_id: int
    instrument_id: int
    client_list_id: str = ""
    orders: list[OrderState] = field(default_factory=list)


def list_of_answer(answer_events: list[Any], time_ns: int) -> ListState | None:
    """The list a PlaceOrderList placed, or a query told of; None if there is none."""
    state: ListState | None = None
    for event in answer_events:
        if isinstance(event, events.OrderListPlaced | events.OrderListRow):
            state = ListState(event.list_id, event.list_type, event.account_id, event.instrument_id)
            if isinstance(event, events.OrderListPlaced):
                state.client_list_id = event.client_list_id
        elif state is None:
            continue
        elif isinstance(event, events.OrderRow):
            state.orders.append(state_of_engine_row(event))
        elif isinstance(event, events.OrderAccepted):
            order = state_of_accepted(event, time_ns)
            order.list_id, order.list_type = state.list_id, state.list_type
            state.orders.append(order)
        else:
            for order in state.orders:
                order.on_event(event, time_ns)
    return state


def list_json(state: ListState, info: InstrumentInfo) -> dict[str, Any]:
    """The order list body of the API, with its orders in the order of the legs."""
    return {
        "list_id": str(state.list_id),
        "client_list_id": state.client_list_id or None,
        "account": state.account_id,
        "instrument": info.symbol,
        "type": LIST_TYPE_NAMES[state.list_type],
        "status": "open" if any(order.is_open for order in state.orders) else "closed",
        "orders": [order_json(order, info) for order in state.orders],
    }


def trigger_when(state: OrderState) -> str | None:
    """Whether a stop or take-profit order fires at a price at_or_above or at_or_below its
    trigger; None for other orders."""
    if not by_price(state):
        return None
    is_stop = state.order_type not in (
        enums.OrderType.TAKE_PROFIT_MARKET,
        enums.OrderType.TAKE_PROFIT_LIMIT,
    )
    return "at_or_above" if is_stop == (state.side == enums.Side.BUY) else "at_or_below"


def by_price(state: OrderState) -> bool:
    """Whether a price fires the order."""
    return state.order_type not in (enums.OrderType.LIMIT, enums.OrderType.MARKET)


def fill_json(trade: Any, info: InstrumentInfo, *, maker: bool, time_ns: int) -> dict[str, Any]:
    """One side of a trade; `trade` is a `Traded` event or a `Trade` row."""
    taker_side = trade.taker_side
    side = taker_side if not maker else enums.Side.BUY + enums.Side.SELL - taker_side
    fee_units = trade.maker_fee_units if maker else trade.taker_fee_units
    is_buy = side == enums.Side.BUY
    trade_id = trade.trade_id if isinstance(trade, events.Traded) else trade.pk
    return {
        "trade_id": str(trade_id),
        "order_id": str(trade.maker_order_id if maker else trade.taker_order_id),
        "account": trade.maker_account_id if maker else trade.taker_account_id,
        "instrument": info.symbol,
        "side": SIDE_NAMES[side],
        "liquidity": "maker" if maker else "taker",
        "price": info.price_text(trade.ticks),
        "quantity": info.quantity_text(trade.lots),
        "quote_amount": info.quote_text(trade.quote_units),
        "fee": info.base_text(fee_units) if is_buy else info.quote_text(fee_units),
        "fee_asset": info.base_code if is_buy else info.quote_code,
        "time": time_ns // NANOSECONDS_PER_MS,
    }


def trade_json(trade: Any, info: InstrumentInfo, *, time_ns: int) -> dict[str, Any]:
    """A trade seen from outside; `trade` is a `Traded` event or a `Trade` row."""
    trade_id = trade.trade_id if isinstance(trade, events.Traded) else trade.pk
    return {
        "id": str(trade_id),
        "price": info.price_text(trade.ticks),
        "quantity": info.quantity_text(trade.lots),
        "side": SIDE_NAMES[trade.taker_side],
        "time": time_ns // NANOSECONDS_PER_MS,
    }


def balance_json(
    account_id: int, asset: AssetInfo, *, available_units: int, held_units: int
) -> dict[str, Any]:
    """What an account has of one asset: booked = available + held."""
    return {
        "account": account_id,
        "asset": asset.code,
        "available": asset.text(available_units),
        "held": asset.text(held_units),
        "booked": asset.text(available_units + held_units),
    }


def hold_units(side: int, leaves_lots: int, ticks: int, info: InstrumentInfo) -> tuple[int, int]:
    """(asset id, units) that an open order holds."""
    if side == enums.Side.BUY:
        return info.quote_id, leaves_lots * ticks * info.factor
    return info.base_id, leaves_lots * info.lot_units
