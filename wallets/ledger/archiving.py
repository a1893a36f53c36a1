"""Old postings into Parquet files, and, only if the firm says so, out of the tables.

A partition is archived when all of its entries are older than the policy says. Its file is read
back and compared row by row before it counts. What each ledger account's postings in it sum to is
kept as a row, so that balances are proved without the file. Entries and trades stay in the tables.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit import actions as audit
from tenants import registry
from trading.bulk import partitions
from trading.bulk.partitions import Partition
from wallets.ledger import parquet
from wallets.ledger.declared import ARCHIVE_AFTER_DAYS, REMOVE_ARCHIVED
from wallets.ledger.models import ArchivedPostings, ArchivedSum
from wallets.ledger.partitions import POSTINGS

log = logging.getLogger("books")

LOCK_WAIT = "3s"  # for the moment in which the partition is taken out; else the next time


class NotAsArchived(Exception):
    """The partition is not what was archived of it; nothing is removed."""


def keep_policy(now: datetime) -> int:
    """Do what the tenant's settings say; how many partitions were archived or removed."""
    days = registry.get(ARCHIVE_AFTER_DAYS)
    if not days:
        return 0
    done = 0
    for partition in due(now - timedelta(days=days)):
        done += archive(partition) is not None
    if registry.get(REMOVE_ARCHIVED):
        for kept in ArchivedPostings.objects.filter(removed_at=None).order_by("upper"):
            remove(kept)
            done += 1
    return done


def due(before: datetime) -> list[Partition]:
    """Partitions of postings whose every entry is older, the oldest first; never the last two."""
    with connection.cursor() as wrapped:
        found = partitions.partitions(wrapped.cursor, POSTINGS)
        old = []
        for partition in found[:-2]:
            wrapped.execute(
                "SELECT time FROM ledger_journalentry WHERE id < %s ORDER BY id DESC LIMIT 1",
                [partition.upper],
            )
            newest = wrapped.fetchone()
            # A later entry closes it: nothing can come into it any more.
            wrapped.execute(
                "SELECT EXISTS (SELECT FROM ledger_journalentry WHERE id >= %s)", [partition.upper]
            )
            if newest is None or newest[0] >= before or not wrapped.fetchone()[0]:
                break
            old.append(partition)
    return old


def archive(partition: Partition) -> ArchivedPostings | None:
    """Write the partition's file, read it back, and note it; None: that was done before."""
    if ArchivedPostings.objects.filter(upper=partition.upper).exists():
        return None
    lower = partition.lower or 0
    name = f"postings-{lower}-{partition.upper}.parquet"
    path = Path(settings.DATA_DIR) / "archive" / connection.schema_name / name
    with transaction.atomic():
        rows = parquet.write(path, _groups(partition))
        parquet.check_same(path, _groups(partition))
        made = ArchivedPostings.objects.create(
            lower=lower,
            upper=partition.upper,
            file=str(path.relative_to(settings.DATA_DIR)),
            sha256=parquet.digest(path),
            rows=rows,
        )
        ArchivedSum.objects.bulk_create(
            ArchivedSum(archived=made, ledger_account_id=ledger_id, rows=count, units=units)
            for ledger_id, count, units in _sums(partition.name)
        )
        new = {"file": made.file, "rows": rows, "sha256": made.sha256}
        audit.record("ledger.archive", made, new=new, acting_user=None)
    log.info("archived %s rows of %s as %s", rows, partition.name, made.file)
    return made


def remove(kept: ArchivedPostings) -> None:
    """Take a partition that was archived out of the tables.

    Raises DamagedArchive if the file is not what was written, NotAsArchived if the partition is
    not; nothing has changed then.
    """
    check(kept)
    with transaction.atomic(), connection.cursor() as wrapped:
        wrapped.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        wrapped.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a partition with pending checks stays
        found = partitions.partitions(wrapped.cursor, POSTINGS)
        partition = next((p for p in found if p.upper == kept.upper), None)
        if partition is None:
            raise NotAsArchived(f"There is no partition of postings up to {kept.upper}.")
        quoted = connection.ops.quote_name(partition.name)
        wrapped.execute(f"ALTER TABLE ledger_posting DETACH PARTITION {quoted}")
        known = kept.sums.values_list("ledger_account_id", "rows", "units")
        if sorted(known) != sorted(_sums(partition.name)):
            raise NotAsArchived(f"{partition.name} has changed since it was archived.")
        wrapped.execute(f"DROP TABLE {quoted}")
        kept.removed_at = timezone.now()
        kept.save(update_fields=["removed_at"])
        audit.record("ledger.remove_archived", kept, new={"file": kept.file}, acting_user=None)
    log.info("removed %s, which %s holds", partition.name, kept.file)


def check(kept: ArchivedPostings) -> None:
    """Raise DamagedArchive unless the file is, byte for byte, what was written."""
    if parquet.digest(kept.path) != kept.sha256:
        raise parquet.DamagedArchive(f"{kept.path} is not the file that was written.")


def _groups(partition: Partition) -> Iterator[Any]:
    """The partition's postings with their entries, a row group at a time."""
    quoted = connection.ops.quote_name(partition.name)
    query = (
        "SELECT posting.ledger_account_id, posting.entry_id, posting.line, posting.units, "
        "       entry.kind, entry.time, entry.reference_id "
        f"FROM {quoted} posting JOIN ledger_journalentry entry ON entry.id = posting.entry_id "
        "ORDER BY posting.ledger_account_id, posting.entry_id, posting.line"
    )
    with connection.connection.cursor(name="archive") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(parquet.ROW_GROUP):
            yield parquet.table_of(rows)


def _sums(name: str) -> list[tuple[int, int, int]]:
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ledger_account_id, count(*), sum(units) FROM {quoted} GROUP BY 1")
        return [(ledger_id, count, int(units)) for ledger_id, count, units in cursor.fetchall()]
