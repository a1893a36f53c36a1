"""What somebody asks of a report, by the names that pages, links and kept filters use alike.

`at`, `begin`, `end`, `zone`, `currency`, `by`, `asset`, `year`, `file`: text, and what does not fit
is as if it had not been said.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from trading.instruments.info import catalogue
from wallets.reports import periods, selectors
from wallets.reports.files import downloads
from wallets.reports.periods import Period


@dataclass(frozen=True)
class Asked:
    """What a request for a report asks for; what does not fit is as if it had not been said."""

    at: datetime | None
    period: Period
    zone: tzinfo
    currency: str
    by: str
    asset_id: int | None
    year: int
    kind: str

    @property
    def initial(self) -> dict[str, Any]:
        """The form as it was understood."""
        zone = self.zone

        def day(moment: datetime | None, *, last: bool = False) -> str:
            if moment is None:
                return ""
            local = moment.astimezone(zone)
            return (local.date() - (date.resolution if last else 0 * date.resolution)).isoformat()

        return {
            "at": self.at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") if self.at else "",
            "begin": day(self.period.begin),
            "end": day(self.period.end, last=True),
            "year": str(self.year),
            "by": self.by,
            "asset": catalogue().assets[self.asset_id].code if self.asset_id else "",
            "currency": self.currency,
            "zone": periods.zone_name(zone),
        }


def read(query: Mapping[str, str], user: Any, *, by: Iterable[str] = ("",)) -> Asked:
    """The parameters of a query, read leniently."""
    zone = periods.zone_of(user, query.get("zone", "")[:64])
    groupings = list(by)
    code = query.get("asset", "")
    found = catalogue().by_code.get(code)
    return Asked(
        at=_moment(query.get("at", ""), zone),
        period=periods.period_of_days(
            _day(query.get("begin", "")), _day(query.get("end", "")), zone
        ),
        zone=zone,
        currency=selectors.currency_of(query.get("currency", "")),
        by=query.get("by", "") if query.get("by") in groupings else groupings[0],
        asset_id=found.id if found else None,
        year=_year(query.get("year", ""), zone),
        kind=query.get("file", "") if query.get("file") in downloads.KINDS else "",
    )


def _moment(text: str, zone: tzinfo) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError):
        if found := parse_datetime(text[:40]):
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    return None


def _day(text: str) -> date | None:
    with contextlib.suppress(ValueError):
        return parse_date(text[:20])
    return None


def _year(text: str, zone: tzinfo) -> int:
    if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100:
        return int(text)
    return datetime.now(zone).year
