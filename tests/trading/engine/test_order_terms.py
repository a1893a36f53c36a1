"""Orders whose terms do not go together are refused, the first thing wrong with them named."""

from typing import Any

import pytest

from tests.trading.engine.worlds import World, order, spot_world
from trading.engine import commands as c
from trading.engine import queries
from trading.engine.enums import OrderType, Side, TimeInForce
from trading.engine.results import Result

STOP, STOP_LIMIT = OrderType.STOP_MARKET, OrderType.STOP_LIMIT
TAKE, TAKE_LIMIT = OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT
FOREVER = 2**63 - 1
MOST = 10**15


def seen(world: World) -> list[Any]:
    """All that a customer could see of a venue."""
    return [
        world.balances(),
        world.depth(),
        world.must(queries.QueryOpenOrders()),
        world.shard.venues[7].last_order_id,
    ]


def lively() -> World:
    """A world with a last price of 100, where account 1 rests and waits."""
    world = spot_world()
    world.must(
        order(2, "sell", 5, 100),
        order(3, "buy", 1, 100),
        order(1, "buy", 5, 90, client_order_id="rests"),
        order(1, "buy", 5, 95, stop=105, client_order_id="waits"),
        order(1, "buy", 5, 80, time_in_force=TimeInForce.GTD, expire_ns=FOREVER),
    )
    return world


# What each adds to a stop to buy 5 at the market with the trigger 105.
PLACED: list[tuple[dict[str, Any], Result]] = [
    ({}, Result.ACCEPTED),
    ({"trigger_ticks": MOST}, Result.ACCEPTED),
    ({"trigger_ticks": MOST + 1}, Result.BAD_TRIGGER),
    ({"trigger_ticks": 0}, Result.BAD_TRIGGER),
    ({"trigger_ticks": -1}, Result.BAD_TRIGGER),
    ({"trigger_ticks": FOREVER}, Result.BAD_TRIGGER),
    ({"trigger_ticks": -(2**63)}, Result.BAD_TRIGGER),
    ({"trigger_ticks": 101}, Result.ACCEPTED),
    ({"trigger_ticks": 100}, Result.TRIGGER_WOULD_FIRE),
    ({"trigger_ticks": 99, "side": Side.SELL}, Result.ACCEPTED),
    ({"trigger_ticks": 100, "side": Side.SELL}, Result.TRIGGER_WOULD_FIRE),
    ({"order_type": TAKE, "trigger_ticks": 99}, Result.ACCEPTED),
    ({"order_type": TAKE, "trigger_ticks": 100}, Result.TRIGGER_WOULD_FIRE),
    ({"order_type": TAKE, "side": Side.SELL}, Result.ACCEPTED),
    ({"order_type": TAKE_LIMIT, "side": Side.SELL, "ticks": 1}, Result.ACCEPTED),
    ({"order_type": STOP_LIMIT, "ticks": MOST}, Result.ACCEPTED),
    ({"order_type": STOP_LIMIT}, Result.BAD_PRICE),
    ({"order_type": TAKE_LIMIT, "ticks": -1}, Result.BAD_PRICE),
    ({"order_type": STOP_LIMIT, "ticks": MOST + 1}, Result.BAD_PRICE),
    ({"ticks": 100}, Result.BAD_PRICE),
    ({"order_type": 9}, Result.BAD_ORDER_TYPE),
    ({"order_type": 0}, Result.BAD_ORDER_TYPE),
    ({"order_type": 255}, Result.BAD_ORDER_TYPE),
    ({"order_type": OrderType.MARKET}, Result.BAD_TRIGGER),
    ({"order_type": OrderType.LIMIT, "ticks": 90}, Result.BAD_TRIGGER),
    ({"lots": 0}, Result.BAD_QUANTITY),
    ({"lots": -5}, Result.BAD_QUANTITY),
    ({"lots": 0, "quote_units": 500}, Result.BAD_QUANTITY),
    ({"quote_units": 500}, Result.BAD_QUANTITY),
    ({"quote_units": -1}, Result.BAD_QUANTITY),
    ({"lots": MOST}, Result.ACCEPTED),  # what it can't pay shows when its price comes
    ({"lots": MOST + 1}, Result.ABOVE_MAXIMUM_QUANTITY),
    ({"flags": 1}, Result.BAD_FLAGS),
    ({"flags": 1, "order_type": STOP_LIMIT, "ticks": 90, "time_in_force": 1}, Result.BAD_FLAGS),
    ({"time_in_force": 5}, Result.BAD_TIME_IN_FORCE),
    ({"time_in_force": 0}, Result.BAD_TIME_IN_FORCE),
    ({"time_in_force": TimeInForce.GTD}, Result.BAD_EXPIRY),
    ({"time_in_force": TimeInForce.GTD, "expire_ns": -1}, Result.BAD_EXPIRY),
    ({"time_in_force": TimeInForce.GTD, "expire_ns": 1}, Result.BAD_EXPIRY),
    ({"time_in_force": TimeInForce.GTD, "expire_ns": FOREVER}, Result.ACCEPTED),
    ({"expire_ns": FOREVER}, Result.BAD_EXPIRY),
    ({"expire_ns": 1}, Result.BAD_EXPIRY),
    ({"expire_ns": -1}, Result.BAD_EXPIRY),
    # What is named of several things that are wrong.
    ({"side": 0, "order_type": 9}, Result.BAD_SIDE),
    ({"order_type": 9, "time_in_force": 9}, Result.BAD_ORDER_TYPE),
    ({"flags": 1, "lots": 0}, Result.BAD_FLAGS),
    ({"lots": 0, "ticks": 5}, Result.BAD_QUANTITY),
    ({"ticks": 5, "trigger_ticks": 0}, Result.BAD_PRICE),
    ({"client_key": -1, "trigger_ticks": 0}, Result.BAD_CLIENT_ORDER_ID),
    ({"trigger_ticks": 0, "expire_ns": 1}, Result.BAD_TRIGGER),
    ({"trigger_ticks": 100, "expire_ns": 1}, Result.TRIGGER_WOULD_FIRE),
    ({"order_type": OrderType.LIMIT, "ticks": MOST, "trigger_ticks": 0, "expire_ns": 1},
     Result.BAD_EXPIRY),
    ({"order_type": OrderType.LIMIT, "ticks": MOST, "trigger_ticks": 0},
     Result.INSUFFICIENT_FUNDS),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "result"), PLACED)
def test_placing(fields: dict[str, Any], result: Result) -> None:
    world = lively()
    before = seen(world)
    stop: dict[str, Any] = {
        "account_id": 1,
        "instrument_id": 1,
        "side": Side.BUY,
        "order_type": STOP,
        "time_in_force": TimeInForce.IOC,
        "lots": 5,
        "trigger_ticks": 105,
    }
    told, events = world.send(c.PlaceOrder(**{**stop, **fields}))
    assert told == result
    if result != Result.ACCEPTED:
        assert events == []
        assert seen(world) == before
    else:
        assert [type(event).__name__ for event in events] == ["OrderAccepted", "OrderWaiting"]
        assert world.balances() == before[0]
        assert world.depth() == before[1]


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"account_id": 77}, Result.UNKNOWN_ACCOUNT),
        ({"order_id": 0}, Result.UNKNOWN_ORDER),
        ({"order_id": -1}, Result.UNKNOWN_ORDER),
        ({"order_id": 2**62}, Result.UNKNOWN_ORDER),
        ({"order_id": 0, "client_key": -3}, Result.UNKNOWN_ORDER),
        ({"account_id": 2}, Result.UNKNOWN_ORDER),
        ({"order_id": 2, "account_id": 3}, Result.ORDER_ALREADY_CLOSED),
        ({"order_id": 4}, Result.BAD_ORDER_TYPE),
        ({"order_id": 4, "lots": -1}, Result.BAD_ORDER_TYPE),
        ({"lots": 0}, Result.NOTHING_TO_CHANGE),
        ({"lots": 5}, Result.NOTHING_TO_CHANGE),
        ({"lots": 5, "ticks": 90}, Result.NOTHING_TO_CHANGE),
        ({"lots": -1}, Result.BAD_QUANTITY),
        ({"lots": -(2**63)}, Result.BAD_QUANTITY),
        ({"lots": MOST + 1}, Result.ABOVE_MAXIMUM_QUANTITY),
        ({"lots": FOREVER}, Result.ABOVE_MAXIMUM_QUANTITY),
        ({"ticks": -1}, Result.BAD_PRICE),
        ({"ticks": -(2**63)}, Result.BAD_PRICE),
        ({"ticks": MOST + 1}, Result.BAD_PRICE),
        ({"ticks": FOREVER}, Result.BAD_PRICE),
        ({"ticks": MOST}, Result.INSUFFICIENT_FUNDS),
        ({"lots": MOST}, Result.INSUFFICIENT_FUNDS),
        ({"lots": MOST, "ticks": MOST}, Result.INSUFFICIENT_FUNDS),
    ],
)
def test_replacing(fields: dict[str, int], result: Result) -> None:
    """A ReplaceOrder of account 1's order 3, which buys 5 at 90, with other fields."""
    world = lively()
    before = seen(world)
    told, events = world.send(c.ReplaceOrder(**{"account_id": 1, "order_id": 3, **fields}))
    assert (told, events) == (result, [])
    assert seen(world) == before


@pytest.mark.parametrize(
    ("order_id", "result"),
    [
        (0, Result.UNKNOWN_ORDER),
        (-1, Result.UNKNOWN_ORDER),
        (2**62, Result.UNKNOWN_ORDER),
        (2, Result.ORDER_ALREADY_CLOSED),
        (3, Result.BAD_EXPIRY),  # no GTD
        (4, Result.BAD_EXPIRY),
        (5, Result.BAD_EXPIRY),  # not yet
    ],
)
def test_ending_from_outside(order_id: int, result: Result) -> None:
    world = lively()
    before = seen(world)
    assert world.send(c.ExpireOrder(order_id=order_id)) == (result, [])
    assert seen(world) == before
