"""From the fields of a request to an engine command: checked, pure, the same at every door."""

from collections.abc import Mapping
from typing import Any

from money.units import MoneyError
from trading.engine import commands, enums
from trading.engine.keys import client_order_key
from trading.engine.limits import MAX_TICKS
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo

MAX_CLIENT_ORDER_ID_CHARACTERS = 36

SIDES = {"buy": int(enums.Side.BUY), "sell": int(enums.Side.SELL)}
ORDER_TYPES = {"limit": int(enums.OrderType.LIMIT), "market": int(enums.OrderType.MARKET)}
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
        "post_only",
        "self_trade_prevention",
        "client_order_id",
    }
)


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
    needs either `quantity` or `quote_amount`.
    """
    if not fields.keys() <= _FIELDS:
        unknown = ", ".join(sorted(str(name) for name in fields.keys() - _FIELDS))
        raise OrderError(
            Result.FIELD_OUT_OF_RANGE,
            f"Unknown field: {unknown}. Known fields: {', '.join(sorted(_FIELDS))}.",
        )
    side = _choice(fields, "side", SIDES, None, Result.BAD_SIDE)
    order_type = _choice(fields, "type", ORDER_TYPES, "limit", Result.BAD_ORDER_TYPE)
    is_limit = order_type == enums.OrderType.LIMIT
    time_in_force = _choice(
        fields,
        "time_in_force",
        TIMES_IN_FORCE,
        "GTC" if is_limit else "IOC",
        Result.BAD_TIME_IN_FORCE,
    )
    if not is_limit and time_in_force == enums.TimeInForce.GTC:
        raise OrderError(
            Result.BAD_TIME_IN_FORCE,
            "A market order cannot rest in the book: send IOC or FOK, or leave time_in_force out.",
        )
    lots, quote_units = _size(info, fields, is_limit)
    client_order_id = _client_order_id(fields)
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
        flags=_flags(fields, is_limit, time_in_force),
        client_key=client_order_key(client_order_id),
        client_order_id=client_order_id,
    )


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


def _ticks(info: InstrumentInfo, fields: Mapping[str, Any], is_limit: bool) -> int:
    price = fields.get("price")
    if not is_limit:
        if price is not None:
            raise OrderError(
                Result.BAD_PRICE, "A market order has no price: leave price out, or send a limit."
            )
        return 0
    if price is None:
        raise OrderError(Result.BAD_PRICE, "A limit order needs a price.")
    ticks = _number(info.ticks_of, price, "price", Result.BAD_PRICE)
    if not 0 < ticks <= MAX_TICKS:
        raise OrderError(Result.BAD_PRICE, "The price must be above zero and within range.")
    return ticks


def _size(info: InstrumentInfo, fields: Mapping[str, Any], is_limit: bool) -> tuple[int, int]:
    """(lots, quote units): one of them is zero."""
    quantity, quote_amount = fields.get("quantity"), fields.get("quote_amount")
    if quote_amount is not None:
        if is_limit:
            raise OrderError(
                Result.BAD_QUANTITY, "quote_amount is for market orders: give a quantity instead."
            )
        if quantity is not None:
            raise OrderError(Result.BAD_QUANTITY, "Give either quantity or quote_amount, not both.")
        units = _number(info.quote_units_of, quote_amount, "quote_amount", Result.BAD_AMOUNT)
        if units <= 0:
            raise OrderError(Result.BAD_AMOUNT, "quote_amount must be above zero.")
        return 0, units
    if quantity is None:
        wanted = "a quantity" if is_limit else "either quantity or quote_amount"
        raise OrderError(Result.BAD_QUANTITY, f"The order needs {wanted}.")
    lots = _number(info.lots_of, quantity, "quantity", Result.BAD_QUANTITY)
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


def _number(parse: Any, value: Any, name: str, result: Result) -> int:
    if not isinstance(value, str):
        raise OrderError(result, f'{name} must be decimal text, such as "12.5".')
    try:
        return int(parse(value))
    except MoneyError as error:
        raise OrderError(result, f"{name}: {error}") from error


def _flags(fields: Mapping[str, Any], is_limit: bool, time_in_force: int) -> int:
    post_only = fields.get("post_only")
    if post_only is None or post_only is False:
        return 0
    if post_only is not True:
        raise OrderError(Result.BAD_FLAGS, "post_only must be true or false.")
    if not is_limit or time_in_force != enums.TimeInForce.GTC:
        raise OrderError(Result.BAD_FLAGS, "post_only is for limit orders with time_in_force GTC.")
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


def _client_order_id(fields: Mapping[str, Any]) -> str:
    value = fields.get("client_order_id")
    if value is None:
        return ""
    if value != "" and not is_client_order_id(value):
        raise OrderError(
            Result.BAD_CLIENT_ORDER_ID,
            f"client_order_id must be at most {MAX_CLIENT_ORDER_ID_CHARACTERS} printable "
            "ASCII characters without spaces.",
        )
    return str(value)
