"""Mail: queued with its cause, in the brand's look and language, delivered with retries."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail as django_mail
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

import people
from identity.models import User
from messaging import actions, tasks
from messaging.models import OutboxMail
from tenants import actions as tenants
from tenants.models import Tenant

TEMPLATES = sorted(
    path.stem for path in (Path(django_settings.ROOT) / "templates/email").glob("*.txt")
)
CONTEXT = {"path": "/x/abc", "label": "bot <1>", "role": "Finance", "count": 2}


def send(to: str = "dora@north.example", **options: Any) -> OutboxMail:
    return actions.send_mail("verify_email", to, CONTEXT, **options)


@pytest.fixture
def failing_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1


@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_renders_in_every_language(
    tenant: Tenant, template: str, language: str
) -> None:
    mail = actions.send_mail(template, "dora@north.example", CONTEXT, language=language)
    assert mail.language == language
    assert mail.subject and "{" not in mail.subject
    for body in (mail.text, mail.html):
        assert "North Exchange" in mail.subject + body
        assert f"http://north.localhost:{django_settings.PUBLIC_PORT}/x/abc" in body
        assert "{%" not in body and "{{" not in body
    assert "bot <1>" not in mail.html


def test_the_language_falls_back_to_the_brands(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tenants.change_brand(
            tenant=tenant,
            acting_user=None,
            languages=["zh-hans", "en"],
            default_language="zh-hans",
        )
    assert send(language="ru").language == "zh-hans"
    assert send().language == "zh-hans"
    assert send(language="en").language == "en"


def test_each_tenant_sends_in_its_own_name(tenant: Tenant, other_tenant: Tenant) -> None:
    send()
    with tenant_context(other_tenant):
        theirs = send("x@south.example")
        assert "South Exchange" in theirs.subject
        assert "http://south.localhost" in theirs.text
        assert actions.deliver_mail(theirs.pk)
        assert not OutboxMail.objects.filter(to="dora@north.example").exists()
    message = django_mail.outbox[-1]
    assert message.from_email == '"South Exchange" <no-reply@south.example>'
    assert "North" not in str(message.message())


def test_a_mail_goes_out_after_the_commit(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail = send()
        assert not django_mail.outbox
        # By the time of the commit the connection may stand elsewhere.
        connection.set_schema_to_public()
    connection.set_tenant(tenant)
    mail.refresh_from_db()
    assert mail.state == "sent" and mail.attempts == 1
    assert [m.to for m in django_mail.outbox] == [["dora@north.example"]]
    html, kind = django_mail.outbox[0].alternatives[0]
    assert kind == "text/html" and "North Exchange" in html


def test_what_is_rolled_back_is_never_sent(tenant: Tenant) -> None:
    count = OutboxMail.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        send()
        raise RuntimeError
    assert OutboxMail.objects.count() == count
    assert not django_mail.outbox


def test_a_mail_is_sent_once(tenant: Tenant) -> None:
    mail = send()
    assert actions.deliver_mail(mail.pk)
    assert not actions.deliver_mail(mail.pk)
    assert len(django_mail.outbox) == 1


def test_a_failing_server_is_tried_again_later_and_later(
    tenant: Tenant, failing_server: None
) -> None:
    mail = send()
    waits = []
    for _ in range(actions.MAX_ATTEMPTS):
        assert not actions.deliver_mail(mail.pk)
        mail.refresh_from_db()
        waits.append(round((mail.next_attempt_at - timezone.now()).total_seconds()))
    assert waits[:4] == [30, 60, 120, 240] and max(waits) <= 3600
    assert mail.state == "failed"
    assert mail.last_error == "ConnectionRefusedError"


def test_retries_wait_for_their_time(tenant: Tenant, failing_server: None, settings: Any) -> None:
    mail = send()
    actions.deliver_mail(mail.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.deliver_due()
    mail.refresh_from_db()
    assert mail.state == "queued"
    OutboxMail.objects.update(next_attempt_at=timezone.now())
    tasks.deliver_due()
    mail.refresh_from_db()
    assert mail.state == "sent" and mail.attempts == 2


def test_mail_that_no_broker_took_is_found(tenant: Tenant) -> None:
    mail = send()
    tasks.deliver_due()
    mail.refresh_from_db()
    assert mail.state == "queued"
    OutboxMail.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    tasks.deliver_due()
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_a_failed_mail_can_be_queued_again(
    tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    mail = send()
    OutboxMail.objects.filter(pk=mail.pk).update(state="failed", attempts=8)
    with django_capture_on_commit_callbacks(execute=True):
        actions.retry_mail(mail)
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_links_are_not_kept_outside_development(tenant: Tenant, settings: Any) -> None:
    settings.DEVELOPMENT = False
    mail = send()
    actions.deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "sent" and mail.text == mail.html == ""


def test_the_log_names_nobody(
    tenant: Tenant, failing_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        actions.deliver_mail(send().pk)
    assert "mail not sent" in caplog.text
    assert "dora" not in caplog.text and "/x/abc" not in caplog.text


def test_a_header_cannot_be_smuggled_in(tenant: Tenant) -> None:
    mail = actions.send_mail(
        "api_key_created", "dora@north.example", {"path": "/", "label": "x\nBcc: all@evil.example"}
    )
    actions.deliver_mail(mail.pk)
    assert django_mail.outbox[0].recipients() == ["dora@north.example"]
    assert "Bcc" not in django_mail.outbox[0].message()


def test_old_mail_is_deleted(tenant: Tenant) -> None:
    old, queued, fresh = send(), send(), send()
    month = timezone.now() - timedelta(days=31)
    OutboxMail.objects.filter(pk__in=[old.pk, queued.pk]).update(created_at=month)
    OutboxMail.objects.filter(pk__in=[old.pk, fresh.pk]).update(state="sent")
    tasks.purge_old_mail()
    left = OutboxMail.objects.filter(to="dora@north.example").values_list("pk", flat=True)
    assert set(left) == {queued.pk, fresh.pk}


# The development mailbox


def test_the_mailbox_shows_the_mail_of_its_host(
    alice: User, other_tenant: Tenant, client_for: Callable[..., people.Browser], settings: Any
) -> None:
    settings.DEVELOPMENT = True
    mail = send()
    page = client_for().get("/dev/mailbox/?to=dora@north.example").content.decode()
    assert mail.subject in page and "North Exchange" in page
    page = client_for().get(f"/dev/mailbox/{mail.pk}/").content.decode()
    assert f'href="http://north.localhost:{django_settings.PUBLIC_PORT}/x/abc"' in page
    response = client_for().get(f"/dev/mailbox/{mail.pk}/html")
    assert "script-src" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    theirs = client_for(tenant=other_tenant).get("/dev/mailbox/").content.decode()
    assert mail.subject not in theirs


@pytest.mark.parametrize("path", ["", "{id}/", "{id}/html"])
def test_there_is_no_mailbox_outside_development(
    tenant: Tenant, client_for: Callable[..., people.Browser], settings: Any, path: str
) -> None:
    settings.DEVELOPMENT = False
    mail = send()
    response = client_for().get("/dev/mailbox/" + path.format(id=mail.pk))
    assert response.status_code == 404


def test_a_mailbox_is_not_asked_for_control_characters(
    tenant: Tenant, client_for: Callable[..., people.Browser], settings: Any
) -> None:
    settings.DEVELOPMENT = True
    assert client_for().get("/dev/mailbox/?to=a%00b").status_code == 400
