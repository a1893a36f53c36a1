"""Statements of the firm's banks: uploaded by one, looked through and taken in by another."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from wallets.payments import selectors
from wallets.payments.models import BankStatement, StatementLine, StatementState, Verdict
from wallets.payments.providers.bank.reading import MOST_BYTES
from wallets.payments.statements import actions

LINES_SHOWN = 500
_VERDICT_TONES = {Verdict.NEW: "good", Verdict.DUPLICATE: "plain", Verdict.REFUSED: "bad"}


def statements(request: HttpRequest) -> HttpResponse:
    """Every statement, newest first."""
    listing = Listing(
        columns=[
            Column(
                pgettext_lazy("bank", "Statement"), lambda s: cells.pair(s, s.file_name), "main"
            ),
            Column(gettext_lazy("Account"), lambda s: s.bank_account),
            Column(gettext_lazy("Format"), lambda s: s.format),
            Column(
                gettext_lazy("Closing balance"),
                lambda s: _balance(s.closing_units, s),
                "number",
            ),
            Column(
                gettext_lazy("Uploaded by"),
                lambda s: cells.pair(words.source_of(s), cells.when(s.uploaded_at)),
            ),
            Column(
                gettext_lazy("Second person"),
                lambda s: (
                    cells.pair(person(s.decided_by), cells.when(s.decided_at))
                    if s.decided_by
                    else cells.NOTHING
                ),
            ),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[by_state(StatementState.choices)],
        empty_headline=gettext_lazy("No statements"),
        empty_sentence=gettext_lazy("Upload camt.053, camt.054 or MT940 files of your bank."),
        row_link=lambda row: pages.url(request, "bank_statement", row.pk),
    )
    buttons = [(_("Sources"), pages.url(request, "statement_sources"), "")]
    if access.may(request.user, "bank.prepare"):
        address = pages.url(request, "upload_bank_statement")
        buttons.append((_("Upload a statement"), address, "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.statements()), "buttons": buttons},
        title=_("Bank statements"),
    )


def _balance(units: Any, row: BankStatement) -> Any:
    return names.amount(int(units), row.bank_account.asset) if units is not None else cells.NOTHING


def _found(statement_id: int) -> BankStatement:
    row: BankStatement = names.found(selectors.statements(), pk=statement_id)
    return row


def statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """One statement with its entries and what each is to us."""
    row = _found(statement_id)
    lines = row.lines.select_related("bank_account__asset", "deposit__user", "withdrawal__user")
    counts = {verdict: lines.filter(verdict=verdict).count() for verdict in Verdict.values}
    listing = Listing(
        columns=[
            Column(gettext_lazy("Entry"), lambda n: cells.mono(n.number), "main"),
            Column(gettext_lazy("Day"), lambda n: n.booked_on or cells.NOTHING),
            Column(pgettext_lazy("money", "Amount"), _line_amount, "number"),
            Column(gettext_lazy("Other side"), lambda n: cells.pair(n.name or "–", n.iban)),
            Column(gettext_lazy("Text"), lambda n: n.remittance or cells.NOTHING),
            Column(gettext_lazy("Verdict"), _verdict),
            Column(gettext_lazy("Became"), lambda n: _became(request, n)),
        ],
        empty_headline=gettext_lazy("No entries"),
        empty_sentence=gettext_lazy("Nothing moved in the time of this statement."),
    )
    facts = [
        (_("State"), words.state_badge(row)),
        (_("Account"), cells.pair(row.bank_account, row.bank_account.iban)),
        (_("Format"), row.format),
        (_("Opening balance"), _balance(row.opening_units, row)),
        (_("Closing balance"), _balance(row.closing_units, row)),
        (
            _("Entries"),
            _("%(new)s new, %(duplicate)s known already, %(refused)s refused") % counts,
        ),
        (_("Uploaded by"), cells.pair(words.source_of(row), cells.when(row.uploaded_at))),
        (_("Second person"), person(row.decided_by)),
        (_("SHA-256"), cells.mono(row.sha256[:16])),
    ]
    return pages.render(
        request,
        "bank_statement.html",
        {
            "facts": facts,
            "statement": row,
            "table": listing.show(lines.order_by("number")[:LINES_SHOWN]),
            "is_waiting": row.state == StatementState.PREVIEWED,
            "is_own": row.uploaded_by_id == request.user.pk,
        },
        title=_("Statement %(name)s") % {"name": row},
        crumbs=[(_("Bank statements"), pages.url(request, "bank_statements"))],
    )


def _line_amount(line: StatementLine) -> Any:
    if line.verdict == Verdict.REFUSED and not line.amount_units:
        return cells.NOTHING
    units = int(line.amount_units) if line.is_credit else -int(line.amount_units)
    return names.amount(units, line.bank_account.asset)


def _verdict(line: StatementLine) -> Any:
    badge = cells.badge(line.get_verdict_display(), _VERDICT_TONES[Verdict(line.verdict)])
    return cells.pair(badge, line.reason) if line.reason else badge


def _became(request: HttpRequest, line: StatementLine) -> Any:
    deposit = getattr(line, "deposit", None)
    if deposit is not None:
        address = pages.url(request, "deposit", deposit.pk)
        who = deposit.user.email if deposit.user else _("not known")
        return cells.pair(cells.link(address, _("Deposit %(id)s") % {"id": deposit.pk}), who)
    if line.withdrawal is not None:
        address = pages.url(request, "withdrawal", line.withdrawal_id)
        return cells.link(address, _("Withdrawal %(id)s") % {"id": line.withdrawal_id})
    return line.explanation or cells.NOTHING


class UploadForm(StaffForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("camt.053, camt.054 or MT940, at most 5 MB."),
        max_length=120,
    )
    field_order = ["file", "token"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file


class Upload(ActionPage):
    """Upload a file of the bank."""

    form_class = UploadForm

    def title(self, target: Any) -> str:
        return _("Upload a statement")

    def confirm_label(self, target: Any) -> str:
        return _("Read it")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("You see what is in it; nothing is booked yet."),
            _("A second person looks through it and takes it in."),
        ]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        file = values["file"]
        self.made = actions.upload_statement(
            data=file.read(), file_name=file.name, acting_user=self.request.user
        )
        return _("Read. It waits for a second person.")

    def back(self, target: Any) -> str:
        return self.url("bank_statements")

    def after(self, target: Any) -> str:
        return self.url("bank_statement", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Bank statements"), self.back(target))]


class Accept(ActionPage):
    """The second person's yes."""

    def target(self, statement_id: int) -> BankStatement:  # type: ignore[override]
        return _found(statement_id)

    def title(self, target: BankStatement) -> str:
        return _("Take in statement %(name)s") % {"name": target}

    def confirm_label(self, target: BankStatement) -> str:
        return _("Take it in")

    def explanation(self, target: BankStatement) -> list[str]:
        return [
            _("What came in is booked to suspense; where the customer is known, credited."),
            _("What left is booked to the withdrawals it pays. This cannot be taken back."),
        ]

    def facts(self, target: BankStatement) -> list[tuple[str, Any]]:
        new = target.lines.filter(verdict=Verdict.NEW)
        return [
            (_("Account"), target.bank_account),
            (_("Uploaded by"), words.source_of(target)),
            (_("New entries"), new.count()),
            (_("Closing balance"), _balance(target.closing_units, target)),
        ]

    def form(self, target: BankStatement, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def obstacle(self, target: BankStatement) -> str:
        if target.state != StatementState.PREVIEWED:
            return _("This statement is decided already.")
        if target.uploaded_by_id == self.request.user.pk:
            return _("You uploaded it yourself. A second person has to take it in.")
        return ""

    def perform(self, target: BankStatement, values: dict[str, Any]) -> str:
        actions.accept_statement(
            statement=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("Taken in. The engine books it within some seconds.")

    def back(self, target: BankStatement) -> str:
        return self.url("bank_statement", target.pk)

    def crumbs(self, target: BankStatement) -> list[tuple[str, str]]:
        return [(_("Bank statements"), self.url("bank_statements"))]


class Refuse(Accept):
    """The second person's no."""

    danger = True

    def title(self, target: BankStatement) -> str:
        return _("Refuse statement %(name)s") % {"name": target}

    def confirm_label(self, target: BankStatement) -> str:
        return _("Refuse")

    def explanation(self, target: BankStatement) -> list[str]:
        return [_("Nothing of it is booked. The file may be uploaded again.")]

    def form(self, target: BankStatement, data: Any = None, files: Any = None) -> Any:
        return ReasonForm(data)

    def perform(self, target: BankStatement, values: dict[str, Any]) -> str:
        actions.refuse_statement(
            statement=target, reason=values["reason"], acting_user=self.request.user
        )
        return _("Refused. Nothing was booked.")


PAGES = (
    pages.Page("bank-statements/", "bank_statements", statements, "payments.view"),
    pages.Page(
        "bank-statements/upload/", "upload_bank_statement", Upload.as_view(), "bank.prepare"
    ),
    pages.Page("bank-statements/<int:statement_id>/", "bank_statement", statement, "payments.view"),
    pages.Page(
        "bank-statements/<int:statement_id>/accept/",
        "accept_bank_statement",
        Accept.as_view(),
        "bank.release",
    ),
    pages.Page(
        "bank-statements/<int:statement_id>/refuse/",
        "refuse_bank_statement",
        Refuse.as_view(),
        "bank.release",
    ),
)
