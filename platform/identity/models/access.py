from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OneTimeToken(models.Model):
    """The secret of a mailed link. Only its hash is kept; it works once, until it expires."""

    class Purpose(models.TextChoices):
        VERIFY_EMAIL = "verify_email"
        RESET_PASSWORD = "reset_password"
        INVITATION = "invitation"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="one_time_tokens"
    )
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} token {self.pk}"


class SignInAttempt(models.Model):
    """One try at a door: the sign-in history a user sees, and what throttling counts."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign-in")
        SIGN_UP = "sign_up", _("Sign-up")
        RESET = "reset", _("Password reset")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Not finished")
        WRONG = "wrong", _("Wrong e-mail or password")
        THROTTLED = "throttled", _("Too many attempts")
        WRONG_CODE = "wrong_code", _("Wrong code")
        SECOND_FACTOR = "second_factor", _("Password right, waiting for the code")
        SIGNED_IN = "signed_in", pgettext_lazy("outcome of a sign-in", "Signed in")
        DONE = "done", pgettext_lazy("outcome of a sign-in", "Done")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sign_in_attempts",
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SIGN_IN)
    email_hash = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True, blank=True)
    network = models.CharField(max_length=43, blank=True)  # what is counted: IPv6 by its /64
    user_agent = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["email_hash", "created_at"]),
            models.Index(fields=["network", "created_at"]),
        ]

    def __str__(self) -> str:
        return f"sign-in attempt {self.pk}"


class ApiKey(models.Model):
    """A key for programs. The signing secret is stored encrypted and shown once."""

    class Permission(models.TextChoices):
        READ = "read", pgettext_lazy("what an API key may do", "Read")
        TRADE = "trade", pgettext_lazy("what an API key may do", "Trade")
        WITHDRAW = "withdraw", pgettext_lazy("what an API key may do", "Withdraw")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    public_id = models.CharField(max_length=32, unique=True)
    secret_encrypted = models.BinaryField()
    label = models.CharField(max_length=60)
    permissions = ArrayField(models.CharField(max_length=16, choices=Permission.choices))
    networks = ArrayField(models.CharField(max_length=49), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.label} ({self.public_id})"
