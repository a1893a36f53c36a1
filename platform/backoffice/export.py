"""A list as a CSV file: the rows that search and filters leave, in columns of their own."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from backoffice.tables import Listing, asked
from wallets.reports.files.cells import harmless

MOST_ROWS = 50_000
Columns = Sequence[tuple[str, Callable[[Any], Any]]]


def wanted(request: HttpRequest) -> bool:
    return request.GET.get("format") == "csv"


def query(request: HttpRequest) -> str:
    """The link to the file of what the list shows."""
    changed = request.GET.copy()
    changed.pop("before", None)
    changed["format"] = "csv"
    return f"?{changed.urlencode()}"


def csv_file(
    request: HttpRequest, listing: Listing, rows: QuerySet, name: str, columns: Columns
) -> HttpResponse:
    """The file; text that a spreadsheet would take for a formula is made harmless. Newest
    `MOST_ROWS` rows: the last line says so where there are more."""
    term = asked(request, "q")
    if term and listing.search:
        rows = listing.search(rows, term)
    for each in listing.filters:
        rows = each.apply(rows, request)
    found = list(rows.order_by("-pk")[: MOST_ROWS + 1])
    text = io.StringIO("")
    writer = csv.writer(text)
    writer.writerow([label for label, _ in columns])
    for row in found[:MOST_ROWS]:
        writer.writerow([harmless(_plain(cell(row))) for _, cell in columns])
    if len(found) > MOST_ROWS:
        writer.writerow([f"Only the newest {MOST_ROWS}: narrow the list for the others."])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
