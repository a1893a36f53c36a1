"""Making and dropping a tenant's schema."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import quote_schema_name, schema_context, schema_exists

_LOCK_CLASS = 0x5443  # "TC": one tenant is created at a time


@contextmanager
def creation_lock() -> Iterator[None]:
    """Creating tenants one after the other, in whatever process.

    The lock has a database session of its own: migrations give Django's back to the pool.
    """
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s, 0)", [_LOCK_CLASS])
        yield


def create(schema_name: str) -> None:
    """Make the schema with all tables by running every migration: slower than copying a template
    schema, but it also runs what migrations write as data, and cannot lag behind them."""
    with schema_context("public"):
        if schema_exists(schema_name):
            # Left by a creation that died; no tenant row points at it, or we would not be here.
            drop(schema_name)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {quote_schema_name(schema_name)}")
    call_command(
        "migrate_schemas",
        schema_name=schema_name,
        tenant=True,
        interactive=False,
        verbosity=0,
        skip_checks=True,
    )


def drop(schema_name: str) -> None:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(schema_name)} CASCADE")
