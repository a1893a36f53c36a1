"""Plans and invoices; all of it stands in the platform's own schema.

Amounts are whole units of a currency's minor unit, with `SCALE` decimal places.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.models import Tenant

SCALE = 2


class Share(models.TextChoices):
    """What a plan takes a share of."""

    NONE = "none", _("No share")
    VOLUME = "volume", _("Trading volume")
    FEES = "fees", _("Trading fees that the firm earned")


class Plan(models.Model):
    """One version of a plan; the highest of a name is in force. What was used is never changed."""

    name = models.SlugField(max_length=32)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    currency = models.CharField(max_length=12, help_text="An asset's code; values are in it.")
    monthly_units = models.BigIntegerField(default=0)
    customer_units = models.BigIntegerField(default=0, help_text="For each active customer.")
    customers_included = models.PositiveIntegerField(default=0)
    share_of = models.CharField(max_length=6, choices=Share.choices, default=Share.NONE)
    # [[from_units, ppm], …], rising from 0: each part of the value at the rate of its step
    steps = models.JSONField(default=list)
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="plan_version_once"),
            models.CheckConstraint(
                condition=models.Q(monthly_units__gte=0, customer_units__gte=0),
                name="plan_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")


class InvoiceState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of an invoice", "Draft")
    ISSUED = "issued", pgettext_lazy("state of an invoice", "Issued")
    PAID = "paid", pgettext_lazy("state of an invoice", "Paid")
    VOID = "void", pgettext_lazy("state of an invoice", "Void")


STEPS = {
    (InvoiceState.DRAFT, InvoiceState.ISSUED),
    (InvoiceState.ISSUED, InvoiceState.PAID),
    (InvoiceState.ISSUED, InvoiceState.VOID),
}


class Series(models.Model):
    """The last number that was given in a series; its row is locked while one is given."""

    name = models.CharField(max_length=16, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Invoice(models.Model):
    """What one firm owes for one month, or a credit note that corrects it.

    ``lines`` are [{"text", "quantity", "units"}, …]; ``usage`` is what was metered, ``plan`` the
    version it was priced by, so the same lines can be worked out again. A number is given when it
    is issued, in series without gaps; from then on nothing but its state changes.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    month = models.DateField(help_text="Its first day.")
    state = models.CharField(max_length=8, choices=InvoiceState.choices, default=InvoiceState.DRAFT)
    number = models.CharField(max_length=24, unique=True, null=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    currency = models.CharField(max_length=12)
    usage = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    total_units = models.BigIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    drafted_at = models.DateTimeField(default=timezone.now)
    issued_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was paid or made void.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month"],
                condition=models.Q(kind="invoice") & ~models.Q(state="void"),
                name="one_invoice_a_month",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", number=None)
                | (~models.Q(state="draft") & models.Q(number__isnull=False)),
                name="numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="invoice", corrects=None, total_units__gte=0)
                | models.Q(kind="credit", corrects__isnull=False, total_units__lt=0),
                name="credit_corrects",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"
