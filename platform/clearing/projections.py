"""Projections of other rooms that want their rows written in clearing's transaction.

A projection is called as ``project(cursor, tables)`` inside the tenant's database transaction:
`cursor` is a psycopg cursor whose search path is the tenant's schema, `tables` is a
`trading.bulk.tables.EventTables` (``tables["Traded"]`` is a numpy structured array with the
fields of the event and ``seq``, ``time_ns``, ``index``). It must depend on nothing but these, so
that a batch cut elsewhere gives the same rows.
"""

from collections.abc import Callable
from typing import Any

import psycopg

from trading.bulk.tables import EventTables

Projection = Callable[["psycopg.Cursor[Any]", EventTables], None]

_registered: list[Projection] = []


def register(projection: Projection) -> None:
    """Have `projection` called for every batch of every tenant."""
    if projection not in _registered:
        _registered.append(projection)


def registered() -> tuple[Projection, ...]:
    return tuple(_registered)
