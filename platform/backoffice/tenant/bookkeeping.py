"""Entries by staff: a kind, its form and preview, a second person, the journal entry."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages, words
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.refusals import refusal_of
from backoffice.tables import Choice, Column, Listing, by_state, state_tabs
from backoffice.tenant import names, postings
from backoffice.tenant.adjustments import person
from backoffice.tenant.entry_forms import HOUSE_LABELS, EntryForm
from wallets.bookkeeping import actions, plans, selectors
from wallets.bookkeeping.models import EntryRequest, State
from wallets.ledger import chart, entries
from wallets.ledger.models import EntryKind, JournalEntry, Line


def amount_of(row: EntryRequest) -> Any:
    """The amount with its asset; a reversal has that of the entry."""
    if row.asset is None:
        return cells.NOTHING
    if row.kind == EntryKind.YEAR_CLOSED:
        return names.amount(int(row.income_units - row.expense_units), row.asset)
    return names.amount(int(row.amount_units), row.asset)


def requests(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and everything before."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Request"), lambda r: cells.mono(r.pk), "main"),
            Column(gettext_lazy("Kind"), lambda r: r.get_kind_display()),
            Column(pgettext_lazy("money", "Amount"), amount_of, "number"),
            Column(gettext_lazy("Reason"), lambda r: r.reason[:80]),
            Column(
                gettext_lazy("Asked by"),
                lambda r: cells.pair(person(r.requested_by), cells.when(r.requested_at)),
            ),
            Column(
                gettext_lazy("Second person"),
                lambda r: (
                    cells.pair(person(r.approved_by), cells.when(r.decided_at))
                    if r.approved_by
                    else cells.NOTHING
                ),
            ),
            Column(gettext_lazy("State"), lambda r: cells.badge(r.state)),
        ],
        filters=[
            by_state(State.choices),
            Choice(
                "kind",
                gettext_lazy("Kind"),
                [(str(value), label) for value, label in EntryKind.choices],
                lambda rows, value: rows.filter(kind=int(value)),
            ),
        ],
        search=lambda rows, term: rows.filter(
            Q(reason__icontains=term) | Q(account__user__email__icontains=term)
        ),
        search_hint=gettext_lazy("Reason or e-mail"),
        empty_headline=gettext_lazy("No entries by staff"),
        empty_sentence=gettext_lazy(
            "Fees of banks and networks, capital, transfers, rebates, corrections and reversals "
            "stand here with both their persons."
        ),
        row_link=lambda row: pages.url(request, "entry_request", row.pk),
    )
    buttons = [(_("Custody accounts"), pages.url(request, "custody_accounts"), "")]
    if access.may(request.user, "bookkeeping.request"):
        buttons.append((_("New entry"), pages.url(request, "entry_kinds"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, selectors.requests()),
            "buttons": buttons,
            "tabs": state_tabs(
                request,
                pages.url(request, "entry_requests"),
                {
                    "requested": _("Waiting for a second person"),
                    "rejected": _("Rejected by the engine"),
                },
            ),
        },
        title=_("Entries by staff"),
    )


def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of entry that can be asked for, with what it means and where it stands."""

    def side(template: entries.EntryTemplate, sign: int) -> str:
        for leg in template.legs:
            if leg.units[0][0] == sign:
                if template.kind == EntryKind.CORRECTION:
                    return _("Any line")
                short = {Line.ENGINE_ACCOUNT: _("Account"), Line.CUSTODY: _("Custody")}
                return short.get(leg.line) or chart.line_name(leg.line)
        return ""

    listing = Listing(
        columns=[
            Column(gettext_lazy("Kind"), lambda t: str(t.kind.label), "main"),
            Column(gettext_lazy("What it means"), lambda t: t.meaning),
            Column(gettext_lazy("Debit"), lambda t: side(t, 1)),
            Column(gettext_lazy("Credit"), lambda t: side(t, -1)),
        ],
        row_link=lambda t: pages.url(request, "request_entry", int(t.kind)),
    )
    of_the_house = [t for t in _offered() if t.is_recorded]
    of_accounts = [t for t in _offered() if not t.is_recorded]
    return pages.render(
        request,
        "entry_kinds.html",
        {"house": listing.show(of_the_house), "accounts": listing.show(of_accounts)},
        title=_("New entry"),
        crumbs=[(_("Entries by staff"), pages.url(request, "entry_requests"))],
    )


def _offered() -> list[entries.EntryTemplate]:
    return [entries.TEMPLATES[kind] for kind in plans.OFFERED_KINDS]


def _found(request_id: int) -> EntryRequest:
    row: EntryRequest = names.found(selectors.requests(), pk=request_id)
    return row


def entry_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: its postings, who asked, who decided, what the engine and the books made."""
    row = _found(request_id)
    facts = [
        (_("State"), cells.badge(row.get_state_display(), cells.tone_of(row.state))),
        *facts_of(request, row),
        (_("Asked by"), person(row.requested_by)),
        (_("Asked (UTC)"), cells.when(row.requested_at)),
        (_("Second person"), person(row.approved_by)),
        (_("Decided (UTC)"), cells.when(row.decided_at)),
    ]
    if row.decision_reason:
        facts.append((_("Reason of the decision"), row.decision_reason))
    if row.result is not None:
        facts.append((_("Engine's result"), words.result_text(row.result)))
    if row.result_seq:
        address = pages.url(request, "engine_record", row.result_seq)
        facts.append(
            (_("Engine event"), cells.link(address, _("seq %(seq)s") % {"seq": row.result_seq}))
        )
        entry = names.entries_of_seq(row.result_seq).first()
        if entry:
            address = pages.url(request, "entry", entry.pk)
            facts.append((_("Journal entry"), cells.link(address, entry.pk)))
    context: dict[str, Any] = {
        "facts": facts,
        "entry_request": row,
        "table": postings.table(postings.planned(plans.postings_of(row))),
        "is_waiting": row.state == State.REQUESTED,
        "is_own": row.requested_by_id == request.user.pk,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "entry_request.html",
        context,
        title=_("%(kind)s, request %(id)s") % {"kind": row.get_kind_display(), "id": row.pk},
        crumbs=[(_("Entries by staff"), pages.url(request, "entry_requests"))],
    )


def facts_of(request: HttpRequest, row: EntryRequest) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [(_("Kind"), row.get_kind_display())]
    if row.asset is not None:
        facts.append((pgettext("money", "Amount"), amount_of(row)))
    if row.account is not None:
        facts.append((_("Account"), names.account_link(request, row.account)))
    if row.reverses_id:
        address = pages.url(request, "entry", row.reverses_id)
        facts.append((_("Undoes the entry"), cells.link(address, row.reverses_id)))
    if row.value_time:
        facts.append((_("Belongs to (UTC)"), cells.when(row.value_time)))
    if row.year:
        facts.append((_("Year"), str(row.year)))
    facts.append((_("Reason"), row.reason))
    return facts


class RequestEntry(ActionPage):
    """Ask for an entry of a kind; first it is shown what it comes to."""

    template = "request_entry.html"
    preview: list[postings.PlannedPosting] | None = None

    def target(self, kind: int) -> entries.EntryTemplate:  # type: ignore[override]
        if kind not in plans.OFFERED_KINDS:
            raise Http404
        return entries.TEMPLATES[EntryKind(kind)]

    def title(self, target: entries.EntryTemplate) -> str:
        return str(target.kind.label)

    def confirm_label(self, target: entries.EntryTemplate) -> str:
        return _("Ask a second person")

    def explanation(self, target: entries.EntryTemplate) -> list[str]:
        return [
            str(target.meaning),
            _("Nothing is booked yet: a second person must approve it."),
        ]

    def form(self, target: entries.EntryTemplate, data: Any = None, files: Any = None) -> Any:
        return EntryForm(target, data, files, initial={"account": self.request.GET.get("account")})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        # In the address, since a button that is disabled once it is pressed sends no name.
        if "preview" not in request.GET:
            return super().post(request, **kwargs)
        target = self.target(**kwargs)
        form = self.form(target, request.POST)
        if not form.is_valid():
            return self._show(target, form, status=422)
        try:
            plan = actions.plan_entry(**self._values(target, form.cleaned_data))
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, refusal.sentence)
            return self._show(target, form, status=refusal.status)
        self.preview = postings.planned(plans.postings_of(plan))
        return self._show(target, form, status=200)

    def extra(self, target: entries.EntryTemplate, form: StaffForm) -> dict[str, Any]:
        if self.preview is None:
            return {}
        return {
            "preview": postings.table(self.preview),
            "sentences": [posting.sentence for posting in self.preview],
        }

    def perform(self, target: entries.EntryTemplate, values: dict[str, Any]) -> str:
        self.made = actions.request_entry(**self._values(target, values))
        return _("Request %(id)s waits for a second person.") % {"id": self.made.pk}

    def _values(self, target: entries.EntryTemplate, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": target.kind,
            "account": values.get("account"),
            "asset": values["asset"],
            "amount_units": values["amount_units"],
            "houses": {name: values.get(name) or 0 for name in HOUSE_LABELS},
            "value_time": values.get("value_time"),
            "reason": values["reason"],
            "acting_user": self.request.user,
        }

    def back(self, target: Any) -> str:
        return self.url("entry_kinds")

    def after(self, target: Any) -> str:
        return self.url("entry_request", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [
            (_("Entries by staff"), self.url("entry_requests")),
            (_("New entry"), self.url("entry_kinds")),
        ]


class Reverse(ActionPage):
    """Ask for an entry to be undone."""

    template = "request_entry.html"

    def target(self, entry_id: int) -> JournalEntry:  # type: ignore[override]
        row: JournalEntry = names.found(JournalEntry.objects.all(), pk=entry_id)
        return row

    def title(self, target: JournalEntry) -> str:
        return _("Reverse the entry %(id)s") % {"id": target.pk}

    def confirm_label(self, target: JournalEntry) -> str:
        return _("Ask a second person")

    def explanation(self, target: JournalEntry) -> list[str]:
        return [
            _("An entry is never changed: another one with its postings the other way round "
              "undoes it."),
            _("Nothing is booked yet: a second person must approve it."),
        ]  # fmt: skip

    def obstacle(self, target: JournalEntry) -> str:
        if selectors.reversed_by(target.pk) is not None:
            return _("This entry is reversed already.")
        if selectors.reversal_request(target.pk) is not None:
            return _("Somebody asked for this reversal already.")
        try:
            plans.reversal_of(target)
        except ValueError as error:
            return str(error)
        return ""

    def extra(self, target: JournalEntry, form: StaffForm) -> dict[str, Any]:
        if self.obstacle(target):
            return {}
        preview = postings.planned(plans.postings_of(plans.reversal_of(target)))
        return {
            "preview": postings.table(preview),
            "sentences": [posting.sentence for posting in preview],
            "is_final": True,
        }

    def perform(self, target: JournalEntry, values: dict[str, Any]) -> str:
        self.made = actions.request_reversal(
            entry=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("Request %(id)s waits for a second person.") % {"id": self.made.pk}

    def back(self, target: JournalEntry) -> str:
        return self.url("entry", target.pk)

    def after(self, target: JournalEntry) -> str:
        return self.url("entry_request", self.made.pk)

    def crumbs(self, target: JournalEntry) -> list[tuple[str, str]]:
        return [(_("Journal entries"), self.url("entries")), (str(target.pk), self.back(target))]


class Decision(ActionPage):
    """The second person's word."""

    def target(self, request_id: int) -> EntryRequest:  # type: ignore[override]
        return _found(request_id)

    def facts(self, target: EntryRequest) -> list[tuple[str, Any]]:
        lines = postings.planned(plans.postings_of(target))
        return [
            *facts_of(self.request, target),
            *((_("Posting"), posting.sentence) for posting in lines),
            (_("Asked by"), person(target.requested_by)),
        ]

    def obstacle(self, target: EntryRequest) -> str:
        if target.state != State.REQUESTED:
            return _("This request is decided already.")
        if target.requested_by_id == self.request.user.pk:
            return _("You asked for this yourself. A second person has to decide.")
        return ""

    def back(self, target: EntryRequest) -> str:
        return self.url("entry_request", target.pk)

    def crumbs(self, target: EntryRequest) -> list[tuple[str, str]]:
        return [
            (_("Entries by staff"), self.url("entry_requests")),
            (str(target.pk), self.back(target)),
        ]


class Approve(Decision):
    """Approve it: the engine gets the command."""

    def title(self, target: EntryRequest) -> str:
        return _("Approve request %(id)s") % {"id": target.pk}

    def confirm_label(self, target: EntryRequest) -> str:
        return _("Approve")

    def explanation(self, target: EntryRequest) -> list[str]:
        return [_("It is booked at once. It can only be undone by a reversal.")]

    def form(self, target: EntryRequest, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def perform(self, target: EntryRequest, values: dict[str, Any]) -> str:
        actions.approve_entry(
            request=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("Approved. It is booked within about a second.")


class Refuse(Decision):
    """Refuse it: nothing is booked."""

    danger = True

    def title(self, target: EntryRequest) -> str:
        return _("Refuse request %(id)s") % {"id": target.pk}

    def confirm_label(self, target: EntryRequest) -> str:
        return _("Refuse")

    def perform(self, target: EntryRequest, values: dict[str, Any]) -> str:
        actions.refuse_entry(request=target, acting_user=self.request.user, reason=values["reason"])
        return _("Refused. Nothing is booked.")


PAGES = (
    pages.Page("bookkeeping/", "entry_requests", requests, "ledger.view"),
    pages.Page("bookkeeping/new/", "entry_kinds", kinds, "bookkeeping.request"),
    pages.Page(
        "bookkeeping/new/<int:kind>/",
        "request_entry",
        RequestEntry.as_view(),
        "bookkeeping.request",
    ),
    pages.Page("bookkeeping/<int:request_id>/", "entry_request", entry_request, "ledger.view"),
    pages.Page(
        "bookkeeping/<int:request_id>/approve/",
        "approve_entry",
        Approve.as_view(),
        "bookkeeping.approve",
    ),
    pages.Page(
        "bookkeeping/<int:request_id>/refuse/",
        "refuse_entry",
        Refuse.as_view(),
        "bookkeeping.approve",
    ),
    pages.Page(
        "ledger/entries/<int:entry_id>/reverse/",
        "reverse_entry",
        Reverse.as_view(),
        "bookkeeping.request",
    ),
)
