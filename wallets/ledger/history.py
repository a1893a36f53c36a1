"""Postings of any age, whether they stand in the tables or in an archive.

Whoever lists or sums the postings of ledger accounts asks here and need not know where they are.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from wallets.ledger import parquet
from wallets.ledger.entries import ENTRY_INDEX_BITS
from wallets.ledger.models import (
    ArchivedPostings,
    ArchivedSum,
    JournalEntry,
    LedgerAccount,
    Posting,
)

_BEHIND_ALL = (2**63 - 1, 2**15 - 1)

# A few rows of each ledger account from the end of its index, whatever partition they stand in.
_NEWEST = """
SELECT newest.* FROM unnest(%(ids)s::bigint[]) AS own (ledger_account_id)
CROSS JOIN LATERAL (
    SELECT posting.entry_id, posting.line, posting.ledger_account_id, posting.units,
           entry.kind, entry.time, entry.reference_id
    FROM ledger_posting posting JOIN ledger_journalentry entry ON entry.id = posting.entry_id
    WHERE posting.ledger_account_id = own.ledger_account_id
      AND (posting.entry_id, posting.line) < (%(entry)s::bigint, %(line)s::integer)
      AND (%(since)s::timestamptz IS NULL OR entry.time >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR entry.time < %(until)s::timestamptz)
    ORDER BY posting.entry_id DESC, posting.line DESC
    LIMIT %(limit)s
) newest
ORDER BY newest.entry_id DESC, newest.line DESC
LIMIT %(limit)s
"""

# The balance less what came behind, both of one moment.
_UNTIL = """
SELECT coalesce((SELECT units FROM ledger_balance WHERE ledger_account_id = %(id)s), 0)
     - coalesce((SELECT sum(units) FROM ledger_posting
                 WHERE ledger_account_id = %(id)s
                   AND (entry_id, line) > (%(entry)s::bigint, %(line)s::integer)), 0)
"""


def postings_of(
    ledger_account_ids: Collection[int],
    *,
    before: tuple[int, int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
) -> list[Posting]:
    """Postings on these ledger accounts with their entries, newest first (entry, then line).

    `before`: only those that come before this (entry id, line). `since`, `until`: of entries from
    and before that time. Raises DamagedArchive if a file that is needed cannot be read.
    """
    ids = list(ledger_account_ids)
    entry_id, line = before or _BEHIND_ALL
    with connection.cursor() as cursor:
        cursor.execute(
            _NEWEST,
            {
                "ids": ids,
                "entry": entry_id,
                "line": line,
                "since": since,
                "until": until,
                "limit": limit,
            },
        )
        found = [_posting(*row) for row in cursor.fetchall()]
    filters: list[tuple[str, str, Any]] = [("ledger_account_id", "in", ids)]
    filters += [("time", ">=", since)] if since is not None else []
    filters += [("time", "<", until)] if until is not None else []
    for archived in _removed().filter(lower__lte=entry_id):
        if len(found) >= limit or not ids:
            break
        older = _read(archived, [*filters, ("entry_id", "<=", entry_id)])
        older = [row for row in older if (row.entry_id, row.line) < (entry_id, line)]
        found += older[: limit - len(found)]
    return found


def postings_of_entry(entry_id: int) -> list[Posting]:
    """The postings of one entry in the order of its template."""
    rows = Posting.objects.filter(entry_id=entry_id).select_related("entry")
    found = list(rows.order_by("line"))
    if not found:
        for archived in _removed().filter(lower__lte=entry_id, upper__gt=entry_id):
            found = _read(archived, [("entry_id", "=", entry_id)])[::-1]
    return found


def with_ledger_accounts(postings: Iterable[Posting]) -> list[Posting]:
    """The same postings, each with its ledger account, the asset and the owner beside it."""
    found = list(postings)
    accounts = LedgerAccount.objects.select_related("asset", "account__user").in_bulk(
        {posting.ledger_account_id for posting in found}
    )
    for posting in found:
        posting.ledger_account = accounts[posting.ledger_account_id]
    return found


def units_until(ledger_account_id: int, entry_id: int, line: int) -> int:
    """The sum of a ledger account's postings up to this one, it and all before; debit positive."""
    if entry_id >= first_in_tables():
        with connection.cursor() as cursor:
            cursor.execute(_UNTIL, {"id": ledger_account_id, "entry": entry_id, "line": line})
            return int(cursor.fetchone()[0])
    # All that is in files only came before what is in the tables.
    earlier = ArchivedSum.objects.filter(
        archived__in=_removed().filter(upper__lte=entry_id), ledger_account_id=ledger_account_id
    )
    total = int(earlier.aggregate(units=Sum("units"))["units"] or 0)
    filters = [("ledger_account_id", "=", ledger_account_id), ("entry_id", "<=", entry_id)]
    for archived in _removed().filter(lower__lte=entry_id, upper__gt=entry_id):
        rows = _read(archived, filters)
        total += sum(row.units for row in rows if (row.entry_id, row.line) <= (entry_id, line))
    return total


def carried_forward() -> dict[int, int]:
    """{ledger account id: units} of all postings that are in files only; debit positive."""
    rows = ArchivedSum.objects.filter(archived__removed_at__isnull=False)
    sums = rows.values_list("ledger_account_id").annotate(total=Sum("units"))
    return {ledger_id: int(total) for ledger_id, total in sums}


def first_in_tables() -> int:
    """The entry id from which on postings stand in the tables."""
    newest = _removed().first()
    return newest.upper if newest is not None else 0


def _removed() -> QuerySet[ArchivedPostings]:
    return ArchivedPostings.objects.filter(removed_at__isnull=False).order_by("-upper")


def _read(archived: ArchivedPostings, filters: list[tuple[str, str, Any]]) -> list[Posting]:
    """Newest first."""
    names = ("entry_id", "line", "ledger_account_id", "units", "kind", "time", "reference_id")
    found = [
        _posting(*(row[name] for name in names)) for row in parquet.read(archived.path, filters)
    ]
    return sorted(found, key=attrgetter("entry_id", "line"), reverse=True)


def _posting(
    entry_id: int,
    line: int,
    ledger_account_id: int,
    units: Any,
    kind: int,
    time: datetime,
    reference_id: int,
) -> Posting:
    seq = entry_id >> ENTRY_INDEX_BITS
    entry = JournalEntry(pk=entry_id, kind=kind, seq=seq, time=time, reference_id=reference_id)
    return Posting(entry=entry, line=line, ledger_account_id=ledger_account_id, units=int(units))
