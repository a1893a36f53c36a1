from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from billing.models import Invoice, InvoiceState, Plan
from tenants.models import Tenant


def plans() -> list[Plan]:
    """The version in force of each plan, by name."""
    return list(Plan.objects.order_by("name", "-version").distinct("name"))


def plan_in_force(name: str) -> Plan | None:
    return Plan.objects.filter(name=name).order_by("-version").first()


def invoices() -> QuerySet[Invoice]:
    """All firms', newest first; for operators."""
    return Invoice.objects.select_related("tenant", "plan", "corrects")


def invoices_of(tenant: Tenant) -> QuerySet[Invoice]:
    """What a firm sees of its own: all that was issued."""
    return invoices().filter(tenant_id=tenant.pk).exclude(state=InvoiceState.DRAFT)


def access_invoice(tenant: Tenant, invoice_id: int) -> Invoice:
    """An invoice of the firm's own; else Http404."""
    row: Any = invoices_of(tenant).filter(pk=invoice_id).first()
    if row is None:
        raise Http404
    return row


def left_to_credit(invoice: Invoice) -> int:
    """How much of an invoice was not credited yet, in its units."""
    credited = sum(invoice.corrections.values_list("total_units", flat=True))
    return invoice.total_units + credited
