"""Old postings into Parquet files, for auditors and for storage that is kept elsewhere.

A partition is archived when all of its entries are older than the firm's policy says. Its file is
read back and compared with the table row by row before it counts. Nothing leaves the database:
statements, reports and proofs read the same tables as before. Where the operator names a
tablespace for it (`MARQUE_COLD_TABLESPACE`), a partition that is archived moves there, so that the
fast disk holds what is new; it stays attached and is read like any.
"""

import contextlib
import logging
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit import actions as audit
from tenants import registry
from trading.bulk import partitions
from trading.bulk.partitions import Partition
from wallets.ledger import parquet
from wallets.ledger.declared import ARCHIVE_AFTER_DAYS
from wallets.ledger.models import ArchivedPostings
from wallets.ledger.partitions import POSTINGS

log = logging.getLogger("books")

LOCK_WAIT = "3s"  # for a partition that somebody reads just then; else the next time


def keep_policy(now: datetime) -> int:
    """Do what the firm's settings say; how many partitions were archived."""
    days = registry.get(ARCHIVE_AFTER_DAYS)
    if not days:
        return 0
    done = sum(archive(partition) is not None for partition in due(now - timedelta(days=days)))
    if settings.COLD_TABLESPACE:
        move_to_cold(settings.COLD_TABLESPACE)
    return done


def due(before: datetime) -> list[Partition]:
    """Partitions of postings whose every entry is older, the oldest first. The one that is
    written and those ahead of it are never among them."""
    with connection.cursor() as wrapped:
        found = partitions.partitions(wrapped.cursor, POSTINGS)
        old = []
        for partition in found:
            wrapped.execute(
                "SELECT (SELECT time FROM ledger_journalentry WHERE id < %(upper)s "
                "        ORDER BY id DESC LIMIT 1), "
                "       EXISTS (SELECT FROM ledger_journalentry WHERE id >= %(upper)s)",
                {"upper": partition.upper},
            )
            newest, is_full = wrapped.fetchone()
            if not is_full or newest is None or newest >= before:
                break
            old.append(partition)
    return old


def archive(partition: Partition) -> ArchivedPostings | None:
    """Write the partition's file, read it back, and note it; None: that was done before.

    Raises DamagedArchive if the file does not hold what the table holds; nothing is noted then.
    """
    if ArchivedPostings.objects.filter(upper=partition.upper).exists():
        return None
    lower = partition.lower or 0
    name = f"postings-{lower}-{partition.upper}.parquet"
    path = Path(settings.DATA_DIR) / "archive" / connection.schema_name / name
    with transaction.atomic():
        # Closed before the transaction ends, whatever is raised: the cursor is the transaction's.
        with contextlib.closing(_groups(partition)) as groups:
            rows = parquet.write(path, groups)
        with contextlib.closing(_groups(partition)) as groups:
            parquet.check_same(path, groups)
        made = ArchivedPostings.objects.create(
            lower=lower,
            upper=partition.upper,
            file=str(path.relative_to(settings.DATA_DIR)),
            sha256=parquet.digest(path),
            rows=rows,
        )
        new = {"file": made.file, "rows": rows, "sha256": made.sha256}
        audit.record("ledger.archive", made, new=new, acting_user=None)
    log.info("archived %s rows of %s as %s", rows, partition.name, made.file)
    return made


def check(kept: ArchivedPostings) -> None:
    """Raise DamagedArchive unless the file is, byte for byte, what was written."""
    if parquet.digest(kept.path) != kept.sha256:
        raise parquet.DamagedArchive(f"{kept.path} is not the file that was written.")


def move_to_cold(tablespace: str) -> list[str]:
    """Move archived partitions with their indexes; the names of those that moved. A partition
    cannot be read while it moves, the others can."""
    uppers = set(ArchivedPostings.objects.values_list("upper", flat=True))
    moved = []
    with connection.cursor() as wrapped:
        for partition in partitions.partitions(wrapped.cursor, POSTINGS):
            if partition.upper in uppers and _move(partition.name, tablespace):
                moved.append(partition.name)
                log.info("moved %s to tablespace %s", partition.name, tablespace)
    return moved


_ELSEWHERE = """
SELECT relation.relname, relation.relkind = 'i' FROM pg_class relation
LEFT JOIN pg_tablespace space ON space.oid = relation.reltablespace
WHERE space.spcname IS DISTINCT FROM %(space)s AND (relation.oid = to_regclass(%(name)s)
   OR relation.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass(%(name)s)))
"""


def _move(name: str, tablespace: str) -> bool:
    space = connection.ops.quote_name(tablespace)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute(_ELSEWHERE, {"space": tablespace, "name": name})
        elsewhere = cursor.fetchall()
        for relation, is_index in elsewhere:
            kind = "INDEX" if is_index else "TABLE"
            quoted = connection.ops.quote_name(relation)
            cursor.execute(f"ALTER {kind} {quoted} SET TABLESPACE {space}")
    return bool(elsewhere)


def _groups(partition: Partition) -> "Generator[Any, None, None]":
    """The partition's postings with what their entries say, a row group at a time."""
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
