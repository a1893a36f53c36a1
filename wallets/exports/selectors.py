from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404

from identity import selectors as identity
from identity.models import User
from tenants.selectors import current_tenant
from wallets.exports import kinds
from wallets.exports.models import SavedReport


def saved_reports(acting_user: Any) -> list[SavedReport]:
    """Kept reports that a member of staff has the right to."""
    rows = SavedReport.objects.select_related("owner")
    return [row for row in rows if kinds.may(acting_user, parameters_of(row))]


def access_saved(acting_user: Any, saved_id: int, *, own: bool = False) -> SavedReport:
    """A kept report that the user has the right to (``own``: and kept himself); else Http404."""
    rows: QuerySet[SavedReport] = SavedReport.objects.select_related("owner").filter(pk=saved_id)
    row = (rows.filter(owner_id=acting_user.pk) if own else rows).first()
    if row is None or not kinds.may(acting_user, parameters_of(row)):
        raise Http404
    return row


def parameters_of(saved: SavedReport) -> dict[str, Any]:
    """What a job that makes its file is given, with the filters as they were kept."""
    return {
        "report": saved.report,
        "filters": saved.filters,
        "file": saved.file_kind,
        "saved_id": saved.pk,
    }


def people_with_right(report: str) -> list[User]:
    """Staff who may have the report now."""
    return [u for u in identity.staff() if kinds.may(u, {"report": report})]


def firm_zone() -> ZoneInfo:
    """The time zone of the firm whose schema this is."""
    return ZoneInfo(current_tenant().timezone)
