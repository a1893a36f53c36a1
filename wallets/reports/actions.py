"""The one writer of balance checkpoints, and the note of who took a report out of the house."""

from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from audit import actions as audit
from wallets.reports.models import (
    AccountCheckpoint,
    AccountTally,
    BalanceCheckpoint,
    CheckpointTotal,
)
from wallets.reports.reading import GROUPED, JOINED

# So many entries lie between two checkpoints: what a report adds up at most.
ENTRIES = 20_000
# So many postings of one ledger account: what a running balance adds up at most.
POSTINGS = 500
_LOCK = 0x5265706F  # of the writer, with the schema's own number beside it

_REACH = """
SELECT max(id), count(*) FROM (
    SELECT id FROM ledger_journalentry WHERE id > %s ORDER BY id LIMIT %s
) reached
"""

# Everything of one checkpoint in one statement, so that the postings are read once.
_WRITE = f"""
WITH moves AS MATERIALIZED (
    SELECT ledger_account_id, entry_id, sum(units) AS units, count(*) AS postings
    FROM ledger_posting WHERE entry_id > %(after)s AND entry_id <= %(through)s
    GROUP BY ledger_account_id, entry_id
), moved AS MATERIALIZED (
    SELECT ledger_account_id, sum(units) AS units, sum(postings) AS postings
    FROM moves GROUP BY ledger_account_id
), kept AS (
    INSERT INTO reports_accountcheckpoint (ledger_account_id, entry_id, units)
    SELECT ledger_account_id, entry_id, units FROM (
        SELECT moves.ledger_account_id, moves.entry_id, moves.postings,
               coalesce(tally.units, 0) + sum(moves.units) OVER own AS units,
               coalesce(tally.postings, 0) + sum(moves.postings) OVER own AS through
        FROM moves LEFT JOIN reports_accounttally tally USING (ledger_account_id)
        WINDOW own AS (PARTITION BY moves.ledger_account_id ORDER BY moves.entry_id)
    ) running
    WHERE div(through, %(step)s) > div(through - postings, %(step)s)
), tallied AS (
    INSERT INTO reports_accounttally AS tally (ledger_account_id, postings, units)
    SELECT ledger_account_id, postings, units FROM moved
    ON CONFLICT (ledger_account_id) DO UPDATE
    SET postings = tally.postings + excluded.postings, units = tally.units + excluded.units
), checkpoint AS (
    INSERT INTO reports_balancecheckpoint (entry_id, time, entries, postings)
    SELECT %(through)s, (SELECT time FROM ledger_journalentry WHERE id = %(through)s),
           %(entries)s, %(before)s + coalesce((SELECT sum(postings) FROM moved), 0)
    RETURNING id
)
INSERT INTO reports_checkpointtotal (checkpoint_id, own_id, line, classification, asset_id, units)
SELECT (SELECT id FROM checkpoint), own_id, line, classification, asset_id, sum(units) FROM (
    SELECT own_id, line, classification, asset_id, units FROM reports_checkpointtotal
    WHERE checkpoint_id = %(previous)s
    UNION ALL
    SELECT {GROUPED}, moved.units FROM moved {JOINED}
) lines
GROUP BY 2, 3, 4, 5
"""


def write_checkpoints(
    *,
    entries: int = ENTRIES,
    postings: int = POSTINGS,
    most: int = 1_000,
    until: datetime | None = None,
) -> int:
    """Write the balance checkpoints that are due, each in a transaction of its own; how many.

    A checkpoint is due when so many `entries` came behind the last one. Only one writer works in
    a schema at a time; a second one waits and then finds nothing to do. `until` ends the work
    (not a checkpoint) at a time.
    """
    for done in range(most):
        if until is not None and datetime.now(until.tzinfo) >= until:
            return done
        with transaction.atomic():
            if not _write_one(entries, postings):
                return done
    return most


def _write_one(entries: int, postings: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])
        last = BalanceCheckpoint.objects.order_by("-entry_id").first()
        after = last.entry_id if last else 0
        cursor.execute(_REACH, [after, entries])
        through, found = cursor.fetchone()
        if found < entries:
            return False
        values = {
            "after": after,
            "through": through,
            "step": postings,
            "entries": (last.entries if last else 0) + found,
            "before": last.postings if last else 0,
            "previous": last.pk if last else 0,
        }
        cursor.execute(_WRITE, values)
    return True


def rebuild_checkpoints(*, entries: int = ENTRIES, postings: int = POSTINGS) -> int:
    """Throw all checkpoints away and write them anew from the postings; how many there are.

    Reports stay right meanwhile: they begin at an older checkpoint, or at the first posting.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK])
        for model in (CheckpointTotal, BalanceCheckpoint, AccountCheckpoint, AccountTally):
            model.objects.all().delete()
    return write_checkpoints(entries=entries, postings=postings, most=10**9)


def forget_checkpoints(cursor: "psycopg.Cursor[Any]", schema_name: str) -> None:
    """Throw a firm's checkpoints away in the caller's transaction, which changed entries or
    postings that they may hold; the writer makes them anew."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, schema_name])
    for model in (CheckpointTotal, BalanceCheckpoint, AccountCheckpoint, AccountTally):
        table = sql.Identifier(schema_name, model._meta.db_table)
        cursor.execute(sql.SQL("DELETE FROM {}").format(table))


def note_download(*, report: str, file_kind: str, about: Any, acting_user: Any) -> None:
    """Leave in the audit trail who took which report out as a file."""
    with transaction.atomic():
        audit.record(
            "reports.download",
            about,
            new={"report": report, "file": file_kind},
            acting_user=acting_user,
        )
