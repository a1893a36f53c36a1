"""Orders of Alice: what Bob and Charlie may not do, what comes back, and what is refused."""

import pytest
from django.core.exceptions import PermissionDenied
from django_tenants.utils import tenant_context

from trading.accounts.actions import set_account_state
from trading.accounts.errors import NoAccount
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from trading.orders import actions, selectors, shapes
from trading.orders.errors import OrderError
from trading.orders.models import Order, Trade
from wallets.ledger import selectors as ledger


def sell(user, price="100", quantity="0.5", **fields):
    return actions.submit_order(
        account=access_account(user),
        instrument="BTC-USDT",
        acting_user=user,
        side="sell",
        price=price,
        quantity=quantity,
        **fields,
    )


def test_an_order_rests_trades_and_stands_in_the_tables(funded, alice, bob):
    resting = sell(alice, client_order_id="mine-1")
    assert resting.status == OrderStatus.OPEN
    taken = actions.submit_order(
        account=access_account(bob),
        instrument="BTC-USDT",
        acting_user=bob,
        side="buy",
        type="market",
        quantity="0.2",
    )
    assert taken.status == OrderStatus.FILLED
    funded.prove()
    order = selectors.order_by_client_order_id(access_account(alice), "mine-1")
    assert order is not None
    assert order.pk == resting.order_id
    info = instrument_info("BTC-USDT")
    body = shapes.order_json(shapes.state_of_row(order), info)
    assert body["status"] == "partially_filled"
    assert (body["filled_quantity"], body["remaining_quantity"]) == ("0.20000", "0.30000")
    assert body["average_price"] == "100.00"
    (fill,) = selectors.fills(access_account(bob))
    filled = shapes.fill_json(fill.trade, info, maker=fill.is_maker, time_ns=0)
    assert filled["side"] == "buy" and filled["liquidity"] == "taker"
    assert filled["quote_amount"] == "20" and filled["fee_asset"] == "BTC"
    assert [f.is_maker for f in selectors.fills_of_order(order)] == [True]


def test_the_answer_and_the_row_tell_the_same(funded, alice, bob):
    sell(alice, price="100", quantity="0.1")
    state = actions.submit_order(
        account=access_account(bob),
        instrument="BTC-USDT",
        acting_user=bob,
        side="buy",
        price="101",
        quantity="0.3",
        client_order_id="bobs",
    )
    funded.prove()
    info = instrument_info("BTC-USDT")
    row = Order.objects.get(pk=state.order_id)
    answered = shapes.order_json(state, info)
    stored = shapes.order_json(shapes.state_of_row(row), info)
    assert answered == stored


def test_a_repeated_client_order_id_gives_the_first_order(funded, alice):
    first = sell(alice, client_order_id="once")
    again = sell(alice, client_order_id="once")
    assert again.order_id == first.order_id
    funded.prove()
    assert Order.objects.filter(client_order_id="once").count() == 1


def test_bob_and_charlie_cannot_touch_alices_orders(funded, alice, bob, charlie, other_tenant):
    order = sell(alice)
    account = access_account(alice)
    for stranger in (bob, charlie):
        with pytest.raises(NoAccount):
            actions.cancel_order(account=account, acting_user=stranger, order_id=order.order_id)
        with pytest.raises(NoAccount):
            actions.submit_order(
                account=account,
                instrument="BTC-USDT",
                acting_user=stranger,
                side="sell",
                price="100",
                quantity="0.1",
            )
        with pytest.raises(NoAccount):
            actions.cancel_all(account=account, acting_user=stranger)
    # Bob names Alice's order in his own account.
    with pytest.raises(OrderError) as refused:
        actions.cancel_order(account=access_account(bob), acting_user=bob, order_id=order.order_id)
    assert refused.value.result == Result.UNKNOWN_ORDER
    funded.prove()
    assert [o.pk for o in selectors.open_orders(account)] == [order.order_id]
    with tenant_context(other_tenant):
        assert not Order.objects.exists()


def test_staff_with_the_right_cancel_and_others_do_not(funded, alice, staff_of, platform_tenant):
    order = sell(alice)
    account = access_account(alice)
    with pytest.raises(PermissionDenied):
        actions.cancel_order(
            account=account, acting_user=staff_of("finance"), order_id=order.order_id
        )
    with pytest.raises(PermissionDenied):
        actions.cancel_order(
            account=account,
            acting_user=staff_of("owner", platform_tenant),
            order_id=order.order_id,
        )
    assert (
        actions.cancel_order(
            account=account, acting_user=staff_of("support"), order_id=order.order_id
        )
        == order.order_id
    )
    funded.prove()
    assert not selectors.open_orders(account).exists()


def test_cancel_all_in_one_instrument_and_in_all(funded, alice):
    for price in ("100", "101"):
        sell(alice, price=price, quantity="0.1")
    account = access_account(alice)
    assert actions.cancel_all(account=account, acting_user=alice, instrument="ETH-USDT") == []
    assert len(actions.cancel_all(account=account, acting_user=alice)) == 2
    funded.prove()
    assert ledger.balances(account)[0].held_units == 0


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (AccountState.SUSPENDED, Result.ACCOUNT_SUSPENDED),
        (AccountState.CANCEL_ONLY, Result.ACCOUNT_CANCEL_ONLY),
    ],
)
def test_an_account_that_may_not_trade(funded, alice, staff_of, state, result):
    order = sell(alice, quantity="0.1")
    account = set_account_state(
        account=access_account(alice), state=state, acting_user=staff_of("owner"), reason="test"
    )
    funded.settle()
    with pytest.raises(OrderError) as refused:
        sell(alice, quantity="0.1")
    assert refused.value.result == result
    if state == AccountState.CANCEL_ONLY:
        actions.cancel_order(account=account, acting_user=alice, order_id=order.order_id)
    else:
        with pytest.raises(OrderError) as no_cancel:
            actions.cancel_order(account=account, acting_user=alice, order_id=order.order_id)
        assert no_cancel.value.result == Result.ACCOUNT_SUSPENDED
    funded.prove()
    assert selectors.open_orders(account).exists() == (state == AccountState.SUSPENDED)


def test_a_refusal_says_what_to_do_and_changes_nothing(funded, alice):
    before = ledger.balances(access_account(alice))
    with pytest.raises(OrderError) as refused:
        sell(alice, quantity="5")
    assert refused.value.result == Result.INSUFFICIENT_FUNDS
    assert "pay in" in refused.value.help_text
    funded.prove()
    assert ledger.balances(access_account(alice)) == before
    assert not Trade.objects.exists()


def test_without_an_engine_nothing_is_assumed(funded, engine, alice):
    engine.kill()
    with pytest.raises(door.EngineUnavailable):
        sell(alice)
    engine.start()
    assert sell(alice).status == OrderStatus.OPEN
    funded.prove()
