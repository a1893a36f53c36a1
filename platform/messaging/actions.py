"""Telling people: a mail to an address, or a customer by the channels he chose."""

import json
import uuid
from typing import Any

from django.utils import timezone

from messaging import brand_source, notices, outbox, phones, preferences, templates
from messaging.models import (
    SECURITY,
    Channel,
    OutboxMail,
    OutboxMessage,
    PushSubscription,
    WebhookEndpoint,
)
from messaging.outbox import MAX_ATTEMPTS

__all__ = ["MAX_ATTEMPTS", "deliver_mail", "retry_mail", "send_mail", "tell"]

deliver_mail = outbox.deliver


def send_mail(
    template: str,
    to: str,
    context: dict[str, Any] | None = None,
    *,
    language: str = "",
    kind: str = SECURITY,
    user_id: int | None = None,
    key: str = "",
) -> OutboxMail:
    """Queue a mail in the brand of the current schema.

    ``template`` names ``templates/email/<template>.txt``, whose first line is the subject and
    whose rest is the body, and ``.html``. ``context`` may hold ``path``: it becomes ``link``,
    an address on the tenant's own host. ``language`` falls back to the brand's default. With a
    ``key`` an address gets it once; the mail of before is returned.
    """
    words = _words(template, context, language)
    mail = outbox.queue(
        channel=Channel.MAIL,
        kind=kind,
        to=to,
        user_id=user_id,
        template=template,
        key=key,
        **words,
    )
    pk = mail.pk if mail else OutboxMessage.objects.get(channel="mail", to=to, key=key).pk
    return OutboxMail.objects.get(pk=pk)


def retry_mail(mail: OutboxMail) -> None:
    """Queue a failed mail once more, from the beginning."""
    outbox.queue_again(OutboxMessage.objects.get(pk=mail.pk))


def tell(
    *,
    user: Any,
    kind: str,
    template: str,
    context: dict[str, Any] | None = None,
    path: str = "",
    notice_path: str = "",
    tone: notices.Tone = notices.Tone.INFO,
    key: str = "",
) -> None:
    """Tell a customer something: on his pages, by each channel he wants, and the firm's systems.

    ``template`` is a mail's (see `send_mail`); its subject is what notice, SMS and push say, as
    these are read on locked screens and by others. ``path`` leads on, ``notice_path`` where pages
    shall lead elsewhere. With a ``key`` nothing of it is told twice.
    """
    values = {**(context or {}), **({"path": path} if path else {})}
    words = _words(template, values, user.language)
    wanted = preferences.channels_of(user, kind)
    common: dict[str, Any] = {"kind": kind, "user_id": user.pk, "template": template, "key": key}
    if Channel.MAIL in wanted:
        outbox.queue(channel=Channel.MAIL, to=user.email, **common, **words)
    subject, leads = words["subject"], notice_path or path or "/notices"
    notices.notify(user=user, title=subject, path=leads, tone=tone, key=key)
    short: dict[str, Any] = {"language": words["language"], "subject": subject}
    if Channel.SMS in wanted and (number := phones.confirmed_number(user.pk)):
        brand = brand_source.current().name
        text = subject if brand in subject else f"{brand}: {subject}"
        outbox.queue(channel=Channel.SMS, to=number, text=text, **common, **short)
    if Channel.PUSH in wanted:
        body = json.dumps({"title": subject, "text": "", "path": leads})
        for row in PushSubscription.objects.filter(user_id=user.pk):
            outbox.queue(channel=Channel.PUSH, to=row.endpoint, text=body, **common, **short)
    _tell_webhooks(user, common, short)


def _tell_webhooks(user: Any, common: dict[str, Any], short: dict[str, Any]) -> None:
    """The firm's systems hear what was told to whom, and no words of it."""
    rows = WebhookEndpoint.objects.filter(is_on=True, kinds__contains=[common["kind"]])
    for row in rows:
        body = {
            "type": f"{common['kind']}.{common['template']}",
            "timestamp": timezone.now().isoformat(),
            "data": {"customer_id": user.pk, "language": short["language"]},
        }
        key = common["key"] or f"evt_{uuid.uuid4().hex}"
        outbox.queue(
            channel=Channel.WEBHOOK,
            to=str(row.pk),
            text=json.dumps(body),
            **{**common, "key": key},
            **short,
        )


def render_mail(
    template: str,
    context: dict[str, Any] | None = None,
    *,
    brand: brand_source.MailBrand,
    language: str = "",
) -> tuple[str, str, str, str]:
    """Language, subject, text and HTML of a mail in any brand; `send_mail` says the rest."""
    chosen = language if language in brand.languages else brand.default_language
    values = templates.dressed(brand, chosen, context or {})
    if "path" in values:
        values["link"] = brand.site_address + values["path"]
    words = templates.in_force(template, chosen)
    if words is None:
        return chosen, *templates.shipped(template, chosen, values)
    return chosen, *templates.own(words, brand, values)


def _words(template: str, context: dict[str, Any] | None, language: str) -> dict[str, Any]:
    """Subject, text and HTML of a mail in the firm's look, and the language it is in."""
    chosen, subject, text, html = render_mail(
        template, context, brand=brand_source.current(), language=language
    )
    return {"language": chosen, "subject": subject, "text": text, "html": html}
