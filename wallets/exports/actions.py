"""Writes of kept reports, and asking for their files."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import actions as audit
from jobs import actions as jobs
from jobs.models import Job
from wallets.exports import kinds, making, schedule, selectors
from wallets.exports.errors import ExportError
from wallets.exports.models import SavedReport, Schedule, Span
from wallets.ledger import chart
from wallets.reports import periods
from wallets.reports.files import downloads

MOST_SAVED = 200
MOST_RECIPIENTS = 30


def export(*, report: str, filters: Any, file_kind: str, acting_user: Any) -> Job:
    """Have a report made as a file in the background. Raises PermissionDenied, ExportError,
    JobError."""
    kind = kinds.kind_of(report)
    if file_kind not in downloads.KINDS:
        raise ExportError("unknown_file", _("Choose CSV, XLSX or PDF."))
    parameters = {"report": report, "filters": kinds.clean(report, filters), "file": file_kind}
    return jobs.ask_for(
        kind=making.KIND,
        title=chart.english(kind.title),
        parameters=parameters,
        acting_user=acting_user,
    )


def keep(
    *,
    saved: SavedReport | None,
    name: str,
    report: str,
    filters: Any,
    acting_user: Any,
    schedule_of: str = Schedule.NONE,
    span: str = Span.KEPT,
    hour: int = 6,
    file_kind: str = "xlsx",
    recipients: Iterable[int] = (),
) -> SavedReport:
    """Keep a report's filters under a name, or change what was kept (by whoever kept it).

    Raises PermissionDenied, ExportError.
    """
    kind = kinds.kind_of(report)
    if not kinds.may(acting_user, {"report": report}):
        raise PermissionDenied(_("You have no right to this report."))
    if saved is not None and saved.owner_id != acting_user.pk:
        raise PermissionDenied(_("Only who kept it may change it."))
    told = sorted(set(recipients))
    _check(kind, schedule_of, span, file_kind, told, report)
    with transaction.atomic():
        if saved is None and SavedReport.objects.count() >= MOST_SAVED:
            raise ExportError(
                "too_many", _("%(count)s reports are kept already.") % {"count": MOST_SAVED}
            )
        row = saved or SavedReport(owner=acting_user, report=report)
        old = _facts(row) if saved else None
        row.name, row.filters = name.strip()[:80], kinds.clean(report, filters)
        row.schedule, row.span, row.hour = schedule_of, span, hour
        row.file_kind, row.recipients = file_kind, told
        row.stopped_because, row.kept_at = "", timezone.now()
        row.next_due_at = schedule.next_due(
            schedule_of, hour, timezone.now(), selectors.firm_zone()
        )
        row.save()
        audit.record("exports.keep", row, old=old, new=_facts(row), acting_user=acting_user)
    return row


def _check(
    kind: kinds.ReportKind,
    schedule_of: str,
    span: str,
    file_kind: str,
    told: list[int],
    report: str,
) -> None:
    if file_kind not in downloads.KINDS:
        raise ExportError("unknown_file", _("Choose CSV, XLSX or PDF."))
    if schedule_of == Schedule.NONE:
        return
    if not kind.can_be_scheduled:
        raise ExportError("not_scheduled", _("This report does not come by itself."))
    if not told:
        raise ExportError("nobody", _("Say who gets the file."))
    if len(told) > MOST_RECIPIENTS:
        raise ExportError(
            "too_many", _("A file goes to %(count)s people at most.") % {"count": MOST_RECIPIENTS}
        )
    if set(told) - {user.pk for user in selectors.people_with_right(report)}:
        raise ExportError("no_right", _("Choose people who have the right to this report."))


def _facts(row: SavedReport) -> dict[str, Any]:
    return {
        "name": row.name,
        "report": row.report,
        "filters": row.filters,
        "schedule": str(row.schedule),
        "span": str(row.span),
        "hour": row.hour,
        "file": row.file_kind,
        "recipients": row.recipients,
    }


def remove(*, saved: SavedReport, acting_user: Any) -> None:
    """Keep a report no more; files that were made of it stay as long as they would."""
    if saved.owner_id != acting_user.pk:
        raise PermissionDenied(_("Only who kept it may remove it."))
    with transaction.atomic():
        audit.record("exports.remove", saved, old=_facts(saved), acting_user=acting_user)
        SavedReport.objects.filter(pk=saved.pk).delete()


def run_now(*, saved: SavedReport, acting_user: Any) -> Job:
    """Have the file made at once, for whoever asks alone."""
    today = timezone.now().astimezone(selectors.firm_zone()).date()
    return export(
        report=saved.report,
        filters=filters_on(saved, today),
        file_kind=saved.file_kind,
        acting_user=acting_user,
    )


def filters_on(saved: SavedReport, today: date) -> dict[str, str]:
    """The filters of a file that is due on a day of the firm."""
    filters = dict(saved.filters)
    kind, zone = kinds.kind_of(saved.report), selectors.firm_zone()
    days = schedule.days_of(saved.span, today)
    if days is None:
        return filters
    filters["zone"] = periods.zone_name(zone)
    if kind.has_period:
        filters["begin"], filters["end"] = days[0].isoformat(), days[1].isoformat()
    else:
        # The books at the end of the last day it is about.
        end = periods.period_of_days(days[0], days[1], zone).end
        assert end is not None
        filters["at"] = end.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
    return filters


def ask_for_due(now: datetime) -> int:
    """Ask for the files of all kept reports that are due, each once; how many there were.

    One whose owner has lost the right is stopped, and says why.
    """
    zone, count = selectors.firm_zone(), 0
    due = SavedReport.objects.filter(next_due_at__lte=now).values_list("pk", flat=True)
    for saved_id in list(due):
        with transaction.atomic():
            row = (
                SavedReport.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("owner")
                .filter(pk=saved_id, next_due_at__lte=now)
                .first()
            )
            if row is None or row.next_due_at is None:
                continue
            moment = row.next_due_at
            parameters = selectors.parameters_of(row)
            if kinds.may(row.owner, parameters):
                today = moment.astimezone(zone).date()
                jobs.ask_for(
                    kind=making.KIND,
                    title=row.name,
                    parameters=parameters | {"filters": filters_on(row, today)},
                    acting_user=row.owner,
                    told=row.recipients,
                    key=f"saved:{row.pk}:{moment:%Y%m%dT%H%M}",
                )
                row.last_due_at = moment
                row.next_due_at = schedule.next_due(row.schedule, row.hour, now, zone)
                count += 1
            else:
                row.next_due_at = None
                # Kept in English; pages say it in the reader's language.
                row.stopped_because = gettext_noop("Who kept it has no right to it any more.")
                audit.record(
                    "exports.stop",
                    row,
                    new={"stopped_because": row.stopped_because},
                    acting_user=None,
                )
            row.save()
    return count
