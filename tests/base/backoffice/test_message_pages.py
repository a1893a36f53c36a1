"""Messages and channels as staff see them: what was sent, sending again, setting a way out up."""

from typing import Any

import pytest

from audit.models import AuditRecord
from backoffice.once import new_token
from messaging import actions, provider_rows
from messaging.models import OutboxMessage, Provider, WebhookEndpoint

LIST = "/backoffice/messages/"


@pytest.fixture
def dead(alice: Any) -> OutboxMessage:
    """A mail to Alice with a link in it that could not be delivered."""
    mail = actions.send_mail(
        "reset_password", alice.email, {"path": "/reset/secret-of-alice"}, user_id=alice.pk
    )
    OutboxMessage.objects.filter(pk=mail.pk).update(
        state="failed", attempts=8, last_error="SMTPServerDisconnected"
    )
    return OutboxMessage.objects.get(pk=mail.pk)


def test_a_dead_letter_is_seen_counted_and_sent_again(
    dead: OutboxMessage, staff_of: Any, client_for: Any, send: Any, engine: Any
) -> None:
    browser = client_for(staff_of("owner"))
    home = browser.get("/backoffice/").content.decode()
    assert "1 message could not be delivered" in home
    listed = browser.get(f"{LIST}?state=failed&channel=mail").content.decode()
    assert dead.subject in listed
    page = browser.get(f"{LIST}{dead.pk}/").content.decode()
    assert "SMTPServerDisconnected" in page and "secret-of-alice" not in page
    assert send(browser, f"{LIST}{dead.pk}/send-again/").status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("queued", 0)
    twice = send(browser, f"{LIST}{dead.pk}/send-again/")
    assert twice.status_code == 422
    assert AuditRecord.objects.filter(action="messaging.send_again").count() == 1


def test_who_only_reads_sends_nothing_again(
    dead: OutboxMessage, staff_of: Any, client_for: Any, send: Any, charlie: Any, tenant: Any
) -> None:
    support = client_for(staff_of("support"))
    assert support.get(f"{LIST}{dead.pk}/").status_code == 200
    assert send(support, f"{LIST}{dead.pk}/send-again/").status_code == 403
    finance = client_for(staff_of("finance"))
    assert finance.get(LIST).status_code == 403
    stranger = client_for(charlie, tenant=tenant)
    assert send(stranger, f"{LIST}{dead.pk}/send-again/").status_code == 302
    dead.refresh_from_db()
    assert dead.state == "failed"


def test_the_firms_mail_server_and_sms_service_are_set_up(
    staff_of: Any, client_for: Any, send: Any, tenant: Any
) -> None:
    browser = client_for(staff_of("owner"))
    assert "not set up: no SMS is sent" in browser.get("/backoffice/channels/").content.decode()
    fields = {"host": "smtp.example", "port": "587", "security": "starttls", "user": "north"}
    page = "/backoffice/channels/mail/"
    assert send(browser, page, **fields, secret="pass-phrase", is_on="on").status_code == 302
    row = Provider.objects.get(channel="mail")
    assert provider_rows.secret_of(row) == "pass-phrase" and row.options["host"] == "smtp.example"
    shown = browser.get(page).content.decode()
    assert "smtp.example" in shown and "pass-phrase" not in shown
    assert send(browser, page, **fields, secret="").status_code == 302
    row.refresh_from_db()
    assert provider_rows.secret_of(row) == "pass-phrase" and not row.is_on
    elsewhere = send(browser, page, **{**fields, "host": "smtp.evil.example"}, secret="")
    assert elsewhere.status_code == 422 and b"type it again" in elsewhere.content
    sms = {"account": "AC1", "sender": "+15005550006", "secret": "t", "is_on": "on"}
    fields = {"token": new_token(), **sms, "address": "https://10.0.0.1/"}
    inside = browser.post("/backoffice/channels/sms/", fields)
    assert inside.status_code == 422
    assert send(browser, "/backoffice/channels/sms/", **sms).status_code == 302
    listed = browser.get("/backoffice/channels/").content.decode()
    assert "Twilio" in listed and "smtp.example" in listed
    assert "pass-phrase" not in str(list(AuditRecord.objects.values_list("old", "new")))


def test_a_test_mail_goes_to_who_asks(staff_of: Any, client_for: Any, send: Any) -> None:
    owner = staff_of("owner")
    answer = send(client_for(owner), "/backoffice/channels/test/")
    mail = OutboxMessage.objects.get(to=owner.email)
    assert answer["Location"] == f"{LIST}{mail.pk}/" and mail.template == "test_message"


def test_a_webhook_is_added_and_changed_and_its_secret_told_once(
    staff_of: Any, client_for: Any, send: Any
) -> None:
    browser = client_for(staff_of("owner"))
    page = "/backoffice/webhooks/add/"
    for url in ("http://hook.example/", "https://127.0.0.1/", "https://u:p@hook.example/", "x"):
        assert send(browser, page, url=url, kinds="money").status_code == 422, url
    assert send(browser, page, url="https://hook.example/in", kinds="war").status_code == 422
    assert not WebhookEndpoint.objects.exists()
    added = send(browser, page, url="https://hook.example/in", kinds="money")
    assert "whsec_" in browser.get(added["Location"]).content.decode()
    assert "whsec_" not in browser.get(added["Location"]).content.decode()
    row = WebhookEndpoint.objects.get()
    before = bytes(row.secret_encrypted)
    address = f"/backoffice/webhooks/{row.pk}/"
    fields = {"url": "https://hook.example/in", "kinds": ["money", "care"]}
    assert send(browser, address, **fields, renew="on").status_code == 302
    row.refresh_from_db()
    assert row.kinds == ["care", "money"] and not row.is_on
    assert bytes(row.secret_encrypted) != before
    support = client_for(staff_of("support"))
    assert support.get("/backoffice/channels/").status_code == 200
    for place in (page, address, "/backoffice/channels/mail/", "/backoffice/channels/sms/"):
        assert send(support, place, url="https://evil.example/", kinds="money").status_code == 403
    assert WebhookEndpoint.objects.get().url == "https://hook.example/in"
