"""Triggers, expiries and replacements: from request fields to a command."""

import pytest

from order_fields import INFO, LIMIT
from trading.engine import commands, enums
from trading.engine.results import Result
from trading.orders.errors import OrderError
from trading.orders.placing import build_place_order, build_replace_order

STOP = {"side": "sell", "type": "stop", "trigger_price": "49000", "quantity": "0.5"}
MOMENT_NS = 1_806_516_000 * 10**9  # 2027-03-31T18:00:00Z


@pytest.mark.parametrize(
    ("name", "order_type", "price", "time_in_force"),
    [
        ("stop", enums.OrderType.STOP_MARKET, None, enums.TimeInForce.IOC),
        ("stop_limit", enums.OrderType.STOP_LIMIT, "48900", enums.TimeInForce.GTC),
        ("take_profit", enums.OrderType.TAKE_PROFIT_MARKET, None, enums.TimeInForce.IOC),
        ("take_profit_limit", enums.OrderType.TAKE_PROFIT_LIMIT, "48900", enums.TimeInForce.GTC),
    ],
)
def test_orders_that_wait_for_a_price(name, order_type, price, time_in_force):
    command = build_place_order(INFO, 7, STOP | {"type": name, "price": price})
    assert (command.order_type, command.time_in_force) == (order_type, time_in_force)
    assert (command.trigger_ticks, command.lots) == (4_900_000, 50_000)
    assert command.ticks == (4_890_000 if price else 0)
    assert command.expire_ns == 0


TRAILING = {
    "side": "sell",
    "type": "trailing_stop",
    "trailing_distance_bp": 150,
    "quantity": "0.5",
}


def test_trailing_stops():
    command = build_place_order(
        INFO, 7, TRAILING | {"activation_price": "51000", "trigger_source": "mark"}
    )
    assert command.order_type == enums.OrderType.TRAILING_STOP_MARKET
    assert command.time_in_force == enums.TimeInForce.IOC
    assert (command.trailing_distance_bp, command.activation_ticks) == (150, 5_100_000)
    assert (command.trigger_source, command.trigger_ticks) == (enums.TriggerSource.MARK, 0)
    limit = build_place_order(
        INFO, 7, TRAILING | {"type": "trailing_stop_limit", "limit_offset": "0.05"}
    )
    assert limit.order_type == enums.OrderType.TRAILING_STOP_LIMIT
    assert limit.time_in_force == enums.TimeInForce.GTC
    assert (limit.limit_offset_ticks, limit.ticks) == (5, 0)


def test_a_time_before_which_nothing_happens():
    at_time = {"trigger_time": "2027-03-31T18:00:00Z"}
    assert build_place_order(INFO, 7, LIMIT | at_time).trigger_ns == MOMENT_NS
    assert build_place_order(INFO, 7, STOP | at_time).trigger_ns == MOMENT_NS
    market = {"side": "buy", "type": "market", "quantity": "1"} | at_time
    command = build_place_order(INFO, 7, market | {"expire_time": MOMENT_NS // 10**6 + 1})
    assert (command.trigger_ns, command.time_in_force) == (MOMENT_NS, enums.TimeInForce.GTD)
    assert build_place_order(INFO, 7, market).time_in_force == enums.TimeInForce.IOC


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT_NS // 10**6,
        "2027-03-31T18:00:00Z",
        "2027-03-31T20:00:00+02:00",
        "2027-03-31T18:00:00.000+00:00",
    ],
)
def test_a_time_until_which_an_order_is_good(moment):
    command = build_place_order(INFO, 7, LIMIT | {"expire_time": moment})
    assert (command.time_in_force, command.expire_ns) == (enums.TimeInForce.GTD, MOMENT_NS)
    told = build_place_order(INFO, 7, LIMIT | {"expire_time": moment, "time_in_force": "GTD"})
    assert told == command
    waiting = build_place_order(INFO, 7, STOP | {"expire_time": moment})
    assert (waiting.time_in_force, waiting.expire_ns) == (enums.TimeInForce.GTD, MOMENT_NS)


@pytest.mark.parametrize(
    ("fields", "result", "message"),
    [
        (LIMIT | {"trigger_price": "1"}, Result.BAD_TRIGGER, "stop and take-profit"),
        (STOP | {"trigger_price": None}, Result.BAD_TRIGGER, "needs a trigger_price"),
        (STOP | {"trigger_price": "0"}, Result.BAD_TRIGGER, "above zero"),
        (STOP | {"trigger_price": "1.005"}, Result.BAD_TRIGGER, r"multiple of 0\.01 USDT"),
        (STOP | {"trigger_price": 49000}, Result.BAD_TRIGGER, "decimal text"),
        (STOP | {"price": "48000"}, Result.BAD_PRICE, "has no price"),
        (STOP | {"type": "stop_limit"}, Result.BAD_PRICE, "needs a price"),
        (STOP | {"quantity": None}, Result.BAD_QUANTITY, "needs a quantity"),
        (STOP | {"quantity": None, "quote_amount": "5"}, Result.BAD_QUANTITY, "plain market"),
        (STOP | {"time_in_force": "GTC"}, Result.BAD_TIME_IN_FORCE, "cannot rest"),
        (STOP | {"post_only": True}, Result.BAD_FLAGS, "plain limit orders"),
        (
            STOP | {"type": "stop_limit", "price": "1", "post_only": True},
            Result.BAD_FLAGS,
            "plain limit orders",
        ),
        (TRAILING | {"trigger_price": "1"}, Result.BAD_TRIGGER, "trailing_distance_bp"),
        (TRAILING | {"price": "1"}, Result.BAD_PRICE, "finds its own"),
        (TRAILING | {"trailing_distance_bp": None}, Result.BAD_TRAILING_DISTANCE, "1 to 5000"),
        (TRAILING | {"trailing_distance_bp": 0}, Result.BAD_TRAILING_DISTANCE, "1 to 5000"),
        (TRAILING | {"trailing_distance_bp": 5001}, Result.BAD_TRAILING_DISTANCE, "1 to 5000"),
        (TRAILING | {"trailing_distance_bp": "9"}, Result.BAD_TRAILING_DISTANCE, "whole number"),
        (TRAILING | {"trailing_distance_bp": True}, Result.BAD_TRAILING_DISTANCE, "whole number"),
        (STOP | {"trailing_distance_bp": 9}, Result.BAD_TRAILING_DISTANCE, "trailing stops"),
        (TRAILING | {"activation_price": "0"}, Result.BAD_ACTIVATION_PRICE, "above zero"),
        (STOP | {"activation_price": "9"}, Result.BAD_ACTIVATION_PRICE, "trailing stops"),
        (TRAILING | {"limit_offset": "1"}, Result.BAD_LIMIT_OFFSET, "trailing_stop_limit"),
        (
            TRAILING | {"type": "trailing_stop_limit", "limit_offset": "-1"},
            Result.BAD_LIMIT_OFFSET,
            "below zero",
        ),
        (STOP | {"trigger_source": "bid"}, Result.BAD_TRIGGER_SOURCE, "last, mark, index"),
        (LIMIT | {"trigger_source": "mark"}, Result.BAD_TRIGGER_SOURCE, "wait for a price"),
        (LIMIT | {"trigger_time": "soon"}, Result.BAD_TRIGGER_TIME, "trigger_time must be"),
        (LIMIT | {"trigger_time": 0}, Result.BAD_TRIGGER_TIME, "between 1970 and 2262"),
        (
            {"side": "buy", "type": "market", "quote_amount": "5", "trigger_time": 1},
            Result.BAD_QUANTITY,
            "plain market",
        ),
        (LIMIT | {"time_in_force": "GTD"}, Result.BAD_EXPIRY, "needs an expire_time"),
        (
            LIMIT | {"time_in_force": "GTC", "expire_time": 1},
            Result.BAD_EXPIRY,
            "GTD only",
        ),
        (LIMIT | {"expire_time": "2027-03-31T18:00:00"}, Result.BAD_EXPIRY, "with its zone"),
        (LIMIT | {"expire_time": "tomorrow"}, Result.BAD_EXPIRY, "milliseconds since 1970"),
        (LIMIT | {"expire_time": 1.5}, Result.BAD_EXPIRY, "milliseconds since 1970"),
        (LIMIT | {"expire_time": True}, Result.BAD_EXPIRY, "milliseconds since 1970"),
        (LIMIT | {"expire_time": -5}, Result.BAD_EXPIRY, "between 1970 and 2262"),
        (LIMIT | {"expire_time": 10**18}, Result.BAD_EXPIRY, "between 1970 and 2262"),
        (
            LIMIT | {"expire_time": "9999-12-31T23:59:59Z"},
            Result.BAD_EXPIRY,
            "between 1970 and 2262",
        ),
        (
            {"side": "buy", "type": "market", "quantity": "1", "time_in_force": "GTD"},
            Result.BAD_TIME_IN_FORCE,
            "trades at once",
        ),
    ],
)
def test_mistakes_say_what_to_do(fields, result, message):
    with pytest.raises(OrderError, match=message) as refused:
        build_place_order(INFO, 7, fields)
    assert refused.value.result == result


def test_a_replacement_changes_what_it_names():
    both = {"price": "50001", "remaining_quantity": "0.25"}
    assert build_replace_order(INFO, 7, both, order_id=3) == commands.ReplaceOrder(
        account_id=7, order_id=3, lots=25_000, ticks=5_000_100
    )
    price_only = build_replace_order(INFO, 7, {"price": "50001"}, client_key=9)
    assert (price_only.lots, price_only.ticks, price_only.client_key) == (0, 5_000_100, 9)
    assert build_replace_order(INFO, 7, {"remaining_quantity": "1"}, order_id=3).ticks == 0


@pytest.mark.parametrize(
    ("fields", "result", "message"),
    [
        ({}, Result.NOTHING_TO_CHANGE, "what is to change"),
        ({"price": None}, Result.NOTHING_TO_CHANGE, "what is to change"),
        ({"remaining_quantity": "0"}, Result.BAD_QUANTITY, "cancel the order"),
        ({"remaining_quantity": "-1"}, Result.BAD_QUANTITY, "above zero"),
        ({"remaining_quantity": "0.000001"}, Result.BAD_QUANTITY, "multiple of"),
        ({"price": "0"}, Result.BAD_PRICE, "above zero"),
        ({"price": 5}, Result.BAD_PRICE, "decimal text"),
        ({"quantity": "1"}, Result.FIELD_OUT_OF_RANGE, "Known fields: price, remaining_quantity"),
    ],
)
def test_mistakes_of_a_replacement(fields, result, message):
    with pytest.raises(OrderError, match=message) as refused:
        build_replace_order(INFO, 7, fields, order_id=3)
    assert refused.value.result == result
