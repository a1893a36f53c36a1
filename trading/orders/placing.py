"""From the fields of a request to an engine command: checked, pure, the same at every door."""

from collections.abc import Mapping
from typing import Any

from money.units import MoneyError
from trading.engine import commands, enums
from trading.engine.keys import client_order_key
from trading.engine.limits import MAX_REFRESHES, MAX_TICKS, MAX_TRAILING_BP
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo
from trading.orders import moments
from trading.orders.order_types import LIMIT_TYPES, RESTING_TYPES, TRAILING_TYPES, TRIGGERED_TYPES

MAX_CLIENT_ORDER_ID_CHARACTERS = 36

SIDES = {"buy": int(enums.Side.BUY), "sell": int(enums.Side.SELL)}
ORDER_TYPES = {
    "limit": int(enums.OrderType.LIMIT),
    "market": int(enums.OrderType.MARKET),
    "stop": int(enums.OrderType.STOP_MARKET),
    "stop_limit": int(enums.OrderType.STOP_LIMIT),
    "take_profit": int(enums.OrderType.TAKE_PROFIT_MARKET),
    "take_profit_limit": int(enums.OrderType.TAKE_PROFIT_LIMIT),
    "trailing_stop": int(enums.OrderType.TRAILING_STOP_MARKET),
    "trailing_stop_limit": int(enums.OrderType.TRAILING_STOP_LIMIT),
}
TRIGGER_SOURCES = {value.name.lower(): int(value) for value in enums.TriggerSource}
LIST_TYPES = {value.name.lower(): int(value) for value in enums.OrderListType}
_LEGS = ("first", "second", "third")
TIMES_IN_FORCE = {value.name: int(value) for value in enums.TimeInForce}
SELF_TRADE_PREVENTIONS = {value.name.lower(): int(value) for value in enums.SelfTradePrevention}

_FIELDS = frozenset(
    {
        "account",
        "instrument",
        "side",
        "type",
        "time_in_force",
        "quantity",
        "price",
        "quote_amount",
        "trigger_price",
        "trigger_source",
        "trailing_distance_bp",
        "activation_price",
        "limit_offset",
        "trigger_time",
        "expire_time",
        "display_quantity",
        "post_only",
        "self_trade_prevention",
        "client_order_id",
    }
)
_LIST_FIELDS = frozenset({"type", "account", "instrument", "orders", "client_list_id"})
_LEG_FIELDS = _FIELDS - {"account", "instrument"}
_REPLACE_FIELDS = frozenset({"remaining_quantity", "price"})


class OrderError(Exception):
    """An order or cancel that is refused: the engine's code for it, why, and what to do."""

    def __init__(self, result: Result, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.result = result
        self.message = message
        self.help_text = help_text


def build_place_order(
    info: InstrumentInfo, account_id: int, fields: Mapping[str, Any]
) -> commands.PlaceOrder:
    """The command for an order request (the field names of the API); raises OrderError.

    Decimal numbers come as text. A limit order needs `price` and `quantity`; a market order
    needs either `quantity` or `quote_amount`. Stop and take-profit orders need a `trigger_price`
    and a `quantity`; their `_limit` forms a `price` too. Trailing stops need a
    `trailing_distance_bp` and a `quantity`; the `_limit` form may have a `limit_offset`. Any order
    may have a `trigger_time`, before which it does nothing. A GTD order needs an `expire_time`.
    When a DAY order ends
    the engine knows. Times are ISO 8601 text with its zone, or milliseconds since 1970.
    An iceberg shows no more than its `display_quantity` at a time.
    """
    check_known(fields, _FIELDS)
    side = _choice(fields, "side", SIDES, None, Result.BAD_SIDE)
    order_type = _choice(fields, "type", ORDER_TYPES, "limit", Result.BAD_ORDER_TYPE)
    is_limit = order_type in LIMIT_TYPES
    time_in_force = _time_in_force(fields, order_type)
    lots, quote_units = _size(info, fields, order_type)
    client_order_id = _client_id(fields, "client_order_id")
    return commands.PlaceOrder(
        account_id=account_id,
        instrument_id=info.id,
        lots=lots,
        ticks=_ticks(info, fields, is_limit),
        quote_units=quote_units,
        side=side,
        order_type=order_type,
        time_in_force=time_in_force,
        self_trade_prevention=_choice(
            fields,
            "self_trade_prevention",
            SELF_TRADE_PREVENTIONS,
            "expire_taker",
            Result.BAD_SELF_TRADE_PREVENTION,
        ),
        flags=_flags(fields, order_type, time_in_force),
        client_key=client_order_key(client_order_id),
        client_order_id=client_order_id,
        trigger_ticks=_trigger_ticks(info, fields, order_type),
        expire_ns=_expire_ns(fields, time_in_force),
        trigger_source=_trigger_source(fields, order_type),
        trailing_distance_bp=_trailing_distance_bp(fields, order_type),
        activation_ticks=_activation_ticks(info, fields, order_type),
        limit_offset_ticks=_limit_offset_ticks(info, fields, order_type),
        trigger_ns=_trigger_ns(fields),
        display_lots=_display_lots(info, fields, is_limit, time_in_force, lots),
    )


def build_place_order_list(
    info: InstrumentInfo, account_id: int, fields: Mapping[str, Any]
) -> commands.PlaceOrderList:
    """The command for an order list request; raises OrderError, which says which order is meant.

    `type` is oco, oto or otoco; `orders` are two (otoco: three) objects with the fields of an
    order, without account and instrument, which all of them share. They may wait for all that an
    order can wait for: a price of any source, an extreme, a time.
    """
    check_known(fields, _LIST_FIELDS)
    list_type = _choice(fields, "type", LIST_TYPES, None, Result.BAD_ORDER_LIST)
    orders = fields.get("orders")
    wanted = 3 if list_type == enums.OrderListType.OTOCO else 2
    if not isinstance(orders, list) or len(orders) != wanted:
        raise OrderError(Result.BAD_ORDER_LIST, f"orders must be a list of {wanted} orders.")
    client_list_id = _client_id(fields, "client_list_id")
    legs: dict[str, Any] = {}
    any_trigger = False
    for number, (which, order) in enumerate(zip(_LEGS, orders, strict=False), 1):
        try:
            command = _build_leg(info, account_id, order)
        except OrderError as error:
            raise OrderError(
                error.result, f"Order {number}: {error.message}", error.help_text
            ) from None
        legs.update({f"{which}_{name}": getattr(command, name) for name, _ in command.FIELDS})
        if command.trigger_source or command.trailing_distance_bp or command.trigger_ns:
            any_trigger = True
    return commands.PlaceOrderList(
        list_type=list_type,
        client_key=client_order_key(client_list_id),
        client_list_id=client_list_id,
        any_trigger=int(any_trigger),
        **legs,
    )


def _build_leg(info: InstrumentInfo, account_id: int, order: Any) -> commands.PlaceOrder:
    if not isinstance(order, Mapping):
        raise OrderError(Result.BAD_ORDER_LIST, "It must be an object with the fields of an order.")
    check_known(order, _LEG_FIELDS)
    if order.get("quote_amount") is not None:
        raise OrderError(Result.BAD_QUANTITY, "An order of a list needs a quantity.")
    return build_place_order(info, account_id, order)


def build_replace_order(
    info: InstrumentInfo,
    account_id: int,
    fields: Mapping[str, Any],
    *,
    order_id: int = 0,
    client_key: int = 0,
) -> commands.ReplaceOrder:
    """The command that gives a resting order another `remaining_quantity`, `price` or both
    (decimal text; what is left out stays as it is); raises OrderError.
    """
    check_known(fields, _REPLACE_FIELDS)
    quantity, price = fields.get("remaining_quantity"), fields.get("price")
    if quantity is None and price is None:
        raise OrderError(
            Result.NOTHING_TO_CHANGE, "Give remaining_quantity, price or both: what is to change."
        )
    lots = ticks = 0
    if quantity is not None:
        lots = number_of(info.lots_of, quantity, "remaining_quantity", Result.BAD_QUANTITY)
        if lots <= 0:
            raise OrderError(
                Result.BAD_QUANTITY,
                "remaining_quantity must be above zero: cancel the order to end it.",
            )
    if price is not None:
        ticks = price_ticks(info, price, "price", Result.BAD_PRICE)
    return commands.ReplaceOrder(
        account_id=account_id, order_id=order_id, client_key=client_key, lots=lots, ticks=ticks
    )


def check_known(fields: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raise OrderError on fields that are not known."""
    if not fields.keys() <= known:
        unknown = ", ".join(sorted(str(name) for name in fields.keys() - known))
        raise OrderError(
            Result.FIELD_OUT_OF_RANGE,
            f"Unknown field: {unknown}. Known fields: {', '.join(sorted(known))}.",
        )


def _time_in_force(fields: Mapping[str, Any], order_type: int) -> int:
    is_limit, is_triggered = order_type in RESTING_TYPES, order_type in TRIGGERED_TYPES
    is_triggered = is_triggered or fields.get("trigger_time") is not None
    default = "GTC" if is_limit else "IOC"
    if fields.get("expire_time") is not None and (is_limit or is_triggered):
        default = "GTD"
    time_in_force = _choice(
        fields, "time_in_force", TIMES_IN_FORCE, default, Result.BAD_TIME_IN_FORCE
    )
    if not is_limit and time_in_force == enums.TimeInForce.GTC:
        raise OrderError(
            Result.BAD_TIME_IN_FORCE,
            "A market order cannot rest in the book: send IOC or FOK, or leave time_in_force out.",
        )
    if (
        not is_limit
        and not is_triggered
        and time_in_force
        in (
            enums.TimeInForce.GTD,
            enums.TimeInForce.DAY,
        )
    ):
        raise OrderError(
            Result.BAD_TIME_IN_FORCE,
            "A market order trades at once and needs no end: send IOC or FOK, or a trigger_time.",
        )
    return time_in_force


def _choice(
    fields: Mapping[str, Any],
    name: str,
    choices: Mapping[str, int],
    default: str | None,
    result: Result,
) -> int:
    value = fields.get(name)
    if value is None:
        value = default
    number = choices.get(value) if isinstance(value, str) else None
    if number is None:
        raise OrderError(result, f"{name} must be one of: {', '.join(choices)}.")
    return number


def price_ticks(info: InstrumentInfo, value: Any, name: str, result: Result) -> int:
    """Ticks of a price's decimal text; raises OrderError."""
    ticks = number_of(info.ticks_of, value, name, result)
    if not 0 < ticks <= MAX_TICKS:
        raise OrderError(result, f"The {name} must be above zero and within range.")
    return ticks


def _trigger_ticks(info: InstrumentInfo, fields: Mapping[str, Any], order_type: int) -> int:
    trigger_price = fields.get("trigger_price")
    if order_type not in TRIGGERED_TYPES - TRAILING_TYPES:
        if trigger_price is not None:
            raise OrderError(
                Result.BAD_TRIGGER,
                "trigger_price is for stop and take-profit orders: choose such a type, or leave "
                "it out. A trailing stop has a trailing_distance_bp.",
            )
        return 0
    if trigger_price is None:
        raise OrderError(Result.BAD_TRIGGER, "A stop or take-profit order needs a trigger_price.")
    return price_ticks(info, trigger_price, "trigger_price", Result.BAD_TRIGGER)


def _expire_ns(fields: Mapping[str, Any], time_in_force: int) -> int:
    moment = fields.get("expire_time")
    if time_in_force != enums.TimeInForce.GTD:
        if moment is not None:
            raise OrderError(
                Result.BAD_EXPIRY,
                "expire_time goes with time_in_force GTD only: send that, or leave it out.",
            )
        return 0
    if moment is None:
        raise OrderError(Result.BAD_EXPIRY, "A GTD order needs an expire_time.")
    return _ns_of(moment, "expire_time", Result.BAD_EXPIRY)


def _display_lots(
    info: InstrumentInfo, fields: Mapping[str, Any], is_limit: bool, time_in_force: int, lots: int
) -> int:
    """What an iceberg shows at a time; 0: all of it."""
    quantity = fields.get("display_quantity")
    if quantity is None:
        return 0
    if not is_limit or time_in_force not in (enums.TimeInForce.GTC, enums.TimeInForce.GTD):
        raise OrderError(
            Result.BAD_DISPLAY_QUANTITY,
            "display_quantity is for orders with a price and time_in_force GTC or GTD.",
        )
    display = number_of(info.lots_of, quantity, "display_quantity", Result.BAD_DISPLAY_QUANTITY)
    least = max(1, info.min_lots)
    if not least <= display < lots:
        raise OrderError(
            Result.BAD_DISPLAY_QUANTITY,
            f"display_quantity must be at least {info.quantity_text(least)} {info.base_code} and "
            "less than the quantity; leave it out to show all of it.",
        )
    if (lots - 1) // display > MAX_REFRESHES:
        raise OrderError(
            Result.TOO_MANY_REFRESHES,
            f"That is more than {MAX_REFRESHES + 1:,} parts: show more, or split the order.",
        )
    return display


def _trigger_source(fields: Mapping[str, Any], order_type: int) -> int:
    result = Result.BAD_TRIGGER_SOURCE
    source = _choice(fields, "trigger_source", TRIGGER_SOURCES, "last", result)
    if source != enums.TriggerSource.LAST and order_type not in TRIGGERED_TYPES:
        raise OrderError(
            result,
            "trigger_source is for orders that wait for a price: choose such a type, or leave it "
            "out.",
        )
    return source


def _trailing_distance_bp(fields: Mapping[str, Any], order_type: int) -> int:
    distance = fields.get("trailing_distance_bp")
    if order_type not in TRAILING_TYPES:
        if distance is not None:
            raise OrderError(
                Result.BAD_TRAILING_DISTANCE,
                "trailing_distance_bp is for trailing stops: choose such a type, or leave it out.",
            )
        return 0
    if type(distance) is not int or not 0 < distance <= MAX_TRAILING_BP:
        raise OrderError(
            Result.BAD_TRAILING_DISTANCE,
            "A trailing stop needs a trailing_distance_bp: a whole number of basis points from 1 "
            f"to {MAX_TRAILING_BP}.",
        )
    return distance


def _activation_ticks(info: InstrumentInfo, fields: Mapping[str, Any], order_type: int) -> int:
    price = fields.get("activation_price")
    if price is None:
        return 0
    if order_type not in TRAILING_TYPES:
        raise OrderError(
            Result.BAD_ACTIVATION_PRICE,
            "activation_price is for trailing stops: choose such a type, or leave it out.",
        )
    return price_ticks(info, price, "activation_price", Result.BAD_ACTIVATION_PRICE)


def _limit_offset_ticks(info: InstrumentInfo, fields: Mapping[str, Any], order_type: int) -> int:
    offset = fields.get("limit_offset")
    if offset is None:
        return 0
    if order_type != enums.OrderType.TRAILING_STOP_LIMIT:
        raise OrderError(
            Result.BAD_LIMIT_OFFSET,
            "limit_offset is for orders of the type trailing_stop_limit: send that, or leave it "
            "out.",
        )
    ticks = number_of(info.ticks_of, offset, "limit_offset", Result.BAD_LIMIT_OFFSET)
    if not 0 <= ticks <= MAX_TICKS:
        raise OrderError(
            Result.BAD_LIMIT_OFFSET, "The limit_offset must not be below zero, and within range."
        )
    return ticks


def _trigger_ns(fields: Mapping[str, Any]) -> int:
    moment = fields.get("trigger_time")
    return 0 if moment is None else _ns_of(moment, "trigger_time", Result.BAD_TRIGGER_TIME)


def _ns_of(moment: Any, name: str, result: Result) -> int:
    try:
        return moments.ns_of(moment, name)
    except ValueError as error:
        raise OrderError(result, str(error)) from error


def _ticks(info: InstrumentInfo, fields: Mapping[str, Any], is_limit: bool) -> int:
    price = fields.get("price")
    if not is_limit:
        if price is not None:
            raise OrderError(
                Result.BAD_PRICE,
                "A market order has no price, and a trailing stop finds its own: leave price out, "
                "or send a limit.",
            )
        return 0
    if price is None:
        raise OrderError(Result.BAD_PRICE, "A limit order needs a price.")
    return price_ticks(info, price, "price", Result.BAD_PRICE)


def _size(info: InstrumentInfo, fields: Mapping[str, Any], order_type: int) -> tuple[int, int]:
    """(lots, quote units): one of them is zero."""
    quantity, quote_amount = fields.get("quantity"), fields.get("quote_amount")
    if quote_amount is not None:
        if order_type != enums.OrderType.MARKET or fields.get("trigger_time") is not None:
            raise OrderError(
                Result.BAD_QUANTITY,
                "quote_amount is for plain market orders: give a quantity instead.",
            )
        if quantity is not None:
            raise OrderError(Result.BAD_QUANTITY, "Give either quantity or quote_amount, not both.")
        units = number_of(info.quote_units_of, quote_amount, "quote_amount", Result.BAD_AMOUNT)
        if units <= 0:
            raise OrderError(Result.BAD_AMOUNT, "quote_amount must be above zero.")
        return 0, units
    if quantity is None:
        is_market = order_type == enums.OrderType.MARKET
        wanted = "either quantity or quote_amount" if is_market else "a quantity"
        raise OrderError(Result.BAD_QUANTITY, f"The order needs {wanted}.")
    lots = number_of(info.lots_of, quantity, "quantity", Result.BAD_QUANTITY)
    if lots <= 0:
        raise OrderError(Result.BAD_QUANTITY, "The quantity must be above zero.")
    if lots < info.min_lots:
        raise OrderError(
            Result.BELOW_MINIMUM_QUANTITY,
            f"The smallest quantity is {info.quantity_text(info.min_lots)} {info.base_code}.",
        )
    if lots > info.max_lots:
        raise OrderError(
            Result.ABOVE_MAXIMUM_QUANTITY,
            f"The largest quantity is {info.quantity_text(info.max_lots)} {info.base_code}: "
            "split the order.",
        )
    return lots, 0


def number_of(parse: Any, value: Any, name: str, result: Result) -> int:
    """What decimal text comes to; raises OrderError."""
    if not isinstance(value, str):
        raise OrderError(result, f'{name} must be decimal text, such as "12.5".')
    try:
        return int(parse(value))
    except MoneyError as error:
        raise OrderError(result, f"{name}: {error}") from error


def _flags(fields: Mapping[str, Any], order_type: int, time_in_force: int) -> int:
    post_only = fields.get("post_only")
    if post_only is None or post_only is False:
        return 0
    if post_only is not True:
        raise OrderError(Result.BAD_FLAGS, "post_only must be true or false.")
    if order_type != enums.OrderType.LIMIT or time_in_force not in (
        enums.TimeInForce.GTC,
        enums.TimeInForce.GTD,
        enums.TimeInForce.DAY,
    ):
        raise OrderError(
            Result.BAD_FLAGS,
            "post_only is for plain limit orders with time_in_force GTC, GTD or DAY.",
        )
    return int(enums.OrderFlag.POST_ONLY)


def is_client_order_id(value: Any) -> bool:
    """Whether a sender may call an order so; nothing else ever reached the books."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_CLIENT_ORDER_ID_CHARACTERS
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def _client_id(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if value != "" and not is_client_order_id(value):
        raise OrderError(
            Result.BAD_CLIENT_ORDER_ID,
            f"{name} must be at most {MAX_CLIENT_ORDER_ID_CHARACTERS} printable "
            "ASCII characters without spaces.",
        )
    return str(value)
