from django.conf import settings
from django.db import models
from django.utils import timezone

from trading.accounts.models import Account


class AccountClosing(models.Model):
    """An account that was closed: by whom, why. The engine has it suspended from then on."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="closings")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(default=timezone.now, editable=False)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(reopened_at=None),
                name="care_account_closed_once",
            )
        ]

    def __str__(self) -> str:
        return f"closing of account {self.account_id}"
