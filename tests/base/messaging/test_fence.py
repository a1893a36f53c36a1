"""Addresses that others named lead nowhere inside: by number, by name, by a name that changes."""

import socket
from typing import Any

import httpcore
import pytest

from identity.models import User
from listener import Listener, listening
from messaging import actions, fence, outbox, webhooks
from messaging.models import OutboxMessage, PushSubscription, WebhookEndpoint

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]",
    "[fc00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_a_private_number_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(fence.Refused):
        fence.check_url(f"https://{host}/")
    with pytest.raises(fence.Refused):
        fence.request("POST", f"https://{host}/", headers={}, body=b"")


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://", "https://me:you@example.com/",
     "file:///etc/passwd", "nothing", "https://exa mple.com", "https://[::1"],
)  # fmt: skip
def test_what_is_no_good_address_is_refused(url: str) -> None:
    with pytest.raises(fence.Refused):
        fence.check_url(url)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Answer look-ups of names in turn; the list of what was connected to."""
    left, reached = list(answers), []

    def look_up(_host: str, port: int, *_more: Any, **_others: Any) -> list[Any]:
        found = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    def connect(_backend: Any, host: str, *_more: Any, **_others: Any) -> Any:
        reached.append(host)
        raise httpcore.ConnectError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return reached


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = names(monkeypatch, ["127.0.0.1"], ["93.184.215.14", "10.0.0.1"])
    for _one in range(2):
        with pytest.raises(fence.Refused):
            fence.request("POST", "https://hook.example/", headers={}, body=b"")
    assert reached == []


def test_a_name_is_looked_up_once_so_a_second_answer_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached = names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    with pytest.raises(httpcore.ConnectError):
        fence.request("POST", "https://hook.example/", headers={}, body=b"")
    assert reached == ["93.184.215.14"]


def test_redirects_lead_nowhere(settings: Any) -> None:
    settings.PRIVATE_TARGETS = True
    with listening() as there, listening() as inside:
        there.answers = [(307, {"Location": inside.address}, b"")]
        answer = fence.request("POST", there.address, headers={}, body=b"x")
        assert answer.status == 307 and inside.received == []


def test_of_a_long_answer_the_beginning_is_read(settings: Any) -> None:
    settings.PRIVATE_TARGETS = True
    with listening() as there:
        there.answers = [(200, {}, b"x" * 300_000)]
        answer = fence.request("POST", there.address, headers={}, body=b"")
    assert len(answer.body) == fence.MOST_ANSWER_BYTES


def test_a_webhook_inside_is_not_kept(tenant: Any, owner: User) -> None:
    with pytest.raises(ValueError):
        webhooks.add(url="https://10.0.0.1/", kinds=["money"], acting_user=owner)
    assert not WebhookEndpoint.objects.exists()


def test_a_push_subscription_that_leads_inside_gets_nothing(
    there: Listener, alice: User, settings: Any
) -> None:
    """Browsers name their endpoints, so a customer could name anything."""
    PushSubscription.objects.create(
        user=alice, endpoint="https://127.0.0.1/x", p256dh="BA" + "A" * 85, auth="A" * 22
    )
    settings.PRIVATE_TARGETS = False
    actions.tell(user=alice, kind="money", template="deposit_credited")
    message = OutboxMessage.objects.get(channel="push")
    assert not outbox.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "queued" and message.attempts == 1 and there.received == []
