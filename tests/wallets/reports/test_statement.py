"""A customer's statement: running balance, paging without gaps, nobody else's lines."""

import random

import pytest

from trading.accounts.selectors import access_account
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.instruments.models import Asset
from wallets.ledger import selectors
from wallets.ledger.models import EntryKind
from wallets.reports import statements


@pytest.fixture
def moved(books, alice, bob):
    """Alice's and Bob's accounts moved at random 60 times, in two assets."""
    rng = random.Random(20261120)
    assets = list(Asset.objects.filter(code__in=["BTC", "USDT"]))
    for _ in range(60):
        account = access_account(rng.choice((alice, bob)))
        enqueue_command(
            commands.CreditFunds(
                account_id=account.pk,
                asset_id=rng.choice(assets).pk,
                amount_units=rng.randint(1, 10**20),
                reason=int(FundsReason.DEPOSIT),
                reference_id=rng.randint(1, 1000),
            ),
            acting_user=None,
        )
    books.prove()
    return books


def pages(account, **options):
    lines, cursor = statements.page(account, **options)
    yield lines
    while cursor:
        lines, cursor = statements.page(account, cursor, **options)
        yield lines


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_pages_join_without_gap_or_repeat(moved, alice, limit):
    account = access_account(alice)
    whole, _ = statements.page(account, limit=10_000)
    assert [line for page in pages(account, limit=limit) for line in page] == whole
    assert len(whole) > 10


def test_the_running_balance_is_the_sum_so_far(moved, alice):
    account = access_account(alice)
    running: dict[str, int] = {}
    for page in reversed(list(pages(account, limit=7))):
        for line in reversed(page):
            running[line.asset.code] = running.get(line.asset.code, 0) + line.amount_units
            assert line.balance_units == running[line.asset.code]
            assert line.kind == EntryKind.DEPOSIT
    booked = {b.asset.code: b.booked_units for b in selectors.balances(account) if b.booked_units}
    assert booked == running


def test_one_asset_alone(moved, bob):
    asset = Asset.objects.get(code="BTC")
    lines, _ = statements.page(access_account(bob), limit=1000, asset_id=asset.pk)
    assert lines
    assert {line.asset.code for line in lines} == {"BTC"}
    assert lines[0].balance_units == selectors.booked_units(access_account(bob), asset.pk)


def test_a_bad_cursor_is_said_to_be_one(moved, alice):
    with pytest.raises(statements.BadCursor):
        statements.page(access_account(alice), "nonsense")


def test_an_account_without_movements(books, alice):
    assert statements.page(access_account(alice)) == ([], "")
