"""E-mail over SMTP: the firm's own server, or the platform's where it named none."""

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from messaging import brand_source, fence, provider_rows
from messaging.models import Channel, OutboxMessage


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return fence.connect(host, port, timeout)


class _SmtpSsl(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        plain = fence.connect(host, port, timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


class FencedBackend(EmailBackend):
    """Django's SMTP, connecting past the fence."""

    @property
    def connection_class(self) -> Any:
        return _SmtpSsl if self.use_ssl else _Smtp


def send(mail: OutboxMessage) -> str:
    """Raises whatever SMTP raises; each failure is worth another try."""
    brand = brand_source.current()
    row = provider_rows.active(Channel.MAIL)
    connection = None
    if row is not None:
        connection = FencedBackend(
            host=row.options["host"],
            port=int(row.options["port"]),
            username=row.options.get("user", ""),
            password=provider_rows.secret_of(row),
            use_tls=row.options.get("security") == "starttls",
            use_ssl=row.options.get("security") == "tls",
            timeout=settings.EMAIL_TIMEOUT,
        )
    sender = brand.mail_from or settings.DEFAULT_FROM_EMAIL
    message_id = f"<{mail.pk}.{int(mail.created_at.timestamp())}@{sender.rpartition('@')[2]}>"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=f'"{brand.name}" <{sender}>',
        to=[mail.to],
        reply_to=[brand.support_address] if brand.support_address else None,
        headers={
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
            "Message-ID": message_id,
        },
        connection=connection,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send(fail_silently=False)
    return message_id[:120]
