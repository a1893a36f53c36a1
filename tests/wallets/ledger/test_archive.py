"""Old postings in Parquet files: read back before they count; the upkeep of partitions."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.models import AuditRecord
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
from wallets.ledger import archiving, declared, parquet, upkeep
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
    narrow = PartitionedTable("ledger_posting", "entry_id", first_width=1 << 24, widest=1 << 24)
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


def allow(days):
    change_setting(
        tenant=current_tenant(), name=declared.ARCHIVE_AFTER_DAYS, value=days, acting_user=None
    )
    directory.forget()


def test_nothing_is_archived_by_default(moved):
    assert archiving.keep_policy(LATER) == 0
    assert not ArchivedPostings.objects.exists()


def test_what_is_archived_is_read_back_and_stays_where_it_is(moved, archive_dir):
    allow(30)
    before = standing()
    assert archiving.keep_policy(timezone.now()) == 0  # nothing is that old
    assert archiving.keep_policy(LATER) >= 4
    assert standing() == before
    assert archiving.keep_policy(LATER) == 0
    for kept in ArchivedPostings.objects.all():
        archiving.check(kept)
        rows = Posting.objects.filter(entry_id__gte=kept.lower, entry_id__lt=kept.upper)
        assert kept.rows == rows.count() > 0
        found = {(r["entry_id"], r["line"]): r["units"] for r in parquet.read(kept.path)}
        assert found == {(row.entry_id, row.line): Decimal(row.units) for row in rows}
    assert verify_books(moved.tenant, wait_s=0) == []
    told = AuditRecord.objects.filter(action="ledger.archive")
    assert told.count() == len(list(archive_dir.rglob("*.parquet")))


def test_the_file_answers_for_one_account(moved, alice):
    allow(30)
    archiving.keep_policy(LATER)
    kept = ArchivedPostings.objects.first()
    rows = Posting.objects.filter(entry_id__gte=kept.lower, entry_id__lt=kept.upper)
    wanted = rows.first().ledger_account_id
    found = list(parquet.read(kept.path, [("ledger_account_id", "=", wanted)]))
    assert len(found) == rows.filter(ledger_account_id=wanted).count() > 0
    entries = JournalEntry.objects.in_bulk([row["entry_id"] for row in found])
    for row in found:
        entry = entries[row["entry_id"]]
        said = (row["kind"], row["time"], row["reference_id"])
        assert said == (entry.kind, entry.time, entry.reference_id)


def test_a_damaged_or_lost_file_is_told(moved):
    allow(30)
    archiving.keep_policy(LATER)
    first, second = ArchivedPostings.objects.order_by("upper")[:2]
    assert upkeep.damaged_archives() == []
    data = first.path.read_bytes()
    first.path.write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    second.path.unlink()
    told = upkeep.damaged_archives()
    assert len(told) == 2 and str(first.path) in told[0] and str(second.path) in told[1]
    with pytest.raises(CommandError, match="is not the file that was written"):
        call_command("partitions", tenant=current_tenant().slug)


def test_what_is_written_wrongly_does_not_count(moved, monkeypatch):
    """A disk that tells one thing and holds another."""
    allow(30)
    write = parquet.write

    def forgetful(path, groups):
        return write(path, list(groups)[:-1] or [parquet.table_of([])])

    monkeypatch.setattr(parquet, "write", forgetful)
    with pytest.raises(parquet.DamagedArchive, match="does not hold"):
        archiving.keep_policy(LATER)
    assert not ArchivedPostings.objects.exists()
    monkeypatch.setattr(parquet, "write", write)
    assert archiving.keep_policy(LATER) >= 4  # over what was left there


def test_upkeep_finds_a_missing_partition(moved):
    assert [problem for standing in upkeep.standings() for problem in standing.problems] == []
    call_command("partitions", tenant=current_tenant().slug)
    gone = standing()[1]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE ledger_posting DETACH PARTITION {gone.name}")
    with pytest.raises(CommandError, match=f"no partition from {gone.lower} to {gone.upper}"):
        call_command("partitions", tenant=current_tenant().slug)
