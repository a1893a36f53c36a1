"""Periods and what is booked into them wait for each other: one lock a schema."""

from django.db import connection

_LOCK_CLASS = 0x424B  # "BK"


def lock_periods() -> None:
    """Wait for the others that close, reopen or book; held until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK_CLASS]
        )
