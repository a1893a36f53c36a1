"""Clearing's own database connection: one, outside Django's pool, tuned for bulk loads."""

from typing import Any

import psycopg

from trading.commands import database

APPLICATION_NAME = "marque-clearing"


def connect() -> "psycopg.Connection[Any]":
    return database.connect(APPLICATION_NAME, "-c work_mem=64MB")


def tenant_schemas() -> dict[int, str]:
    """{engine tenant id: schema name}; raises OperationalError without a database."""
    with connect() as connection:
        return database.tenant_schemas(connection)
