"""Alice and Bob in auctions, with DAY orders and a circuit breaker: what is held, traded, written
down, and that the books add up at each step."""

import time

import pytest

from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import queries
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.instruments import actions as instruments
from trading.instruments.models import Reason, State, StateChange
from trading.instruments.selectors import instrument_by_symbol, instrument_info, state_changes
from trading.orders import actions, selectors, shapes
from trading.orders.errors import OrderError
from trading.orders.models import Order, Trade
from wallets.ledger import selectors as ledger


def submit(user, **fields):
    return actions.submit_order(
        account=access_account(user), instrument="BTC-USDT", acting_user=user, **fields
    )


def body_of(order):
    row = Order.objects.get(pk=order.order_id)
    return shapes.order_json(shapes.state_of_row(row), instrument_info("BTC-USDT"))


def held(user):
    return {row.asset.code: row.held_units for row in ledger.balances(access_account(user))}


@pytest.fixture
def bitcoin(funded):
    return instrument_by_symbol("BTC-USDT")


def set_state(books, instrument, state, acting_user):
    instruments.set_instrument_state(instrument=instrument, state=state, acting_user=acting_user)
    books.prove()


def test_an_auction_gathers_and_trades_at_one_price(funded, bitcoin, alice, bob, staff_of):
    owner = staff_of("owner")
    set_state(funded, bitcoin, State.AUCTION, owner)
    high = submit(alice, side="buy", price="110", quantity="0.3")
    low = submit(alice, side="buy", price="90", quantity="0.1")
    cheap = submit(bob, side="sell", price="95", quantity="0.2")
    dear = submit(bob, side="sell", price="105", quantity="0.2")
    funded.prove()
    assert held(alice)["USDT"] == 42 * 10**8
    assert Trade.objects.count() == 0
    (row,) = door.send_command(queries.QueryAuction(instrument_id=bitcoin.pk)).events
    assert (row.ticks, row.lots, row.surplus_lots) == (10_500, 30_000, -10_000)

    set_state(funded, bitcoin, State.OPEN, owner)
    assert [body_of(order)["status"] for order in (high, low, cheap, dear)] == [
        "filled",
        "open",
        "filled",
        "partially_filled",
    ]
    assert {trade.ticks for trade in Trade.objects.all()} == {10_500}
    # Alice bid 110 and paid 105: only her other order holds something.
    assert held(alice)["USDT"] == 9 * 10**8
    assert held(bob)["BTC"] == 10**7
    info = instrument_info("BTC-USDT")
    for fill in selectors.fills(access_account(alice)):
        told = shapes.fill_json(fill.trade, info, maker=fill.is_maker, time_ns=0)
        rate = info.maker_ppm
        assert rate == 0 or told["fee"] != "0"
    (change,) = [row for row in state_changes(bitcoin) if row.state == State.OPEN]
    assert (change.auction_ticks, change.auction_lots, change.auction_surplus_lots) == (
        10_500,
        30_000,
        -10_000,
    )
    assert change.reason == Reason.REQUESTED


def test_what_cannot_rest_is_refused_with_what_to_do(funded, bitcoin, alice, staff_of):
    set_state(funded, bitcoin, State.AUCTION, staff_of("owner"))
    for fields in (
        {"type": "market", "quantity": "0.1"},
        {"price": "100", "quantity": "0.1", "time_in_force": "IOC"},
        {"price": "100", "quantity": "0.1", "time_in_force": "FOK"},
        {"price": "100", "quantity": "0.1", "post_only": True},
    ):
        with pytest.raises(OrderError) as refused:
            submit(alice, side="buy", **fields)
        assert refused.value.result == Result.NOT_FOR_AUCTION
        assert "limit order" in refused.value.help_text
    assert Order.objects.count() == 0
    set_state(funded, bitcoin, State.CLOSED, staff_of("owner"))
    with pytest.raises(OrderError) as refused:
        submit(alice, side="buy", price="100", quantity="0.1")
    assert refused.value.result == Result.INSTRUMENT_CLOSED


def test_a_day_order_tells_its_end_and_ends_when_trading_closes(funded, bitcoin, alice, staff_of):
    order = submit(alice, side="buy", price="100", quantity="0.1", time_in_force="DAY")
    funded.prove()
    told = body_of(order)
    day_ms = 86_400_000
    assert told["time_in_force"] == "DAY"
    assert told["expires_at"] == (int(time.time() * 1000) // day_ms + 1) * day_ms
    assert order.expire_ns == told["expires_at"] * 10**6
    set_state(funded, bitcoin, State.CLOSED, staff_of("owner"))
    assert body_of(order)["status"] == "expired"
    assert not any(held(alice).values())


def test_the_breaker_halts_and_opens_again_by_itself(funded, bitcoin, alice, bob, staff_of):
    instruments.set_breaker(
        instrument=bitcoin,
        breaker_bp=500,
        window_seconds=86_400,
        halt_seconds=1,
        acting_user=staff_of("owner"),
    )
    funded.settle()
    submit(bob, side="sell", price="100", quantity="0.1")
    submit(alice, side="buy", price="100", quantity="0.1", time_in_force="IOC")
    submit(bob, side="sell", price="108", quantity="0.1")
    order = submit(alice, side="buy", price="109", quantity="0.2")
    assert order.status == OrderStatus.OPEN
    funded.prove()
    bitcoin.refresh_from_db()
    assert bitcoin.state == State.AUCTION
    assert bitcoin.reopens_at is not None
    (change,) = state_changes(bitcoin)
    assert (change.state, change.reason) == (State.AUCTION, Reason.BREAKER)

    until = time.monotonic() + 20
    while StateChange.objects.count() == 1 and time.monotonic() < until:
        time.sleep(0.1)
        funded.prove()
    bitcoin.refresh_from_db()
    assert (bitcoin.state, bitcoin.reopens_at) == (State.OPEN, None)
    change = state_changes(bitcoin).first()
    assert (change.reason, change.auction_ticks, change.auction_lots) == (
        Reason.REOPENED,
        10_900,
        10_000,
    )
    assert body_of(order)["status"] == "partially_filled"


def test_a_change_of_the_rules_does_not_end_a_halt(funded, bitcoin, alice, bob, staff_of):
    owner = staff_of("owner")
    instruments.set_breaker(
        instrument=bitcoin, breaker_bp=500, window_seconds=60, halt_seconds=600, acting_user=owner
    )
    funded.settle()
    submit(bob, side="sell", price="100", quantity="0.1")
    submit(alice, side="buy", price="100", quantity="0.1", time_in_force="IOC")
    submit(bob, side="sell", price="108", quantity="0.1")
    submit(alice, side="buy", price="109", quantity="0.2")
    # The row does not know of the halt yet.
    instruments.change_instrument(instrument=bitcoin, max_quantity="7", acting_user=owner)
    funded.prove()
    (row,) = door.send_command(queries.QueryAuction(instrument_id=bitcoin.pk)).events
    assert row.state == State.AUCTION
    assert row.reopen_ns > 0
