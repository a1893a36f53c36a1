"""The shadow: a schema of its own in which clearing's own writer builds the tables again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from clearing import batches
from clearing.rebuilding.errors import RebuildError
from clearing.rebuilding.tables import COPIED, EMPTY, TABLES
from clearing.writer import TenantWriter
from trading.commands import database
from trading.engine import journal

_LOCK_CLASS = 0x5242  # "RB"
SLICE_BYTES = 4 * 1024 * 1024


def name_of(schema_name: str) -> str:
    """The shadow's schema; no tenant's can have this name, for they have no underscore first."""
    return f"_rebuild_{schema_name}"


class ShadowWriter(TenantWriter):
    """Clearing's writer with the shadow before the tenant's schema on the search path."""

    def _enter(self, cursor: "psycopg.Cursor[Any]") -> None:
        cursor.execute(
            sql.SQL("SET LOCAL search_path TO {}, {}, public").format(
                sql.Identifier(name_of(self.schema_name)), sql.Identifier(self.schema_name)
            )
        )


@contextmanager
def transaction(
    connection: "psycopg.Connection[Any]", schema_name: str
) -> "Iterator[psycopg.Cursor[Any]]":
    """A database transaction in the tenant's own schema, also where it is inside another."""
    with connection.transaction(), connection.cursor() as cursor:
        database.enter_schema(cursor, schema_name)
        yield cursor
        database.enter_schema(cursor, schema_name)


@contextmanager
def alone(connection: "psycopg.Connection[Any]", schema_name: str) -> Iterator[None]:
    """Whoever else works on this tenant's rebuild (the worker, a command) waits meanwhile."""
    key = [_LOCK_CLASS, schema_name]
    connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", key)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def make(connection: "psycopg.Connection[Any]", schema_name: str) -> None:
    """An empty shadow, in the place of any that was left."""
    with transaction(connection, schema_name) as cursor:
        _drop(cursor, schema_name)
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name_of(schema_name))))
        for name in (*(table.name for table in TABLES), *COPIED, *EMPTY):
            cursor.execute(
                sql.SQL(
                    "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS "
                    "INCLUDING INDEXES INCLUDING IDENTITY)"
                ).format(_in_shadow(schema_name, name), _live(schema_name, name))
            )
        for name in COPIED:
            cursor.execute(
                sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(
                    _in_shadow(schema_name, name), _live(schema_name, name)
                )
            )


def drop(connection: "psycopg.Connection[Any]", schema_name: str) -> None:
    with transaction(connection, schema_name) as cursor:
        _drop(cursor, schema_name)


def _drop(cursor: "psycopg.Cursor[Any]", schema_name: str) -> None:
    cursor.execute(
        sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name_of(schema_name)))
    )


def live_seq(connection: "psycopg.Connection[Any]", schema_name: str) -> int:
    """How far the tenant's own tables are."""
    with transaction(connection, schema_name) as cursor:
        cursor.execute("SELECT seq FROM clearing_checkpoint")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


class Builder:
    """Brings a tenant's shadow up to its live tables, a slice of the journal at a time."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        engine_dir: Path,
        tenant_id: int,
        schema_name: str,
    ) -> None:
        self._connection = connection
        self._engine_dir = engine_dir
        self._tenant_id = tenant_id
        self._schema_name = schema_name
        self._writer = ShadowWriter(tenant_id, schema_name)

    def check_journal(self) -> None:
        """Raises RebuildError where the journal does not begin with the first record."""
        first = journal.first_seq(self._engine_dir)
        if first > 1:
            raise RebuildError(
                f"The engine journal here begins with seq {first}: what was before it was removed "
                "from the archive, so the tables cannot be built from it."
            )

    def slice(self, last_seq: int) -> int:
        """Build on by a slice, never past `last_seq`; the seq that was reached."""
        with self._connection.transaction():
            seq = self._writer.read_checkpoint(self._connection)
            parts: list[bytes] = []
            size, reached, time_ns = 0, seq, 0
            for chunk in journal.read_chunks(self._engine_dir, seq + 1, last_seq):
                parts.append(chunk.data)
                reached, size = chunk.last_seq, size + len(chunk.data)
                if size >= SLICE_BYTES:
                    break
            if reached == seq < last_seq:
                raise RebuildError(
                    f"The engine journal here ends with seq {seq}, the tables with {last_seq}."
                )
            if not parts:
                return seq
            before = self._touched()
            split = batches.split(b"".join(parts))
            time_ns = max((batch.last_ns for batch in split.values()), default=1)
            batch = split.get(self._tenant_id)
            if batch is not None:
                self._writer.write(self._connection, batch)
            if self._writer.seq < reached:
                self._writer.pass_by(self._connection, reached, time_ns)
            written = self._touched() - before
            if written:
                raise RebuildError(f"Building wrote to live tables: {sorted(written)}.")
            with self._connection.cursor() as cursor:
                database.enter_schema(cursor, self._schema_name)
        return reached

    def _touched(self) -> "set[tuple[str, int]]":
        """Live tables that this database transaction wrote to, with how often."""
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
                "WHERE schemaname = %s AND n_tup_ins + n_tup_upd + n_tup_del > 0",
                [self._schema_name],
            )
            return {(str(name), int(count)) for name, count in cursor.fetchall()}


def _live(schema_name: str, table: str) -> sql.Identifier:
    return sql.Identifier(schema_name, table)


def _in_shadow(schema_name: str, table: str) -> sql.Identifier:
    return sql.Identifier(name_of(schema_name), table)
