"""Money that came in: whose it is, what stands in the way, when it was credited."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.payments.models.methods import BankAccount, PaymentMethod
from wallets.payments.models.statements import StatementLine


class DepositState(models.TextChoices):
    RECORDED = "recorded", pgettext_lazy("state of a deposit", "Recorded, being booked")
    SUSPENSE = "suspense", pgettext_lazy("state of a deposit", "In suspense: not known whose")
    HELD = "held", pgettext_lazy("state of a deposit", "In suspense: held for review")
    PROPOSED = "proposed", pgettext_lazy("state of a deposit", "Waiting for a second person")
    SCREENED = "screened", pgettext_lazy("state of a deposit", "Screened, being credited")
    CREDITED = "credited", pgettext_lazy("state of a deposit", "Credited")
    RETURNING = "returning", pgettext_lazy("state of a deposit", "To be sent back")
    RETURN_IN_FILE = (
        "return_in_file",
        pgettext_lazy("state of a deposit", "In a payment file, back to the sender"),
    )
    RETURNED = "returned", pgettext_lazy("state of a deposit", "Sent back")
    IGNORED = "ignored", pgettext_lazy("state of a deposit", "Not a customer's")
    REVERSED = "reversed", pgettext_lazy("state of a deposit", "Taken back by the gateway")


class Match(models.TextChoices):
    """How it was known whose a deposit is."""

    NONE = "", pgettext_lazy("how a deposit is known", "Not known")
    REFERENCE = "reference", pgettext_lazy("how a deposit is known", "Reference")
    NAME = "name", pgettext_lazy("how a deposit is known", "Amount and name announced")
    STAFF = "staff", pgettext_lazy("how a deposit is known", "Assigned by two persons")
    CARD = "card", pgettext_lazy("how a deposit is known", "Paid by card from his own login")


class Proposal(models.TextChoices):
    """What one person asks a second one to decide about a deposit."""

    NONE = "", "–"
    ASSIGN = "assign", _("Credit to the customer")
    RETURN = "return", _("Send back")
    IGNORE = "ignore", _("Not a customer's: leave to the bookkeeper")


class Deposit(models.Model):
    """One amount that reached the firm. It is booked to suspense first, always."""

    bank_account = models.ForeignKey(BankAccount, null=True, on_delete=models.PROTECT)
    method = models.ForeignKey(PaymentMethod, null=True, on_delete=models.PROTECT)
    line = models.OneToOneField(StatementLine, null=True, on_delete=models.PROTECT)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField()
    fee_units = UnitsField(default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="deposits"
    )
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    match = models.CharField(max_length=10, choices=Match.choices, blank=True)
    sender_name = models.CharField(max_length=140, blank=True)
    sender_iban = models.CharField(max_length=34, blank=True)
    remittance = models.CharField(max_length=500, blank=True)
    state = models.CharField(
        max_length=16, choices=DepositState.choices, default=DepositState.RECORDED
    )
    house = models.BigIntegerField(default=0, help_text="The house line where it is.")
    hold_reason = models.CharField(
        max_length=300, blank=True, help_text="What a person has to look at first."
    )
    note = models.CharField(max_length=500, blank=True, help_text="Why it is where it is.")
    fired = models.JSONField(default=list, help_text="Names of the rules that fired.")
    proposal = models.CharField(max_length=10, choices=Proposal.choices, blank=True)
    proposed_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    proposal_reason = models.CharField(max_length=500, blank=True)
    before_proposal = models.CharField(max_length=16, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    file = models.ForeignKey(
        "payments.PaymentFile", null=True, on_delete=models.PROTECT, related_name="returns"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "id"], name="deposits_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="deposit_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(amount_units__gt=0, fee_units__gte=0)
                & Q(fee_units__lt=F("amount_units")),
                name="deposit_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["screened", "credited"]) | Q(account__isnull=False),
                name="deposit_credited_has_account",
            ),
        ]

    def __str__(self) -> str:
        return f"deposit {self.pk}"

    @property
    def credited_units(self) -> int:
        """What the customer gets."""
        return int(self.amount_units) - int(self.fee_units)

    @property
    def end_to_end_id(self) -> str:
        """By which the payment that sends it back is known."""
        return f"R{self.pk:011d}"


class Announcement(models.Model):
    """What a customer says he is sending: with his name it tells whose a transfer is that bears
    no reference."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="announcements"
    )
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="+")
    amount_units = UnitsField()
    announced_at = models.DateTimeField(auto_now_add=True)
    deposit = models.OneToOneField(Deposit, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="announced_positive")
        ]

    def __str__(self) -> str:
        return f"announcement {self.pk}"
