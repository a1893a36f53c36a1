"""Sealing days: the one writer of the ledger chain."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from audit import actions as audit
from wallets.ledger.models import JournalEntry
from wallets.sealing import chain
from wallets.sealing.models import LedgerDay

_LOCK_CLASS = 0x4C44  # "LD"
_CLEARED = "SELECT time FROM clearing_checkpoint"
_LAST_OF = "SELECT max(id) FROM ledger_journalentry WHERE id > %s AND time < %s"


def seal_days(*, acting_user: Any = None) -> list[LedgerDay]:
    """Seal every day of the current tenant that clearing has passed and is not sealed yet."""
    sealed = []
    while (row := _seal_next(acting_user)) is not None:
        sealed.append(row)
    return sealed


def _seal_next(acting_user: Any) -> LedgerDay | None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK_CLASS]
            )
            cursor.execute(_CLEARED)
            cleared = cursor.fetchone()
        last = LedgerDay.objects.order_by("day").last()
        day = last.day + timedelta(days=1) if last else _first_day()
        if cleared is None or day is None or cleared[0] < _end_of(day):
            return None
        after = last.last_entry_id if last else 0
        with connection.cursor() as cursor:
            cursor.execute(_LAST_OF, [after, _end_of(day)])
            last_entry_id = cursor.fetchone()[0] or after
        previous = last.day_hash if last else chain.GENESIS
        hashed = chain.hash_day(day, previous, after, last_entry_id)
        row = LedgerDay.objects.create(
            day=day,
            last_entry_id=last_entry_id,
            entries=hashed.entries,
            postings=hashed.postings,
            previous_hash=previous,
            day_hash=hashed.day_hash,
            marks=hashed.marks,
        )
        # The audit trail holds the hash as well: both would have to be forged together.
        audit.record(
            "ledger.seal_day",
            row,
            new={"hash": row.day_hash, "entries": row.entries, "postings": row.postings},
            acting_user=acting_user,
        )
    return row


def _first_day() -> date | None:
    first = JournalEntry.objects.order_by("pk").first()
    return first.time.astimezone(UTC).date() if first else None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
