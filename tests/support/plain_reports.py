"""Reports recomputed from the journal in plain Python: sums over every entry, from the first on.

Built on `plain_books`; it shares no code with `wallets.reports`, knows no SQL, no checkpoints.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from plain_books import Entry, PlainBooks
from trading.engine import journal

BUY = 1


class PlainFill(NamedTuple):
    """One side of a trade: whose it is and what it paid as a fee, in which asset."""

    day: date
    instrument_id: int
    account_id: int
    asset_id: int
    fee_units: int


class PlainReports:
    """One tenant's entries with their times, oldest first."""

    def __init__(
        self,
        tenant_id: int,
        quiet_ids: set[int],
        engine_dir: Path,
        on_entry: Callable[[Entry], None] | None = None,
    ) -> None:
        self.books = PlainBooks(tenant_id, quiet_ids, on_entry=on_entry).read(engine_dir)
        self.ns_of_seq = {
            record.seq: record.time_ns
            for record in journal.read_records(engine_dir)
            if record.tenant_id == tenant_id
        }

    def micros(self, seq: int) -> int:
        """When a record was made, in whole microseconds, as SQL keeps it."""
        return self.ns_of_seq[seq] // 1000

    @cached_property
    def _entries(self) -> list[tuple[tuple[int, int], dict[Any, int]]]:
        return sorted(self.books.entries.items(), key=itemgetter(0))

    def entries(self) -> list[tuple[tuple[int, int], dict[Any, int]]]:
        return self._entries

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

    def sums_at(self, moments: list[datetime]) -> dict[datetime, dict[tuple[Any, int], int]]:
        """`sums_before` of several moments in one go."""
        found: dict[datetime, dict[tuple[Any, int], int]] = {}
        sums: dict[tuple[Any, int], int] = defaultdict(int)
        waiting = sorted(moments, reverse=True)
        for (seq, _index), postings in self.entries():
            while waiting and self.micros(seq) >= micros_of(waiting[-1]):
                found[waiting.pop()] = {owner: units for owner, units in sums.items() if units}
            for owner, units in postings.items():
                sums[owner] += units
        for at in waiting:
            found[at] = {owner: units for owner, units in sums.items() if units}
        return found

    def statements(self, account_id: int) -> dict[int, list[tuple[int, int, int, int]]]:
        """By asset: (seq, index, what came in, balance after it) of an account, oldest first; an
        entry's postings on the same ledger account are one here."""
        lines: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        balances: dict[int, int] = defaultdict(int)
        for (seq, index), postings in self.entries():
            for (owner, asset_id), units in postings.items():
                if owner == account_id and units:
                    balances[asset_id] -= units
                    lines[asset_id].append((seq, index, -units, balances[asset_id]))
        return lines

    def statement(self, account_id: int, asset_id: int) -> list[tuple[int, int, int, int]]:
        """One asset's lines of `statements`."""
        return self.statements(account_id)[asset_id]

    def fills(self, begin: datetime, end: datetime, assets: Any) -> Iterator[PlainFill]:
        """Both sides of each trade of a period; `assets` as for `fees`."""
        for trade in self.books.trades.values():
            micros = self.micros(trade["seq"])
            if not micros_of(begin) <= micros < micros_of(end):
                continue
            base, quote = assets(trade["instrument"])
            day = moment(micros).date()
            taker_buys = trade["taker_side"] == BUY
            for side, buys in (("maker", not taker_buys), ("taker", taker_buys)):
                yield PlainFill(
                    day,
                    trade["instrument"],
                    trade[side],
                    base if buys else quote,
                    trade[f"{side}_fee"],
                )

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
        for _minute, newest, last in reversed(self._minutes.get(instrument, [])):
            if newest < micros_of(at):
                whole = last["quote"] * 10**base_scale // last["base"]
                return Fraction(whole, 10**base_scale)
        return None

    @cached_property
    def _minutes(self) -> dict[int, list[tuple[int, int, dict[str, Any]]]]:
        """By instrument: minutes with trades, the newest one's microseconds, and that trade."""
        found: dict[int, list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)
        for _trade_id, trade in sorted(self.books.trades.items(), key=itemgetter(0)):
            own, micros = found[trade["instrument"]], self.micros(trade["seq"])
            if own and own[-1][0] == micros // 60_000_000:
                own.pop()
            own.append((micros // 60_000_000, micros, trade))
        return found


def moment(micros: int) -> datetime:
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def micros_of(at: datetime) -> int:
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
