"""Tables partitioned by range of a rising key: what stands, and what is made ahead.

A partition is an ordinary table `<parent>_<lower bound>`, made empty and attached, which keeps
nobody from reading or writing the others. There is always one ahead of what is written, and the
writer makes it in its own transaction before it could be missing; tasks only look after what is
closed. How wide the next one is follows from how large the newest full one became.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from trading.bulk import copying
from trading.bulk.arrays import Array

WANTED_BYTES = 512 * 1024 * 1024  # of a full partition with its indexes
MOST_WIDER = 4  # than the one before
_STORAGE = (
    # Rows never change: they are frozen once, when the partition is full, not time and again.
    "autovacuum_vacuum_insert_threshold = 20000000, autovacuum_vacuum_insert_scale_factor = 0, "
    # A partition that fills in minutes looks the same throughout; a tenth more is no news.
    "autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.5"
)


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A parent table and its key.

    `first_width` and `widest` are in steps of the key.
    """

    name: str
    key: str
    first_width: int
    widest: int


@dataclass(frozen=True, slots=True)
class Partition:
    """Keys from `lower` (None: from the beginning) up to, without, `upper`; its size on disk."""

    name: str
    lower: int | None
    upper: int
    size_bytes: int


_LIST = """
SELECT leaf.relname, pg_get_expr(leaf.relpartbound, leaf.oid), pg_total_relation_size(leaf.oid)
FROM pg_inherits
JOIN pg_class leaf ON leaf.oid = inhrelid
WHERE inhparent = to_regclass(%s)
"""
# Of a whole statement: those of each row PostgreSQL itself gives to every partition.
_TRIGGERS = """
SELECT pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal AND tgtype & 1 = 0 ORDER BY tgname
"""
_ITS_TABLE = re.compile(r" ON \S+ ")
_IS_PLAIN = "SELECT relkind = 'r' FROM pg_class WHERE oid = to_regclass(%s)"
_NO_END = 2**63
_BOUNDS = re.compile(r"FROM \((?:'?(-?\d+)'?|MINVALUE)\) TO \('?(-?\d+)'?\)")


class UnknownBounds(LookupError):
    """A table is attached that is no range of the key."""


class NoPartitions(LookupError):
    """There is no such table here, or it has lost its partitions."""


def partitions(cursor: "psycopg.Cursor[Any]", table: PartitionedTable) -> list[Partition]:
    """The attached partitions by rising key. An ordinary table of that name (a copy in which all
    is built again) counts as its only one; raises NoPartitions if there is nothing."""
    cursor.execute(_LIST, [table.name])
    found = []
    for name, bounds, size_bytes in cursor.fetchall():
        match = _BOUNDS.search(bounds)
        if match is None:
            raise UnknownBounds(f"{name} is attached to {table.name} {bounds}.")
        lower, upper = match.groups()
        found.append(Partition(name, None if lower is None else int(lower), int(upper), size_bytes))
    if not found:
        cursor.execute(_IS_PLAIN, [table.name])
        if (row := cursor.fetchone()) is not None and row[0]:
            return [Partition(table.name, None, _NO_END, 0)]
        raise NoPartitions(f"There is no {table.name} with partitions in this schema.")
    return sorted(found, key=lambda partition: partition.upper)


def gaps(found: Sequence[Partition]) -> list[tuple[int, int]]:
    """Ranges between the partitions that none of them takes."""
    return [
        (before.upper, after.lower)
        for before, after in itertools.pairwise(found)
        if after.lower is not None and after.lower > before.upper
    ]


def make_ahead(cursor: "psycopg.Cursor[Any]", table: PartitionedTable, key: int) -> list[Partition]:
    """See that `key` has its partition and that there is one ahead of it once half of that is
    used; gives all partitions."""
    found = partitions(cursor, table)
    while key >= _half(found[-1]):
        found.append(_make(cursor, table, found[-1].upper, _next_width(table, found)))
    return found


class Room:
    """Where a partitioned table's rows go; remembers its partitions, so make a new one whenever a
    database transaction was rolled back.

    Rows are copied into the partitions themselves: through a parent that has triggers on what a
    statement added, PostgreSQL would insert them one by one.
    """

    def __init__(self, table: PartitionedTable) -> None:
        self._table = table
        self._found: list[Partition] = []

    def copy_rows(
        self,
        cursor: "psycopg.Cursor[Any]",
        columns: Sequence[copying.Column],
        keys: Array,
        order: Array | None = None,
    ) -> int:
        """COPY the columns (in `order`, if given), each row by its key; the number of rows."""
        if not len(keys):
            return 0
        lowest, highest = int(keys.min()), int(keys.max())
        if not self._found or highest >= _half(self._found[-1]):
            self._found = make_ahead(cursor, self._table, highest)
        taken = [
            partition
            for partition in self._found
            if lowest < partition.upper and (partition.lower is None or highest >= partition.lower)
        ]
        if len(taken) == 1:
            return copying.copy_rows(cursor, taken[0].name, columns, order)
        if order is not None:
            columns = [copying.Column(c.name, c.type, c.values[order]) for c in columns]
            keys = keys[order]
        for partition in taken:
            chosen = np.flatnonzero(
                (keys < partition.upper) & (keys >= (partition.lower or lowest))
            )
            if len(chosen):
                copying.copy_rows(cursor, partition.name, columns, chosen)
        return len(keys)


def _half(partition: Partition) -> int:
    return partition.upper - (partition.upper - (partition.lower or 0)) // 2


def _next_width(table: PartitionedTable, found: Sequence[Partition]) -> int:
    """As wide as would have filled the newest full partition to the size that is wanted."""
    if len(found) < 2:  # the last is in use still
        return table.first_width
    full = found[-2]
    width = full.upper - (full.lower or 0)
    wanted = width * WANTED_BYTES // max(full.size_bytes, 1)
    wanted = min(max(wanted, width // MOST_WIDER), width * MOST_WIDER)
    wanted = min(max(wanted, table.first_width // MOST_WIDER), table.widest)
    return 1 << (wanted.bit_length() - 1)


def _make(
    cursor: "psycopg.Cursor[Any]", table: PartitionedTable, lower: int, width: int
) -> Partition:
    name, upper = f"{table.name}_{lower}", lower + width
    parts = {
        "parent": sql.Identifier(table.name),
        "table": sql.Identifier(name),
        "lower": sql.Literal(lower),
        "upper": sql.Literal(upper),
        "storage": sql.SQL(_STORAGE),
    }
    statements = [
        # LIKE and ATTACH, not PARTITION OF: that would lock the parent against reading.
        "CREATE TABLE {table} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) "
        "WITH ({storage})",
        "ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES FROM ({lower}) TO ({upper})",
    ]
    for statement in statements:
        cursor.execute(sql.SQL(statement).format(**parts))
    copy_triggers(cursor, table.name, name)
    return Partition(name, lower, upper, 0)


def copy_triggers(cursor: "psycopg.Cursor[Any]", parent: str, partition: str) -> None:
    """Give a partition what stands at its parent for whole statements, as rows are copied past
    the parent; what it has already stays."""
    cursor.execute(_TRIGGERS, [partition])
    standing = {_ITS_TABLE.sub(" ", row[0], count=1) for row in cursor.fetchall()}
    cursor.execute(_TRIGGERS, [parent])
    for (definition,) in cursor.fetchall():
        if _ITS_TABLE.sub(" ", definition, count=1) not in standing:
            cursor.execute(_ITS_TABLE.sub(f' ON "{partition}" ', definition, count=1))
