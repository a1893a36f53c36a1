"""The upkeep of partitions: nothing missing, what is full frozen, what is old archived.

Clearing makes partitions ahead by itself; this is the second pair of eyes.
"""

from dataclasses import dataclass

from django.db import connection

from trading.bulk import partitions
from trading.bulk.partitions import Partition, PartitionedTable
from trading.orders.partitions import TRADES
from wallets.ledger import archiving, parquet
from wallets.ledger.models import ArchivedPostings
from wallets.ledger.partitions import ENTRIES, POSTINGS

TABLES = (ENTRIES, POSTINGS, TRADES)


@dataclass(frozen=True, slots=True)
class Standing:
    """One partitioned table: its partitions, the newest key in it, and what is wrong."""

    table: PartitionedTable
    partitions: list[Partition]
    newest: int
    problems: list[str]


def standings() -> list[Standing]:
    """All partitioned tables of the current tenant."""
    found = []
    with connection.cursor() as wrapped:
        for table in TABLES:
            parts = partitions.partitions(wrapped.cursor, table)
            name, key = (connection.ops.quote_name(part) for part in (table.name, table.key))
            wrapped.execute(f"SELECT coalesce(max({key}), 0) FROM {name}")
            newest = int(wrapped.fetchone()[0])
            problems = [
                f"{table.name}: no partition from {a} to {b}" for a, b in partitions.gaps(parts)
            ]
            if newest >= parts[-1].upper:
                problems.append(f"{table.name}: no partition behind {parts[-1].upper}")
            found.append(Standing(table, parts, newest, problems))
    return found


def damaged_archives() -> list[str]:
    """What is wrong with the files of archived postings."""
    problems = []
    for kept in ArchivedPostings.objects.all():
        try:
            archiving.check(kept)
        except parquet.DamagedArchive as error:
            problems.append(str(error))
    return problems


def make_ahead() -> None:
    """The next partition of each table, as clearing would."""
    for standing in standings():
        with connection.cursor() as wrapped:
            partitions.make_ahead(wrapped.cursor, standing.table, standing.newest)


def freeze_full() -> list[str]:
    """Vacuum, once, what takes no more rows; the names of those. Not inside a transaction."""
    frozen = []
    with connection.cursor() as cursor:
        for standing in standings():
            for partition in standing.partitions:
                if partition.upper > standing.newest:
                    break
                cursor.execute(
                    "SELECT last_vacuum IS NULL AND last_autovacuum IS NULL "
                    "FROM pg_stat_user_tables WHERE relid = to_regclass(%s)",
                    [partition.name],
                )
                if (row := cursor.fetchone()) and row[0]:
                    name = connection.ops.quote_name(partition.name)
                    cursor.execute(f"VACUUM (FREEZE, ANALYZE) {name}")
                    frozen.append(partition.name)
    return frozen
