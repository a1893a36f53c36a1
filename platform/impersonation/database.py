"""A stretch of work in which PostgreSQL itself refuses every write of this thread's connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.errors import ReadOnlySqlTransaction


@contextmanager
def read_only() -> Iterator[None]:
    """Every transaction that begins meanwhile is read-only."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        # The connection goes back to a pool: a broken one is thrown away there.
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")


def is_refused_write(error: BaseException) -> bool:
    """Whether an error is PostgreSQL's refusal of a write in such a stretch."""
    return isinstance(error.__cause__, ReadOnlySqlTransaction)
