"""Rules before an order, at the doors: judged in memory, without a query while an order waits.

Each web process keeps the rules in force of each firm as plain Python (`Desk`), read anew once a
second together with the catalogue; a change is in force everywhere within seconds. What was judged
is kept in memory and written down by the hundred (`Log`): whatever fired, and a part of the rest.
Rules that cannot be read, are too old or take too long refuse, and raise an alert.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

import structlog
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from riskrules import recording, selectors
from riskrules.evaluation import REFUSED, Decision, judge_plainly
from riskrules.judging import Judged, Refused, Subject
from riskrules.rulesets import Rule
from trading.orders.order_rules import KIND, NAME, Asked, facts_of

log = structlog.get_logger("marque.rules")

FRESH_SECONDS = 1.0
STALE_SECONDS = 10.0  # rules that nobody could read anew for so long do not count any more
MOST_SECONDS = 0.05  # for one order; it takes some microseconds
KEPT_A_SECOND = 20  # of what nothing followed from, for tests of drafts
MOST_WAITING = 20_000
MOST_ACCOUNTS = 50_000

# Gives the last price in ticks by instrument id, of the current tenant.
ReadPrices = Callable[[], Mapping[int, int]]
_read_prices: list[ReadPrices] = []


def register_prices(read: ReadPrices) -> None:
    """Say where last prices come from: the room that publishes them stands above this one."""
    _read_prices[:] = [read]


class Pace:
    """How many orders an account sent: in this second, and in the last sixty of the clock."""

    __slots__ = ("_counts", "_sum", "second")

    def __init__(self) -> None:
        self.second = 0
        self._counts = [0] * 60
        self._sum = 0

    def note(self, second: int) -> tuple[int, int]:
        """Count one; (this second, last minute), itself included."""
        if second != self.second:
            for passed in range(max(self.second + 1, second - 59), second + 1):
                place = passed % 60
                self._sum -= self._counts[place]
                self._counts[place] = 0
            self.second = max(second, self.second)
        place = self.second % 60
        self._counts[place] += 1
        self._sum += 1
        return self._counts[place], self._sum


class Desk:
    """The rules of one firm in this process, and what they need to know."""

    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name
        self.version = 0
        self.rules: tuple[Rule, ...] | None = None  # None: they cannot be judged
        self.prices: Mapping[int, int] = {}
        self.read_at = float("-inf")
        self._paces: dict[int, Pace] = {}
        self._kept_second = 0
        self._kept = 0
        self._lock = threading.Lock()

    def read(self) -> None:
        """Read rules and prices; to be called in the tenant's schema. Raises DatabaseError."""
        try:
            rule_set = selectors.in_force(KIND)
            self.rules, self.version = rule_set.rules, rule_set.version
        except (ValueError, TypeError):
            log.exception("rules before orders cannot be read", schema=self.schema_name)
            self.rules = None
        for read in _read_prices:
            self.prices = read()
        self.read_at = time.monotonic()

    def judge(self, asked: Asked, *, user_id: int, by_key: bool) -> Judged:
        """Judge one order; nothing is written. It counts as sent, whatever comes of it."""
        begin = time.perf_counter()
        decision: Decision = REFUSED
        facts: dict[str, int] = {}
        try:
            this_second, last_minute = self._count(asked.account_id)
            facts = facts_of(
                asked,
                last_ticks=self.prices.get(asked.info.id, 0),
                by_key=by_key,
                this_second=this_second,
                last_minute=last_minute,
            )
            if self.rules is not None and time.monotonic() - self.read_at < STALE_SECONDS:
                decision = judge_plainly(self.rules, facts)
        except Exception:
            log.exception("an order could not be judged", schema=self.schema_name)
        if time.perf_counter() - begin > MOST_SECONDS:
            log.error("rules before an order took too long", schema=self.schema_name)
            decision = REFUSED
        subject = Subject(user_id, asked.account_id, "order")
        return Judged(NAME, self.version, facts, decision, subject, timezone.now())

    def require(self, orders: list[Asked], *, user_id: int, by_key: bool) -> None:
        """Judge what is sent together; raises Refused, kept already, if a rule refuses any."""
        for asked in orders:
            judged = self.judge(asked, user_id=user_id, by_key=by_key)
            if judged.is_telling or self._is_kept(judged):
                LOG.add(self.schema_name, judged)
            if judged.decision.is_refused:
                raise Refused(judged)

    def _count(self, account_id: int) -> tuple[int, int]:
        with self._lock:
            pace = self._paces.get(account_id)
            if pace is None:
                if len(self._paces) >= MOST_ACCOUNTS:
                    self._paces.clear()
                pace = self._paces[account_id] = Pace()
            return pace.note(int(time.time()))

    def _is_kept(self, judged: Judged) -> bool:
        second = int(judged.at.timestamp())
        if second != self._kept_second:
            self._kept_second, self._kept = second, 0
        self._kept += 1
        return self._kept <= KEPT_A_SECOND


_desks: dict[str, Desk] = {}


def desk_of(schema_name: str) -> Desk:
    """The firm's desk as it stands; whoever keeps it up to date calls `refreshed`."""
    desk = _desks.get(schema_name)
    if desk is None:
        desk = _desks.setdefault(schema_name, Desk(schema_name))
    return desk


def refreshed(*, fresh: bool = False) -> Desk:
    """The current tenant's desk, read anew if it is older than a second, or at once."""
    desk = desk_of(connection.schema_name)
    if fresh or time.monotonic() - desk.read_at > FRESH_SECONDS:
        desk.read()
    return desk


def forget() -> None:
    """Drop what this process knows of all firms."""
    _desks.clear()
    LOG.clear()


class Log:
    """What was judged and is not written yet. While a web process writes it on the side
    (`is_running`) nothing waits for it; elsewhere it is written at once."""

    def __init__(self) -> None:
        self.is_running = False
        self._waiting: dict[str, deque[Judged]] = {}
        self._lock = threading.Lock()

    def add(self, schema_name: str, judged: Judged) -> None:
        """Keep it; beyond MOST_WAITING of a firm the oldest are lost."""
        if not self.is_running and connection.schema_name == schema_name:
            recording.keep([judged])
            return
        with self._lock:
            self._waiting.setdefault(schema_name, deque(maxlen=MOST_WAITING)).append(judged)

    def flush(self) -> int:
        """Write all that waits, each firm's in its schema; how many there were. What cannot be
        written now waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        count = 0
        for schema_name, entries in waiting.items():
            try:
                with schema_context(schema_name):
                    recording.keep(entries)
                count += len(entries)
            except Exception:
                log.exception("what rules decided could not be written", schema=schema_name)
                with self._lock:
                    later = self._waiting.get(schema_name, deque())
                    self._waiting[schema_name] = deque([*entries, *later], maxlen=MOST_WAITING)
        return count

    def clear(self) -> None:
        """Forget what waits, and that somebody writes it."""
        self.is_running = False
        with self._lock:
            self._waiting = {}

    def __len__(self) -> int:
        return sum(len(entries) for entries in self._waiting.values())


LOG = Log()
