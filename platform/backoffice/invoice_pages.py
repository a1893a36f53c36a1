"""How an invoice of the platform looks, to operators and to the firm alike."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.report_tables import tables
from backoffice.tables import Column
from billing import documents
from billing.models import SCALE, Invoice, InvoiceKind, InvoiceState
from money.units import format_units
from wallets.reports.files import downloads

SELLER = "Marque"
TONES = {
    InvoiceState.DRAFT: "warn",
    InvoiceState.ISSUED: "warn",
    InvoiceState.PAID: "good",
    InvoiceState.VOID: "plain",
}


def state_of(row: Invoice) -> Any:
    if row.kind == InvoiceKind.CREDIT:
        return cells.badge(_("credit note"), "plain")
    return cells.badge(str(row.get_state_display()).lower(), TONES[InvoiceState(row.state)])


def invoice_columns(*, with_tenant: bool) -> list[Column]:
    firm = [Column(gettext_lazy("Firm"), lambda row: row.tenant.name)] if with_tenant else []
    return [
        Column(gettext_lazy("Number"), lambda row: row.number or _("draft"), "main"),
        *firm,
        Column(gettext_lazy("Month"), lambda row: f"{row.month:%Y-%m}"),
        Column(
            gettext_lazy("Total"),
            lambda row: cells.money(row.total_units, SCALE, row.currency),
            "number",
        ),
        Column(gettext_lazy("State"), state_of),
        Column(gettext_lazy("Issued (UTC)"), lambda row: cells.when(row.issued_at)),
    ]


def show_invoice(
    request: HttpRequest,
    row: Invoice,
    *,
    buttons: list[tuple[Any, str, str]],
    again: str,
    compared: dict[str, Any] | None = None,
) -> HttpResponse:
    """Its page. ``compared``: the month's usage as it is measured now."""
    report = documents.report(row, SELLER)
    in_draft = _("(draft)")
    context: dict[str, Any] = {
        "invoice": row,
        "state": state_of(row),
        "facts": [*report.facts[:-1], *_more(row)] if row.usage else [*report.facts, *_more(row)],
        "tables": tables(report),
        "usage": _usage(row.usage),
        "digest": row.usage.get("digest", ""),
        "buttons": buttons,
        "files": [(kind.upper(), f"?file={kind}") for kind in downloads.KINDS],
        "again": again,
    }
    if compared is not None:
        context["files"] = []
        context["is_same"] = compared["digest"] == row.usage.get("digest")
        context["compared"] = _usage(compared)
    return pages.render(
        request,
        "invoice.html",
        context,
        title=f"{row.get_kind_display()} {row.number or in_draft}",
        crumbs=[(_("Invoices"), pages.url(request, "invoices"))],
    )


def _more(row: Invoice) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = [(_("Plan"), f"{row.plan.title}, {row.plan.version}")]
    found += [(_("Corrected by"), note.number) for note in row.corrections.order_by("pk")]
    if row.reason:
        found.append((_("Reason"), row.reason))
    return found


def _usage(usage: dict[str, Any]) -> list[tuple[Any, Any]]:
    if not usage:
        return []

    def amounts(name: str) -> Any:
        return cells.lines(
            cells.money(units, scale, code) for code, (units, scale) in usage[name].items()
        )

    def value(name: str) -> Any:
        found = usage[name]
        return format_units(found[0], found[1], 2) if found else _("not valued")

    rows = [
        (_("Active customers"), cells.number(usage["active_customers"])),
        (_("Trades of customers"), cells.number(usage["trades"])),
        (_("Trading volume"), amounts("volume")),
        (_("Trading fees"), amounts("fees")),
        (_("Volume, valued"), value("volume_value")),
        (_("Fees, valued"), value("fees_value")),
    ]
    if usage["not_valued"]:
        rows.append((_("Without a rate, and so not counted"), ", ".join(usage["not_valued"])))
    return rows
