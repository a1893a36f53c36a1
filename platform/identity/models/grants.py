from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class RoleChange(models.Model):
    """One capability that a role of this firm has beyond the platform's table, or has not.

    Only what differs from `roles.TENANT_CAPABILITIES` has a row. The owner's role has none.
    """

    role = models.CharField(max_length=16)
    capability = models.CharField(max_length=40)
    is_granted = models.BooleanField(help_text="False: taken from the role.")

    class Meta:
        ordering = ["role", "capability"]
        constraints = [
            models.UniqueConstraint(fields=["role", "capability"], name="role_change_once"),
            models.CheckConstraint(
                condition=~models.Q(role="owner"), name="role_change_not_of_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {'+' if self.is_granted else '-'} {self.capability}"


class AccessReview(models.Model):
    """One look at who of the staff has what, kept person by person."""

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # Open ones are all alike in this expression: there can be only one.
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(closed_at=None), name="one_open_access_review"
            ),
        ]

    def __str__(self) -> str:
        return f"access review {self.pk}"


class ReviewedAccess(models.Model):
    """One person in a review: what he had when it was opened, and what was decided."""

    class Decision(models.TextChoices):
        OPEN = "open", pgettext_lazy("access review", "Not looked at yet")
        KEPT = "kept", pgettext_lazy("access review", "Kept")
        REVOKED = "revoked", pgettext_lazy("access review", "Login closed")

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    capabilities = models.JSONField(help_text="What the role gave when the review was opened.")
    last_seen_at = models.DateTimeField(null=True)
    last_acted_at = models.DateTimeField(null=True, help_text="His last audit record.")
    decision = models.CharField(max_length=8, choices=Decision.choices, default=Decision.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["user__email"]
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="reviewed_once"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("user")),
                name="nobody_reviews_himself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.review}"
