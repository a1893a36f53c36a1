"""Making and dropping a tenant's schema."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django_tenants.utils import quote_schema_name, schema_context, schema_exists

from tenants import grants

_LOCK_CLASS = 0x5443  # "TC": one tenant is created at a time


@contextmanager
def creation_lock() -> Iterator[None]:
    """Creating tenants one after the other, in whatever process.

    The lock has a database session of its own: migrations give Django's back to the pool.
    """
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s, 0)", [_LOCK_CLASS])
        yield


@contextmanager
def as_owner() -> Iterator[None]:
    """This thread's database connection is one of the tables' owner meanwhile.

    Not inside a database transaction: it would not be part of it. Nothing changes where this
    process connects as the owner anyway.
    """
    if not settings.OWNER_DATABASE:
        yield
        return
    lesser = connections[DEFAULT_DB_ALIAS]
    target = {**copy.deepcopy(lesser.settings_dict), **settings.OWNER_DATABASE}
    target["OPTIONS"] = {name: value for name, value in target["OPTIONS"].items() if name != "pool"}
    owner = type(lesser)(target, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = owner
    try:
        yield
    finally:
        owner.close()
        connections[DEFAULT_DB_ALIAS] = lesser


def create(schema_name: str) -> None:
    """Make the schema with all tables (by their record, see `tenants.structure`) and let the
    lesser role in."""
    with as_owner():
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
        grants.grant(schema_name)


def drop(schema_name: str) -> None:
    with as_owner(), schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(schema_name)} CASCADE")
