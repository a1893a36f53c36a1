"""Fills counted at each level from the engine journal to the entries, up to one seq.

The counts grow: each proof adds what came since the last, by reading that part of the engine
journal; a whole proof counts the tables anew from where the journal's count began.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone

from trading.bulk.arrays import amounts, sum_by
from trading.bulk.tables import EventTables
from trading.commands.door import current_tenant_id
from trading.engine import columns, journal
from trading.instruments.info import catalogue
from wallets.ledger import chart, checks, verify
from wallets.ledger.entries import ENTRY_INDEX_BITS
from wallets.ledger.models import EntryKind
from wallets.reconciliation.models import Level, LevelPoint, Tally

NAME = "levels"
CAUSES = ("fills_unlike_trades", "trades_unlike_entries_in_sum")
MOST_BYTES = 64 * 1024 * 1024  # of the journal in one proof; the rest comes with the next ones

_TRADES = """
SELECT asset_id, count(*), sum(units) FROM (
    SELECT instrument.base_id AS asset_id, trade.base_units AS units
    FROM orders_trade trade JOIN instruments_instrument instrument
      ON instrument.id = trade.instrument_id WHERE trade.seq > %(after)s AND trade.seq <= %(to)s
    UNION ALL
    SELECT instrument.quote_id, trade.quote_units
    FROM orders_trade trade JOIN instruments_instrument instrument
      ON instrument.id = trade.instrument_id WHERE trade.seq > %(after)s AND trade.seq <= %(to)s
) fills GROUP BY asset_id
"""
_ENTRIES = """
SELECT account.asset_id, count(DISTINCT posting.entry_id),
       sum(posting.units) FILTER (WHERE posting.units > 0)
FROM ledger_journalentry entry
JOIN ledger_posting posting ON posting.entry_id = entry.id
JOIN ledger_ledgeraccount account ON account.id = posting.ledger_account_id
WHERE entry.kind = %(kind)s AND entry.id >= (%(after)s::bigint + 1) << %(bits)s
  AND entry.id < (%(to)s::bigint + 1) << %(bits)s
GROUP BY account.asset_id
"""


@dataclass(slots=True)
class Counted:
    """How often and how much (units) by asset id."""

    count: Counter[int] = field(default_factory=Counter)
    units: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Counted") -> None:
        self.count.update(other.count)
        self.units.update(other.units)


@dataclass(slots=True)
class Levels:
    """All levels from behind `from_seq` to `seq`; `problem` says why it goes no further."""

    from_seq: int
    seq: int
    problem: str
    counted: dict[Level, Counted]


def look(seq: int, is_whole: bool) -> "tuple[list[verify.Break], Levels]":
    """The check of a proof: count what came since, compare level by level."""
    kept = levels()
    if kept is None:
        begin = _begin()
        kept = Levels(begin, begin, "", {level: Counted() for level in Level})
    to_seq, fills, problem = _fills(kept.seq, seq)
    kept.problem = problem
    kept.counted[Level.FILLS].add(fills)
    after = kept.seq
    for level, statement in ((Level.TRADES, _TRADES), (Level.ENTRIES, _ENTRIES)):
        if is_whole:
            kept.counted[level] = _rows(statement, kept.from_seq, to_seq)
        else:
            kept.counted[level].add(_rows(statement, after, to_seq))
    kept.seq = to_seq
    return list(_breaks(kept)), kept


def levels() -> Levels | None:
    """As they were counted last; None before the first proof."""
    point = LevelPoint.objects.first()
    if point is None:
        return None
    found = Levels(point.from_seq, point.seq, point.problem, {level: Counted() for level in Level})
    for row in Tally.objects.all():
        counted = found.counted[Level(row.level)]
        counted.count[row.asset_id] = row.count
        counted.units[row.asset_id] = int(row.units)
    return found


def keep(found: Levels) -> None:
    """Write the counts down, in the proof's transaction."""
    LevelPoint.objects.update_or_create(
        pk=1,
        defaults={
            "from_seq": found.from_seq,
            "seq": found.seq,
            "time": timezone.now(),
            "problem": found.problem[:300],
        },
    )
    rows = [
        Tally(level=level, asset_id=asset_id, count=counted.count[asset_id], units=units)
        for level, counted in found.counted.items()
        for asset_id, units in counted.units.items()
    ]
    Tally.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["level", "asset"],
        update_fields=["count", "units"],
    )


def _begin() -> int:
    """The seq before the first record that is still to be read."""
    try:
        return max(0, journal.first_seq(Path(settings.ENGINE_DIR)) - 1)
    except (journal.JournalError, OSError):
        return 0


def _fills(after: int, to_seq: int) -> tuple[int, Counted, str]:
    """(seq that was reached, what was counted, why it was not further)."""
    tenant_id, reached, read = current_tenant_id(), after, 0
    counted = Counted()
    try:
        for chunk in journal.read_chunks(Path(settings.ENGINE_DIR), after + 1, to_seq):
            rows = columns.split_records(chunk.data).get((tenant_id, "Traded"))
            if rows:
                _add_fills(counted, rows)
            reached, read = chunk.last_seq, read + len(chunk.data)
            if read >= MOST_BYTES:
                break
    except (journal.JournalError, OSError, ValueError, KeyError) as error:
        return reached, counted, f"The engine journal cannot be read further: {error}"
    if reached < to_seq and read < MOST_BYTES:
        return reached, counted, "The engine journal on this machine ends before."
    return reached, counted, ""


def _add_fills(counted: Counted, rows: bytes) -> None:
    traded = EventTables({"Traded": rows})["Traded"]
    for asset, units in (("base_asset_id", "base_units"), ("quote_asset_id", "quote_units")):
        ids, sums = sum_by(traded[asset], amounts(traded, units))
        for asset_id, total in zip(ids.tolist(), sums.tolist(), strict=True):
            counted.units[asset_id] += int(total)
        present, counts = np.unique(traded[asset], return_counts=True)
        counted.count.update(dict(zip(present.tolist(), counts.tolist(), strict=True)))


def _rows(statement: str, after: int, to_seq: int) -> Counted:
    counted = Counted()
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "after": after,
                "to": to_seq,
                "kind": int(EntryKind.SPOT_FILL),
                "bits": ENTRY_INDEX_BITS,
            },
        )
        for asset_id, count, units in cursor.fetchall():
            counted.count[asset_id] = count
            counted.units[asset_id] = int(units or 0)
    return counted


def _breaks(found: Levels) -> "Any":
    pairs = zip(CAUSES, ((Level.FILLS, Level.TRADES), (Level.TRADES, Level.ENTRIES)), strict=True)
    for cause, (upper, lower) in pairs:
        one, other = found.counted[upper], found.counted[lower]
        for asset_id, info in catalogue().assets.items():
            expected = one.count[asset_id], one.units[asset_id]
            there = other.count[asset_id], other.units[asset_id]
            if expected != there:
                yield verify.Break(
                    cause,
                    f"{chart.english(upper.label)}: {expected[0]}. "
                    f"{chart.english(lower.label)}: {there[0]}.",
                    found.seq,
                    asset=info.code,
                    expected=info.text(expected[1]),
                    found=info.text(there[1]),
                    units=there[1] - expected[1],
                )


def register() -> None:
    checks.register(NAME, look)
