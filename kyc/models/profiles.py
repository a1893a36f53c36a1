"""What is known of a customer once a case was decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from kyc.models.tiers import Tier


class SubjectKind(models.TextChoices):
    PERSON = "person", pgettext_lazy("kind of customer", "Person")
    COMPANY = "company", pgettext_lazy("kind of customer", "Company")


class Risk(models.TextChoices):
    LOW = "low", pgettext_lazy("risk", "Low")
    MEDIUM = "medium", pgettext_lazy("risk", "Medium")
    HIGH = "high", pgettext_lazy("risk", "High")


class KycProfile(models.Model):
    """A customer's standing: his tier, since when, until when; written by decided cases."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="kyc"
    )
    kind = models.CharField(max_length=8, choices=SubjectKind.choices, default=SubjectKind.PERSON)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="profiles")
    risk = models.CharField(max_length=6, choices=Risk.choices, default=Risk.LOW)
    answers = models.BinaryField(default=bytes, help_text="The last approved answers, encrypted.")
    verified_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="When he is to be verified anew.")
    document_expires_on = models.DateField(null=True)
    is_restricted = models.BooleanField(
        default=False, help_text="Held back by compliance: no deposits, withdrawals or orders."
    )
    restricted_reason = models.CharField(max_length=500, blank=True)
    restricted_accounts = models.JSONField(
        default=list, help_text="Accounts that KYC made cancel-only, and will make active again."
    )
    erased_at = models.DateTimeField(null=True)
    erase_asked_at = models.DateTimeField(null=True)
    screen_due_at = models.DateTimeField(null=True, help_text="To be screened again since then.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["screen_due_at"],
                condition=models.Q(screen_due_at__isnull=False),
                name="kyc_profile_to_screen",
            ),
        ]

    def __str__(self) -> str:
        return f"KYC profile {self.pk}"


class IdentityKey(models.Model):
    """A keyed hash of something that should be one customer's only: finds duplicates.

    ``kind`` says of what: ``document`` (state and number), ``person`` (name and birth),
    ``phone``, ``company`` (country and registration number).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kyc_keys"
    )
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "digest"], name="kyc_key_once"),
        ]
        indexes = [models.Index(fields=["digest"], name="kyc_key_digest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
