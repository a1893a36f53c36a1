"""When a report is due next and which days it is about then: pure, in the firm's time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from wallets.exports.models import Schedule, Span


def next_due(schedule: str, hour: int, after: datetime, zone: tzinfo) -> datetime | None:
    """The first moment behind ``after`` at which a report is due, UTC; None: never by itself.

    An hour that a clock change leaves out is the hour behind it.
    """
    if schedule == Schedule.NONE:
        return None
    day = after.astimezone(zone).date()
    while True:
        if _is_of(schedule, day):
            moment = datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _is_of(schedule: str, day: date) -> bool:
    if schedule == Schedule.WEEKLY:
        return day.weekday() == 0
    return schedule == Schedule.DAILY or day.day == 1


def days_of(span: str, today: date) -> tuple[date, date] | None:
    """First and last day, both included, that a file due ``today`` is about; None: as kept."""
    if span == Span.YESTERDAY:
        return today - timedelta(days=1), today - timedelta(days=1)
    if span == Span.LAST_WEEK:
        monday = today - timedelta(days=today.weekday() + 7)
        return monday, monday + timedelta(days=6)
    if span == Span.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if span == Span.THIS_MONTH:
        # On the first nothing of the month is over yet: it is about that day so far.
        return today.replace(day=1), max(today.replace(day=1), today - timedelta(days=1))
    return None
