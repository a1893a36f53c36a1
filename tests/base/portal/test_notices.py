"""Notices: told once, read by whom they are for, counted, and told to open pages."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

import people
from identity import actions as identity
from identity.models import User
from messaging import notices, selectors
from messaging.models import Notice
from tenants.models import Tenant

Client = Callable[..., people.Browser]


def test_a_notice_stands_on_the_page_until_it_is_read(client_for: Client, alice: User) -> None:
    told = notices.notify(user=alice, title="Deposit booked", text="1 BTC", path="/balances")
    assert told is not None
    browser = client_for(alice)
    page = browser.get("/notices").content.decode()
    assert "Deposit booked" in page and 'data-bell="1"' in page
    assert "Deposit booked" in browser.get("/dashboard").content.decode()
    answer = browser.post(f"/notices/{told.pk}/read")
    assert answer["Location"] == "/balances"
    told.refresh_from_db()
    assert told.read_at is not None
    assert 'data-bell="0"' in browser.get("/notices").content.decode()


def test_the_same_is_told_once(alice: User) -> None:
    assert notices.notify(user=alice, title="One", key="deposit:1") is not None
    assert notices.notify(user=alice, title="Again", key="deposit:1") is None
    assert [notice.title for notice in selectors.notices_of(alice)] == ["One"]


def test_nobody_else_reads_or_marks_it(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    told = notices.notify(user=alice, title="For Alice alone")
    assert told is not None
    assert "For Alice alone" not in client_for(bob).get("/notices").content.decode()
    assert client_for(bob).post(f"/notices/{told.pk}/read").status_code == 404
    assert client_for(bob).post("/notices/read").status_code == 302
    assert client_for(charlie, tenant=tenant).post(f"/notices/{told.pk}/read").status_code == 302
    told.refresh_from_db()
    assert told.read_at is None


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_a_notice_leads_nowhere_else(client_for: Client, alice: User, path: str) -> None:
    told = notices.notify(user=alice, title="Odd", path=path)
    assert told is not None
    assert client_for(alice).post(f"/notices/{told.pk}/read")["Location"] == "/notices"


def test_all_are_read_at_once(client_for: Client, alice: User, bob: User) -> None:
    for person in (alice, alice, bob):
        notices.notify(user=person, title="News")
    assert client_for(alice).post("/notices/read").status_code == 302
    assert selectors.unread_count(alice.pk) == 0
    assert selectors.unread_count(bob.pk) == 1


def test_open_pages_are_told_after_the_commit(
    alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    channel, key = notices.addresses(connection.schema_name, alice.pk)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        listener = client.pubsub(ignore_subscribe_messages=True)
        listener.subscribe(channel)
        listener.get_message(timeout=5)
        with django_capture_on_commit_callbacks(execute=True):
            notices.notify(user=alice, title="Now", tone=notices.Tone.GOOD)
            assert listener.get_message(timeout=0.05) is None
        message = None
        for _ in range(50):
            message = message or listener.get_message(timeout=0.1)
        assert message is not None
        told = json.loads(message["data"])
        assert told["channel"] == "notices" and told["unread"] == 1
        assert told["notice"]["title"] == "Now" and told["notice"]["tone"] == "good"
        assert json.loads(client.get(key) or b"{}")["unread"] == 1
        listener.close()


def test_what_concerns_safety_is_told(alice: User, staff_of: Callable[..., User]) -> None:
    identity.enrol_with_secret(user=alice, secret=b"1" * 20, acting_user=None)
    Notice.objects.all().delete()
    identity.reset_second_factor(user=alice, acting_user=staff_of("owner"), reason="lost")
    told = selectors.notices_of(alice).get()
    assert told.path == "/security" and told.tone == "warn" and told.read_at is None
    assert told.created_at <= timezone.now()
