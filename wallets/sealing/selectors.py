"""Reads of the ledger chain, and its proof."""

from itertools import zip_longest

from django.db.models import QuerySet

from audit.chains import Verdict
from wallets.ledger import entries
from wallets.sealing import chain
from wallets.sealing.models import LedgerDay


def days() -> "QuerySet[LedgerDay]":
    """All sealed days, newest first."""
    return LedgerDay.objects.order_by("-day")


def verify_ledger_chain() -> Verdict:
    """Recompute every sealed day of the current tenant; names the first that does not fit.

    The number of days and the last hash, kept elsewhere, also show days cut off at the end; the
    audit trail has every day's hash.
    """
    previous, after, count, before = chain.GENESIS, 0, 0, None
    for row in LedgerDay.objects.order_by("day").iterator():
        if before is not None and (row.day - before.day).days != 1:
            return Verdict(count, previous, f"the day after {before.day} is missing")
        if row.previous_hash != previous:
            return Verdict(count, previous, f"{row.day} does not follow the day before it")
        found = chain.hash_day(row.day, previous, after, row.last_entry_id)
        if found.day_hash != row.day_hash:
            return Verdict(count, previous, f"{row.day}: {_where(row, found, after)}")
        previous, after, count, before = row.day_hash, row.last_entry_id, count + 1, row
    return Verdict(count, previous)


def _where(row: LedgerDay, found: chain.Hashed, after: int) -> str:
    """Between which entries of the day the rows are not as they were sealed."""
    last = row.last_entry_id
    for kept, now in zip_longest(row.marks, found.marks):
        if kept is None or now is None or tuple(kept) != tuple(now):
            last = (kept or now)[0]
            break
        after = kept[0]
    counts = ""
    if (row.entries, row.postings) != (found.entries, found.postings):
        counts = (
            f" There were {row.entries} entries and {row.postings} postings, now there are "
            f"{found.entries} and {found.postings}."
        )
    first_seq, last_seq = entries.position_of(after)[0], entries.position_of(last)[0]
    return (
        f"an entry behind {after} and up to {last} (engine seq {first_seq} to {last_seq}) or one "
        f"of its postings was changed, added or removed.{counts}"
    )
