"""Every table and every report of one tenant's books against plain Python, however many rows.

Rows are read a piece at a time and compared one by one. What was compared is counted, so that a
test can see that it compared something.
"""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django_tenants.utils import tenant_context

import plain_reports
import sql_books
import whole_reports
from plain_chain import PlainChain
from tenants.models import Tenant
from traders import Traders
from trading.market_data.verify import candle_breaks
from wallets.ledger.models import JournalEntry
from wallets.ledger.verify import verify_books
from wallets.reports.verify import checkpoint_breaks
from wallets.sealing import chain, selectors
from wallets.sealing.models import LedgerDay


class WholeBooks:
    """One tenant's books; nothing may be written to them meanwhile."""

    def __init__(self, tenant: Tenant, traders: Traders, engine_dir: Path) -> None:
        self.tenant = tenant
        self.traders = traders
        self.chain = PlainChain()
        self.plain = plain_reports.PlainReports(
            tenant.pk, set(traders.quiet_ids), engine_dir, self.chain.take
        )
        self.compared: Counter[str] = Counter()

    def check(self, rng: random.Random, moments: int) -> Counter[str]:
        """Compare everything, at so many moments and at both ends of time."""
        with tenant_context(self.tenant):
            self.check_tables()
            self.check_proofs()
            reports = whole_reports.WholeReports(self.plain, self.traders, self.compared)
            reports.check(self.some_moments(rng, moments), rng)
            reports.check_liabilities(self.tenant)
        return self.compared

    def check_tables(self) -> None:
        books = self.plain.books
        self._same("trades", sql_books.each_trade(), books.trades)
        self._same("orders", sql_books.each_order(), books.orders)
        assert sorted(sql_books.replacements()) == sorted(books.replacements)
        assert sql_books.receipts() == books.receipts
        assert with_something(sql_books.balances()) == with_something(books.balances)
        self.compared["balances"] += len(books.balances)
        self.compared["replacements"] += len(books.replacements)
        left = len(books.entries)
        for place, (time, kind, reference_id, postings) in sql_books.each_entry():
            known = books.entries.get(place)
            assert known is not None, f"an entry at {place} that the journal does not have"
            assert with_something(postings) == with_something(known), place
            assert (kind, reference_id) == books.facts[place], place
            assert time == plain_reports.moment(self.plain.micros(place[0])), place
            self.compared["entries"] += 1
            self.compared["postings"] += len(postings)
            left -= 1
        assert left == 0, f"{left} entries are missing"
        for info in self.traders.instruments:
            assert candle_breaks(info.id, info.base_scale) == []

    def _same(self, name: str, rows: Iterable[tuple[int, Any]], plain: dict[int, Any]) -> None:
        count = 0
        for pk, row in rows:
            assert row == plain.get(pk), f"{name} {pk}"
            count += 1
        assert count == len(plain), f"{len(plain) - count} {name} are missing"
        self.compared[name] += count

    def check_proofs(self) -> None:
        """The product's own proofs find nothing, and the ledger chain is plain Python's."""
        assert verify_books(self.tenant) == []
        assert checkpoint_breaks() == []
        verdict = selectors.verify_ledger_chain()
        assert verdict.problem == "", verdict
        sealed = LedgerDay.objects.order_by("day").last()
        kept = dict(LedgerDay.objects.values_list("day", "day_hash"))
        for day, day_hash in kept.items():
            assert self.chain.finished[day] == day_hash, day
        # The last day is not over; its hash so far is worked out as it would be sealed.
        day = self.chain.day
        assert day is not None
        newest = JournalEntry.objects.order_by("pk").last()
        assert newest is not None and newest.time.astimezone(UTC).date() == day
        if day not in kept:
            before = self.chain.before
            assert (sealed.day_hash if sealed else chain.GENESIS) == before
            after = sealed.last_entry_id if sealed else 0
            hashed = chain.hash_day(day, before, after, newest.pk)
            assert hashed.day_hash == self.chain.last
            self.compared["hashed entries"] += hashed.entries

    def some_moments(self, rng: random.Random, count: int) -> list[datetime]:
        """Moments at, just behind and between what was booked, and ends."""
        seqs = [seq for (seq, _index), _ in self.plain.entries()]
        micros = [self.plain.micros(seq) for seq in rng.sample(seqs, min(count, len(seqs)))]
        late = [number + rng.choice([0, 1, rng.randrange(10**6)]) for number in micros]
        ends = [datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
        return sorted({*ends, *map(plain_reports.moment, late)})


def with_something(amounts: dict[Any, int]) -> dict[Any, int]:
    """A fee of nothing is no posting, and a trade with oneself moves nothing."""
    return {key: units for key, units in amounts.items() if units}
