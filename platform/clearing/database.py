"""Clearing's own database connection: one, outside Django's pool, tuned for bulk loads."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as django_connection

_OPTIONS = "-c work_mem=64MB -c application_name=marque-clearing"


def connect() -> "psycopg.Connection[Any]":
    """A connection to the same database as Django's; each statement its own until a transaction."""
    target: Mapping[str, Any] = django_connection.settings_dict
    return psycopg.connect(
        dbname=target["NAME"],
        user=target["USER"] or None,
        password=target["PASSWORD"] or None,
        host=target["HOST"] or None,
        port=target["PORT"] or None,
        options=_OPTIONS,
        autocommit=True,
        connect_timeout=5,
    )


def tenant_schemas() -> dict[int, str]:
    """{engine tenant id: schema name} of every tenant, suspended ones too."""
    with connect() as connection:
        rows = connection.execute(
            "SELECT id, schema_name FROM public.tenants_tenant WHERE schema_name <> %s",
            [settings.PUBLIC_SCHEMA_NAME],
        ).fetchall()
    return {int(tenant_id): str(schema_name) for tenant_id, schema_name in rows}
