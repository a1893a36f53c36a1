"""The database judges last: nothing unbalanced is committed, nothing posted is ever changed."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from trading.instruments.models import Asset
from wallets.ledger import chart
from wallets.ledger.models import EntryKind, JournalEntry, LedgerAccount, Line, Posting


@pytest.fixture
def custody(tenant):
    return ledger_id(Line.CUSTODY, "USDT")


@pytest.fixture
def expense(tenant):
    return ledger_id(Line.ADJUSTMENTS, "USDT")


def ledger_id(line, code):
    found = chart.ledger_account_id(line, 0, Asset.objects.get(code=code).pk)
    assert LedgerAccount.objects.filter(pk=found).exists()
    return found


def write(entry_id, *postings, with_entry=True):
    """An entry and its postings, checked as a commit would."""
    with transaction.atomic():
        if with_entry:
            JournalEntry.objects.create(
                pk=entry_id,
                kind=EntryKind.ADJUSTMENT_CREDIT,
                seq=1,
                time=timezone.now(),
                reference_id=1,
            )
        Posting.objects.bulk_create(
            Posting(entry_id=entry_id, line=number, ledger_account_id=account, units=units)
            for number, (account, units) in enumerate(postings, start=1)
        )
        check()


def check():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_balanced_entry_is_taken(custody, expense):
    write(1, (custody, 5), (expense, -5))
    assert Posting.objects.filter(entry_id=1).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_unchecked")
        assert cursor.fetchone() == (0,)


def test_it_may_come_in_parts_within_one_transaction(custody, expense):
    with transaction.atomic():
        JournalEntry.objects.create(
            pk=1, kind=EntryKind.DEPOSIT, seq=1, time=timezone.now(), reference_id=1
        )
        Posting.objects.create(entry_id=1, line=1, ledger_account_id=custody, units=5)
        Posting.objects.create(entry_id=1, line=2, ledger_account_id=expense, units=-5)
        check()
    assert Posting.objects.count() == 2


def test_an_unbalanced_entry_is_refused(custody, expense):
    with pytest.raises(DatabaseError, match="entry 1 does not sum to zero"):
        write(1, (custody, 5), (expense, -4))
    assert not JournalEntry.objects.exists()


def test_each_asset_balances_by_itself(custody):
    other = ledger_id(Line.ADJUSTMENTS, "BTC")
    with pytest.raises(DatabaseError, match="does not sum to zero"):
        write(1, (custody, 5), (other, -5))
    assert not Posting.objects.exists()


def test_one_bad_entry_among_many_is_found(custody, expense):
    with pytest.raises(DatabaseError, match="entry 57 does not sum to zero"), transaction.atomic():
        JournalEntry.objects.bulk_create(
            JournalEntry(pk=pk, kind=2, seq=1, time=timezone.now(), reference_id=1)
            for pk in range(1, 101)
        )
        Posting.objects.bulk_create(
            Posting(
                entry_id=pk,
                line=line,
                ledger_account_id=account,
                units=sign * 5 + (pk == 57 and line == 1),
            )
            for pk in range(1, 101)
            for line, account, sign in ((1, custody, 1), (2, expense, -1))
        )
        check()
    assert not Posting.objects.exists()


def test_an_entry_without_postings_is_refused(tenant):
    with pytest.raises(DatabaseError, match="entry 1 has no postings"):
        write(1)


def test_postings_without_an_entry_are_refused(custody, expense):
    with pytest.raises(DatabaseError, match="postings of entry 1 have no journal entry"):
        write(1, (custody, 5), (expense, -5), with_entry=False)


def test_an_unknown_ledger_account_is_refused(custody):
    nowhere = chart.ledger_account_id(Line.ENGINE_ACCOUNT, 999_999, 1)
    with pytest.raises(DatabaseError, match="unknown ledger account"):
        write(1, (custody, 5), (nowhere, -5))


def test_a_later_addition_to_an_old_entry_must_balance_too(custody, expense):
    write(1, (custody, 5), (expense, -5))
    with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
        Posting.objects.create(entry_id=1, line=3, ledger_account_id=custody, units=1)
        check()
    assert Posting.objects.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET units = 6 WHERE units = 5",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_journalentry SET kind = 3",
        "DELETE FROM ledger_journalentry",
    ],
)
def test_nothing_posted_is_changed_or_deleted(custody, expense, statement):
    write(1, (custody, 5), (expense, -5))
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Posting.objects.filter(entry_id=1, units=5).count() == 1
    assert JournalEntry.objects.get(pk=1).kind == EntryKind.ADJUSTMENT_CREDIT


def test_zero_postings_and_ids_that_lie_are_refused(custody, expense):
    with pytest.raises(DatabaseError, match="posting_not_zero"), transaction.atomic():
        write(1, (custody, 0), (expense, 0))
    asset = Asset.objects.get(code="USDT")
    with pytest.raises(DatabaseError, match="ledger_account_id_parts"), transaction.atomic():
        LedgerAccount.objects.create(
            pk=12345, line=Line.CUSTODY, classification="asset", name="x", asset=asset
        )
