"""Reports recomputed from the journal in plain Python: sums over every entry, from the first on.

Built on `plain_books`; it shares no code with `wallets.reports`, knows no SQL, no checkpoints.
"""

from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from plain_books import PlainBooks
from trading.engine import journal

BUY = 1


class PlainReports:
    """One tenant's entries with their times, oldest first."""

    def __init__(self, tenant_id: int, quiet_ids: set[int], engine_dir: Path) -> None:
        self.books = PlainBooks(tenant_id, quiet_ids).read(engine_dir)
        self.ns_of_seq = {
            record.seq: record.time_ns
            for record in journal.read_records(engine_dir)
            if record.tenant_id == tenant_id
        }

    def micros(self, seq: int) -> int:
        """When a record was made, in whole microseconds, as SQL keeps it."""
        return self.ns_of_seq[seq] // 1000

    def entries(self) -> list[tuple[tuple[int, int], dict[Any, int]]]:
        return sorted(self.books.entries.items())

    def moments(self) -> list[datetime]:
        """Every time at which something was booked."""
        times = sorted({self.micros(seq) for (seq, _index), _ in self.entries()})
        return [moment(micros) for micros in times]

    def sums_before(self, at: datetime) -> dict[tuple[Any, int], int]:
        """Debits less credits of (line name or account id, asset id) before a moment."""
        sums: dict[tuple[Any, int], int] = defaultdict(int)
        for (seq, _index), postings in self.entries():
            if self.micros(seq) < micros_of(at):
                for owner, units in postings.items():
                    sums[owner] += units
        return {owner: units for owner, units in sums.items() if units}

    def statement(self, account_id: int, asset_id: int) -> list[tuple[int, int, int, int]]:
        """(seq, index, what came in, balance after it) of an account, oldest first; an entry's
        postings on the same ledger account are one here."""
        lines, balance = [], 0
        for (seq, index), postings in self.entries():
            units = -postings.get((account_id, asset_id), 0)
            if units:
                balance += units
                lines.append((seq, index, units, balance))
        return lines

    def fees(self, begin: datetime, end: datetime, assets: Any) -> dict[tuple[int, int], int]:
        """Fees by (instrument, asset); `assets` gives an instrument's (base, quote)."""
        found: dict[tuple[int, int], int] = defaultdict(int)
        for trade in self.books.trades.values():
            if not micros_of(begin) <= self.micros(trade["seq"]) < micros_of(end):
                continue
            base, quote = assets(trade["instrument"])
            taker_buys = trade["taker_side"] == BUY
            found[trade["instrument"], base if taker_buys else quote] += trade["taker_fee"]
            found[trade["instrument"], quote if taker_buys else base] += trade["maker_fee"]
        return {key: units for key, units in found.items() if units}

    def last_price(self, instrument: int, at: datetime, base_scale: int) -> Fraction | None:
        """Quote units for one base unit at the end of the last minute that was over before `at`,
        or of the minute of `at` if all its trades were before."""
        trades = [t for t in self.books.trades.items() if t[1]["instrument"] == instrument]
        minutes: dict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for trade_id, trade in trades:
            minutes[self.micros(trade["seq"]) // 60_000_000].append((trade_id, trade))
        for minute in sorted(minutes, reverse=True):
            inside = sorted(minutes[minute])
            if all(self.micros(trade["seq"]) < micros_of(at) for _, trade in inside):
                last = inside[-1][1]
                whole = last["quote"] * 10**base_scale // last["base"]
                return Fraction(whole, 10**base_scale)
        return None


def moment(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def micros_of(at: datetime) -> int:
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
