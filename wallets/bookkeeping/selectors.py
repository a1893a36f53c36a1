"""Reads of bookkeeping: requests, periods, custody accounts, what a year earned and spent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min, QuerySet
from django.utils import timezone

from wallets.bookkeeping.models import LIVING_STATES, EntryRequest, Period, PeriodState, State
from wallets.ledger.models import CustodyAccount, EntryKind, EntryNote, JournalEntry, Line


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the books, closed or not; a moment belongs to it from starts_at to ends_at."""

    first_day: date
    starts_at: datetime
    ends_at: datetime
    period: Period | None

    @property
    def is_closed(self) -> bool:
        return self.period is not None and self.period.state != PeriodState.REOPENED

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()


def requests() -> QuerySet[EntryRequest]:
    """All requested entries of the tenant, newest first."""
    return EntryRequest.objects.select_related(
        "account", "account__user", "asset", "requested_by", "approved_by", "command"
    )


def waiting() -> QuerySet[EntryRequest]:
    """Requests that a second person has to decide, oldest first."""
    return requests().filter(state=State.REQUESTED).order_by("id")


def reversal_request(entry_id: int) -> EntryRequest | None:
    """The living request that undoes an entry."""
    return requests().filter(reverses_id=entry_id, state__in=LIVING_STATES).first()


def reversed_by(entry_id: int) -> int | None:
    """The id of the entry that undid this one."""
    note = EntryNote.objects.filter(reverses_id=entry_id).first()
    return note.entry_id if note is not None else None


def note_of(entry_id: int) -> EntryNote | None:
    return EntryNote.objects.filter(pk=entry_id).first()


def custody_accounts() -> QuerySet[CustodyAccount]:
    return CustodyAccount.objects.select_related("opened_by")


def closed_until() -> datetime | None:
    """Nothing before this moment is booked any more; None: no month is closed."""
    last = Period.objects.exclude(state=PeriodState.REOPENED).order_by("-month").first()
    return last.ends_at if last is not None else None


def month_of(day: date, time_zone: str) -> tuple[date, datetime, datetime]:
    """(first day, start, end) of the month that a day is in, by the firm's clock."""
    zone = ZoneInfo(time_zone)
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime(d.year, d.month, 1, tzinfo=zone) for d in (first, following))
    return first, start, end


def months(time_zone: str) -> list[Month]:
    """The months from the first entry to the current one, newest first."""
    began = JournalEntry.objects.aggregate(first=Min("time"))["first"]
    if began is None:
        return []
    zone = ZoneInfo(time_zone)
    periods = {period.month: period for period in Period.objects.select_related("closed_by")}
    day, today = began.astimezone(zone).date(), timezone.now().astimezone(zone).date()
    found = []
    while day.replace(day=1) <= today:
        first, start, end = month_of(day, time_zone)
        period = periods.get(first)
        if period is not None:
            start, end = period.starts_at, period.ends_at
        found.append(Month(first, start, end, period))
        day = (first + timedelta(days=32)).replace(day=1)
    return found[::-1]


def next_to_close(time_zone: str) -> Month | None:
    """The month whose turn it is, if it is over."""
    for month in reversed(months(time_zone)):
        if not month.is_closed:
            return month if month.is_over else None
    return None


def last_closed() -> Period | None:
    """The only period that can be reopened."""
    return Period.objects.exclude(state=PeriodState.REOPENED).order_by("-month").first()


def year_closes(year: int) -> QuerySet[EntryRequest]:
    """The living requests that close a year."""
    return requests().filter(kind=EntryKind.YEAR_CLOSED, year=year, state__in=LIVING_STATES)


_RESULTS = """
SELECT account.asset_id,
       -coalesce(sum(posting.units) FILTER (WHERE account.classification = 'income'), 0),
       coalesce(sum(posting.units) FILTER (WHERE account.classification = 'expense'), 0)
FROM ledger_ledgeraccount account
JOIN ledger_posting posting ON posting.ledger_account_id = account.id
JOIN ledger_journalentry entry ON entry.id = posting.entry_id
LEFT JOIN ledger_entrynote note ON note.entry_id = entry.id
WHERE account.classification IN ('income', 'expense')
  AND (account.line IN (%(income)s, %(expense)s)
       OR coalesce(note.value_time, entry.time) < %(until)s)
GROUP BY account.asset_id ORDER BY account.asset_id
"""


def results_until(moment: datetime) -> list[tuple[int, int, int]]:
    """(asset id, income, expense) up to a moment, in units, less what was carried before."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RESULTS,
            {
                "until": moment,
                "income": int(Line.INCOME_CARRIED),
                "expense": int(Line.EXPENSES_CARRIED),
            },
        )
        return [(row[0], int(row[1]), int(row[2])) for row in cursor.fetchall()]
