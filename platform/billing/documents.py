"""An invoice as a report, so that page, PDF, XLSX and CSV show the same lines."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from billing.models import SCALE, Invoice
from wallets.reports.shapes import Amount, Column, Kind, Report, Section, Sum

COLUMNS = (
    Column("text", gettext_lazy("What"), weight=50),
    Column("quantity", gettext_lazy("Quantity"), Kind.ID, weight=20),
    Column("amount", pgettext_lazy("invoice", "Amount"), Kind.AMOUNT, weight=20),
)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    text: str
    quantity: str
    amount: Amount


def report(invoice: Invoice, seller: str) -> Report:
    """The invoice with its facts; ``seller`` is the platform's name."""

    def amount(units: int) -> Amount:
        return Amount(units, SCALE, invoice.currency)

    rows = [InvoiceLine(x["text"], x["quantity"], amount(x["units"])) for x in invoice.lines]
    facts: list[tuple[Any, Any]] = [
        (_("Number"), invoice.number or _("draft")),
        (pgettext("invoice", "From"), seller),
        (pgettext("invoice", "To"), invoice.tenant.name),
        (_("Month"), f"{invoice.month:%Y-%m}"),
        (_("Issued (UTC)"), _day(invoice.issued_at)),
        (_("Due (UTC)"), _day(invoice.due_at)),
        (_("State"), invoice.get_state_display()),
    ]
    if invoice.corrects is not None:
        facts.append((pgettext("invoice", "Corrects"), invoice.corrects.number))
    if digest := invoice.usage.get("digest"):
        facts.append((_("Usage, SHA-256"), digest))
    total = Sum({"text": _("Total"), "amount": amount(invoice.total_units)})
    return Report(
        (invoice.number or f"draft-{invoice.pk}").lower(),
        invoice.get_kind_display(),
        COLUMNS,
        [Section("", rows, [total])],
        UTC,
        facts,
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"
