from django.conf import settings
from django.db import models
from django.utils import timezone


class Notice(models.Model):
    """News for one user on the firm's pages, in the language he had when it was written."""

    class Tone(models.TextChoices):
        INFO = "info"
        GOOD = "good"
        WARN = "warn"
        BAD = "bad"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    tone = models.CharField(max_length=4, choices=Tone.choices, default=Tone.INFO)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=600, blank=True)
    path = models.CharField(max_length=200, blank=True, help_text="Where it leads on the site.")
    key = models.CharField(
        max_length=80, blank=True, help_text="Of a user once: what is told twice is kept once."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="messaging_notice_of_user"),
            models.Index(
                fields=["user"], condition=models.Q(read_at=None), name="messaging_notice_unread"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=~models.Q(key=""), name="messaging_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
