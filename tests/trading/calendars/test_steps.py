"""Calendars in force: what is sent to the engine, once, however late; what staff decides stays."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditRecord
from trading.calendars import actions, selectors, tasks
from trading.calendars.errors import CalendarError
from trading.calendars.hours import Hours
from trading.calendars.models import Calendar, TakenStep
from trading.commands import door
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.instruments import actions as instruments
from trading.instruments.models import State
from trading.instruments.selectors import instrument_by_symbol, state_changes

DAY = datetime.timedelta(days=1)


@pytest.fixture
def bitcoin(books):
    return instrument_by_symbol("BTC-USDT")


def time_of(moment):
    return moment.time().replace(microsecond=0, tzinfo=None)


def week_around(now, *, before, after):
    """A session every day, from so many minutes before now to so many after."""
    opens = now - datetime.timedelta(minutes=before)
    closes = now + datetime.timedelta(minutes=after)
    return [Hours(day, time_of(opens), time_of(closes)) for day in range(7)]


def set_week(week, acting_user, calendar=None, name="Exchange"):
    return actions.set_calendar(
        calendar=calendar,
        name=name,
        time_zone="UTC",
        week=week,
        holidays={datetime.date(2027, 12, 25): "Christmas"},
        acting_user=acting_user,
    )


def in_engine(instrument):
    (row,) = door.send_command(queries.QueryAuction(instrument_id=instrument.pk)).events
    return row


def now():
    return datetime.datetime.now(datetime.UTC)


def test_an_instrument_follows_its_calendar(books, bitcoin, staff_of):
    owner = staff_of("owner")
    calendar = set_week(week_around(now(), before=60, after=60), owner)
    actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=owner)
    assert tasks.take_due_steps() == 1
    books.settle()
    row = in_engine(bitcoin)
    assert row.state == State.OPEN
    step = TakenStep.objects.get(instrument=bitcoin)
    assert row.session_ends_ns == int(step.ends_at.timestamp()) * 10**9
    assert now() < step.ends_at < now() + datetime.timedelta(hours=2)

    # The same moment again, by another worker, or after a crash: nothing more.
    queued = QueuedCommand.objects.count()
    assert tasks.take_due_steps() == 0
    current = selectors.current_step(calendar, now())
    assert not actions.take_step(instrument=bitcoin, step=current)
    assert QueuedCommand.objects.count() == queued

    # Other hours, by which it is closed now.
    set_week(week_around(now(), before=120, after=-60), owner, calendar)
    assert tasks.take_due_steps() == 1
    books.settle()
    assert in_engine(bitcoin).state == State.CLOSED
    bitcoin.refresh_from_db()
    assert bitcoin.state == State.CLOSED
    assert [change.state for change in state_changes(bitcoin)] == [State.CLOSED]
    books.prove()


def test_steps_that_were_missed_are_not_made_up_for(books, bitcoin, staff_of):
    owner = staff_of("owner")
    calendar = set_week(week_around(now(), before=120, after=-60), owner)
    actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=owner)
    assert tasks.take_due_steps() == 1
    assert [step.state for step in selectors.taken_steps(bitcoin)] == [State.CLOSED]


@pytest.mark.parametrize("state", [State.HALTED, State.CANCEL_ONLY])
def test_what_staff_has_halted_stays_so(books, bitcoin, staff_of, state):
    owner = staff_of("owner")
    instruments.set_instrument_state(instrument=bitcoin, state=state, acting_user=owner)
    calendar = set_week(week_around(now(), before=60, after=60), owner)
    actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=owner)
    assert tasks.take_due_steps() == 1
    books.settle()
    assert in_engine(bitcoin).state == state
    assert TakenStep.objects.get().outcome == TakenStep.Outcome.KEPT
    # The engine knows all the same when the session ends.
    assert in_engine(bitcoin).session_ends_ns > 0


def test_without_a_calendar_it_trades_around_the_clock(books, bitcoin, staff_of):
    owner = staff_of("owner")
    calendar = set_week(week_around(now(), before=60, after=60), owner)
    actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=owner)
    tasks.take_due_steps()
    actions.set_schedule(instrument=bitcoin, calendar=None, acting_user=owner)
    books.settle()
    assert in_engine(bitcoin).session_ends_ns == 0
    assert tasks.take_due_steps() == 0
    assert selectors.next_change(bitcoin.pk, now()) is None


def test_what_comes_next(books, bitcoin, staff_of):
    owner = staff_of("owner")
    calendar = set_week(week_around(now(), before=60, after=60), owner)
    actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=owner)
    step = selectors.next_change(bitcoin.pk, now())
    assert step.state == State.CLOSED
    assert len(selectors.coming_steps(calendar, now(), days=3)) == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"time_zone": "Mars/Olympus"}, "zone"),
        ({"week": []}, "week"),
        ({"week": [Hours(7, datetime.time(9), datetime.time(17))]}, "week"),
        ({"week": [Hours(1, datetime.time(9), datetime.time(17))] * 2}, "week"),
        (
            {
                "week": [
                    Hours(
                        1,
                        datetime.time(9),
                        datetime.time(17),
                        closing_auction_at=datetime.time(18),
                    )
                ]
            },
            "week",
        ),
        (
            {
                "week": [
                    Hours(1, datetime.time(9), datetime.time(8)),
                    Hours(2, datetime.time(7), datetime.time(17)),
                ]
            },
            "week",
        ),
        ({"holidays": {datetime.date(2027, 1, 1) + n * DAY: "" for n in range(501)}}, "holidays"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(books, staff_of, changes, field):
    values = {
        "calendar": None,
        "name": "Exchange",
        "time_zone": "UTC",
        "week": [Hours(1, datetime.time(9), datetime.time(17))],
        "holidays": {},
        "acting_user": staff_of("owner"),
    }
    before = AuditRecord.objects.count()
    with pytest.raises(CalendarError) as refused:
        actions.set_calendar(**values | changes)
    assert refused.value.field == field
    assert (Calendar.objects.count(), AuditRecord.objects.count()) == (0, before)


def test_a_name_is_given_once(books, staff_of):
    owner = staff_of("owner")
    week = week_around(now(), before=60, after=60)
    set_week(week, owner)
    with pytest.raises(CalendarError):
        set_week(week, owner)


def test_only_who_may_changes_hours(books, bitcoin, staff_of, alice, charlie):
    week = week_around(now(), before=60, after=60)
    calendar = set_week(week, staff_of("owner"))
    for somebody in (alice, charlie, staff_of("support")):
        with pytest.raises(PermissionDenied):
            set_week(week, somebody, name="Mine")
        with pytest.raises(PermissionDenied):
            actions.set_schedule(instrument=bitcoin, calendar=calendar, acting_user=somebody)
        with pytest.raises(PermissionDenied):
            instruments.set_breaker(
                instrument=bitcoin,
                breaker_bp=1,
                window_seconds=1,
                halt_seconds=1,
                acting_user=somebody,
            )
