"""Deposits: what came in, whose it is, and the work list of what is not known."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, export, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Days, Listing, by_asset, by_state, state_tabs
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from trading.accounts.models import Account, AccountRole
from trading.instruments.models import Asset
from wallets.payments import selectors
from wallets.payments.deposits import actions
from wallets.payments.models import Deposit, DepositState, Match, Proposal, StatementLine
from wallets.payments.statements import actions as statements

_EXPORT: export.Columns = (
    ("deposit", lambda d: d.pk),
    ("recorded_at", lambda d: d.recorded_at),
    ("state", lambda d: d.state),
    ("customer", lambda d: d.user.email if d.user else ""),
    ("account", lambda d: d.account_id),
    ("asset", lambda d: d.asset.code),
    ("amount", lambda d: d.asset.text(int(d.amount_units))),
    ("fee", lambda d: d.asset.text(int(d.fee_units))),
    ("matched_by", lambda d: d.match),
    ("sender", lambda d: d.sender_name),
    ("sender_iban", lambda d: d.sender_iban),
    ("remittance", lambda d: d.remittance),
    ("ended_at", lambda d: d.ended_at),
)


def _listing(request: HttpRequest) -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Deposit"), lambda d: cells.mono(d.pk), "main"),
            Column(gettext_lazy("Customer"), lambda d: words.customer(request, d.user)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda d: words.amount(d.amount_units, d),
                "number",
            ),
            Column(
                gettext_lazy("Sender"),
                lambda d: cells.pair(d.sender_name or "–", d.remittance[:60]),
            ),
            Column(gettext_lazy("Recorded"), lambda d: cells.when(d.recorded_at)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[
            by_state(DepositState.choices),
            by_asset(Asset.objects.values_list("code", flat=True)),
            Days("day", gettext_lazy("Recorded"), "recorded_at"),
        ],
        search=lambda rows, term: rows.filter(
            Q(user__email__icontains=term)
            | Q(sender_name__icontains=term)
            | Q(sender_iban__icontains=term.replace(" ", ""))
            | Q(remittance__icontains=term)
        ),
        search_hint=gettext_lazy("E-mail, sender, IBAN or text"),
        empty_headline=gettext_lazy("No deposits"),
        empty_sentence=gettext_lazy("They come of the bank's statements that are taken in."),
        row_link=lambda row: pages.url(request, "deposit", row.pk),
    )


def deposits(request: HttpRequest) -> HttpResponse:
    """Every deposit; as a CSV file too."""
    listing, rows = _listing(request), selectors.deposits()
    if export.wanted(request):
        return export.csv_file(request, listing, rows, "deposits", _EXPORT)
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "buttons": [
                (_("CSV"), export.query(request), ""),
                (_("By hand"), pages.url(request, "payments_by_hand"), ""),
                (_("Work list"), pages.url(request, "deposit_work"), "bo-button-primary"),
            ],
            "tabs": state_tabs(
                request,
                pages.url(request, "deposits"),
                {
                    "suspense": _("In suspense"),
                    "held": _("Held"),
                    "credited": _("Credited"),
                },
            ),
        },
        title=_("Deposits"),
    )


def work(request: HttpRequest) -> HttpResponse:
    """What waits for a person: money nobody knows, and what left without being a payment."""
    waiting = Listing(
        columns=[
            Column(gettext_lazy("Deposit"), lambda d: cells.mono(d.pk), "main"),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda d: words.amount(d.amount_units, d),
                "number",
            ),
            Column(
                gettext_lazy("Sender"), lambda d: cells.pair(d.sender_name or "–", d.remittance)
            ),
            Column(gettext_lazy("Why"), lambda d: d.note or _("No reference of a customer.")),
            Column(gettext_lazy("Recorded"), lambda d: cells.when(d.recorded_at)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("Every deposit has found its customer"),
        row_link=lambda row: pages.url(request, "deposit", row.pk),
    )
    lines = Listing(
        columns=[
            Column(gettext_lazy("Bank entry"), lambda n: cells.mono(n.pk), "main"),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda n: names.amount(-int(n.amount_units), n.bank_account.asset),
                "number",
            ),
            Column(
                pgettext_lazy("recipient", "To"), lambda n: cells.pair(n.name or "–", n.remittance)
            ),
            Column(gettext_lazy("Why"), lambda n: n.reason or _("No payment of ours.")),
            Column(gettext_lazy("Day"), lambda n: n.booked_on or cells.NOTHING),
        ],
        empty_headline=gettext_lazy("Everything that left is explained"),
        row_link=lambda row: pages.url(request, "explain_line", row.pk),
    )
    return pages.render(
        request,
        "payment_work.html",
        {
            "deposits": waiting.show(selectors.work_list().order_by("pk")[:200]),
            "lines": lines.show(selectors.unexplained_lines().order_by("pk")[:200]),
        },
        title=_("Work list"),
        crumbs=[(_("Deposits"), pages.url(request, "deposits"))],
    )


def _found(deposit_id: int) -> Deposit:
    row: Deposit = names.found(selectors.deposits(), pk=deposit_id)
    return row


def deposit(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """One deposit: what the bank said, whose it is, its steps and entries."""
    row = _found(deposit_id)
    is_proposed = row.state == DepositState.PROPOSED
    facts = [
        (_("State"), words.state_badge(row)),
        (pgettext("money", "Amount"), words.amount(row.amount_units, row)),
        (_("Fee"), words.amount(row.fee_units, row)),
        (_("Customer"), words.customer(request, row.user)),
        (_("Known by"), Match(row.match).label),
        (_("Sender"), row.sender_name or cells.NOTHING),
        (_("Sender's account"), words.iban(row.sender_iban)),
        (_("Text"), row.remittance or cells.NOTHING),
        (_("Bank account"), row.bank_account or cells.NOTHING),
        (_("Recorded (UTC)"), cells.when(row.recorded_at)),
        (_("Journal entries"), words.booked_entries(request, row)),
    ]
    if row.note:
        facts.append((_("Note"), row.note))
    if row.fired:
        facts.append((_("Rules that fired"), ", ".join(row.fired)))
    card = getattr(row, "card", None)
    if card is not None:
        address = pages.url(request, "card_payment", card.pk)
        what = _("Card payment %(id)s") % {"id": card.pk}
        facts.append((_("Card payment"), cells.link(address, what)))
    if row.line is not None:
        address = pages.url(request, "bank_statement", row.line.statement_id)
        what = _("line %(line)s") % {"line": f"{row.line.statement_id}/{row.line.number}"}
        facts.append((pgettext("bank", "Statement"), cells.link(address, what)))
    if is_proposed:
        facts += [
            (_("Proposed"), row.get_proposal_display()),
            (_("For"), words.customer(request, row.proposed_user)),
            (_("Proposed by"), person(row.proposed_by)),
            (_("Reason"), row.proposal_reason),
        ]
    context: dict[str, Any] = {
        "facts": facts,
        "payment": row,
        "story": words.story(row),
        "may_propose": row.state in (DepositState.SUSPENSE, DepositState.HELD),
        "is_proposed": is_proposed,
        "is_own": row.proposed_by_id == request.user.pk,
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request,
        "deposit.html",
        context,
        title=_("Deposit %(id)s") % {"id": row.pk},
        crumbs=[(_("Deposits"), pages.url(request, "deposits"))],
    )


class ProposalForm(ReasonForm):
    """What is to become of it."""

    proposal = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[(value, label) for value, label in Proposal.choices if value],
    )
    account = forms.IntegerField(
        label=gettext_lazy("Account id"),
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("Whose it is, to credit it; it stands on the customer's page."),
    )
    field_order = ["proposal", "account", "reason", "token"]

    def clean_account(self) -> Account | None:
        number = self.cleaned_data.get("account")
        if number is None:
            return None
        row = (
            Account.objects.select_related("user")
            .filter(pk=number, role=AccountRole.CUSTOMER)
            .first()
        )
        if row is None:
            raise forms.ValidationError(_("There is no such account."))
        return row


class Propose(ActionPage):
    """Ask a second person to credit it, send it back, or leave it to the bookkeeper."""

    form_class = ProposalForm

    def target(self, deposit_id: int) -> Deposit:  # type: ignore[override]
        return _found(deposit_id)

    def title(self, target: Deposit) -> str:
        return _("What becomes of deposit %(id)s") % {"id": target.pk}

    def confirm_label(self, target: Deposit) -> str:
        return _("Ask a second person")

    def facts(self, target: Deposit) -> list[tuple[str, Any]]:
        return [
            (pgettext("money", "Amount"), words.amount(target.amount_units, target)),
            (_("Sender"), target.sender_name or "–"),
            (_("Text"), target.remittance or "–"),
            (_("Customer"), target.user.email if target.user else "–"),
            (_("Note"), target.note or "–"),
        ]

    def initial(self, target: Deposit) -> dict[str, Any]:
        return {"account": target.account_id}

    def obstacle(self, target: Deposit) -> str:
        if target.state not in (DepositState.SUSPENSE, DepositState.HELD):
            return _("It does not wait for anybody: %(state)s.") % {
                "state": target.get_state_display()
            }
        return ""

    def perform(self, target: Deposit, values: dict[str, Any]) -> str:
        actions.propose(
            deposit=target,
            proposal=values["proposal"],
            account=values["account"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("It waits for a second person.")

    def back(self, target: Deposit) -> str:
        return self.url("deposit", target.pk)

    def crumbs(self, target: Deposit) -> list[tuple[str, str]]:
        return [(_("Deposits"), self.url("deposits")), (str(target.pk), self.back(target))]


class Agree(Propose):
    """The second person's yes."""

    form_class = ReasonForm
    agrees = True

    def title(self, target: Deposit) -> str:
        return _("Agree: %(what)s") % {"what": target.get_proposal_display()}

    def confirm_label(self, target: Deposit) -> str:
        return _("Agree")

    def facts(self, target: Deposit) -> list[tuple[str, Any]]:
        return [
            *super().facts(target),
            (_("Proposed"), target.get_proposal_display()),
            (_("For"), target.proposed_user.email if target.proposed_user else "–"),
            (_("Proposed by"), person(target.proposed_by)),
            (_("Reason"), target.proposal_reason),
        ]

    def basis(self, target: Deposit) -> Any:
        return (target.proposal, target.proposed_user_id, str(target.proposed_at))

    def obstacle(self, target: Deposit) -> str:
        if target.state != DepositState.PROPOSED:
            return _("Nobody waits for a decision about this deposit.")
        if target.proposed_by_id == self.request.user.pk:
            return _("You proposed this yourself. A second person has to decide.")
        return ""

    def perform(self, target: Deposit, values: dict[str, Any]) -> str:
        actions.decide(
            deposit=target,
            agrees=self.agrees,
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("Done.") if self.agrees else _("It is back where it was.")


class Disagree(Agree):
    """The second person's no."""

    agrees = False
    danger = True

    def title(self, target: Deposit) -> str:
        return _("Do not: %(what)s") % {"what": target.get_proposal_display()}

    def confirm_label(self, target: Deposit) -> str:
        return _("Put it back")


class Explain(ActionPage):
    """Say what an entry of the bank was."""

    def target(self, line_id: int) -> StatementLine:  # type: ignore[override]
        row: StatementLine = names.found(
            StatementLine.objects.select_related("bank_account__asset"), pk=line_id
        )
        return row

    def title(self, target: StatementLine) -> str:
        return _("Explain bank entry %(id)s") % {"id": target.pk}

    def explanation(self, target: StatementLine) -> list[str]:
        return [
            _("It left the account and is no payment of ours: a bank's fee, say."),
            _("Ask for its journal entry under “Entries by staff”; here it is only explained."),
        ]

    def facts(self, target: StatementLine) -> list[tuple[str, Any]]:
        return [
            (
                pgettext("money", "Amount"),
                names.amount(int(target.amount_units), target.bank_account.asset),
            ),
            (pgettext("recipient", "To"), target.name or "–"),
            (_("Text"), target.remittance or "–"),
            (_("Note"), target.reason or "–"),
        ]

    def obstacle(self, target: StatementLine) -> str:
        is_open = target.is_booked and not target.is_credit and not target.withdrawal_id
        return "" if is_open and not target.explanation else _("It needs no explanation.")

    def perform(self, target: StatementLine, values: dict[str, Any]) -> str:
        statements.explain_line(
            line=target, explanation=values["reason"], acting_user=self.request.user
        )
        return _("Explained.")

    def back(self, target: StatementLine) -> str:
        return self.url("deposit_work")


PAGES = (
    pages.Page("deposits/", "deposits", deposits, "payments.view"),
    pages.Page("deposits/work/", "deposit_work", work, "payments.view"),
    pages.Page("deposits/<int:deposit_id>/", "deposit", deposit, "payments.view"),
    pages.Page(
        "deposits/<int:deposit_id>/propose/",
        "propose_deposit",
        Propose.as_view(),
        "deposits.handle",
    ),
    pages.Page(
        "deposits/<int:deposit_id>/agree/", "agree_deposit", Agree.as_view(), "deposits.decide"
    ),
    pages.Page(
        "deposits/<int:deposit_id>/disagree/",
        "disagree_deposit",
        Disagree.as_view(),
        "deposits.decide",
    ),
    pages.Page(
        "bank-entries/<int:line_id>/explain/", "explain_line", Explain.as_view(), "deposits.handle"
    ),
)
