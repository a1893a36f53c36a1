"""Weekly sessions in a time zone as steps in time. Pure: no clock, no SQL."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from trading.engine.enums import InstrumentState

_DAY = datetime.timedelta(days=1)
# A session and its auctions take less than two days, and none may be missing for longer than a
# long holiday when somebody asks what is now.
_REACH = datetime.timedelta(days=2)
LOOK_BACK = datetime.timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Hours:
    """A session that begins on a weekday (Monday is 0), by the local clock.

    A time that is not behind the one before it is meant on the next day; an auction before the
    opening that is not before it, on the day before.
    """

    weekday: int
    opens_at: datetime.time
    closes_at: datetime.time
    auction_at: datetime.time | None = None
    closing_auction_at: datetime.time | None = None


class Step(NamedTuple):
    """A moment (UTC) at which an instrument changes its state; its session ends at `ends_at`."""

    at: datetime.datetime
    state: int
    ends_at: datetime.datetime


def steps(
    week: Iterable[Hours],
    holidays: frozenset[datetime.date],
    time_zone: str,
    since: datetime.datetime,
    until: datetime.datetime,
) -> list[Step]:
    """All steps from `since` to before `until`, in time. Sessions that would begin on a holiday
    don't take place. Where one session follows another at once, trading does not close."""
    zone = ZoneInfo(time_zone)
    by_weekday = {hours.weekday: hours for hours in week}
    found: list[Step] = []
    date = (since - _REACH).astimezone(zone).date()
    last = (until + _REACH).astimezone(zone).date()
    while date <= last:
        hours = by_weekday.get(date.weekday())
        if hours is not None and date not in holidays:
            found += _steps_of(hours, date, zone)
        date += _DAY
    # A close comes before what begins at the same moment, and is left out then.
    found.sort(key=lambda step: (step.at, step.state != InstrumentState.CLOSED))
    begins = {step.at for step in found if step.state != InstrumentState.CLOSED}
    return [
        step
        for step in found
        if since <= step.at < until
        and not (step.state == InstrumentState.CLOSED and step.at in begins)
    ]


def step_at(
    week: Iterable[Hours],
    holidays: frozenset[datetime.date],
    time_zone: str,
    now: datetime.datetime,
) -> Step | None:
    """The step that is in force; None if there was none for long."""
    past = steps(week, holidays, time_zone, now - LOOK_BACK, now + datetime.timedelta(seconds=1))
    past = [step for step in past if step.at <= now]
    return past[-1] if past else None


def overlap(week: Iterable[Hours], time_zone: str) -> bool:
    """Whether a session of this week begins, with its auction, before another has ended."""
    zone = ZoneInfo(time_zone)
    monday = datetime.date(2026, 1, 5)
    spans = []
    for number in range(14):
        for hours in week:
            date = monday + number * _DAY
            if hours.weekday == date.weekday():
                own = _steps_of(hours, date, zone)
                spans.append((own[0].at, own[-1].at))
    spans.sort()
    return any(ends > begins for (_, ends), (begins, _) in pairwise(spans))


def _steps_of(hours: Hours, date: datetime.date, zone: ZoneInfo) -> list[Step]:
    def moment(time: datetime.time, days: int) -> datetime.datetime:
        local = datetime.datetime.combine(date + days * _DAY, time, zone)
        return local.astimezone(datetime.UTC)

    closes_late = hours.closes_at <= hours.opens_at
    ends_at = moment(hours.closes_at, int(closes_late))
    own = []
    if hours.auction_at is not None:
        day = -1 if hours.auction_at >= hours.opens_at else 0
        own.append(Step(moment(hours.auction_at, day), InstrumentState.AUCTION, ends_at))
    own.append(Step(moment(hours.opens_at, 0), InstrumentState.OPEN, ends_at))
    if hours.closing_auction_at is not None:
        day = int(closes_late and hours.closing_auction_at <= hours.opens_at)
        own.append(Step(moment(hours.closing_auction_at, day), InstrumentState.AUCTION, ends_at))
    own.append(Step(ends_at, InstrumentState.CLOSED, ends_at))
    return own


def moments(hours: Hours) -> list[datetime.datetime]:
    """The moments of a session on some day, as they follow each other by the rules above."""
    return [step.at for step in _steps_of(hours, datetime.date(2026, 1, 5), ZoneInfo("UTC"))]
