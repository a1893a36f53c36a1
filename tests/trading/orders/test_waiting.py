"""Alice's orders that wait for a price or end at a time, and replacing one that rests: what is
held, what stands in the tables, and that nobody else can do it."""

import datetime
import itertools
import time

import pytest
from django_tenants.utils import tenant_context

from trading.accounts.actions import set_account_state
from trading.accounts.errors import NoAccount
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from trading.orders import actions, selectors, shapes
from trading.orders.errors import OrderError
from trading.orders.models import Order
from wallets.ledger import selectors as ledger


def submit(user, **fields):
    return actions.submit_order(
        account=access_account(user), instrument="BTC-USDT", acting_user=user, **fields
    )


def replace(user, order, **fields):
    return actions.replace_order(
        account=access_account(user), order_id=order.order_id, acting_user=user, **fields
    )


def trade(buyer, seller, price, quantity="0.01"):
    """One match at a price, which becomes the last one."""
    submit(seller, side="sell", price=price, quantity=quantity)
    submit(buyer, side="buy", price=price, quantity=quantity, time_in_force="IOC")


def body_of(order):
    row = Order.objects.get(pk=order.order_id)
    return shapes.order_json(shapes.state_of_row(row), instrument_info("BTC-USDT"))


def held(user):
    return {row.asset.code: row.held_units for row in ledger.balances(access_account(user))}


def test_a_stop_waits_with_nothing_held_and_fires_into_the_book(funded, alice, bob):
    trade(bob, alice, "100")
    stop = submit(
        alice, side="sell", type="stop_limit", trigger_price="99", price="98", quantity="0.5"
    )
    assert stop.status == OrderStatus.WAITING
    funded.prove()
    waiting = body_of(stop)
    assert (waiting["status"], waiting["trigger_price"], waiting["trigger_when"]) == (
        "waiting",
        "99.00",
        "at_or_below",
    )
    assert not any(held(alice).values())
    assert [o.pk for o in selectors.open_orders(access_account(alice))] == [stop.order_id]

    submit(bob, side="buy", price="99", quantity="0.1")
    submit(alice, side="sell", price="99", quantity="0.1", time_in_force="IOC")
    funded.prove()
    resting = body_of(stop)
    assert (resting["status"], resting["remaining_quantity"]) == ("open", "0.50000")
    assert resting["trigger_price"] == "99.00"
    assert held(alice)["BTC"] == 50_000_000
    taken = submit(bob, side="buy", price="98", quantity="0.2", time_in_force="IOC")
    assert taken.status == OrderStatus.FILLED
    funded.prove()
    assert body_of(stop)["status"] == "partially_filled"


def test_a_stop_without_funds_at_its_time_is_rejected(funded, alice, bob):
    trade(bob, alice, "100")
    stop = submit(alice, side="sell", type="stop", trigger_price="99", quantity="0.9")
    everything = submit(alice, side="sell", price="105", quantity="0.9")
    trade(alice, bob, "99", "0.02")
    funded.prove()
    assert body_of(stop)["status"] == "rejected"
    assert body_of(everything)["status"] == "open"
    assert held(alice)["BTC"] == 90_000_000


def test_a_trigger_that_would_fire_is_refused_and_changes_nothing(funded, alice, bob):
    trade(bob, alice, "100")
    funded.prove()
    before = Order.objects.count()
    with pytest.raises(OrderError) as refused:
        submit(alice, side="sell", type="stop", trigger_price="101", quantity="0.5")
    assert refused.value.result == Result.TRIGGER_WOULD_FIRE
    assert "market or limit order" in refused.value.help_text
    funded.prove()
    assert Order.objects.count() == before


def test_waiting_orders_are_cancelled_and_reduced(funded, alice):
    first, second = (
        submit(alice, side="buy", type="stop", trigger_price="120", quantity="1") for _ in range(2)
    )
    answer = door.send_command(
        commands.ReduceOrder(
            account_id=access_account(alice).pk, order_id=second.order_id, lots=40_000
        )
    )
    assert answer.result == Result.ACCEPTED
    funded.prove()
    reduced = body_of(second)
    assert (reduced["status"], reduced["remaining_quantity"]) == ("waiting", "0.60000")
    account = access_account(alice)
    actions.cancel_order(account=account, acting_user=alice, order_id=first.order_id)
    assert actions.cancel_all(account=account, acting_user=alice) == [second.order_id]
    funded.prove()
    assert [body_of(order)["status"] for order in (first, second)] == ["canceled", "canceled"]


def test_an_order_ends_at_its_time(funded, alice, bob):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    resting = submit(
        alice, side="sell", price="150", quantity="0.5", expire_time=moment.isoformat()
    )
    waiting = submit(
        alice,
        side="buy",
        type="take_profit",
        trigger_price="50",
        quantity="0.5",
        expire_time=int(moment.timestamp() * 1000),
    )
    funded.prove()
    assert body_of(resting)["expires_at"] == int(moment.timestamp() * 1000)
    deadline = time.monotonic() + 60
    for _ in itertools.takewhile(lambda _: time.monotonic() < deadline, itertools.count()):
        # The engine looks at the time when something comes in.
        order = submit(bob, side="buy", price="90", quantity="0.5")
        actions.cancel_order(account=access_account(bob), acting_user=bob, order_id=order.order_id)
        funded.settle()
        if Order.objects.get(pk=waiting.order_id).status == OrderStatus.EXPIRED:
            break
        time.sleep(0.2)
    funded.prove()
    assert [body_of(order)["status"] for order in (resting, waiting)] == ["expired", "expired"]
    assert not any(held(alice).values())


def test_replacing_moves_price_quantity_and_hold(funded, alice, bob):
    order = submit(alice, side="buy", price="100", quantity="2", client_order_id="mine")
    moved = replace(alice, order, price="90", remaining_quantity="3")
    assert (moved.order_id, moved.ticks, moved.leaves_lots) == (order.order_id, 9_000, 300_000)
    funded.prove()
    body = body_of(order)
    assert (body["price"], body["quantity"], body["remaining_quantity"]) == (
        "90.00",
        "3.00000",
        "3.00000",
    )
    assert body["client_order_id"] == "mine"
    assert held(alice)["USDT"] == 270 * 10**8

    submit(bob, side="sell", price="89", quantity="0.5")
    submit(bob, side="sell", price="95", quantity="0.25")
    funded.prove()
    met = replace(alice, order, price="95")
    assert (met.status, met.cumulative_lots) == (OrderStatus.PARTIALLY_FILLED, 75_000)
    funded.prove()
    body = body_of(order)
    assert (body["status"], body["price"], body["quantity"]) == (
        "partially_filled",
        "95.00",
        "3.00000",
    )
    smaller = replace(alice, order, remaining_quantity="0.25")
    assert smaller.leaves_lots == 25_000
    funded.prove()
    assert body_of(order)["remaining_quantity"] == "0.25000"


def test_a_refused_replacement_changes_nothing(funded, alice):
    order = submit(alice, side="buy", price="100", quantity="2")
    waiting = submit(alice, side="buy", type="stop", trigger_price="120", quantity="1")
    funded.prove()
    before, held_before = body_of(order), held(alice)
    for fields, result in (
        ({"price": "100"}, Result.NOTHING_TO_CHANGE),
        ({"remaining_quantity": "101"}, Result.INSUFFICIENT_FUNDS),
        ({"remaining_quantity": "0"}, Result.BAD_QUANTITY),
    ):
        with pytest.raises(OrderError) as refused:
            replace(alice, order, **fields)
        assert refused.value.result == result
    with pytest.raises(OrderError) as refused:
        replace(alice, waiting, remaining_quantity="2")
    assert refused.value.result == Result.BAD_ORDER_TYPE
    assert "cancel it" in refused.value.help_text
    funded.prove()
    assert (body_of(order), held(alice)) == (before, held_before)


def test_bob_and_charlie_cannot_replace_alices_order(funded, alice, bob, charlie, other_tenant):
    order = submit(alice, side="buy", price="100", quantity="2")
    funded.prove()
    before = body_of(order)
    for stranger in (bob, charlie):
        with pytest.raises(NoAccount):
            actions.replace_order(
                account=access_account(alice),
                order_id=order.order_id,
                acting_user=stranger,
                price="101",
            )
    with pytest.raises(OrderError) as refused:
        replace(bob, order, price="101")
    assert refused.value.result == Result.UNKNOWN_ORDER
    funded.prove()
    assert body_of(order) == before
    with tenant_context(other_tenant):
        assert not Order.objects.exists()


def test_an_account_that_may_only_cancel_replaces_nothing(funded, alice, staff_of):
    order = submit(alice, side="buy", price="100", quantity="2")
    account = access_account(alice)
    set_account_state(
        account=account,
        state=AccountState.CANCEL_ONLY,
        acting_user=staff_of("owner"),
        reason="test",
    )
    funded.settle()
    before = body_of(order)
    with pytest.raises(OrderError) as refused:
        replace(alice, order, price="99")
    assert refused.value.result == Result.ACCOUNT_CANCEL_ONLY
    funded.prove()
    assert body_of(order) == before


@pytest.mark.parametrize("records_a_batch", [1, 2, 0])
def test_however_batches_are_cut_the_rows_are_the_same(funded, alice, bob, records_a_batch):
    """One record holds a replacement, what it trades, and a stop that this sets off."""
    trade(bob, alice, "100")
    stop = submit(bob, side="buy", type="stop_limit", trigger_price="101", price="103",
                  quantity="0.4")  # fmt: skip
    offer = submit(alice, side="sell", price="101", quantity="0.1")
    submit(alice, side="sell", price="102", quantity="0.3")
    bid = submit(bob, side="buy", price="95", quantity="0.1")
    hit = replace(bob, bid, price="101", remaining_quantity="0.2")
    assert hit.cumulative_lots == 10_000
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    assert body_of(offer)["status"] == "filled"
    assert (body_of(bid)["status"], body_of(bid)["quantity"]) == ("partially_filled", "0.20000")
    fired = body_of(stop)
    assert (fired["status"], fired["filled_quantity"], fired["remaining_quantity"]) == (
        "partially_filled",
        "0.30000",
        "0.10000",
    )
