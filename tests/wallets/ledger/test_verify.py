"""The proof finds what was corrupted on purpose, each kind by its own cause."""

import pytest
from django.db import connection

from books import Books
from trading.accounts.selectors import access_account
from trading.commands import door
from trading.engine import commands
from trading.instruments.models import Asset
from trading.orders import actions as orders
from wallets.adjustments import actions as adjustments
from wallets.adjustments.models import Kind
from wallets.ledger import selectors
from wallets.ledger.verify import verify_books


@pytest.fixture
def traded(books, alice, bob, staff_of):
    """Alice sold half of what she offered to Bob; half rests."""
    for customer, code, amount in ((alice, "BTC", "2"), (bob, "USDT", "1000")):
        asset = Asset.objects.get(code=code)
        adjustment = adjustments.request_adjustment(
            account=access_account(customer),
            asset=asset,
            amount_units=asset.units_of(amount),
            kind=Kind.TRANSFER,
            reason="Opening balance",
            acting_user=staff_of("finance"),
        )
        adjustments.approve_adjustment(adjustment=adjustment, acting_user=staff_of("owner"))
    books.settle()
    for user, side, quantity in ((alice, "sell", "1"), (bob, "buy", "0.5")):
        orders.submit_order(
            account=access_account(user),
            instrument="BTC-USDT",
            acting_user=user,
            side=side,
            price="100",
            quantity=quantity,
        )
    books.prove()
    return books


def corrupt(statement):
    """As somebody with all rights in the database might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("ledger_posting", "ledger_journalentry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0


@pytest.mark.parametrize(
    ("statement", "causes"),
    [
        (
            "UPDATE ledger_posting SET units = units + 1 WHERE line = 1",
            {"entry_out_of_balance", "balance_unlike_postings", "engine_unlike_ledger"},
        ),
        (
            "UPDATE ledger_balance SET units = units + 1 WHERE units < 0",
            {"asset_out_of_balance", "balance_unlike_postings"},
        ),
        ("DELETE FROM orders_trade", {"trade_unlike_entry", "fees_unlike_trades"}),
        (
            "DELETE FROM ledger_posting",
            {"balance_unlike_postings", "engine_unlike_ledger", "fees_unlike_trades"},
        ),
        ("UPDATE orders_trade SET taker_fee_units = taker_fee_units + 1", {"fees_unlike_trades"}),
        ("UPDATE orders_order SET leaves_lots = 1 WHERE status = 2", {"order_unlike_engine"}),
        ("UPDATE orders_order SET status = 2 WHERE status = 3", {"order_unlike_engine"}),
        ("DELETE FROM orders_order", {"order_unlike_engine"}),
    ],
)
def test_a_corruption_is_found(traded, tenant, statement, causes):
    corrupt(statement)
    found = verify_books(tenant, wait_s=0)
    assert causes <= {item.cause for item in found}
    for item in found:
        assert str(item)


def test_a_break_says_account_asset_and_both_amounts(traded, tenant, alice):
    account = access_account(alice)
    corrupt(
        "UPDATE ledger_posting SET units = units - 7 WHERE ledger_account_id = "
        f"{selectors.chart.ledger_account_id(0, account.pk, Asset.objects.get(code='BTC').pk)} "
        "AND units = -200000000"
    )
    (found,) = [b for b in verify_books(tenant, wait_s=0) if b.cause == "engine_unlike_ledger"]
    assert (found.account, found.asset) == (account.pk, "BTC")
    assert (found.expected, found.found) == ("1.5", "1.50000007")


def test_the_engine_ahead_of_clearing_is_said_plainly(traded, tenant, alice, engine):
    door.send_command(commands.CancelAllOrders(account_id=access_account(alice).pk), tenant=tenant)
    (found,) = verify_books(tenant, wait_s=0)
    assert found.cause == "clearing_behind"
    traded.prove()


def test_another_tenant_is_proved_by_itself(traded, tenant, other_tenant):
    Books(other_tenant).prove()
    corrupt("DELETE FROM orders_trade")
    assert verify_books(tenant, wait_s=0)
    assert verify_books(other_tenant, wait_s=0) == []
