"""Time zones, days and periods as people mean them, and their bounds in the books."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any

from tenants.selectors import current_tenant
from wallets.reports import reading


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment (included) to another (not included). None: from the first, until now."""

    begin: datetime | None
    end: datetime | None
    zone: tzinfo

    def bounds(self) -> tuple[int, int]:
        """The journal entries in it: behind the first bound, through the second."""
        after = reading.bound_before(self.begin) if self.begin else reading.FIRST
        through = reading.bound_before(self.end) if self.end else reading.newest_bound()
        return after, max(after, through)

    def trade_bounds(self) -> tuple[int, int]:
        """The trades in it, likewise."""
        after = reading.trade_before(self.begin) if self.begin else 0
        through = reading.trade_before(self.end) if self.end else 2**62
        return after, max(after, through)


@cache
def zone_names() -> list[str]:
    """The time zones a person can choose from: places, and UTC."""
    places = {name for name in zoneinfo.available_timezones() if name.count("/") >= 1}
    return ["UTC", *sorted(n for n in places if not n.startswith(("Etc/", "SystemV/", "posix")))]


def zone_of(user: Any, asked: str = "") -> tzinfo:
    """The zone that was asked for, else the user's own, else the firm's."""
    for name in (asked, getattr(user, "timezone", ""), current_tenant().timezone):
        if name and name in zoneinfo.available_timezones():
            return zoneinfo.ZoneInfo(name)
    return UTC


def zone_name(zone: tzinfo) -> str:
    return str(getattr(zone, "key", "UTC"))


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a zone."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def period_of_days(first: date | None, last: date | None, zone: tzinfo) -> Period:
    """Two days, both included."""
    end = None
    if last is not None and last < date.max:
        end = midnight(last + timedelta(days=1), zone)
    begin = midnight(first, zone) if first is not None and first > date.min else None
    return Period(begin, end, zone)


def year(number: int, zone: tzinfo) -> Period:
    """A calendar year in a zone."""
    return period_of_days(date(number, 1, 1), date(number, 12, 31), zone)
