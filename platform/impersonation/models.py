from django.conf import settings
from django.db import models
from django.utils import timezone


class Impersonation(models.Model):
    """One time in which ``actor`` sees the firm's pages as ``user`` sees them.

    The actor is of the firm's staff or an operator, so he is kept by schema and id. It begins
    with a link that works once; then a cookie of the browser stands for it. Of both only hashes
    are kept.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_schema = models.CharField(max_length=63)
    actor_id = models.BigIntegerField()
    actor_email = models.EmailField(max_length=254)
    reason = models.CharField(max_length=500)
    link_hash = models.CharField(max_length=64, unique=True, null=True)
    cookie_hash = models.CharField(max_length=64, unique=True, null=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    pages = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["actor_schema", "actor_id"], name="impersonation_by_actor"),
        ]

    def __str__(self) -> str:
        return f"impersonation {self.pk}"

    @property
    def is_by_platform(self) -> bool:
        return self.actor_schema == settings.PUBLIC_SCHEMA_NAME

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.expires_at > timezone.now()

    @property
    def state(self) -> str:
        """One word for a list."""
        if self.is_open:
            return "open" if self.begun_at else "asked for"
        return "ended" if self.ended_at else "over"
