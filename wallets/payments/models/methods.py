"""How money may come in and go out, where the firm's own accounts are, customers' references."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset
from wallets.ledger import chart
from wallets.ledger.models import Line
from wallets.payments.models.gateways import CardGateway


class BankAccount(models.Model):
    """An account of the firm at a bank: customers pay to it, withdrawals leave from it.

    `part` is the bank's part in the chart of accounts; 0 is the main one.
    """

    name = models.CharField(max_length=80, unique=True)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34, unique=True)
    bic = models.CharField(max_length=11)
    bank_name = models.CharField(max_length=80)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    other_ids = models.CharField(
        max_length=200, blank=True, help_text="How statements call it beside the IBAN; by commas."
    )
    part = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def house(self) -> int:
        """The house line it has in the books."""
        return chart.house_line(Line.BANK, self.part)


class Rail(models.TextChoices):
    BANK = "bank", _("Bank transfer")
    CARD = "card", _("Card, on a gateway's page")


class PaymentMethod(models.Model):
    """One way in or out, for an asset, with its limits and fees. Amounts are units; 0: no limit."""

    code = models.SlugField(max_length=40, unique=True)
    rail = models.CharField(max_length=10, choices=Rail.choices, default=Rail.BANK)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    bank_account = models.ForeignKey(BankAccount, null=True, on_delete=models.PROTECT)
    gateway = models.ForeignKey(
        CardGateway, null=True, on_delete=models.PROTECT, related_name="methods"
    )
    countries = models.CharField(
        max_length=600, blank=True, help_text="ISO 3166 codes of beneficiaries' banks; empty: all."
    )
    min_tier = models.PositiveSmallIntegerField(default=0)
    texts = models.JSONField(default=dict, help_text="By language: name, note.")
    accepts_deposits = models.BooleanField(default=True)
    accepts_withdrawals = models.BooleanField(default=True)
    deposit_min_units = UnitsField(default=0)
    deposit_max_units = UnitsField(default=0)
    deposit_fee_units = UnitsField(default=0)
    deposit_fee_ppm = models.PositiveIntegerField(default=0)
    withdrawal_min_units = UnitsField(default=0)
    withdrawal_max_units = UnitsField(default=0)
    withdrawal_fee_units = UnitsField(default=0)
    withdrawal_fee_ppm = models.PositiveIntegerField(default=0)
    withdrawal_day_units = UnitsField(default=0)
    withdrawal_month_units = UnitsField(default=0)
    one_person_units = UnitsField(default=0, help_text="Up to here one person approves.")
    cooling_hours = models.PositiveSmallIntegerField(default=24)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_fee_ppm__lt=1_000_000, withdrawal_fee_ppm__lt=1_000_000),
                name="method_fee_below_all",
            ),
            models.CheckConstraint(
                condition=~Q(rail="card")
                | Q(gateway__isnull=False, bank_account__isnull=True, accepts_withdrawals=False),
                name="method_of_card_has_gateway",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def text(self, language: str, key: str) -> str:
        """A text in a language, in English where there is none."""
        texts: dict[str, Any] = self.texts
        return str(texts.get(language, {}).get(key) or texts.get("en", {}).get(key, ""))

    def deposit_fee(self, units: int) -> int:
        return _fee(units, self.deposit_fee_units, self.deposit_fee_ppm)

    def withdrawal_fee(self, units: int) -> int:
        return _fee(units, self.withdrawal_fee_units, self.withdrawal_fee_ppm)


def _fee(units: int, fixed_units: int, ppm: int) -> int:
    """A fixed part and parts per million of the amount, these rounded up to a whole unit."""
    return int(fixed_units) - (-units * ppm // 1_000_000)


class MethodVersion(models.Model):
    """What a method was from a moment on."""

    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["method", "version"], name="method_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.method_id} version {self.version}"


class CustomerReference(models.Model):
    """What a customer writes into the transfer so that it is known to be his (ISO 11649)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payment_reference"
    )
    reference = models.CharField(max_length=25, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
