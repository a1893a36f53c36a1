"""What a customer may do, by tier, and the forms that ask for it."""

from typing import Any

from django.db import models
from django.db.models import Q

from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class FormVersion(models.Model):
    """One version of a declared form; never changed once it was saved.

    ``definition`` is what :mod:`kyc.definition` reads.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=254)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="kyc_form_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Tier(models.Model):
    """A step of verification: what it asks for and what it allows.

    Number 0 is where everybody begins; it has no form. A limit of None is no limit.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    names = models.JSONField(help_text='{"en": "Basic", …}')
    person_form = models.SlugField(max_length=40, blank=True)
    company_form = models.SlugField(max_length=40, blank=True)
    products = models.JSONField(default=list, help_text="Kinds of instruments, as ['spot'].")
    may_deposit = models.BooleanField(default=False)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    withdraw_day_units = UnitsField(null=True, help_text="In units of the asset, in 24 hours.")
    withdraw_month_units = UnitsField(null=True, help_text="Likewise, in 30 days.")
    valid_months = models.PositiveSmallIntegerField(
        default=0, help_text="Verified anew after so many months; 0: never."
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(withdraw_day_units__isnull=True) | Q(withdraw_day_units__gte=0))
                & (Q(withdraw_month_units__isnull=True) | Q(withdraw_month_units__gte=0)),
                name="kyc_tier_limits_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"tier {self.number}"

    def name(self, language: str = "en") -> str:
        """The tier's name in a language, else in English, else its number."""
        names: dict[str, Any] = self.names
        return str(names.get(language) or names.get("en") or f"{self.number}")

    def form_code(self, kind: str) -> str:
        return self.company_form if kind == "company" else self.person_form
