"""Live rows that differ, replaced by the rebuilt ones, past the triggers that refuse any change.

Where more rows differ than one comparison names, all of the table's rows are swapped for the
rebuilt ones (ADR 18).

Only clearing writes these tables. This is clearing too: it holds the tenant's checkpoint while it
works, so the worker waits, and both are at one seq. It needs the right of the tables' owner.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from clearing.rebuilding import comparing
from clearing.rebuilding.comparing import Compared
from clearing.rebuilding.errors import RebuildError
from clearing.rebuilding.shadow import name_of
from clearing.rebuilding.tables import BY_NAME, TABLES, Rebuilt
from wallets.reports import actions as reports


def hold_checkpoint(cursor: "psycopg.Cursor[Any]") -> int:
    """Keep clearing from this tenant until the transaction ends; the seq it stands at."""
    cursor.execute("SELECT seq FROM clearing_checkpoint FOR UPDATE")
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def mend(cursor: "psycopg.Cursor[Any]", schema_name: str, found: list[Compared]) -> int:
    """Replace the rows that differ; how many. Raises RebuildError if some still do after."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _guards(cursor, schema_name, "DISABLE")
    mended = 0
    # None: every row is to be looked at again.
    keys: dict[str, list[list[Any]] | None] = {table.name: [] for table in TABLES}
    for compared in found:
        table = BY_NAME[compared.table]
        if compared.is_cut and not table.may_have_more:
            mended += _swap(cursor, schema_name, table)
            keys[table.name] = None
        elif compared.differences:
            keys[table.name] = listed = [item.key for item in compared.differences]
            _replace(cursor, schema_name, table, listed)
            mended += len(listed)
    if any(keys[f"ledger_{name}"] != [] for name in ("journalentry", "posting", "ledgeraccount")):
        reports.forget_checkpoints(cursor, schema_name)
    _guards(cursor, schema_name, "ENABLE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    left = sum(len(item.differences) for item in comparing.compare(cursor, schema_name, keys))
    if left:
        raise RebuildError(f"{left} rows still differ after they were replaced.")
    return mended


def _guards(cursor: "psycopg.Cursor[Any]", schema_name: str, what: str) -> None:
    for table in TABLES:
        if table.is_guarded:
            cursor.execute(
                sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(
                    sql.Identifier(schema_name, table.name), sql.SQL(what)
                )
            )


def _swap(cursor: "psycopg.Cursor[Any]", schema_name: str, table: Rebuilt) -> int:
    """All of a table's rows, but for those that others wrote, out for the rebuilt ones; how many
    came in. Readers see the one or the other, for the caller's transaction ends in one moment."""
    listed = sql.SQL(", ").join(
        sql.Identifier(name) for name in comparing.columns_of(cursor, name_of(schema_name), table)
    )
    live = sql.Identifier(schema_name, table.name)
    shadow = sql.Identifier(name_of(schema_name), table.name)
    only = sql.SQL(table.only)
    cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(live, only))
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE {}").format(
            live, listed, listed, shadow, only
        )
    )
    return cursor.rowcount


def _replace(
    cursor: "psycopg.Cursor[Any]", schema_name: str, table: Rebuilt, keys: list[list[Any]]
) -> None:
    columns = comparing.columns_of(cursor, name_of(schema_name), table)
    if table.name == "ledger_ledgeraccount":
        columns.append("name")
    listed = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    key = sql.SQL(", ").join(sql.Identifier(name) for name in table.key)
    wanted = sql.SQL("({}) IN {}").format(key, comparing.key_rows(table))
    live = sql.Identifier(schema_name, table.name)
    shadow = sql.Identifier(name_of(schema_name), table.name)
    parameters = {"keys": Jsonb(keys)}
    cursor.execute(sql.SQL("DELETE FROM {} WHERE {}").format(live, wanted), parameters)
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE {}").format(
            live, listed, listed, shadow, wanted
        ),
        parameters,
    )
