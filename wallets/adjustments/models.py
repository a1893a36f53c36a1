"""Credits and debits by staff: a reason, a second person, then an engine command."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class Kind(models.TextChoices):
    """What stands against the customer's account in the books."""

    CORRECTION = "correction", _("Correction (against adjustments expense)")
    TRANSFER = "transfer", _("Money received or paid outside (against custody)")


class State(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("state of an adjustment", "Waiting for a second person")
    APPROVED = "approved", pgettext_lazy("state of an adjustment", "Approved, on its way")
    REFUSED = "refused", pgettext_lazy("state of an adjustment", "Refused by the second person")
    APPLIED = "applied", pgettext_lazy("state of an adjustment", "Applied")
    REJECTED = "rejected", pgettext_lazy("state of an adjustment", "Rejected by the engine")


class Adjustment(models.Model):
    """A signed amount for one account; the id is the engine's reference_id."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="adjustments")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField(help_text="Positive credits the account, negative debits it.")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CORRECTION)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The second person, who approved or refused.",
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    command = models.OneToOneField(
        "commands.QueuedCommand", null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.PositiveSmallIntegerField(null=True, help_text="The engine's result.")
    result_seq = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="adjustment_four_eyes",
            ),
            models.CheckConstraint(condition=~Q(amount_units=0), name="adjustment_not_zero"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "refused"]) | Q(command__isnull=False),
                name="adjustment_approved_has_command",
            ),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.pk}"
