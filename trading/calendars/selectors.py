"""Reads of calendars, schedules and what they lead to."""

import datetime
from typing import Any

from django.db.models import QuerySet

from trading.calendars import hours
from trading.calendars.models import Calendar, Schedule, TakenStep
from trading.instruments.models import Instrument


def calendars() -> QuerySet[Calendar]:
    return Calendar.objects.prefetch_related("sessions", "holidays", "schedules")


def calendar_of(instrument: Instrument) -> Calendar | None:
    """The calendar an instrument trades by; None: around the clock."""
    schedule = Schedule.objects.select_related("calendar").filter(instrument=instrument).first()
    return None if schedule is None else schedule.calendar


def schedules() -> QuerySet[Schedule]:
    return Schedule.objects.select_related("instrument", "calendar")


def taken_steps(instrument: Instrument) -> QuerySet[TakenStep]:
    """What its calendar has sent, newest first."""
    return TakenStep.objects.filter(instrument=instrument).order_by("-at")


def week_of(calendar: Calendar) -> list[hours.Hours]:
    return [
        hours.Hours(
            weekday=session.weekday,
            auction_at=session.auction_at,
            opens_at=session.opens_at,
            closing_auction_at=session.closing_auction_at,
            closes_at=session.closes_at,
        )
        for session in calendar.sessions.all()
    ]


def holidays_of(calendar: Calendar) -> frozenset[datetime.date]:
    return frozenset(holiday.date for holiday in calendar.holidays.all())


def current_step(calendar: Calendar, now: datetime.datetime) -> hours.Step | None:
    """The step of a calendar that is in force."""
    return hours.step_at(week_of(calendar), holidays_of(calendar), calendar.time_zone, now)


def coming_steps(calendar: Calendar, now: datetime.datetime, days: int = 7) -> list[hours.Step]:
    """The steps of the next days."""
    until = now + datetime.timedelta(days=days)
    return hours.steps(week_of(calendar), holidays_of(calendar), calendar.time_zone, now, until)


def next_change(instrument_id: int, now: datetime.datetime) -> hours.Step | None:
    """The next step of an instrument's calendar; None without one."""
    schedule = schedules().filter(instrument_id=instrument_id).first()
    if schedule is None:
        return None
    coming = coming_steps(schedule.calendar, now, days=hours.LOOK_BACK.days)
    return coming[0] if coming else None


def values_of(calendar: Calendar) -> dict[str, Any]:
    """A calendar as plain values, for the audit trail."""
    return {
        "name": calendar.name,
        "time_zone": calendar.time_zone,
        "week": [
            {
                "weekday": session.weekday,
                "auction_at": _text(session.auction_at),
                "opens_at": _text(session.opens_at),
                "closing_auction_at": _text(session.closing_auction_at),
                "closes_at": _text(session.closes_at),
            }
            for session in calendar.sessions.order_by("weekday")
        ],
        "holidays": [
            f"{holiday.date} {holiday.note}".strip()
            for holiday in calendar.holidays.order_by("date")
        ],
    }


def _text(time: datetime.time | None) -> str:
    return "" if time is None else f"{time:%H:%M}"
