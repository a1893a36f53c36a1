"""Money that came in without a bank's line: cash, a cheque; recorded by one, agreed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.payments.models.deposits import Deposit


class ManualState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("state of a payment by hand", "Waiting for a second person")
    REFUSED = "refused", pgettext_lazy("state of a payment by hand", "Refused by the second person")
    RECORDED = "recorded", pgettext_lazy("state of a payment by hand", "Recorded as a deposit")


class ManualPayment(models.Model):
    """One payment by hand. `paper` is the receipt's number: in an asset each is there once."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField()
    house = models.BigIntegerField(help_text="The house line where it is.")
    payer = models.CharField(max_length=140)
    paper = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=ManualState.choices, default=ManualState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    deposit = models.OneToOneField(
        Deposit, null=True, on_delete=models.PROTECT, related_name="manual"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="manual_payment_four_eyes",
            ),
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="manual_positive"),
            models.CheckConstraint(
                condition=~Q(state="recorded") | Q(deposit__isnull=False, decided_by__isnull=False),
                name="manual_recorded_has_deposit",
            ),
            models.UniqueConstraint(
                fields=["asset", "paper"],
                condition=~Q(state="refused"),
                name="manual_paper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"payment by hand {self.pk}"
