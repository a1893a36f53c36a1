"""Order lists of Alice: what is held, what stands in the tables, and that it is hers alone."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands, queries
from trading.engine.enums import OrderListType, OrderStatus
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from trading.orders import actions, placing, selectors, shapes
from trading.orders.errors import OrderError
from trading.orders.models import Order, OrderList, Trade
from wallets.ledger import selectors as ledger

SELL_AT_110 = {"side": "sell", "price": "110", "quantity": "0.5"}
STOP_AT_90 = {"side": "sell", "type": "stop", "trigger_price": "90", "quantity": "0.5"}
BUY_AT_100 = {"side": "buy", "price": "100", "quantity": "0.5"}


def place(user: Any, kind: str, *orders: dict[str, Any], **fields: Any) -> shapes.ListState:
    """A list that has to be accepted, as it stands afterwards."""
    command = placing.build_place_order_list(
        instrument_info("BTC-USDT"),
        access_account(user).pk,
        {"type": kind, "instrument": "BTC-USDT", "orders": list(orders), **fields},
    )
    answer = door.send_command(command)
    assert answer.result in (Result.ACCEPTED, Result.REPEATED), answer.result
    state = shapes.list_of_answer(answer.events, answer.time_ns)
    assert state is not None
    return state


def submit(user: Any, **fields: Any) -> shapes.OrderState:
    return actions.submit_order(
        account=access_account(user), instrument="BTC-USDT", acting_user=user, **fields
    )


def trade(buyer: Any, seller: Any, price: str, quantity: str = "0.01") -> None:
    """One match at a price, which becomes the last one."""
    submit(seller, side="sell", price=price, quantity=quantity)
    submit(buyer, side="buy", price=price, quantity=quantity, time_in_force="IOC")


def body_of(order_id: int) -> dict[str, Any]:
    row = Order.objects.get(pk=order_id)
    return shapes.order_json(shapes.state_of_row(row), instrument_info("BTC-USDT"))


def statuses(state: shapes.ListState) -> list[str]:
    return [body_of(order.order_id)["status"] for order in state.orders]


def held(user: Any) -> dict[str, int]:
    return {row.asset.code: row.held_units for row in ledger.balances(access_account(user))}


def test_of_an_oco_only_what_rests_holds(funded, alice, bob):
    trade(bob, alice, "100")
    pair = place(alice, "oco", SELL_AT_110, STOP_AT_90, client_list_id="mine")
    assert [order.status for order in pair.orders] == [OrderStatus.OPEN, OrderStatus.WAITING]
    funded.prove()
    assert statuses(pair) == ["open", "waiting"]
    assert held(alice)["BTC"] == 50_000_000
    limit, stop = (order.order_id for order in pair.orders)
    body = body_of(limit)
    assert (body["list_id"], body["list_type"]) == (str(limit), "oco")
    assert body["linked_order_ids"] == [str(stop)]
    row = OrderList.objects.get()
    assert (row.pk, row.list_type, row.legs, row.client_list_id) == (limit, 1, 2, "mine")
    assert [order.pk for order in selectors.orders_of_lists([limit])[limit]] == [limit, stop]

    submit(bob, side="buy", price="110", quantity="0.2", time_in_force="IOC")
    funded.prove()
    assert statuses(pair) == ["partially_filled", "canceled"]
    ended = body_of(stop)
    assert (ended["ended_by_order_id"], ended["remaining_quantity"]) == (str(limit), "0.50000")
    assert body_of(limit)["ended_by_order_id"] is None
    assert held(alice)["BTC"] == 30_000_000


def test_the_stop_of_an_oco_takes_over_what_the_limit_held(funded, alice, bob):
    trade(bob, alice, "100")
    everything = {"quantity": "0.95"}
    pair = place(
        alice,
        "oco",
        {**SELL_AT_110, **everything},
        {**STOP_AT_90, **everything, "type": "stop_limit", "price": "90"},
    )
    submit(bob, side="buy", price="90", quantity="0.5")
    submit(alice, side="sell", price="90", quantity="0.03", time_in_force="IOC")
    funded.prove()
    assert statuses(pair) == ["canceled", "partially_filled"]
    assert body_of(pair.orders[1].order_id)["filled_quantity"] == "0.47000"
    assert held(alice)["BTC"] == 48_000_000


def test_a_bracket_comes_when_the_first_is_wholly_filled(funded, alice, bob):
    bracket = place(alice, "otoco", BUY_AT_100, SELL_AT_110, STOP_AT_90)
    funded.prove()
    assert statuses(bracket) == ["open", "pending", "pending"]
    assert (held(alice)["USDT"], held(alice)["BTC"]) == (50 * 10**8, 0)
    assert [o.pk for o in selectors.open_orders(access_account(alice))] == [
        order.order_id for order in reversed(bracket.orders)
    ]
    submit(bob, side="sell", price="100", quantity="0.3")
    funded.prove()
    assert statuses(bracket) == ["partially_filled", "pending", "pending"]
    submit(bob, side="sell", price="100", quantity="0.2")
    funded.prove()
    assert statuses(bracket) == ["filled", "open", "waiting"]
    assert (held(alice)["USDT"], held(alice)["BTC"]) == (0, 50_000_000)
    submit(bob, side="buy", price="110", quantity="0.5")
    funded.prove()
    assert statuses(bracket) == ["filled", "filled", "canceled"]


def test_what_is_released_without_funds_is_rejected_with_its_other_half(funded, alice, bob):
    more = {"quantity": "5"}
    bracket = place(alice, "otoco", BUY_AT_100, {**SELL_AT_110, **more}, {**STOP_AT_90, **more})
    submit(bob, side="sell", price="100", quantity="0.5")
    funded.prove()
    assert statuses(bracket) == ["filled", "rejected", "canceled"]
    second, third = (order.order_id for order in bracket.orders[1:])
    assert body_of(third)["ended_by_order_id"] == str(second)
    assert body_of(second)["ended_by_order_id"] is None
    assert not any(held(alice).values())


def test_a_list_is_placed_once(funded, alice):
    first = place(alice, "oco", SELL_AT_110, STOP_AT_90, client_list_id="mine")
    again = place(alice, "oco", {**SELL_AT_110, "price": "111"}, STOP_AT_90, client_list_id="mine")
    assert [order.order_id for order in again.orders] == [o.order_id for o in first.orders]
    assert again.list_id == first.list_id
    funded.prove()
    assert (OrderList.objects.count(), Order.objects.count()) == (1, 2)


def test_a_list_that_is_refused_leaves_nothing(funded, alice):
    for orders, result in (
        ((SELL_AT_110, {**STOP_AT_90, "quantity": "0.4"}), Result.BAD_ORDER_LIST),
        (
            ({**SELL_AT_110, "quantity": "2"}, {**STOP_AT_90, "quantity": "2"}),
            Result.INSUFFICIENT_FUNDS,
        ),
    ):
        command = placing.build_place_order_list(
            instrument_info("BTC-USDT"),
            access_account(alice).pk,
            {"type": "oco", "orders": list(orders)},
        )
        assert door.send_command(command).result == result
    funded.prove()
    assert not OrderList.objects.exists()
    assert not Order.objects.exists()
    assert not any(held(alice).values())


def test_canceling_all_and_canceling_the_list(funded, alice):
    bracket = place(alice, "otoco", BUY_AT_100, SELL_AT_110, STOP_AT_90)
    account = access_account(alice)
    canceled = actions.cancel_all(account=account, acting_user=alice)
    assert canceled == [order.order_id for order in bracket.orders]
    pair = place(alice, "oco", SELL_AT_110, STOP_AT_90)
    answer = door.send_command(
        commands.CancelOrderList(account_id=account.pk, list_id=pair.list_id)
    )
    assert answer.result == Result.ACCEPTED
    funded.prove()
    assert statuses(bracket) == ["canceled"] * 3
    assert statuses(pair) == ["canceled"] * 2
    assert not any(held(alice).values())


def test_a_leg_is_not_replaced_by_itself(funded, alice):
    pair = place(alice, "oco", SELL_AT_110, STOP_AT_90)
    with pytest.raises(OrderError) as refused:
        actions.replace_order(
            account=access_account(alice),
            order_id=pair.orders[0].order_id,
            acting_user=alice,
            price="111",
        )
    assert refused.value.result == Result.ORDER_IS_LINKED
    assert "Cancel the list" in refused.value.help_text


def test_alices_list_is_out_of_bobs_and_charlies_reach(funded, alice, bob, charlie, other_tenant):
    pair = place(alice, "oco", SELL_AT_110, STOP_AT_90, client_list_id="mine")
    funded.prove()
    for message in (commands.CancelOrderList, queries.QueryOrderList):
        answer = door.send_command(message(account_id=access_account(bob).pk, list_id=pair.list_id))
        assert answer.result == Result.UNKNOWN_ORDER_LIST
    assert not selectors.order_lists(access_account(bob)).exists()
    with tenant_context(other_tenant):
        assert not OrderList.objects.exists()
        assert not selectors.order_lists(access_account(charlie)).exists()
    funded.prove()
    assert statuses(pair) == ["open", "waiting"]


@pytest.mark.parametrize("records_a_batch", [1, 2, 0])
def test_however_batches_are_cut_the_rows_are_the_same(funded, alice, bob, records_a_batch):
    """One record holds the last fill of a first order, a release, and the stop that fires."""
    trade(bob, alice, "100")
    bracket = place(
        alice,
        "otoco",
        BUY_AT_100,
        {**SELL_AT_110, "price": "104", "quantity": "0.25"},
        {**STOP_AT_90, "trigger_price": "96", "quantity": "0.25"},
    )
    submit(bob, side="sell", price="100", quantity="0.2")
    submit(bob, side="buy", price="95", quantity="0.1")
    submit(alice, side="buy", price="95", quantity="0.1", self_trade_prevention="expire_maker")
    submit(bob, side="sell", price="95", quantity="0.35", self_trade_prevention="expire_maker")
    funded.clear(records_a_batch=records_a_batch)
    funded.prove()
    # What is left of Alice's own order is all that the stop meets.
    assert statuses(bracket) == ["filled", "canceled", "expired_in_match"]
    second, third = (order.order_id for order in bracket.orders[1:])
    assert body_of(second)["ended_by_order_id"] == str(third)
    assert Trade.objects.count() == 4


@pytest.mark.parametrize(
    ("fields", "result", "words"),
    [
        ({"type": "ocho"}, Result.BAD_ORDER_LIST, "oco, oto, otoco"),
        ({"orders": [SELL_AT_110]}, Result.BAD_ORDER_LIST, "2 orders"),
        ({"type": "otoco"}, Result.BAD_ORDER_LIST, "3 orders"),
        ({"orders": "both"}, Result.BAD_ORDER_LIST, "2 orders"),
        ({"orders": [SELL_AT_110, "stop"]}, Result.BAD_ORDER_LIST, "Order 2"),
        ({"orders": [SELL_AT_110, {"side": "sell"}]}, Result.BAD_QUANTITY, "Order 2"),
        (
            {"orders": [{**SELL_AT_110, "price": "1.001"}, STOP_AT_90]},
            Result.BAD_PRICE,
            "Order 1: price",
        ),
        (
            {"orders": [{**SELL_AT_110, "account": 5}, STOP_AT_90]},
            Result.FIELD_OUT_OF_RANGE,
            "Order 1: Unknown field: account",
        ),
        (
            {"orders": [{"side": "buy", "type": "market", "quote_amount": "5"}, STOP_AT_90]},
            Result.BAD_QUANTITY,
            "needs a quantity",
        ),
        ({"client_list_id": "a b"}, Result.BAD_CLIENT_ORDER_ID, "client_list_id"),
        ({"client_list_id": 5}, Result.BAD_CLIENT_ORDER_ID, "client_list_id"),
        ({"more": 1}, Result.FIELD_OUT_OF_RANGE, "Unknown field: more"),
    ],
)
def test_wrong_requests_are_refused_before_the_engine(fields, result, words):
    from order_fields import INFO

    request = {"type": "oco", "orders": [SELL_AT_110, STOP_AT_90], **fields}
    with pytest.raises(OrderError) as refused:
        placing.build_place_order_list(INFO, 3, request)
    assert refused.value.result == result
    assert words in refused.value.message


def test_a_request_becomes_one_command():
    from order_fields import INFO

    command = placing.build_place_order_list(
        INFO,
        3,
        {"type": "otoco", "orders": [BUY_AT_100, SELL_AT_110, STOP_AT_90], "client_list_id": "x"},
    )
    assert command.list_type == OrderListType.OTOCO
    assert command.client_key > 0
    assert (command.first_account_id, command.third_account_id) == (3, 3)
    assert (command.first_ticks, command.second_ticks, command.third_ticks) == (10_000, 11_000, 0)
    assert (command.third_trigger_ticks, command.third_lots) == (9_000, 50_000)
