"""Database connections outside Django's pool, for processes that serve all tenants."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as django_connection
from psycopg import sql


def connect(application_name: str, options: str = "") -> "psycopg.Connection[Any]":
    """A connection to the same database as Django's; each statement its own until a transaction."""
    target: Mapping[str, Any] = django_connection.settings_dict
    return psycopg.connect(
        dbname=target["NAME"],
        user=target["USER"] or None,
        password=target["PASSWORD"] or None,
        host=target["HOST"] or None,
        port=target["PORT"] or None,
        options=f"-c application_name={application_name} {options}",
        autocommit=True,
        connect_timeout=5,
    )


def enter_schema(cursor: "psycopg.Cursor[Any]", schema_name: str) -> None:
    """Have the current database transaction work in a tenant's schema."""
    cursor.execute(
        sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema_name))
    )


def tenant_schemas(connection: "psycopg.Connection[Any]") -> dict[int, str]:
    """{engine tenant id: schema name} of every tenant, suspended ones too."""
    rows = connection.execute(
        "SELECT id, schema_name FROM public.tenants_tenant WHERE schema_name <> %s ORDER BY id",
        [settings.PUBLIC_SCHEMA_NAME],
    ).fetchall()
    return {int(tenant_id): str(schema_name) for tenant_id, schema_name in rows}
