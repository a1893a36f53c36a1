"""How a firm sends, to whom besides its customers, and what each customer wants."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from messaging.models.outbox import Channel


class Provider(models.Model):
    """Through which service the firm sends on a channel; its secret is stored encrypted."""

    channel = models.CharField(max_length=8, choices=Channel.choices, unique=True)
    options = models.JSONField(default=dict, help_text="What is no secret: host, number, user.")
    secret_encrypted = models.BinaryField(default=b"")
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"provider of {self.channel}"


class WebhookEndpoint(models.Model):
    """An address of the firm's own systems that is told of messages, signed."""

    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=20))
    secret_encrypted = models.BinaryField()
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class MessagePreferences(models.Model):
    """What a customer chose; who chose nothing has no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preferences"
    )
    channels = models.JSONField(default=dict, help_text="By kind the channels that are on.")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="messaging_quiet_both_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"message preferences of {self.user_id}"


class Phone(models.Model):
    """A customer's number for SMS; nothing goes there but its code until he confirmed it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone"
    )
    number = models.CharField(max_length=16, help_text="E.164: +46701234567")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    first_code_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"phone of {self.user_id}"
