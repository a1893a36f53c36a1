"""Numbers, times, language and theme as the user sets them, on every page and nobody else's."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

import people
from identity.models import User
from portal import display, history
from portal.models import Preference
from tenants.models import Tenant
from tests.base.portal.test_history import add_order
from trading.accounts.selectors import access_account

Client = Callable[..., people.Browser]
CHOSEN = {"language": "en", "zone": "Asia/Tokyo", "numbers": "dot", "theme": "dark"}


@pytest.mark.parametrize(
    ("style", "shown"),
    [("comma", "-1,234,567.891"), ("dot", "-1.234.567,891"), ("plain", "-1234567.891"),
     ("space_comma", "-1\u202f234\u202f567,891"), ("quote", "-1\u2019234\u2019567.891")],
)  # fmt: skip
def test_each_style_has_its_marks(style: str, shown: str) -> None:
    assert display.marked("-1234567.891", style) == shown


def test_what_is_set_is_asked_once_and_only_when_shown() -> None:
    asked = []

    def source() -> display.Display:
        asked.append(1)
        return display.Display(numbers="dot")

    with display.showing(source):
        assert asked == []
        assert display.grouped("1000.5") == "1.000,5"
        assert display.grouped("7") == "7"
    assert len(asked) == 1
    assert display.grouped("1000.5") == "1,000.5"


def test_settings_hold_on_every_page(client_for: Client, alice: User) -> None:
    add_order(access_account(alice).pk, 501, placed_at=datetime(2026, 3, 14, 16, 30, tzinfo=UTC))
    browser = client_for(alice)
    answer = browser.post("/settings", CHOSEN)
    assert answer.status_code == 302
    assert answer.cookies["theme"].value == "dark"
    alice.refresh_from_db()
    assert (alice.language, alice.timezone) == ("en", "Asia/Tokyo")
    text = browser.get("/orders").content.decode()
    assert 'data-numbers="dot" data-zone="Asia/Tokyo"' in text
    assert "60.000,00" in text  # the price
    assert "2026-03-15 01:30:00</time>" in text
    elsewhere = client_for(alice).get("/fees").content.decode()
    assert 'data-theme="dark"' in elsewhere and 'data-numbers="dot"' in elsewhere


def test_days_of_the_filter_are_the_users_own(client_for: Client, alice: User) -> None:
    account = access_account(alice)
    add_order(account.pk, 502, placed_at=datetime(2026, 3, 14, 16, 30, tzinfo=UTC))
    day = {"begin": "2026-03-15", "end": "2026-03-15"}
    assert "Nothing fits" in client_for(alice).get("/orders", day).content.decode()
    client_for(alice).post("/settings", CHOSEN)
    assert "502" in client_for(alice).get("/orders", day).content.decode()
    found = history.orders(account, {"begin": date(2026, 3, 14), "end": date(2026, 3, 14)})
    assert len(found.rows) == 1  # without a zone a day is one of UTC


def test_what_is_not_offered_is_refused_and_changes_nothing(
    client_for: Client, alice: User
) -> None:
    for name, value in (("numbers", "roman"), ("zone", "Mars/Base"), ("language", "xx"),
                        ("theme", "pink")):  # fmt: skip
        answer = client_for(alice).post("/settings", CHOSEN | {name: value})
        assert answer.status_code == 422 or "is not one of the available" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.timezone == ""
    assert not Preference.objects.filter(user=alice).exists()


def test_settings_are_nobody_elses(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    client_for(alice).post("/settings", CHOSEN)
    assert 'data-numbers="comma"' in client_for(bob).get("/orders").content.decode()
    assert client_for(charlie, tenant=tenant).post("/settings", CHOSEN).status_code == 302
    assert Preference.objects.filter(name="display").count() == 1
