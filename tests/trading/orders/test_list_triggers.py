"""Order lists of Alice whose legs trail, or wait for the mark price or a time: rows and holds."""

import time
from typing import Any

import pytest

from order_fields import INFO
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from trading.orders import actions, placing, shapes
from trading.orders.models import Order
from wallets.ledger import selectors as ledger

SELL_AT_109 = {"side": "sell", "price": "109", "quantity": "0.5"}
BUY_AT_100 = {"side": "buy", "price": "100", "quantity": "0.5"}
TRAILING = {"side": "sell", "type": "trailing_stop", "trailing_distance_bp": 500, "quantity": "0.5"}


def place(user: Any, kind: str, *orders: dict[str, Any]) -> list[int]:
    """The ids of the orders of a list that has to be accepted."""
    command = placing.build_place_order_list(
        instrument_info("BTC-USDT"),
        access_account(user).pk,
        {"type": kind, "instrument": "BTC-USDT", "orders": list(orders)},
    )
    answer = door.send_command(command)
    assert answer.result == Result.ACCEPTED, answer.result
    state = shapes.list_of_answer(answer.events, answer.time_ns)
    assert state is not None
    return [order.order_id for order in state.orders]


def submit(user: Any, **fields: Any) -> shapes.OrderState:
    return actions.submit_order(
        account=access_account(user), instrument="BTC-USDT", acting_user=user, **fields
    )


def trade(buyer: Any, seller: Any, price: str, quantity: str = "0.01") -> None:
    """One match at a price, which becomes the last one."""
    submit(seller, side="sell", price=price, quantity=quantity)
    submit(buyer, side="buy", price=price, quantity=quantity, time_in_force="IOC")


def mark(price: str) -> None:
    """The mark price moves, as a feed tells it."""
    info = instrument_info("BTC-USDT")
    message = commands.SetPrices(instrument_id=info.id, mark_ticks=info.ticks_of(price))
    assert door.send_command(message).result == Result.ACCEPTED


def body_of(order_id: int) -> dict[str, Any]:
    row = Order.objects.get(pk=order_id)
    return shapes.order_json(shapes.state_of_row(row), instrument_info("BTC-USDT"))


def statuses(order_ids: list[int]) -> list[str]:
    return [body_of(order_id)["status"] for order_id in order_ids]


def held(user: Any) -> dict[str, int]:
    return {row.asset.code: row.held_units for row in ledger.balances(access_account(user))}


@pytest.mark.parametrize("records_a_batch", [1, 2, 0])
def test_a_trailing_leg_takes_over_what_the_limit_held(funded, alice, bob, records_a_batch):
    trade(bob, alice, "100")
    limited = {**TRAILING, "type": "trailing_stop_limit", "limit_offset": "1"}
    pair = place(alice, "oco", SELL_AT_109, limited)
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert statuses(pair) == ["open", "waiting"]
    assert held(alice)["BTC"] == 50_000_000
    body = body_of(pair[1])
    assert (body["trigger_price"], body["trailing_distance_bp"]) == ("95.00", 500)
    assert body["linked_order_ids"] == [str(pair[0])]
    trade(bob, alice, "108")
    submit(bob, side="buy", price="102", quantity="0.2")
    trade(alice, bob, "102.5")
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert statuses(pair) == ["canceled", "partially_filled"]
    assert body_of(pair[0])["ended_by_order_id"] == str(pair[1])
    assert (body_of(pair[1])["trigger_price"], body_of(pair[1])["price"]) == ("102.60", "101.60")
    assert held(alice)["BTC"] == 30_000_000


@pytest.mark.parametrize("records_a_batch", [1, 2, 0])
def test_a_released_leg_trails_from_its_release_on(funded, alice, bob, records_a_batch):
    mark("200")
    bracket = place(
        alice,
        "otoco",
        BUY_AT_100,
        {**TRAILING, "trigger_source": "mark"},
        {"side": "sell", "type": "take_profit", "trigger_price": "130", "quantity": "0.5",
         "trigger_source": "mark"},
    )  # fmt: skip
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert statuses(bracket) == ["open", "pending", "pending"]
    pending = body_of(bracket[1])
    assert (pending["trailing_distance_bp"], pending["trigger_source"]) == (500, "mark")
    assert pending["trigger_price"] is None
    assert Order.objects.get(pk=bracket[1]).activated_seq == 0
    mark("100")
    submit(bob, side="sell", price="100", quantity="0.5")
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert statuses(bracket) == ["filled", "waiting", "waiting"]
    assert body_of(bracket[1])["trigger_price"] == "95.00"
    row = Order.objects.get(pk=bracket[1])
    assert row.placed_seq < row.waiting_seq == row.activated_seq
    assert not any(held(alice).values())
    submit(bob, side="buy", price="90", quantity="0.5")
    mark("110")
    mark("104.5")
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert statuses(bracket) == ["filled", "filled", "canceled"]
    assert body_of(bracket[2])["ended_by_order_id"] == str(bracket[1])


def test_a_leg_fires_at_its_time(funded, alice, bob):
    moment_ms = int(time.time() * 1000) + 1_000
    submit(bob, side="buy", price="90", quantity="0.5")
    pair = place(
        alice,
        "oco",
        SELL_AT_109,
        {"side": "sell", "type": "market", "quantity": "0.5", "trigger_time": moment_ms},
    )
    funded.prove()
    assert statuses(pair) == ["open", "waiting"]
    assert body_of(pair[1])["trigger_time"] == moment_ms
    assert held(alice)["BTC"] == 50_000_000
    deadline = time.monotonic() + 60
    while Order.objects.get(pk=pair[1]).status == OrderStatus.WAITING:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        mark("100")  # the engine looks at the time when something comes in
        funded.settle()
    funded.prove()
    assert statuses(pair) == ["canceled", "filled"]
    assert not any(held(alice).values())


@pytest.mark.parametrize(
    ("fields", "any_trigger"),
    [
        ({}, 0),
        ({"trigger_source": "last"}, 0),
        ({"trigger_source": "mark"}, 1),
        ({"trigger_time": "2099-03-31T18:00:00Z"}, 1),
        ({"type": "trailing_stop", "trailing_distance_bp": 150, "trigger_price": None}, 1),
    ],
)
def test_only_a_list_that_needs_it_asks_for_more_than_last_prices(fields, any_trigger):
    stop = {"side": "sell", "type": "stop", "trigger_price": "90", "quantity": "0.5", **fields}
    for orders in ([SELL_AT_109, stop], [stop, SELL_AT_109]):
        command = placing.build_place_order_list(INFO, 3, {"type": "oco", "orders": orders})
        assert command.any_trigger == any_trigger
