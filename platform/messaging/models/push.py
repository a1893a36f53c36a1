from django.conf import settings
from django.db import models
from django.utils import timezone


class PushSubscription(models.Model):
    """A browser that may be woken (Web Push, RFC 8030); its keys encrypt what is sent to it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"push subscription {self.pk}"


class PushKey(models.Model):
    """The key pair by which push services know the firm (VAPID, RFC 8292); one for a schema."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    private_encrypted = models.BinaryField()
    public = models.CharField(max_length=120, help_text="base64url, as browsers want it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return "push key"
