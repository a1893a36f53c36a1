"""Alice's trailing stops, orders by the mark price and at a time: what stands in the tables."""

import itertools
import time

import pytest
from django_tenants.utils import tenant_context

from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments.actions import set_prices
from trading.instruments.models import Instrument
from trading.instruments.selectors import instrument_info
from trading.orders import actions, shapes
from trading.orders.errors import OrderError
from trading.orders.models import Order
from wallets.ledger import selectors as ledger


def submit(user, **fields):
    return actions.submit_order(
        account=access_account(user), instrument="BTC-USDT", acting_user=user, **fields
    )


def trade(buyer, seller, price, quantity="0.01"):
    """One match at a price, which becomes the last one."""
    submit(seller, side="sell", price=price, quantity=quantity)
    submit(buyer, side="buy", price=price, quantity=quantity, time_in_force="IOC")


def mark(price):
    """The mark price moves, as a feed tells it."""
    info = instrument_info("BTC-USDT")
    answer = door.send_command(
        commands.SetPrices(instrument_id=info.id, mark_ticks=info.ticks_of(price))
    )
    assert answer.result == Result.ACCEPTED


def body_of(order):
    row = Order.objects.get(pk=order.order_id)
    return shapes.order_json(shapes.state_of_row(row), instrument_info("BTC-USDT"))


def held(user):
    return {row.asset.code: row.held_units for row in ledger.balances(access_account(user))}


@pytest.mark.parametrize("records_a_batch", [1, 2, 0])
def test_a_trailing_stop_follows_and_fires(funded, alice, bob, records_a_batch):
    trade(bob, alice, "100")
    stop = submit(
        alice,
        side="sell",
        type="trailing_stop_limit",
        trailing_distance_bp=500,
        limit_offset="1",
        quantity="0.5",
    )
    assert (stop.status, stop.extreme_ticks, stop.trigger_ticks) == (
        OrderStatus.WAITING,
        10_000,
        9_500,
    )
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    body = body_of(stop)
    assert (body["status"], body["trigger_price"], body["trigger_when"]) == (
        "waiting",
        "95.00",
        "at_or_below",
    )
    assert (body["trailing_distance_bp"], body["limit_offset"], body["price"]) == (
        500,
        "1.00",
        None,
    )
    assert not any(held(alice).values())
    trade(bob, alice, "108")
    trade(bob, alice, "104")
    submit(bob, side="buy", price="101", quantity="0.2")
    trade(alice, bob, "102.5")
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    row = Order.objects.get(pk=stop.order_id)
    assert (row.status, row.trigger_ticks, row.ticks) == (OrderStatus.OPEN, 10_260, 10_160)
    assert row.placed_seq == row.activated_seq == row.waiting_seq < row.triggered_seq
    assert held(alice)["BTC"] == 50_000_000


def test_an_order_by_the_mark_price_looks_at_no_trade(funded, alice, bob, staff_of):
    mark("100")
    stop = submit(
        alice, side="sell", type="stop", trigger_price="90", trigger_source="mark", quantity="0.1"
    )
    submit(bob, side="buy", price="80", quantity="0.2")
    submit(alice, side="sell", price="80", quantity="0.1", time_in_force="IOC")
    funded.prove()
    assert (body_of(stop)["status"], body_of(stop)["trigger_source"]) == ("waiting", "mark")
    set_prices(
        instrument=Instrument.objects.get(symbol="BTC-USDT"),
        mark_price="89.5",
        acting_user=staff_of("owner"),
        reason="no feed",
    )
    funded.settle()
    funded.prove()
    assert body_of(stop)["status"] == "filled"


def test_an_order_is_sent_on_at_its_time(funded, alice, bob):
    moment_ms = int(time.time() * 1000) + 1_500
    limit = submit(alice, side="sell", price="150", quantity="0.5", trigger_time=moment_ms)
    stop = submit(
        alice, side="buy", type="stop", trigger_price="200", quantity="1", trigger_time=moment_ms
    )
    poor = submit(bob, side="sell", price="150", quantity="50", trigger_time=moment_ms)
    funded.prove()
    waiting = body_of(limit)
    assert (waiting["status"], waiting["trigger_time"]) == ("waiting", moment_ms)
    assert not any(held(alice).values())
    deadline = time.monotonic() + 60
    for _ in itertools.takewhile(lambda _: time.monotonic() < deadline, itertools.count()):
        # The engine looks at the time when something comes in.
        mark("100")
        funded.settle()
        if Order.objects.get(pk=poor.order_id).status == OrderStatus.REJECTED:
            break
        time.sleep(0.2)
    funded.prove()
    states = [body_of(order)["status"] for order in (limit, stop, poor)]
    assert states == ["open", "waiting", "rejected"]
    assert held(alice)["BTC"] == 50_000_000
    row = Order.objects.get(pk=stop.order_id)
    assert row.placed_seq < row.waiting_seq == row.updated_seq


def test_refusals_place_nothing(funded, alice, bob):
    mark("100")
    funded.prove()
    before = Order.objects.count()
    for fields, result in (
        ({"trigger_price": "101", "trigger_source": "mark"}, Result.TRIGGER_WOULD_FIRE),
        ({"trigger_price": "90", "trigger_time": 5}, Result.BAD_TRIGGER_TIME),
        ({"trigger_price": "90", "trigger_time": 4_000_000_000_000}, Result.BAD_TRIGGER_TIME),
    ):
        with pytest.raises(OrderError) as refused:
            submit(alice, side="sell", type="stop", quantity="0.5", **fields)
        assert refused.value.result == result
        assert refused.value.help_text
    funded.prove()
    assert Order.objects.count() == before


def test_bob_cannot_cancel_alices_trailing_stop(funded, alice, bob, other_tenant):
    mark("100")
    stop = submit(
        alice,
        side="buy",
        type="trailing_stop",
        trailing_distance_bp=500,
        trigger_source="mark",
        quantity="0.5",
    )
    with pytest.raises(OrderError) as refused:
        actions.cancel_order(account=access_account(bob), acting_user=bob, order_id=stop.order_id)
    assert refused.value.result == Result.UNKNOWN_ORDER
    funded.prove()
    assert body_of(stop)["status"] == "waiting"
    actions.cancel_order(account=access_account(alice), acting_user=alice, order_id=stop.order_id)
    funded.prove()
    assert body_of(stop)["status"] == "canceled"
    with tenant_context(other_tenant):
        assert not Order.objects.exists()
