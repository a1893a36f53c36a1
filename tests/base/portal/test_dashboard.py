"""The dashboard: the checklist of all rooms, worth over time, what happened last."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

import people
from identity import first_steps
from identity.models import User
from portal import checklist, growth
from tests.base.portal.test_history import USDT, add_trade, credit
from trading.accounts.selectors import access_account

Client = Callable[..., people.Browser]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    first_steps._steps.pop("oath", None)


def names(user: User) -> list[tuple[str, bool, bool]]:
    return [(line.step.name, line.done, line.is_next) for line in checklist.lines(user)]


def test_the_first_step_not_done_is_the_next(alice: User) -> None:
    assert names(alice) == [
        ("email", True, False),
        ("second-factor", False, True),
        ("verification", False, False),
        ("funds", False, False),
        ("trade", False, False),
    ]
    account = access_account(alice)
    credit(account.pk, 5 * USDT, 1)
    assert ("funds", True, False) in names(alice)
    add_trade(account.pk, account.pk + 1_000, 77)
    assert ("trade", True, False) in names(alice)


def test_a_room_adds_its_step(client_for: Client, alice: User, bob: User) -> None:
    first_steps.register(
        first_steps.FirstStep(
            name="oath", position=15, title="Swear an oath", text="Loudly.", address="/oath",
            action="Swear", is_done=lambda user: user.pk == bob.pk,
            is_wanted=lambda user: user.email.startswith(("alice", "bob")),
        )
    )  # fmt: skip
    assert names(alice)[1] == ("oath", False, True)
    assert names(bob)[1] == ("oath", True, False)
    text = client_for(alice).get("/dashboard").content.decode()
    assert "Swear an oath" in text and 'href="/oath"' in text


def test_moments_of_a_day_are_hours_and_of_a_month_midnights() -> None:
    now = datetime(2026, 3, 30, 10, 20, tzinfo=UTC)
    long_ago = now - timedelta(days=400)
    zone = ZoneInfo("Europe/Berlin")
    hours = growth.moments_of("day", now, zone, not_before=long_ago)
    assert len(hours) == 25 and hours[-1] == now
    assert {b - a for a, b in itertools.pairwise(hours[:-1])} == {timedelta(hours=1)}
    days = growth.moments_of("month", now, zone, not_before=long_ago)
    assert len(days) == 31
    # The clock went forward on the 29th: that day had 23 hours.
    assert days[-2] - days[-3] == timedelta(hours=23)
    assert growth.moments_of("month", now, zone, not_before=now) == [now]


def test_movements_notices_and_worth_are_shown(client_for: Client, alice: User, bob: User) -> None:
    credit(access_account(alice).pk, 1_250 * USDT, 3)
    text = client_for(alice).get("/dashboard?span=month").content.decode()
    assert "Latest movements" in text and "1,250.00" in text
    assert "Nothing new" in text
    assert 'href="?span=month" aria-current="page"' in text
    assert "1,250.00" not in client_for(bob).get("/dashboard").content.decode()
    assert client_for(alice).get("/dashboard?span=century").status_code == 200
