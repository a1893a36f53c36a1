"""Weekly sessions as steps in time: zones, nights, holidays, clocks put forward and back."""

import datetime

import pytest

from trading.calendars.hours import Hours, Step, overlap, step_at, steps
from trading.engine.enums import InstrumentState

OPEN, AUCTION, CLOSED = InstrumentState.OPEN, InstrumentState.AUCTION, InstrumentState.CLOSED


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def clock(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


EXCHANGE = [
    Hours(
        weekday,
        auction_at=clock("08:50"),
        opens_at=clock("09:00"),
        closing_auction_at=clock("17:30"),
        closes_at=clock("17:35"),
    )
    for weekday in range(5)
]
# Currencies: from Sunday evening on, a day at a time, until Friday evening.
NIGHTS = [Hours(weekday, clock("17:00"), clock("17:00")) for weekday in (6, 0, 1, 2, 3)]


def told(found: list[Step]) -> list[tuple[str, InstrumentState]]:
    return [(f"{step.at:%d %H:%M}", InstrumentState(step.state)) for step in found]


def test_a_day_has_its_auctions() -> None:
    friday = steps(EXCHANGE, frozenset(), "Europe/Zurich", at("2026-07-03"), at("2026-07-06"))
    assert told(friday) == [
        ("03 06:50", AUCTION),
        ("03 07:00", OPEN),
        ("03 15:30", AUCTION),
        ("03 15:35", CLOSED),
    ]
    assert {step.ends_at for step in friday} == {at("2026-07-03T15:35")}


def test_a_holiday_has_no_session() -> None:
    holidays = frozenset({datetime.date(2026, 7, 3)})
    assert steps(EXCHANGE, holidays, "Europe/Zurich", at("2026-07-03"), at("2026-07-06")) == []
    now = step_at(EXCHANGE, holidays, "Europe/Zurich", at("2026-07-03T10:00"))
    assert now is not None
    assert (now.at, now.state) == (at("2026-07-02T15:35"), CLOSED)


def test_sessions_follow_the_local_clock() -> None:
    """The clocks in Zurich are put forward on 29 March and back on 25 October 2026."""
    for date, opens in (
        ("03-27", "08:00"),
        ("03-30", "07:00"),
        ("10-23", "07:00"),
        ("10-26", "08:00"),
    ):
        day = at(f"2026-{date}")
        found = steps(EXCHANGE, frozenset(), "Europe/Zurich", day, day + datetime.timedelta(1))
        assert [f"{s.at:%H:%M}" for s in found if s.state == OPEN] == [opens]


def test_one_session_after_the_other_does_not_close() -> None:
    found = steps(NIGHTS, frozenset(), "America/New_York", at("2026-07-05"), at("2026-07-12"))
    assert told(found) == [
        ("05 21:00", OPEN),
        ("06 21:00", OPEN),
        ("07 21:00", OPEN),
        ("08 21:00", OPEN),
        ("09 21:00", OPEN),
        ("10 21:00", CLOSED),
    ]
    # But each is a session of its own, with which DAY orders end.
    assert [step.ends_at - step.at for step in found[:5]] == [datetime.timedelta(1)] * 5


def test_what_is_now() -> None:
    for moment, state in (
        ("2026-07-03T06:49:59", CLOSED),
        ("2026-07-03T06:50:00", AUCTION),
        ("2026-07-03T06:59:59", AUCTION),
        ("2026-07-03T07:00:00", OPEN),
        ("2026-07-03T15:30:00", AUCTION),
        ("2026-07-05T12:00:00", CLOSED),
    ):
        now = step_at(EXCHANGE, frozenset(), "Europe/Zurich", at(moment))
        assert now is not None and now.state == state, moment
    long_gone = frozenset(datetime.date(2026, 6, 1) + datetime.timedelta(n) for n in range(60))
    assert step_at(EXCHANGE, long_gone, "Europe/Zurich", at("2026-07-10T12:00")) is None


@pytest.mark.parametrize(
    ("week", "does"),
    [
        (EXCHANGE, False),
        (NIGHTS, False),
        (
            [Hours(0, clock("09:00"), clock("08:00")), Hours(1, clock("07:00"), clock("12:00"))],
            True,
        ),
        # Over the end of the week.
        (
            [Hours(6, clock("20:00"), clock("19:00")), Hours(0, clock("09:00"), clock("17:00"))],
            True,
        ),
        (
            [
                Hours(0, clock("09:00"), clock("09:00")),
                Hours(1, clock("09:00"), clock("17:00"), auction_at=clock("08:00")),
            ],
            True,
        ),
    ],
)
def test_sessions_do_not_overlap(week: list[Hours], does: bool) -> None:
    assert overlap(week, "Europe/Zurich") is does
