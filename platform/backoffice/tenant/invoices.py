"""What the firm owes the platform: its own invoices."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import pages
from backoffice.invoice_pages import SELLER, invoice_columns, show_invoice
from backoffice.tables import Listing
from billing import documents, selectors
from tenants.selectors import current_tenant
from wallets.reports.files import downloads

VIEW = "invoices.view"


def invoices(request: HttpRequest) -> HttpResponse:
    """All that was issued to the firm, newest first."""
    listing = Listing(
        columns=invoice_columns(with_tenant=False),
        row_link=lambda row: pages.url(request, "invoice", row.pk),
        empty_headline=gettext_lazy("No invoices yet"),
        empty_sentence=gettext_lazy("The platform's invoices for your firm appear here."),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.invoices_of(current_tenant()))},
        title=_("Invoices of the platform"),
    )


def invoice(request: HttpRequest, invoice_id: int) -> HttpResponseBase:
    """One invoice; as a file where one is asked for."""
    row = selectors.access_invoice(current_tenant(), invoice_id)
    kind = request.GET.get("file", "")
    if kind in downloads.KINDS:
        return downloads.response(documents.report(row, SELLER), kind)
    return show_invoice(request, row, buttons=[], again="")


PAGES = (
    pages.Page("invoices/", "invoices", invoices, VIEW),
    pages.Page("invoices/<int:invoice_id>/", "invoice", invoice, VIEW),
)
