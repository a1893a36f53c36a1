"""Statements of the firm's bank accounts, and each line the bank booked."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from trading.instruments.fields import UnitsField
from wallets.payments.models.methods import BankAccount


class StatementState(models.TextChoices):
    PREVIEWED = (
        "previewed",
        pgettext_lazy("state of a bank statement", "Waiting for a second person"),
    )
    ACCEPTED = "accepted", pgettext_lazy("state of a bank statement", "Taken in")
    REFUSED = "refused", pgettext_lazy("state of a bank statement", "Refused by the second person")


class BankStatement(models.Model):
    """A file of the bank. Nothing of it counts before a second person took it in."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    format = models.CharField(max_length=20)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    statement_id = models.CharField(max_length=80, blank=True)
    opening_units = UnitsField(null=True)
    closing_units = UnitsField(null=True)
    closing_on = models.DateField(null=True)
    state = models.CharField(
        max_length=10, choices=StatementState.choices, default=StatementState.PREVIEWED
    )
    # Nobody where a source of statements brought it: then `source` says which.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.ForeignKey(
        "payments.StatementSource", null=True, on_delete=models.PROTECT, related_name="statements"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("uploaded_by")),
                name="statement_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(uploaded_by__isnull=True) ^ Q(source__isnull=True),
                name="statement_brought_by_one",
            ),
            models.UniqueConstraint(
                fields=["sha256", "bank_account"],
                condition=~Q(state="refused"),
                name="statement_file_once",
            ),
        ]

    def __str__(self) -> str:
        return self.statement_id or self.file_name


class Verdict(models.TextChoices):
    """What a line of a file is to us."""

    NEW = "new", pgettext_lazy("verdict on a bank entry", "New")
    DUPLICATE = "duplicate", pgettext_lazy("verdict on a bank entry", "Known already")
    REFUSED = "refused", pgettext_lazy("verdict on a bank entry", "Cannot be taken in")


class StatementLine(models.Model):
    """One entry of the bank. `entry_key` is the bank's own reference, or made of all it says;
    of the lines that are booked there is one with each key in an account."""

    statement = models.ForeignKey(BankStatement, on_delete=models.CASCADE, related_name="lines")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    entry_key = models.CharField(max_length=140)
    is_credit = models.BooleanField()
    is_reversal = models.BooleanField(default=False)
    amount_units = UnitsField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField(null=True)
    name = models.CharField(max_length=140, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    remittance = models.CharField(max_length=500, blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=200, blank=True)
    is_booked = models.BooleanField(default=False)
    # Of a line that left the account: what it turned out to be.
    withdrawal = models.ForeignKey(
        "payments.Withdrawal", null=True, on_delete=models.PROTECT, related_name="lines"
    )
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    explanation = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["statement_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank_account", "entry_key"],
                condition=Q(is_booked=True),
                name="bank_entry_booked_once",
            ),
            models.UniqueConstraint(fields=["statement", "number"], name="statement_line_once"),
            models.CheckConstraint(
                condition=Q(is_booked=False) | Q(amount_units__gt=0, verdict="new"),
                name="booked_line_is_good",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.statement_id}/{self.number}"
