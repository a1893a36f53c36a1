"""The books: from a balance to its postings, to the journal entry, to the engine event."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import traces
from backoffice import access, cells, pages, words
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import journal, names
from tenants.selectors import current_tenant
from trading.instruments.models import Asset
from wallets.bookkeeping import selectors as bookkeeping
from wallets.ledger.chart import shown_name
from wallets.ledger.models import (
    Classification,
    EntryKind,
    JournalEntry,
    LedgerAccount,
    Line,
    Posting,
)


def shown_units(account: LedgerAccount, units: int) -> int:
    """The balance as its class reads it: credit balances of credit classes are positive."""
    debit_side = account.classification in (Classification.ASSET, Classification.EXPENSE)
    return units if debit_side else -units


def _name(account: LedgerAccount) -> Any:
    """A name that tells customers' accounts apart."""
    if account.account is None:
        return shown_name(account.pk, account.name)
    owner = account.account.user
    number = _("account %(id)s") % {"id": account.account.pk}
    return cells.pair(account.name, f"{owner.email}, {number}" if owner else number)


def _asset_choices() -> list[tuple[str, str]]:
    return [(str(asset.pk), asset.code) for asset in Asset.objects.all()]


def chart(request: HttpRequest) -> HttpResponse:
    """Every line of the chart of accounts with its balance."""

    def balance_of(account: LedgerAccount) -> Any:
        units = account.balance.units if hasattr(account, "balance") else 0
        return names.amount(shown_units(account, units), account.asset)

    listing = Listing(
        columns=[
            Column(gettext_lazy("Ledger account"), _name, "main"),
            Column(gettext_lazy("Class"), lambda a: a.get_classification_display()),
            Column(gettext_lazy("Line"), lambda a: a.get_line_display()),
            Column(gettext_lazy("Asset"), lambda a: a.asset.code),
            Column(gettext_lazy("Balance"), balance_of, "number"),
        ],
        filters=[
            Choice(
                "class",
                gettext_lazy("Class"),
                Classification.choices,
                lambda rows, value: rows.filter(classification=value),
            ),
            Choice(
                "asset",
                gettext_lazy("Asset"),
                _asset_choices(),
                lambda rows, value: rows.filter(asset_id=int(value)),
            ),
            Choice(
                "line",
                gettext_lazy("Line"),
                [(str(value), label) for value, label in Line.choices],
                lambda rows, value: rows.filter(line=int(value)),
            ),
        ],
        search=lambda rows, term: rows.filter(
            Q(name__icontains=term) | Q(account__user__email__icontains=term)
        ),
        search_hint=gettext_lazy("Name, or a customer's e-mail"),
        order=("line", "part", "account_id", "asset_id"),
        empty_headline=gettext_lazy("The books are empty"),
        empty_sentence=gettext_lazy("Ledger accounts appear with the first money that moves."),
        row_link=lambda account: pages.url(request, "ledger_account", account.pk),
    )
    rows = LedgerAccount.objects.select_related("asset", "balance", "account__user")
    whose = request.GET.get("whose", "")
    if whose == "house":
        rows = rows.exclude(line=Line.ENGINE_ACCOUNT)
    elif whose == "accounts":
        rows = rows.filter(line=Line.ENGINE_ACCOUNT)
    address = pages.url(request, "ledger")
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "intro": _("Balances as each class reads them. Choose one to see what made it."),
            "tabs": [
                (_("Everything"), address, whose not in ("house", "accounts")),
                (_("The firm's own lines"), f"{address}?whose=house", whose == "house"),
                (_("Accounts"), f"{address}?whose=accounts", whose == "accounts"),
            ],
            "buttons": [
                (_("Trial balance"), pages.url(request, "trial_balance"), ""),
                (_("Verify books"), pages.url(request, "verify_books"), ""),
            ],
        },
        title=_("Chart of accounts"),
    )


def ledger_account(request: HttpRequest, ledger_account_id: int) -> HttpResponse:
    """One ledger account: its balance and the postings that made it, newest first."""
    account: LedgerAccount = names.found(
        LedgerAccount.objects.select_related("asset", "account", "balance"), pk=ledger_account_id
    )
    units = account.balance.units if hasattr(account, "balance") else 0
    before = request.GET.get("before", "")
    postings = account.postings.select_related("entry").order_by("-entry_id", "-line")
    if before.isascii() and before.isdigit() and len(before) < 19:
        postings = postings.filter(entry_id__lt=int(before))
    rows = list(postings[:51])
    listing = Listing(
        columns=[
            Column(gettext_lazy("Entry"), lambda p: cells.mono(p.entry_id), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda p: cells.when(p.entry.time)),
            Column(gettext_lazy("Why"), lambda p: p.entry.get_kind_display()),
            Column(gettext_lazy("Reference"), lambda p: p.entry.reference_id),
            Column(
                gettext_lazy("Debit"),
                lambda p: names.amount(p.units, account.asset) if p.units > 0 else "",
                "number",
            ),
            Column(
                gettext_lazy("Credit"),
                lambda p: names.amount(-p.units, account.asset) if p.units < 0 else "",
                "number",
            ),
            Column(gettext_lazy("Engine seq"), lambda p: cells.mono(p.entry.seq), "number"),
        ],
        row_link=lambda p: pages.url(request, "entry", p.entry_id),
        empty_headline=gettext_lazy("No postings"),
    )
    table = listing.show(rows[:50])
    if len(rows) > 50:
        table.older = f"?before={rows[49].entry_id}"
    facts = [
        (_("Balance"), names.amount(shown_units(account, units), account.asset)),
        (_("Class"), account.get_classification_display()),
        (_("Line"), account.get_line_display()),
        (_("Asset"), account.asset.code),
    ]
    if account.account:
        facts.append((_("Account"), names.account_link(request, account.account)))
    return pages.render(
        request,
        "ledger_account.html",
        {"facts": facts, "table": table},
        title=shown_name(account.pk, account.name),
        crumbs=[(_("Chart of accounts"), pages.url(request, "ledger"))],
    )


def entries(request: HttpRequest) -> HttpResponse:
    """All journal entries, newest first."""

    def search(rows: Any, term: str) -> Any:
        number = int(term) if term.isascii() and term.isdigit() and len(term) < 19 else 0
        return rows.filter(Q(pk=number) | Q(pk__in=names.entries_of_seq(number).values("pk")))

    listing = Listing(
        columns=[
            Column(gettext_lazy("Entry"), lambda e: cells.mono(e.pk), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda e: cells.when(e.time)),
            Column(gettext_lazy("Why"), lambda e: e.get_kind_display()),
            Column(gettext_lazy("Reference"), lambda e: e.reference_id),
            Column(gettext_lazy("Engine seq"), lambda e: cells.mono(e.seq), "number"),
        ],
        filters=[
            Choice(
                "kind",
                gettext_lazy("Why"),
                [(str(value), label) for value, label in EntryKind.choices],
                lambda rows, value: rows.filter(kind=int(value)),
            ),
            Days("time", gettext_lazy("Day"), "time"),
        ],
        search=search,
        search_hint=gettext_lazy("Entry or engine seq"),
        empty_headline=gettext_lazy("No journal entries yet"),
        empty_sentence=gettext_lazy("They are written by clearing from the engine's journal."),
        row_link=lambda entry: pages.url(request, "entry", entry.pk),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, JournalEntry.objects.all())},
        title=_("Journal entries"),
    )


def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One journal entry: its postings, which sum to zero in every asset, and its cause."""
    row: JournalEntry = names.found(JournalEntry.objects.all(), pk=entry_id)
    postings = list(
        row.postings.select_related(
            "ledger_account__asset", "ledger_account__account__user"
        ).order_by("line")
    )
    facts = [
        (_("Why"), row.get_kind_display()),
        (_("Time (UTC)"), cells.when(row.time)),
        (_("Reference"), _reference(request, row)),
        (
            _("Engine event"),
            cells.link(
                pages.url(request, "engine_record", row.seq), _("seq %(seq)s") % {"seq": row.seq}
            ),
        ),
    ]
    facts += _notes(request, row)
    is_undone = bookkeeping.reversal_request(row.pk) or bookkeeping.reversed_by(row.pk)
    return pages.render(
        request,
        "entry.html",
        {
            "facts": facts,
            "table": _postings_table(request, postings),
            "entry": row,
            "can_reverse": not is_undone and row.kind != EntryKind.SPOT_FILL,
        },
        title=_("Journal entry %(id)s") % {"id": row.pk},
        crumbs=[(_("Journal entries"), pages.url(request, "entries"))],
    )


def _notes(request: HttpRequest, row: JournalEntry) -> list[tuple[str, Any]]:
    """Another time than its own, what it undoes, what undoes it or will."""

    def entry_link(entry_id: int) -> Any:
        return cells.link(pages.url(request, "entry", entry_id), entry_id)

    facts: list[tuple[str, Any]] = []
    note = bookkeeping.note_of(row.pk)
    if note is not None and note.value_time:
        facts.append((_("Belongs to (UTC)"), cells.when(note.value_time)))
    if note is not None and note.reverses_id:
        facts.append((_("Undoes the entry"), entry_link(note.reverses_id)))
    undone_by = bookkeeping.reversed_by(row.pk)
    if undone_by is not None:
        facts.append((_("Undone by the entry"), entry_link(undone_by)))
    elif (asked := bookkeeping.reversal_request(row.pk)) is not None:
        address = pages.url(request, "entry_request", asked.pk)
        facts.append((_("Reversal"), cells.link(address, asked.get_state_display())))
    return facts


def _postings_table(request: HttpRequest, postings: list[Posting]) -> Any:
    return Listing(
        columns=[
            Column(gettext_lazy("Ledger account"), lambda p: _name(p.ledger_account), "main"),
            Column(gettext_lazy("Class"), lambda p: p.ledger_account.get_classification_display()),
            Column(
                gettext_lazy("Debit"),
                lambda p: names.amount(p.units, p.ledger_account.asset) if p.units > 0 else "",
                "number",
            ),
            Column(
                gettext_lazy("Credit"),
                lambda p: names.amount(-p.units, p.ledger_account.asset) if p.units < 0 else "",
                "number",
            ),
        ],
        row_link=lambda p: pages.url(request, "ledger_account", p.ledger_account_id),
    ).show(postings)


def _reference(request: HttpRequest, row: JournalEntry) -> Any:
    if row.kind == EntryKind.SPOT_FILL:
        return cells.link(
            pages.url(request, "trade", row.reference_id),
            _("trade %(id)s") % {"id": row.reference_id},
        )
    asked = bookkeeping.requests().filter(result_seq=row.seq, pk=row.reference_id).first()
    if asked is not None:
        return cells.link(
            pages.url(request, "entry_request", asked.pk),
            _("request %(id)s: %(reason)s") % {"id": asked.pk, "reason": asked.reason},
        )
    if row.kind in (EntryKind.OWN_TRANSFER_OUT, EntryKind.OWN_TRANSFER_IN):
        return _("transfer %(id)s between own accounts") % {"id": row.reference_id}
    if row.kind in (
        EntryKind.ADJUSTMENT_CREDIT,
        EntryKind.ADJUSTMENT_DEBIT,
        EntryKind.TRANSFER_CREDIT,
        EntryKind.TRANSFER_DEBIT,
    ):
        return cells.link(
            pages.url(request, "adjustment", row.reference_id),
            _("adjustment %(id)s") % {"id": row.reference_id},
        )
    return row.reference_id


def engine_record(request: HttpRequest, seq: int) -> HttpResponse:
    """One record of the engine journal: the command, its result and the events it caused."""
    record = journal.record_of(current_tenant().id, seq)
    if record is None:
        if not journal.is_here():
            return pages.render(
                request,
                "problem.html",
                {
                    "headline": _("The engine journal is not on this machine"),
                    "sentence": _("Open this page on a server that runs the engine."),
                    "icon": "cloud_off",
                },
                title=_("Engine event"),
                status=503,
            )
        raise Http404
    dictionary = names.dictionary()
    sources = {0: _("waiting caller"), 1: _("queued command %(no)s") % {"no": record.source_no}}
    related = names.entries_of_seq(seq).order_by("pk")[:200]
    facts = [
        (_("Seq"), record.seq),
        (_("Time (UTC)"), cells.when(record.time)),
        (_("Command"), cells.mono(type(record.command).__name__)),
        (_("Result"), words.result_text(record.result)),
        (_("Came from"), sources.get(record.source) or _("source %(no)s") % {"no": record.source}),
        (_("Trace"), _trace(request, record.trace_id)),
    ]
    return pages.render(
        request,
        "engine_record.html",
        {
            "facts": facts,
            "command": words.event_sentence(record.command, dictionary),
            "command_fields": _fields(record.command),
            "events": [
                {
                    "name": type(event).__name__,
                    "sentence": words.event_sentence(event, dictionary),
                    "fields": _fields(event),
                    "tone": journal.tone_of(event),
                }
                for event in record.events
            ],
            "entries": related,
        },
        title=_("Engine event, seq %(seq)s") % {"seq": seq},
        crumbs=[(_("Journal entries"), pages.url(request, "entries"))],
    )


def _trace(request: HttpRequest, trace_id: int) -> Any:
    text = traces.text_of(trace_id)
    if not trace_id or not access.may(request.user, "audit.view"):
        return cells.mono(text) if trace_id else cells.NOTHING
    return cells.link(pages.url(request, "trace", text), text)


def _fields(message: Any) -> list[tuple[str, Any]]:
    return [(name, getattr(message, name)) for name, _kind in message.FIELDS]


PAGES = (
    pages.Page("ledger/", "ledger", chart, "ledger.view"),
    pages.Page(
        "ledger/accounts/<int:ledger_account_id>/", "ledger_account", ledger_account, "ledger.view"
    ),
    pages.Page("ledger/entries/", "entries", entries, "ledger.view"),
    pages.Page("ledger/entries/<int:entry_id>/", "entry", entry, "ledger.view"),
    pages.Page("ledger/events/<int:seq>/", "engine_record", engine_record, "ledger.view"),
)
