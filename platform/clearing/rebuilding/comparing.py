"""The shadow against the live tables, row by row.

Clearing goes on meanwhile. So the whole is compared first as it stands, which also names rows
that moved on in the live tables since; then the checkpoint is held for a moment, the shadow
brought up to it, and only the rows that were named are compared again, at one and the same seq.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from clearing.rebuilding.shadow import name_of
from clearing.rebuilding.tables import BY_NAME, TABLES, Rebuilt
from trading.bulk.tables import POSITION_BITS

MOST_ROWS = 100_000  # of one table that are named; with more, the table is swapped as a whole
MISSING, EXTRA, DIFFERENT = "missing", "extra", "different"


@dataclass(slots=True)
class Difference:
    """A row that the live table lacks, has too much, or has otherwise."""

    table: str
    kind: str
    key: list[Any]
    live: dict[str, Any] | None
    rebuilt: dict[str, Any] | None

    @property
    def event_seq(self) -> int | None:
        """The engine record to look at first."""
        table, row = BY_NAME[self.table], self.rebuilt or self.live or {}
        if table.seq:
            return row.get(table.seq)
        if table.entry_id:
            return int(row[table.entry_id]) >> POSITION_BITS
        return None


@dataclass(slots=True)
class Compared:
    """One table: how many rows were built, and what differs; `is_cut`: there may be more."""

    table: str
    rows: int
    differences: list[Difference] = field(default_factory=list)
    is_cut: bool = False

    def count(self, kind: str) -> int:
        return sum(found.kind == kind for found in self.differences)


def columns_of(cursor: "psycopg.Cursor[Any]", schema_name: str, table: Rebuilt) -> list[str]:
    """The columns that follow from the journal."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = %s AND table_name = %s AND is_generated = 'NEVER' "
        "ORDER BY ordinal_position",
        [schema_name, table.name],
    )
    return [name for (name,) in cursor.fetchall() if name not in table.ignored]


def candidates(cursor: "psycopg.Cursor[Any]", schema_name: str) -> dict[str, list[list[Any]]]:
    """Keys of the rows that differ as it stands, by table."""
    return {
        table.name: [found.key for found in _differences(cursor, schema_name, table, None)]
        for table in TABLES
    }


def compare(
    cursor: "psycopg.Cursor[Any]", schema_name: str, keys: Mapping[str, list[list[Any]] | None]
) -> list[Compared]:
    """The rows with these keys (None: all rows), now that both are at one seq."""
    found = []
    for table in TABLES:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {}").format(
                sql.Identifier(name_of(schema_name), table.name)
            )
        )
        row = cursor.fetchone()
        compared = Compared(table.name, int(row[0]) if row else 0)
        wanted = keys[table.name]
        if wanted != []:
            compared.differences = list(_differences(cursor, schema_name, table, wanted))
            compared.is_cut = len(wanted or compared.differences) >= MOST_ROWS
        found.append(compared)
    return found


def _differences(
    cursor: "psycopg.Cursor[Any]",
    schema_name: str,
    table: Rebuilt,
    keys: list[list[Any]] | None,
) -> Iterator[Difference]:
    columns = columns_of(cursor, schema_name, table)
    key = [sql.Identifier(name) for name in table.key]
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    wanted: sql.Composable = sql.SQL(table.only)
    if keys is not None:
        wanted = sql.SQL("{} AND ({}) IN {}").format(
            wanted, sql.SQL(", ").join(key), key_rows(table)
        )

    def rows(schema: str) -> sql.Composed:
        return sql.SQL("(SELECT {} FROM {} WHERE {})").format(
            listed, sql.Identifier(schema, table.name), wanted
        )

    def of(side: str) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(side, name) for name in columns)

    first = table.key[0]
    more = sql.SQL("AND rebuilt.{} IS NOT NULL").format(sql.Identifier(first))
    statement = sql.SQL(
        "SELECT to_jsonb(live)::text, to_jsonb(rebuilt)::text, "
        "       live.{first} IS NULL, rebuilt.{first} IS NULL "
        "FROM {live} live FULL JOIN {shadow} rebuilt ON {same} "
        "WHERE ROW({a}) IS DISTINCT FROM ROW({b}) {more} LIMIT {most}"
    ).format(
        first=sql.Identifier(first),
        live=rows(schema_name),
        shadow=rows(name_of(schema_name)),
        same=sql.SQL(" AND ").join(sql.SQL("live.{0} = rebuilt.{0}").format(name) for name in key),
        a=of("live"),
        b=of("rebuilt"),
        more=more if table.may_have_more else sql.SQL(""),
        most=sql.Literal(MOST_ROWS),
    )
    cursor.execute(statement, {"keys": Jsonb(keys)} if keys is not None else None)
    for live_text, rebuilt_text, is_missing, is_extra in cursor.fetchall():
        live, rebuilt = json.loads(live_text or "null"), json.loads(rebuilt_text or "null")
        row = rebuilt if is_missing else live
        yield Difference(
            table.name,
            MISSING if is_missing else EXTRA if is_extra else DIFFERENT,
            [row[name] for name in table.key],
            None if is_missing else live,
            None if is_extra else rebuilt,
        )


def key_rows(table: Rebuilt) -> sql.Composed:
    """The rows of the parameter ``keys``, an array of arrays; every part of a key is a number."""
    parts = sql.SQL(", ").join(
        sql.SQL("(item->>{})::bigint").format(sql.Literal(number))
        for number in range(len(table.key))
    )
    return sql.SQL("(SELECT {} FROM jsonb_array_elements(%(keys)s) item)").format(parts)
