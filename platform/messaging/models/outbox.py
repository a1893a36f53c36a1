from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SECURITY = "security"  # the kind that no preference and no quiet hour holds back


class Channel(models.TextChoices):
    """Ways out of the house; news on the firm's own pages are `Notice` rows."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", "SMS"
    PUSH = "push", _("Web push")
    WEBHOOK = "webhook", _("Webhook")


class MessageState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("state of a message", "Queued")
    SENT = "sent", pgettext_lazy("state of a message", "Sent")
    FAILED = "failed", pgettext_lazy("state of a message", "Dead letter")
    DROPPED = "dropped", pgettext_lazy("state of a message", "Dropped")


class OutboxMessage(models.Model):
    """One message, written in the transaction that causes it and delivered afterwards."""

    State = MessageState

    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.MAIL)
    kind = models.CharField(max_length=20, default=SECURITY, help_text="See messaging.kinds.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="messages_sent",
        help_text="Whom it is for; empty for one to an address.",
    )
    template = models.CharField(max_length=60)
    to = models.CharField(
        max_length=600, help_text="Address, number, push endpoint or id of a webhook's endpoint."
    )
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    text = models.TextField(help_text="Of push and webhooks the body as JSON.")
    html = models.TextField(blank=True)
    key = models.CharField(
        max_length=120, blank=True, help_text="Of a channel and recipient once: never sent twice."
    )
    state = models.CharField(
        max_length=8, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="What the provider calls it")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="queued"),
                name="messaging_mail_due",
            ),
            models.Index(fields=["user", "-id"], name="messaging_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "to", "key"],
                condition=~models.Q(key=""),
                name="messaging_message_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class _Mails(models.Manager["OutboxMail"]):
    def get_queryset(self) -> models.QuerySet["OutboxMail"]:
        return super().get_queryset().filter(channel=Channel.MAIL)


class OutboxMail(OutboxMessage):
    """The e-mails among the messages."""

    objects: ClassVar[Any] = _Mails()

    class Meta:
        proxy = True
        ordering = ["-id"]
