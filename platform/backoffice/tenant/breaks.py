"""Breaks of the books: the list, one break with its life, and the steps people take."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Choice, Column, Days, Listing, by_state
from backoffice.tenant import kept_words, names
from backoffice.tenant.adjustments import person
from wallets.reconciliation import actions, selectors, states
from wallets.reconciliation.models import BooksBreak, State, Way
from wallets.reconciliation.states import UNDONE, Step

TONES = {
    State.OPEN: "bad",
    State.SEEN: "warn",
    State.EXPLAINED: "warn",
    State.PROPOSED: "brand",
    State.RESOLVED: "good",
    State.VANISHED: "plain",
}
CAUSES = {
    "entry_out_of_balance": gettext_lazy("An entry does not sum to zero"),
    "asset_out_of_balance": gettext_lazy("An asset does not sum to zero"),
    "balance_unlike_postings": gettext_lazy("A balance is not the sum of its postings"),
    "engine_unlike_ledger": gettext_lazy("Engine and ledger differ"),
    "hold_unlike_orders": gettext_lazy("A hold is not what open orders need"),
    "order_unlike_engine": gettext_lazy("An order differs from the engine's"),
    "trade_unlike_entry": gettext_lazy("A trade and its entry do not fit"),
    "fees_unlike_trades": gettext_lazy("Fees are not what trades charged"),
    "custody_unlike_outside": gettext_lazy("Custody is not what is outside"),
    "fills_unlike_trades": gettext_lazy("Engine fills and trades differ"),
    "trades_unlike_entries_in_sum": gettext_lazy("Trades and entries differ in sum"),
}


def cause_text(row: BooksBreak) -> str:
    return str(CAUSES.get(row.cause, row.cause.replace("_", " ")))


def message_of(row: BooksBreak) -> str:
    """What the proof said of it, in the reader's language."""
    return kept_words.sentence(row.message)


def state_badge(row: BooksBreak) -> Any:
    return cells.badge(row.get_state_display(), TONES[State(row.state)])


def amount(row: BooksBreak) -> Any:
    """Found less expected."""
    if row.asset is None or not row.units:
        return cells.NOTHING
    return names.amount(row.units, row.asset)


def breaks(request: HttpRequest) -> HttpResponse:
    """All breaks, those to be done first by choice of the tab."""
    now = timezone.now()
    listing = Listing(
        columns=[
            Column(gettext_lazy("Break"), lambda b: cells.pair(cause_text(b), _place(b)), "main"),
            Column(pgettext_lazy("money", "Amount"), amount, "number"),
            Column(
                gettext_lazy("Age"),
                lambda b: cells.pair(
                    cells.age(b.first_found_at, now), cells.when(b.first_found_at)
                ),
            ),
            Column(
                gettext_lazy("Found"), lambda b: _("%(n)s times") % {"n": b.times_found}, "number"
            ),
            Column(gettext_lazy("State"), state_badge),
        ],
        filters=[
            by_state(State.choices),
            Choice(
                "cause",
                gettext_lazy("Cause"),
                list(CAUSES.items()),
                lambda rows, value: rows.filter(cause=value),
            ),
            Days("found", gettext_lazy("Day"), "first_found_at"),
        ],
        empty_headline=gettext_lazy("No breaks"),
        empty_sentence=gettext_lazy("Every proof so far found that the books fit together."),
        row_link=lambda row: pages.url(request, "break", row.pk),
    )
    rows = selectors.breaks()
    address = pages.url(request, "breaks")
    is_all = request.GET.get("show") == "all" or bool(request.GET.get("state"))
    if not is_all:
        rows = rows.filter(state__in=UNDONE)
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "intro": _("What proofs of the books found, from the first time to its end."),
            "kept": [("show", "all")],
            "tabs": [
                (_("To be done"), address, not is_all),
                (_("All"), f"{address}?show=all", is_all),
            ],
            "buttons": [
                (_("Reconciliation"), pages.url(request, "levels"), ""),
                (_("Verify books"), pages.url(request, "verify_books"), ""),
            ],
        },
        title=_("Breaks"),
    )


def _place(row: BooksBreak) -> str:
    parts = [str(row.account) if row.account else "", row.asset.code if row.asset else ""]
    return " · ".join(part for part in parts if part) or message_of(row)[:60]


def one_break(request: HttpRequest, break_id: int) -> HttpResponse:
    """One break: what, since when, the engine event behind it, what was done about it."""
    row: BooksBreak = names.found(selectors.breaks(), pk=break_id)
    now = timezone.now()
    facts = [
        (_("State"), state_badge(row)),
        (_("Cause"), cause_text(row)),
        (_("What"), message_of(row)),
        (pgettext("money", "Amount"), amount(row)),
        (_("Expected"), _text(row, row.expected)),
        (_("Found"), _text(row, row.found)),
    ]
    if row.account:
        facts.append((_("Account"), names.account_link(request, row.account)))
    facts += [
        (
            _("First found"),
            cells.pair(cells.age(row.first_found_at, now), cells.when(row.first_found_at)),
        ),
        (
            _("Last found"),
            cells.pair(
                _("%(n)s times, last at engine seq %(seq)s")
                % {"n": row.times_found, "seq": row.seq},
                cells.when(row.last_found_at),
            ),
        ),
        (_("Engine event"), _event(request, row)),
    ]
    if row.times_reopened:
        facts.append((_("Opened again"), _("%(n)s times") % {"n": row.times_reopened}))
    if row.seen_by:
        facts.append((_("Seen by"), cells.pair(person(row.seen_by), cells.when(row.seen_at))))
    if row.explanation:
        facts.append((_("Explanation"), cells.pair(row.explanation, person(row.explained_by))))
    if row.way:
        facts.append((_("Mended by"), way_of(request, row)))
        facts.append((_("Proposed by"), person(row.proposed_by)))
    if row.resolved_by:
        facts.append(
            (_("Resolved by"), cells.pair(person(row.resolved_by), cells.when(row.ended_at)))
        )
    elif row.ended_at:
        facts.append((_("Gone since"), cells.when(row.ended_at)))
    context: dict[str, Any] = {"facts": facts, "buttons": _steps(request, row)}
    if row.state == State.PROPOSED and row.proposed_by_id == request.user.pk:
        context["note"] = _("You proposed this. A second person has to decide.")
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "break.html",
        context,
        title=_("Break %(id)s") % {"id": row.pk},
        crumbs=[(_("Breaks"), pages.url(request, "breaks"))],
    )


def _text(row: BooksBreak, text: str) -> Any:
    return (
        f"{cells.grouped(text)} {row.asset.code}" if text and row.asset else text or cells.NOTHING
    )


def _event(request: HttpRequest, row: BooksBreak) -> Any:
    if row.event_seq is None:
        return cells.muted(_("it has no single one"))
    return cells.link(
        pages.url(request, "engine_record", row.event_seq),
        _("seq %(seq)s") % {"seq": row.event_seq},
    )


def way_of(request: HttpRequest, row: BooksBreak) -> Any:
    words = row.get_way_display()
    if row.way == Way.ENTRY and row.way_reference:
        address = pages.url(request, "entry", row.way_reference)
        return cells.pair(words, cells.link(address, row.way_reference))
    return cells.pair(words, row.way_reference)


def _steps(request: HttpRequest, row: BooksBreak) -> list[tuple[str, str, str]]:
    """The buttons of what this user may do now."""
    found = []
    if access.may(request.user, "breaks.handle"):
        for step, name, label in (
            (Step.SEE, "see_break", _("I look after it")),
            (Step.EXPLAIN, "explain_break", _("Explain")),
            (Step.PROPOSE, "propose_resolution", _("Propose a resolution")),
        ):
            if states.allows(row.state, step):
                found.append((label, pages.url(request, name, row.pk), ""))
    is_own = row.proposed_by_id == request.user.pk
    if row.state == State.PROPOSED and not is_own and access.may(request.user, "breaks.resolve"):
        found.append(
            (_("Refuse"), pages.url(request, "refuse_resolution", row.pk), "bo-button-warn")
        )
        found.append(
            (_("Resolve"), pages.url(request, "resolve_break", row.pk), "bo-button-primary")
        )
    return found


class BreakPage(ActionPage):
    """One step in the life of a break."""

    step: Step

    def target(self, break_id: int) -> BooksBreak:  # type: ignore[override]
        row: BooksBreak = names.found(selectors.breaks(), pk=break_id)
        return row

    def facts(self, target: BooksBreak) -> list[tuple[str, Any]]:
        return [
            (_("Cause"), cause_text(target)),
            (_("What"), message_of(target)),
            (pgettext("money", "Amount"), amount(target)),
            (_("Explanation"), target.explanation or cells.NOTHING),
        ]

    def obstacle(self, target: BooksBreak) -> str:
        if not states.allows(target.state, self.step):
            return _("This break is in the state “%(state)s”: this step is not open to it.") % {
                "state": target.get_state_display()
            }
        return ""

    def back(self, target: BooksBreak) -> str:
        return self.url("break", target.pk)

    def crumbs(self, target: BooksBreak) -> list[tuple[str, str]]:
        return [(_("Breaks"), self.url("breaks")), (str(target.pk), self.back(target))]


class See(BreakPage):
    """Say that one looks after it."""

    form_class = StaffForm
    step = Step.SEE

    def title(self, target: BooksBreak) -> str:
        return _("Look after break %(id)s") % {"id": target.pk}

    def confirm_label(self, target: BooksBreak) -> str:
        return _("I look after it")

    def perform(self, target: BooksBreak, values: dict[str, Any]) -> str:
        actions.see_break(row=target, acting_user=self.request.user)
        return _("Your name stands beside it.")


class Explain(BreakPage):
    """Say how it came about."""

    step = Step.EXPLAIN

    def title(self, target: BooksBreak) -> str:
        return _("Explain break %(id)s") % {"id": target.pk}

    def confirm_label(self, target: BooksBreak) -> str:
        return _("Keep the explanation")

    def perform(self, target: BooksBreak, values: dict[str, Any]) -> str:
        actions.explain_break(
            row=target, explanation=values["reason"], acting_user=self.request.user
        )
        return _("The explanation is kept.")


class ProposalForm(ReasonForm):
    """What mends it, by its id."""

    way = forms.ChoiceField(label=gettext_lazy("What mends it"), choices=Way.choices)
    reference = forms.IntegerField(
        label=gettext_lazy("Its id"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("Of the journal entry, the rebuild or the outside balance."),
    )
    field_order = ["way", "reference", "reason", "token"]


class Propose(BreakPage):
    """Say what mends it."""

    form_class = ProposalForm
    step = Step.PROPOSE

    def title(self, target: BooksBreak) -> str:
        return _("Propose a resolution of break %(id)s") % {"id": target.pk}

    def confirm_label(self, target: BooksBreak) -> str:
        return _("Propose")

    def explanation(self, target: BooksBreak) -> list[str]:
        return [
            _("A journal entry or a rebuild has to be approved by a second person."),
            _("A corrected outside balance resolves it at once."),
            _("If a later proof still finds the break, it opens again."),
        ]

    def perform(self, target: BooksBreak, values: dict[str, Any]) -> str:
        row = actions.propose_resolution(
            row=target,
            way=values["way"],
            reference=values["reference"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        if row.state == State.RESOLVED:
            return _("The break is resolved.")
        return _("A second person has to decide now.")


class Decision(BreakPage):
    """The second person's word."""

    def facts(self, target: BooksBreak) -> list[tuple[str, Any]]:
        return [
            *super().facts(target),
            (_("Mended by"), way_of(self.request, target) if target.way else cells.NOTHING),
            (_("Proposed by"), person(target.proposed_by)),
        ]

    def basis(self, target: BooksBreak) -> Any:
        return (target.way, target.way_reference, target.proposed_by_id, target.explanation)

    def obstacle(self, target: BooksBreak) -> str:
        if target.state == State.PROPOSED and target.proposed_by_id == self.request.user.pk:
            return _("You proposed this yourself. A second person has to decide.")
        return super().obstacle(target)


class Resolve(Decision):
    """Agree that it is mended."""

    step = Step.RESOLVE

    def title(self, target: BooksBreak) -> str:
        return _("Resolve break %(id)s") % {"id": target.pk}

    def confirm_label(self, target: BooksBreak) -> str:
        return _("Resolve")

    def form(self, target: BooksBreak, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def perform(self, target: BooksBreak, values: dict[str, Any]) -> str:
        actions.resolve_break(row=target, acting_user=self.request.user, reason=values["reason"])
        return _("The break is resolved.")


class Refuse(Decision):
    """Refuse: it goes back to its explanation."""

    danger = True
    step = Step.REFUSE

    def title(self, target: BooksBreak) -> str:
        return _("Refuse the resolution of break %(id)s") % {"id": target.pk}

    def confirm_label(self, target: BooksBreak) -> str:
        return _("Refuse")

    def perform(self, target: BooksBreak, values: dict[str, Any]) -> str:
        actions.refuse_resolution(
            row=target, acting_user=self.request.user, reason=values["reason"]
        )
        return _("Refused. The break waits for another resolution.")


_ONE = "breaks/<int:break_id>/"
PAGES = (
    pages.Page("breaks/", "breaks", breaks, "ledger.view"),
    pages.Page(_ONE, "break", one_break, "ledger.view"),
    pages.Page(f"{_ONE}see/", "see_break", See.as_view(), "breaks.handle"),
    pages.Page(f"{_ONE}explain/", "explain_break", Explain.as_view(), "breaks.handle"),
    pages.Page(f"{_ONE}propose/", "propose_resolution", Propose.as_view(), "breaks.handle"),
    pages.Page(f"{_ONE}resolve/", "resolve_break", Resolve.as_view(), "breaks.resolve"),
    pages.Page(f"{_ONE}refuse/", "refuse_resolution", Refuse.as_view(), "breaks.resolve"),
)
