"""Money that goes out: where to, who let it go, in which file, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.payments.models.methods import BankAccount, PaymentMethod


class BeneficiaryState(models.TextChoices):
    REVIEW = "review", pgettext_lazy("state of a beneficiary", "Name differs: waits for review")
    ACTIVE = "active", pgettext_lazy("state of a beneficiary", "Approved")
    REFUSED = "refused", pgettext_lazy("state of a beneficiary", "Refused")
    REMOVED = "removed", pgettext_lazy("state of a beneficiary", "Removed by the customer")


class Beneficiary(models.Model):
    """An account of the customer's own at a bank. Usable from `usable_from` on."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="beneficiaries"
    )
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    is_own_name = models.BooleanField()
    state = models.CharField(
        max_length=10, choices=BeneficiaryState.choices, default=BeneficiaryState.REVIEW
    )
    usable_from = models.DateTimeField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "method", "iban"],
                condition=Q(state__in=["review", "active"]),
                name="beneficiary_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(usable_from__isnull=False),
                name="beneficiary_active_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"beneficiary {self.pk}"


class WithdrawalState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("state of a withdrawal", "Requested, being reserved")
    WAITING = "waiting", pgettext_lazy("state of a withdrawal", "Waits for approval")
    APPROVED = "approved", pgettext_lazy("state of a withdrawal", "Approved")
    IN_FILE = "in_file", pgettext_lazy("state of a withdrawal", "In a payment file")
    SENT = "sent", pgettext_lazy("state of a withdrawal", "Sent to the bank")
    UNKNOWN = "unknown", pgettext_lazy("state of a withdrawal", "Not known: ask the bank")
    PAID = "paid", pgettext_lazy("state of a withdrawal", "Paid")
    RETURNED = "returned", pgettext_lazy("state of a withdrawal", "Returned by the bank")
    FAILED = "failed", pgettext_lazy("state of a withdrawal", "Not paid by the bank")
    REFUSED = "refused", pgettext_lazy("state of a withdrawal", "Refused")
    CANCELED = "canceled", pgettext_lazy("state of a withdrawal", "Cancelled by the customer")
    DECLINED = "declined", pgettext_lazy("state of a withdrawal", "Declined by the engine")


class FileState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("state of a payment file", "Waiting for a second person")
    RELEASED = "released", pgettext_lazy("state of a payment file", "Released, not handed over yet")
    SENT = "sent", pgettext_lazy("state of a payment file", "Handed over to the bank")
    DISCARDED = "discarded", pgettext_lazy("state of a payment file", "Discarded")


class PaymentFile(models.Model):
    """A pain.001 for the bank. Its bytes are made once; whoever takes it out says so first."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    message_id = models.CharField(max_length=35, unique=True)
    execution_on = models.DateField()
    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.PREPARED)
    xml = models.TextField()
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    total_units = UnitsField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")),
                name="payment_file_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "sent"]) | Q(released_by__isnull=False),
                name="payment_file_released_has_person",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class Withdrawal(models.Model):
    """What a customer wants paid out. `amount_units` leaves his account, the fee included.

    Where it goes is kept as it was when he asked.
    """

    request_key = models.UUIDField(unique=True, help_text="Of the form: asked once.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withdrawals"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    amount_units = UnitsField()
    fee_units = UnitsField(default=0)
    tier_asset = models.ForeignKey(
        Asset,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In which the customer's tier counted when he asked.",
    )
    tier_units = UnitsField(null=True, help_text="What it counts for there; None: no rate.")
    tier_rate = models.CharField(max_length=200, blank=True, help_text="Where the rate was from.")
    state = models.CharField(
        max_length=10, choices=WithdrawalState.choices, default=WithdrawalState.REQUESTED
    )
    note = models.CharField(max_length=500, blank=True)
    fired = models.JSONField(default=list, help_text="Names of the rules that fired.")
    approvals_needed = models.PositiveSmallIntegerField(default=2)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    second_at = models.DateTimeField(null=True)
    file = models.ForeignKey(
        PaymentFile, null=True, on_delete=models.PROTECT, related_name="withdrawals"
    )
    # What one person says became of it; it counts when another one agrees.
    told_state = models.CharField(max_length=10, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    told_reason = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "id"], name="withdrawals_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="withdrawal_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gt=F("fee_units"), fee_units__gte=0),
                name="withdrawal_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "in_file", "sent", "unknown", "paid"])
                | (
                    Q(first_by__isnull=False) & (Q(approvals_needed=1) | Q(second_by__isnull=False))
                ),
                name="withdrawal_approved_by_enough",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_file", "sent", "unknown"]) | Q(file__isnull=False),
                name="withdrawal_sent_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"

    @property
    def net_units(self) -> int:
        """What arrives at the bank."""
        return int(self.amount_units) - int(self.fee_units)

    @property
    def end_to_end_id(self) -> str:
        """The payment's idempotency key at the bank: the same however often it is sent."""
        return f"W{self.pk:011d}"
