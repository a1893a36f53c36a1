"""What a customer chose holds, quiet hours are his own, and security comes at any hour."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

import people
from identity.models import User
from messaging import actions, outbox, preferences
from messaging.kinds import KINDS
from messaging.models import MessagePreferences, OutboxMessage, Phone, Provider

Client = Callable[..., people.Browser]
PAGE = "/settings/messages"


def sent(user: User, kind: str = "money") -> set[str]:
    OutboxMessage.objects.all().delete()
    actions.tell(user=user, kind=kind, template="password_changed")
    return set(OutboxMessage.objects.filter(user=user).values_list("channel", flat=True))


def test_a_kind_that_is_off_is_not_sent_and_security_cannot_be_off(
    sms: Provider, alice: User, bob: User
) -> None:
    Phone.objects.create(user=alice, number="+46701234567", confirmed_at=timezone.now())
    assert sent(alice) == {"mail"} and sent(alice, "security") == {"mail", "sms"}
    preferences.keep(channels={"money": ["sms", "fax"]}, quiet=None, acting_user=alice)
    assert sent(alice) == {"sms"}
    assert sent(alice, "security") == {"mail"}
    assert sent(alice, "care") == set()
    assert sent(bob) == {"mail"}


@pytest.mark.parametrize(
    ("zone", "begin", "end", "now", "until"),
    [
        ("UTC", "22:00", "07:00", "2026-11-28T23:30+00:00", "2026-11-29T07:00+00:00"),
        ("UTC", "22:00", "07:00", "2026-11-28T03:30+00:00", "2026-11-28T07:00+00:00"),
        ("UTC", "22:00", "07:00", "2026-11-28T07:00+00:00", None),
        ("UTC", "13:00", "14:00", "2026-11-28T13:00+00:00", "2026-11-28T14:00+00:00"),
        ("UTC", "13:00", "14:00", "2026-11-28T12:59+00:00", None),
        ("Asia/Tokyo", "22:00", "07:00", "2026-11-28T14:00+00:00", "2026-11-28T22:00+00:00"),
        ("Asia/Tokyo", "22:00", "07:00", "2026-11-28T12:00+00:00", None),
        # Clocks go back in Stockholm that night: 07:00 is an hour later than it looks.
        ("Europe/Stockholm", "22:00", "07:00", "2026-10-24T21:00+00:00", "2026-10-25T06:00+00:00"),
        ("nowhere/at-all", "22:00", "07:00", "2026-11-28T23:00+00:00", "2026-11-29T07:00+00:00"),
    ],
)
def test_quiet_hours_are_in_the_customers_zone(
    alice: User, zone: str, begin: str, end: str, now: str, until: str | None
) -> None:
    alice.timezone = zone
    alice.save()
    quiet = (datetime.time.fromisoformat(begin), datetime.time.fromisoformat(end))
    preferences.keep(channels={}, quiet=quiet, acting_user=alice)
    moment = datetime.datetime.fromisoformat(now)
    for kind in ("money", "security"):
        message = OutboxMessage(user=alice, channel="mail", kind=kind)
        found = preferences.quiet_until(message, moment)
        wanted = until if kind == "money" else None
        assert found == (wanted and datetime.datetime.fromisoformat(wanted))


def test_what_waits_for_the_morning_is_no_failed_try(alice: User) -> None:
    now = timezone.now()
    quiet = ((now - datetime.timedelta(hours=1)).time(), (now + datetime.timedelta(hours=1)).time())
    preferences.keep(channels={"money": ["mail"]}, quiet=quiet, acting_user=alice)
    actions.tell(user=alice, kind="money", template="password_changed")
    message = OutboxMessage.objects.get(user=alice)
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)
    wait = message.next_attempt_at - timezone.now()
    assert datetime.timedelta(minutes=59) < wait <= datetime.timedelta(hours=1)
    MessagePreferences.objects.all().delete()
    assert outbox.deliver(message.pk)


# The page


def test_the_page_keeps_what_is_chosen(client_for: Client, alice: User, bob: User) -> None:
    browser = client_for(alice)
    page = browser.get(PAGE).content.decode()
    assert "Deposits and withdrawals" in page and "SMS" not in page.split("<main")[1]
    fields = {"kind_money": ["push"], "kind_care": ["mail", "push"], "is_quiet": "on"}
    answer = browser.post(PAGE, {**fields, "quiet_from": "23:00", "quiet_until": "06:30"})
    assert answer.status_code == 302
    assert preferences.channels_of(alice, "money") == {"push"}
    assert preferences.channels_of(alice, "security") == {"mail"}
    assert preferences.quiet_hours(alice) == (datetime.time(23), datetime.time(6, 30))
    assert preferences.quiet_hours(bob) is None
    assert 'value="23:00"' in browser.get(PAGE).content.decode()
    # Without SMS on the page, what was chosen of it before stays.
    assert browser.post(PAGE, {}).status_code == 302
    assert preferences.quiet_hours(alice) is None
    assert preferences.channels_of(alice, "money") == frozenset()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_quiet": "on", "quiet_from": "08:00", "quiet_until": "08:00"},
        {"is_quiet": "on", "quiet_from": "", "quiet_until": "08:00"},
        {"is_quiet": "on", "quiet_from": "25:00", "quiet_until": "08:00"},
        {"kind_money": ["fax"]},
    ],
)
def test_what_is_no_choice_changes_nothing(
    client_for: Client, alice: User, fields: dict[str, Any]
) -> None:
    assert client_for(alice).post(PAGE, fields).status_code == 422
    assert not MessagePreferences.objects.exists()


def test_a_number_is_set_and_confirmed_on_the_page(
    client_for: Client, sms: Provider, alice: User
) -> None:
    browser = client_for(alice)
    assert "Your number for SMS" in browser.get(PAGE).content.decode()
    assert browser.post("/settings/phone", {"number": "+46 70 123 45 67"}).status_code == 302
    message = OutboxMessage.objects.get(channel="sms")
    page = browser.get(PAGE).content.decode()
    assert "We sent a code to +46701234567" in page
    wrong = browser.post("/settings/phone/confirm", {"code": "nothing"})
    assert wrong.status_code == 422 and "The code is not right." in wrong.content.decode()
    answer = browser.post("/settings/phone/confirm", {"code": message.text.split()[0]})
    assert answer.status_code == 302
    assert Phone.objects.get(user=alice).confirmed_at is not None
    assert browser.post("/settings/phone/remove").status_code == 302
    assert Phone.objects.get(user=alice).number == ""


def test_strangers_and_others_reach_nothing(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Any
) -> None:
    preferences.keep(channels={"money": ["mail"]}, quiet=None, acting_user=alice)
    before = MessagePreferences.objects.get(user=alice).channels
    for browser in (client_for(tenant=tenant), client_for(charlie, tenant=tenant)):
        for path in (PAGE, "/settings/phone", "/settings/phone/confirm", "/settings/phone/remove"):
            assert browser.post(path, {"number": "+46701234567"}).status_code == 302
    assert client_for(bob).post(PAGE, {"kind_money": ["push"]}).status_code == 302
    assert MessagePreferences.objects.get(user=alice).channels == before
    assert not Phone.objects.exists()


def test_every_kind_says_what_it_is() -> None:
    for kind in KINDS.values():
        assert str(kind.title) and str(kind.text)
        assert kind.fixed <= kind.usual
