"""Every write of calendars and schedules, and the steps that they send to the engine."""

import datetime
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from audit import actions as audit
from trading.calendars import hours, selectors
from trading.calendars.errors import CalendarError
from trading.calendars.models import Calendar, Holiday, Schedule, Session, TakenStep
from trading.commands.actions import enqueue_command
from trading.commands.actors import require
from trading.engine import commands
from trading.instruments import actions as instruments
from trading.instruments.models import Instrument, State

MAX_HOLIDAYS = 500
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def set_calendar(
    *,
    calendar: Calendar | None,
    name: str,
    time_zone: str,
    week: Iterable[hours.Hours],
    holidays: Mapping[datetime.date, str],
    acting_user: Any,
    reason: str = "",
) -> Calendar:
    """Create a calendar (None) or change one; its instruments follow it from the next step on.

    Raises CalendarError.
    """
    require(acting_user, "instruments.change")
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise CalendarError("Give it a name of at most 80 characters.", "name")
    week = sorted(week, key=lambda one: one.weekday)
    check_week(week, time_zone)
    if len(holidays) > MAX_HOLIDAYS:
        raise CalendarError(f"At most {MAX_HOLIDAYS} holidays.", "holidays")
    with transaction.atomic():
        same_name = Calendar.objects.filter(name=name)
        if calendar is not None:
            calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
            same_name = same_name.exclude(pk=calendar.pk)
        if same_name.exists():
            raise CalendarError(f"There is already a calendar {name}.", "name")
        old = None if calendar is None else selectors.values_of(calendar)
        calendar = calendar or Calendar()
        calendar.name, calendar.time_zone = name, time_zone
        calendar.save()
        calendar.sessions.all().delete()
        calendar.holidays.all().delete()
        Session.objects.bulk_create(
            Session(
                calendar=calendar,
                weekday=one.weekday,
                auction_at=one.auction_at,
                opens_at=one.opens_at,
                closing_auction_at=one.closing_auction_at,
                closes_at=one.closes_at,
            )
            for one in week
        )
        Holiday.objects.bulk_create(
            Holiday(calendar=calendar, date=date, note=note[:80])
            for date, note in sorted(holidays.items())
        )
        audit.record(
            "calendars.set",
            calendar,
            old=old,
            new=selectors.values_of(calendar),
            acting_user=acting_user,
            reason=reason,
        )
    return calendar


def set_schedule(
    *, instrument: Instrument, calendar: Calendar | None, acting_user: Any, reason: str = ""
) -> None:
    """Have an instrument trade by a calendar; None: around the clock, in the state it is in."""
    require(acting_user, "instruments.change")
    with transaction.atomic():
        Instrument.objects.select_for_update().get(pk=instrument.pk)
        schedule = Schedule.objects.filter(instrument=instrument).first()
        old = None if schedule is None else schedule.calendar
        if old == calendar:
            return
        # What was taken of another calendar says nothing of this one.
        TakenStep.objects.filter(instrument=instrument).delete()
        Schedule.objects.filter(instrument=instrument).delete()
        if calendar is None:
            _send_session_end(instrument, 0, acting_user)
        else:
            Schedule.objects.create(instrument=instrument, calendar=calendar)
        audit.record(
            "calendars.set_schedule",
            instrument,
            old={"calendar": old.name} if old else None,
            new={"calendar": calendar.name if calendar else ""},
            acting_user=acting_user,
            reason=reason,
        )


def take_step(*, instrument: Instrument, step: hours.Step) -> bool:
    """Send the engine what a step of the calendar means, once; whether it was done now.

    However late this is, and however often it is tried: the row and the queued commands are one
    database transaction. What staff has halted, or made cancel-only, stays so.
    """
    with transaction.atomic():
        instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
        is_kept = instrument.state in (State.HALTED, State.CANCEL_ONLY)
        outcome = TakenStep.Outcome.KEPT if is_kept else TakenStep.Outcome.SENT
        _, is_new = TakenStep.objects.get_or_create(
            instrument=instrument,
            at=step.at,
            state=step.state,
            ends_at=step.ends_at,
            defaults={"outcome": outcome},
        )
        if not is_new:
            return False
        _send_session_end(instrument, (step.ends_at - _EPOCH) // _MICROSECOND * 1_000, None)
        if not is_kept:
            instruments.set_instrument_state(
                instrument=instrument,
                state=step.state,
                acting_user=None,
                reason=f"By the calendar, {step.at:%Y-%m-%d %H:%M} UTC.",
            )
    return True


def _send_session_end(instrument: Instrument, ends_ns: int, acting_user: Any) -> None:
    enqueue_command(
        commands.SetSession(instrument_id=instrument.pk, ends_ns=ends_ns), acting_user=acting_user
    )


def check_week(week: list[hours.Hours], time_zone: str) -> None:
    """Raise CalendarError unless these sessions can be a week."""
    if time_zone not in available_timezones():
        raise CalendarError("There is no such time zone: it is named as Europe/Zurich.", "zone")
    if not week:
        raise CalendarError("A calendar needs at least one session a week.", "week")
    weekdays = [one.weekday for one in week]
    if len(set(weekdays)) != len(weekdays) or not set(weekdays) <= set(range(7)):
        raise CalendarError("At most one session begins on a weekday.", "week")
    for one in week:
        if not _in_order(one):
            raise CalendarError(
                "A session's auction comes before its opening, and the closing auction between "
                "opening and close.",
                "week",
            )
    if hours.overlap(week, time_zone):
        raise CalendarError("A session begins before the one before it has ended.", "week")


def _in_order(one: hours.Hours) -> bool:
    own = hours.moments(one)
    return all(earlier < later for earlier, later in pairwise(own))
