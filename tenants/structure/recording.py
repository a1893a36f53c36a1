"""Recording what migrations tell PostgreSQL, in a database of its own that is dropped again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants import structure
from tenants.structure import FIRM, Structure

DATABASE = "marque_structure"
_AGAIN = "firm_again"
_DESCRIBE = """
WITH relation AS (
    SELECT oid, relname, relkind FROM pg_class WHERE relnamespace = to_regnamespace(%(schema)s)
)
SELECT format('column %%s.%%s %%s %%s not null %%s default %%s identity %%s', r.relname, a.attname,
              a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              pg_get_expr(d.adbin, d.adrelid), a.attidentity)
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
 WHERE r.relkind IN ('r', 'p', 'v') AND NOT a.attisdropped
UNION ALL
SELECT format('relation %%s %%s %%s', c.relname, c.relkind, c.reloptions)
  FROM relation r JOIN pg_class c USING (oid)
UNION ALL
SELECT format('constraint %%s %%s %%s', r.relname, c.conname, pg_get_constraintdef(c.oid))
  FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
UNION ALL
SELECT format('index %%s', pg_get_indexdef(r.oid)) FROM relation r WHERE r.relkind IN ('i', 'I')
UNION ALL
SELECT format('trigger %%s %%s %%s', r.relname, pg_get_triggerdef(t.oid), t.tgenabled)
  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT pg_get_functiondef(p.oid)
  FROM pg_proc p WHERE p.pronamespace = to_regnamespace(%(schema)s) AND p.prokind = 'f'
UNION ALL
SELECT format('partition %%s of %%s %%s', c.relname, i.inhparent::regclass,
              pg_get_expr(c.relpartbound, c.oid))
  FROM relation r JOIN pg_inherits i ON i.inhrelid = r.oid JOIN pg_class c ON c.oid = r.oid
"""
# Asked, not told; and what `migrate` writes again by itself on tables that were laid.
_LEFT_OUT = (
    "SELECT", "WITH", "SHOW", "SET SEARCH_PATH", "SAVEPOINT", "RELEASE", "ROLLBACK",
    'INSERT INTO "DJANGO_MIGRATIONS"', 'INSERT INTO "DJANGO_CONTENT_TYPE"',
    'INSERT INTO "AUTH_PERMISSION"',
)  # fmt: skip


def record() -> dict[str, Structure]:
    """Run every migration for ``public`` and for a firm; what was said, by schema.

    To be called as a role that may create databases. Takes a minute. Raises Unlike when what the
    record makes is not what the migrations made.
    """
    recorded = {}
    with _own_database():
        for schema_name in (settings.PUBLIC_SCHEMA_NAME, FIRM):
            recorded[schema_name] = _record(schema_name)
        _make(_AGAIN)
        structure.fill(_AGAIN, recorded[FIRM])
        difference = described(FIRM) ^ described(_AGAIN)
        if difference:
            raise Unlike("\n".join(sorted(difference)))
    return recorded


def described(schema_name: str) -> set[str]:
    """What PostgreSQL says of all that is in a schema, without the schema's name."""
    connection.set_schema(schema_name, include_public=False)
    with connection.cursor() as cursor:
        cursor.execute(_DESCRIBE, {"schema": schema_name})
        return {line.replace(f"{schema_name}.", "") for (line,) in cursor.fetchall()}


class Unlike(Exception):
    """The record makes other tables than the migrations."""


def _make(schema_name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))


def _record(schema_name: str) -> Structure:
    statements: list[str] = []

    def listen(execute: Any, query: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(query, params, many, context)
        text = str(query).strip()
        if not text.upper().startswith(_LEFT_OUT):
            if params is not None:
                text = psycopg.ClientCursor(connection.connection).mogrify(text, params)
            statements.append(text.rstrip(";").rstrip())
        return result

    which: dict[str, Any] = {"shared": True}
    if schema_name != settings.PUBLIC_SCHEMA_NAME:
        which = {"tenant": True, "schema_name": schema_name}
        _make(schema_name)
    with connection.execute_wrapper(listen):
        call_command(
            "migrate_schemas",
            **which,
            interactive=False,
            verbosity=0,
            skip_checks=True,
        )
    connection.set_schema(schema_name, include_public=False)
    applied = MigrationRecorder(connection).migration_qs.order_by("pk").values_list("app", "name")
    return Structure(
        structure.digest(), structure.server_version(), tuple(applied), tuple(statements)
    )


@contextmanager
def _own_database() -> Iterator[None]:
    """Django's connection is one to an empty database meanwhile, where nothing is laid."""
    params = connection.get_connection_params()
    name = sql.Identifier(DATABASE)
    before = connection.settings_dict["NAME"]
    with structure.by_migrations_only(), psycopg.connect(**params, autocommit=True) as session:
        # Never WITH (FORCE): that would end autovacuum's process too, which our role may not; a
        # plain one asks it to leave.
        session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        session.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            _move_to(DATABASE)
            yield
        finally:
            _move_to(before)
            session.execute(sql.SQL("DROP DATABASE {}").format(name))


def _move_to(database: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = database
    connection.set_schema_to_public()
