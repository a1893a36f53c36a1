"""One click and all it led to: audit records, commands, engine events, journal entries."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import selectors as audit_selectors
from audit import traces
from backoffice import audit_pages, cells, pages, words
from backoffice.tables import Column, Listing
from backoffice.tenant import journal, names, queued
from clearing import selectors as clearing
from tenants.selectors import current_tenant
from trading.commands import tracing
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine.archive import ArchiveError
from trading.engine.journal import JournalError
from wallets.ledger.models import JournalEntry

MOST_RECORDS = 50


def trace(request: HttpRequest, trace: str) -> HttpResponse:
    """Everything with one trace id."""
    trace_id = traces.parse(trace)
    if not trace_id:
        raise Http404
    commands = list(QueuedCommand.objects.filter(trace_id=trace_id).order_by("pk")[:MOST_RECORDS])
    direct, problem = _direct_seqs(trace_id)
    receipts = CommandReceipt.objects.filter(
        source_no__in=[row.number for row in commands if row.number], seq__gt=0
    )
    seqs = sorted({*direct, *receipts.values_list("seq", flat=True)})
    records = journal.records_of(current_tenant().pk, seqs)
    entries = [entry for seq in seqs[:MOST_RECORDS] for entry in names.entries_of_seq(seq)]
    steps = audit_pages.timeline(request, audit_selectors.records_of_trace(trace_id)[:MOST_RECORDS])
    return pages.render(
        request,
        "trace.html",
        {
            "facts": [
                (_("Trace"), cells.mono(traces.text_of(trace_id))),
                (_("Clicked (UTC)"), cells.when(traces.time_of(trace_id))),
            ],
            "problem": problem,
            "audit": steps,
            "commands": _commands_table(request, commands) if commands else None,
            "records": _records_table(request, records) if records else None,
            "entries": _entries_table(request, entries) if entries else None,
            "is_empty": not (commands or records or entries or steps),
        },
        title=_("Trace of a click"),
        crumbs=[(_("Audit trail"), pages.url(request, "audit"))],
    )


def _direct_seqs(trace_id: int) -> tuple[list[int], str]:
    """(seqs of commands that somebody waited for, why they are not all known)."""
    if not journal.is_here():
        return [], _(
            "The engine journal is not on this machine: direct commands are not looked up."
        )
    try:
        found = tracing.seqs_of(
            Path(settings.ENGINE_DIR),
            current_tenant().pk,
            trace_id,
            last_seq=clearing.cleared_seq(),
        )
    except (JournalError, ArchiveError, OSError) as error:
        return [], _("The engine journal cannot be read: %(error)s") % {"error": error}
    return found[:MOST_RECORDS], ""


def _commands_table(request: HttpRequest, rows: list[QueuedCommand]) -> Any:
    dictionary = names.dictionary()
    return Listing(
        columns=[
            Column(gettext_lazy("Command"), lambda c: cells.mono(c.pk), "main"),
            Column(gettext_lazy("Written (UTC)"), lambda c: cells.when(c.created_at)),
            Column(
                gettext_lazy("What"),
                lambda c: words.event_sentence(queued.command_of(c), dictionary),
            ),
        ],
        row_link=lambda c: pages.url(request, "command", c.pk),
    ).show(rows)


def _records_table(request: HttpRequest, rows: list[journal.JournalRecord]) -> Any:
    dictionary = names.dictionary()
    return Listing(
        columns=[
            Column(gettext_lazy("Engine seq"), lambda r: cells.mono(r.seq), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda r: cells.when(r.time)),
            Column(gettext_lazy("Command"), lambda r: words.event_sentence(r.command, dictionary)),
            Column(pgettext_lazy("of a command", "Result"), lambda r: words.result_text(r.result)),
        ],
        row_link=lambda r: pages.url(request, "engine_record", r.seq),
    ).show(rows)


def _entries_table(request: HttpRequest, rows: list[JournalEntry]) -> Any:
    return Listing(
        columns=[
            Column(gettext_lazy("Entry"), lambda e: cells.mono(e.pk), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda e: cells.when(e.time)),
            Column(gettext_lazy("Why"), lambda e: e.get_kind_display()),
            Column(gettext_lazy("Reference"), lambda e: e.reference_id),
        ],
        row_link=lambda e: pages.url(request, "entry", e.pk),
    ).show(rows)


PAGES = (pages.Page("audit/traces/<str:trace>/", "trace", trace, "audit.view"),)
