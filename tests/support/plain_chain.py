"""The ledger chain hashed in plain Python from the entries that `plain_books` makes of the journal.

Shares no code with `wallets.sealing`: the lines are written from the description of the format.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta

from plain_books import Entry, Leg

NOTHING_BEFORE = "0" * 64
MICROS_A_DAY = 86_400_000_000


class PlainChain:
    """Hash of each day from the first with an entry on; the last may go on."""

    def __init__(self) -> None:
        self.finished: dict[date, str] = {}
        self.day: date | None = None
        self._before = NOTHING_BEFORE
        self._running = hashlib.sha256()

    @property
    def before(self) -> str:
        """The hash of the day before the last."""
        return self._before

    @property
    def last(self) -> str:
        """What the last day comes to so far."""
        return self._running.hexdigest()

    def take(self, entry: Entry) -> None:
        micros = entry.time_ns // 1000
        day = datetime.fromtimestamp(micros // 1_000_000, UTC).date()
        while self.day is None or self.day < day:
            self._begin(day if self.day is None else self.day + timedelta(days=1))
        value = str(entry.value_ns // 1000) if entry.value_ns else ""
        undone = str(entry.reverses_id) if entry.reverses_id else ""
        own = (
            f"{entry.seq * 2**20 + entry.index}\t{entry.kind}\t{entry.seq}\t{micros}\t"
            f"{entry.reference_id}\t{value}\t{undone}\t"
        )
        lines = [f"{own}{leg.line}\t{ledger_id(leg)}\t{leg.units}\n" for leg in entry.legs]
        self._running.update("".join(lines or [f"{own}\t\t\n"]).encode())

    def _begin(self, day: date) -> None:
        if self.day is not None:
            self._before = self.finished[self.day] = self._running.hexdigest()
        self.day = day
        self._running = hashlib.sha256(f"{self._before}\n{day.isoformat()}\n".encode())


def ledger_id(leg: Leg) -> int:
    """The number of the ledger account that a posting is on."""
    whose = leg.account_id or leg.house
    return whose * 2**24 + leg.asset_id * 2**4 + (0 if leg.account_id else 1)
