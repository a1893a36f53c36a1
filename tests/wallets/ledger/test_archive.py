"""Old postings in Parquet files: read back before they count, listed and summed from anywhere."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import AuditRecord
from portal import history as portal_history
from tenants import directory
from tenants.actions import change_setting
from tenants.selectors import current_tenant
from trading.accounts.selectors import access_account
from trading.bulk import partitions
from trading.bulk.partitions import PartitionedTable
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.instruments.models import Asset
from wallets.ledger import archiving, declared, history, parquet, selectors
from wallets.ledger import partitions as ledger_partitions
from wallets.ledger.models import ArchivedPostings, JournalEntry, Posting
from wallets.ledger.verify import verify_books

LATER = timezone.now() + timedelta(days=365)


@pytest.fixture
def archive_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "archive"


@pytest.fixture
def moved(books, alice, bob, monkeypatch, archive_dir):
    """Alice's and Bob's accounts moved at random, over several narrow partitions."""
    rng = random.Random(20261128)
    assets = list(Asset.objects.filter(code__in=["BTC", "USDT"]))
    narrow = PartitionedTable(
        "ledger_posting",
        "entry_id",
        first_width=1 << 24,
        widest=1 << 24,
        triggers=ledger_partitions.POSTINGS.triggers,
    )
    books.settle()
    with connection.cursor() as cursor:
        # As if the firm's first partition had been this narrow.
        newest = JournalEntry.objects.order_by("-id").first()
        start = ((newest.pk if newest else 0) >> 24) + 1 << 24
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_posting DETACH PARTITION ledger_posting_0")
        cursor.execute(
            "ALTER TABLE ledger_posting ATTACH PARTITION ledger_posting_0 "
            f"FOR VALUES FROM (MINVALUE) TO ({start})"
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    monkeypatch.setattr("wallets.ledger.projections.POSTINGS", narrow)
    monkeypatch.setattr("trading.bulk.partitions._next_width", lambda table, found: 1 << 24)
    books.writer.forget()
    for _ in range(120):
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


def standing():
    with connection.cursor() as cursor:
        return partitions.partitions(cursor.cursor, ledger_partitions.POSTINGS)


def allow(**values):
    names = {"days": declared.ARCHIVE_AFTER_DAYS, "remove": declared.REMOVE_ARCHIVED}
    for name, value in values.items():
        change_setting(tenant=current_tenant(), name=names[name], value=value, acting_user=None)
    directory.forget()


def everything(account):
    """All that a customer and a report ask, page by page."""
    lines, cursor = selectors.statement(account, limit=7)
    while cursor:
        more, cursor = selectors.statement(account, cursor, limit=7)
        lines += more
    page = portal_history.statement(account, {}, limit=9)
    rows = list(page.rows)
    while page.next_cursor:
        page = portal_history.statement(account, {}, cursor=page.next_cursor, limit=9)
        rows += page.rows
    return lines, rows


def test_nothing_is_archived_by_default(moved):
    assert archiving.keep_policy(LATER) == 0
    assert not ArchivedPostings.objects.exists()


def test_what_is_archived_is_read_back_and_stays_where_it_is(moved, archive_dir):
    allow(days=30)
    before = standing()
    assert archiving.keep_policy(timezone.now()) == 0  # nothing is that old
    assert archiving.keep_policy(LATER) >= 4
    assert standing() == before
    assert archiving.keep_policy(LATER) == 0
    for kept in ArchivedPostings.objects.all():
        archiving.check(kept)
        rows = Posting.objects.filter(entry_id__gte=kept.lower, entry_id__lt=kept.upper)
        assert kept.rows == rows.count() > 0
        found = {(r["entry_id"], r["line"]): r["units"] for r in parquet.read(kept.path, None)}
        assert found == {(row.entry_id, row.line): Decimal(row.units) for row in rows}
    assert verify_books(moved.tenant, wait_s=0) == []
    told = AuditRecord.objects.filter(action="ledger.archive")
    assert told.count() == len(list(archive_dir.rglob("*.parquet")))


def test_removed_postings_are_listed_summed_and_proved_all_the_same(moved, alice, bob):
    accounts = [access_account(user) for user in (alice, bob)]
    asked = [everything(account) for account in accounts]
    entry_ids = list(Posting.objects.values_list("entry_id", flat=True).distinct())
    shown = {pk: [(p.line, p.units) for p in history.postings_of_entry(pk)] for pk in entry_ids}
    count = Posting.objects.count()
    allow(days=30, remove=True)
    archiving.keep_policy(LATER)
    gone = ArchivedPostings.objects.filter(removed_at__isnull=False)
    assert len(gone) >= 4
    assert Posting.objects.count() == count - sum(kept.rows for kept in gone)
    assert partitions.gaps(standing()) == []
    assert [everything(account) for account in accounts] == asked
    assert {
        pk: [(p.line, p.units) for p in history.postings_of_entry(pk)] for pk in entry_ids
    } == shown
    assert verify_books(moved.tenant, wait_s=0) == []
    # The firm goes on, and nobody adds to what is archived.
    enqueue_command(
        commands.CreditFunds(
            account_id=accounts[0].pk,
            asset_id=Asset.objects.get(code="BTC").pk,
            amount_units=7,
            reason=int(FundsReason.DEPOSIT),
            reference_id=1,
        ),
        acting_user=None,
    )
    moved.prove()
    account = Posting.objects.first().ledger_account_id
    with pytest.raises(DatabaseError, match="no partition"), transaction.atomic():
        Posting.objects.create(entry_id=entry_ids[0], line=9, ledger_account_id=account, units=1)


def test_a_damaged_file_stops_the_removal_and_is_told(moved, alice):
    allow(days=30)
    archiving.keep_policy(LATER)
    kept = ArchivedPostings.objects.order_by("upper").first()
    data = kept.path.read_bytes()
    kept.path.write_bytes(data[:-20] + b"\0" + data[-19:])
    before = standing()
    with pytest.raises(parquet.DamagedArchive):
        archiving.remove(kept)
    kept.path.unlink()
    with pytest.raises(parquet.DamagedArchive):
        archiving.remove(kept)
    assert standing() == before
    assert verify_books(moved.tenant, wait_s=0) == []


def test_a_partition_that_changed_since_is_not_removed(moved):
    allow(days=30)
    archiving.keep_policy(LATER)
    kept = ArchivedPostings.objects.order_by("upper").last()
    one = Posting.objects.filter(entry_id__lt=kept.upper, entry_id__gte=kept.lower).first()
    with transaction.atomic():
        for line, units in ((8, 3), (9, -3)):
            Posting.objects.create(
                entry_id=one.entry_id,
                line=line,
                ledger_account_id=one.ledger_account_id,
                units=units,
            )
    before = standing()
    with pytest.raises(archiving.NotAsArchived, match="changed"):
        archiving.remove(kept)
    assert standing() == before
