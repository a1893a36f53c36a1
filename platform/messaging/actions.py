"""Mail: a row in the transaction that causes it, delivered by Celery after the commit."""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_tenants.utils import schema_context
from kombu.exceptions import OperationalError

from messaging import brand_source
from messaging.models import OutboxMail

log = structlog.get_logger("marque.mail")

MAX_ATTEMPTS = 8
FIRST_RETRY_SECONDS = 30
MAX_RETRY_SECONDS = 3600


def send_mail(
    template: str, to: str, context: dict[str, Any] | None = None, *, language: str = ""
) -> OutboxMail:
    """Queue a mail in the brand of the current schema.

    ``template`` names ``templates/email/<template>.txt``, whose first line is the subject and
    whose rest is the body, and ``.html``. ``context`` may hold ``path``: it becomes ``link``,
    an address on the tenant's own host. ``language`` falls back to the brand's default.
    """
    brand = brand_source.current()
    chosen = language if language in brand.languages else brand.default_language
    values = {**(context or {}), "brand": brand, "language": chosen}
    values["signature"] = brand.signature.get(chosen, "")
    if "path" in values:
        values["link"] = brand.site_address + values["path"]
    with translation.override(chosen):
        subject, _, text = render_to_string(f"email/{template}.txt", values).partition("\n")
        html = render_to_string(f"email/{template}.html", {**values, "subject": subject})
    mail = OutboxMail.objects.create(
        template=template,
        to=to,
        language=chosen,
        subject=subject.strip()[:200],
        text=text.strip() + "\n",
        html=html,
    )
    _deliver_after_commit(mail.pk)
    return mail


def _deliver_after_commit(mail_id: int) -> None:
    # The schema is taken now: the commit may happen after the connection has moved on.
    schema_name = connection.schema_name

    def send() -> None:
        from messaging.tasks import deliver

        with schema_context(schema_name):
            try:
                deliver.delay(mail_id)
            except OperationalError:
                log.warning("mail waits for the next round: no broker", mail_id=mail_id)

    transaction.on_commit(send)


def deliver_mail(mail_id: int) -> bool:
    """Try to deliver one queued mail; True if it is gone. Safe to call twice at once."""
    with transaction.atomic():
        mail = (
            OutboxMail.objects.select_for_update(skip_locked=True)
            .filter(pk=mail_id, state=OutboxMail.State.QUEUED)
            .first()
        )
        if mail is None:
            return False
        mail.attempts += 1
        try:
            _message(mail).send(fail_silently=False)
        except Exception as error:
            _note_failure(mail, error)
        else:
            mail.state = OutboxMail.State.SENT
            mail.sent_at = timezone.now()
            if not settings.DEBUG:
                # The body held one-time links; what was delivered need not be kept.
                mail.text = mail.html = ""
            log.info("mail sent", mail_id=mail.pk, template=mail.template)
        mail.save()
    return mail.state == OutboxMail.State.SENT


def _message(mail: OutboxMail) -> EmailMultiAlternatives:
    brand = brand_source.current()
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=f'"{brand.name}" <{brand.mail_from or settings.DEFAULT_FROM_EMAIL}>',
        to=[mail.to],
        reply_to=[brand.support_address] if brand.support_address else None,
        headers={"Auto-Submitted": "auto-generated", "Content-Language": mail.language},
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _note_failure(mail: OutboxMail, error: Exception) -> None:
    # The class only: a server's answer often repeats the address.
    mail.last_error = type(error).__name__
    if mail.attempts >= MAX_ATTEMPTS:
        mail.state = OutboxMail.State.FAILED
    wait_seconds = min(FIRST_RETRY_SECONDS * 2 ** (mail.attempts - 1), MAX_RETRY_SECONDS)
    mail.next_attempt_at = timezone.now() + timedelta(seconds=wait_seconds)
    log.warning("mail not sent", mail_id=mail.pk, attempts=mail.attempts, error=mail.last_error)


def retry_mail(mail: OutboxMail) -> None:
    """Queue a failed mail once more, from the beginning."""
    OutboxMail.objects.filter(pk=mail.pk, state=OutboxMail.State.FAILED).update(
        state=OutboxMail.State.QUEUED, attempts=0, next_attempt_at=timezone.now()
    )
    _deliver_after_commit(mail.pk)
