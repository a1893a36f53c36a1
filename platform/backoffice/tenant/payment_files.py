"""Payment files for the bank (pain.001) and the bank's reports on them (pain.002)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from backoffice.tenant.bank_statements import UploadForm
from wallets.payments import selectors
from wallets.payments.errors import PaymentError
from wallets.payments.models import BankAccount, FileState, PaymentFile
from wallets.payments.withdrawals import files as actions


def files(request: HttpRequest) -> HttpResponse:
    """Every payment file, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("File"), lambda f: cells.mono(f.message_id), "main"),
            Column(gettext_lazy("Account"), lambda f: f.bank_account),
            Column(gettext_lazy("Payments"), lambda f: cells.number(f.count), "number"),
            Column(
                gettext_lazy("Total"),
                lambda f: names.amount(int(f.total_units), f.bank_account.asset),
                "number",
            ),
            Column(
                gettext_lazy("Prepared by"),
                lambda f: cells.pair(person(f.prepared_by), cells.when(f.prepared_at)),
            ),
            Column(gettext_lazy("Released by"), lambda f: person(f.released_by)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[by_state(FileState.choices)],
        empty_headline=gettext_lazy("No payment files"),
        empty_sentence=gettext_lazy("Approved withdrawals are put into one for the bank."),
        row_link=lambda row: pages.url(request, "payment_file", row.pk),
    )
    buttons = []
    if access.may(request.user, "bank.prepare"):
        report = pages.url(request, "upload_payment_status")
        buttons.append((_("Upload a pain.002"), report, ""))
        address = pages.url(request, "prepare_payment_file")
        buttons.append((_("Prepare a file"), address, "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.files()), "buttons": buttons},
        title=_("Payment files"),
    )


def _found(file_id: int) -> PaymentFile:
    row: PaymentFile = names.found(selectors.files(), pk=file_id)
    return row


def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: its payments, who let it go."""
    row = _found(file_id)
    listing = Listing(
        columns=[
            Column(gettext_lazy("Payment"), lambda w: cells.mono(w.end_to_end_id), "main"),
            Column(gettext_lazy("Customer"), lambda w: words.customer(request, w.user)),
            Column(pgettext_lazy("recipient", "To"), lambda w: cells.pair(w.holder, w.iban)),
            Column(
                pgettext_lazy("money", "Amount"), lambda w: words.amount(w.net_units, w), "number"
            ),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        empty_headline=gettext_lazy("No withdrawals in it"),
        row_link=lambda w: pages.url(request, "withdrawal", w.pk),
    )
    backs = Listing(
        columns=[
            Column(gettext_lazy("Payment"), lambda d: cells.mono(d.end_to_end_id), "main"),
            Column(gettext_lazy("Back to"), lambda d: cells.pair(d.sender_name, d.sender_iban)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda d: words.amount(d.amount_units, d),
                "number",
            ),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        row_link=lambda d: pages.url(request, "deposit", d.pk),
    )
    facts = [
        (_("State"), words.state_badge(row)),
        (_("Account"), cells.pair(row.bank_account, row.bank_account.iban)),
        (_("Execution"), row.execution_on),
        (_("Payments"), row.count),
        (_("Total"), names.amount(int(row.total_units), row.bank_account.asset)),
        (_("Prepared by"), cells.pair(person(row.prepared_by), cells.when(row.prepared_at))),
        (_("Released by"), cells.pair(person(row.released_by), cells.when(row.released_at))),
        (_("Handed over by"), cells.pair(person(row.sent_by), cells.when(row.sent_at))),
        (_("SHA-256"), cells.mono(row.sha256[:16])),
    ]
    return pages.render(
        request,
        "payment_file.html",
        {
            "facts": facts,
            "file": row,
            "payouts": listing.show(selectors.withdrawals().filter(file=row)[:500]),
            "returns": backs.show(selectors.deposits().filter(file=row)[:500]),
            "is_prepared": row.state == FileState.PREPARED,
            "is_released": row.state == FileState.RELEASED,
            "is_sent": row.state == FileState.SENT,
            "is_own": row.prepared_by_id == request.user.pk,
        },
        title=_("Payment file %(id)s") % {"id": row.message_id},
        crumbs=[(_("Payment files"), pages.url(request, "payment_files"))],
    )


class PrepareForm(StaffForm):
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("From"), queryset=BankAccount.objects.none(), empty_label=None
    )
    execution_on = forms.DateField(
        label=gettext_lazy("Day of execution"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ["bank_account", "execution_on", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = BankAccount.objects.filter(is_active=True)
        self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]


class Prepare(ActionPage):
    """Put what is approved into a file."""

    form_class = PrepareForm

    def title(self, target: Any) -> str:
        return _("Prepare a payment file")

    def confirm_label(self, target: Any) -> str:
        return _("Prepare it")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("All approved withdrawals and all deposits to be sent back go into it."),
            _("A second person releases it before anybody can take it out."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        return {"execution_on": timezone.now().date()}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.made = actions.prepare_file(
            bank_account=values["bank_account"],
            execution_on=values["execution_on"],
            acting_user=self.request.user,
        )
        return ngettext(
            "%(count)s payment. It waits for a second person.",
            "%(count)s payments. They wait for a second person.",
            self.made.count,
        ) % {"count": self.made.count}

    def back(self, target: Any) -> str:
        return self.url("payment_files")

    def after(self, target: Any) -> str:
        return self.url("payment_file", self.made.pk)

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Payment files"), self.back(target))]


class Release(ActionPage):
    """The second person's yes."""

    def target(self, file_id: int) -> PaymentFile:  # type: ignore[override]
        return _found(file_id)

    def title(self, target: PaymentFile) -> str:
        return _("Release %(id)s") % {"id": target.message_id}

    def confirm_label(self, target: PaymentFile) -> str:
        return _("Release")

    def explanation(self, target: PaymentFile) -> list[str]:
        return [_("After this it can be handed over to the bank.")]

    def facts(self, target: PaymentFile) -> list[tuple[str, Any]]:
        return [
            (_("Account"), target.bank_account),
            (_("Payments"), target.count),
            (_("Total"), names.amount(int(target.total_units), target.bank_account.asset)),
            (_("Prepared by"), person(target.prepared_by)),
        ]

    def form(self, target: PaymentFile, data: Any = None, files: Any = None) -> Any:
        form = ReasonForm(data)
        form.fields["reason"].required = False
        form.fields["reason"].label = _("Note")
        return form

    def obstacle(self, target: PaymentFile) -> str:
        if target.state != FileState.PREPARED:
            return _("It is past that: %(state)s.") % {"state": target.get_state_display()}
        if target.prepared_by_id == self.request.user.pk:
            return _("You prepared it yourself. A second person has to release it.")
        return ""

    def perform(self, target: PaymentFile, values: dict[str, Any]) -> str:
        actions.release_file(file=target, reason=values["reason"], acting_user=self.request.user)
        return _("Released. It can be handed over to the bank.")

    def back(self, target: PaymentFile) -> str:
        return self.url("payment_file", target.pk)

    def crumbs(self, target: PaymentFile) -> list[tuple[str, str]]:
        return [(_("Payment files"), self.url("payment_files"))]


class Discard(Release):
    """Take it back before anybody has it."""

    danger = True

    def title(self, target: PaymentFile) -> str:
        return _("Discard %(id)s") % {"id": target.message_id}

    def confirm_label(self, target: PaymentFile) -> str:
        return _("Discard")

    def explanation(self, target: PaymentFile) -> list[str]:
        return [_("Its payments wait for the next file.")]

    def form(self, target: PaymentFile, data: Any = None, files: Any = None) -> Any:
        return ReasonForm(data)

    def obstacle(self, target: PaymentFile) -> str:
        if target.state in (FileState.PREPARED, FileState.RELEASED):
            return ""
        return _("It is past that: %(state)s.") % {"state": target.get_state_display()}

    def perform(self, target: PaymentFile, values: dict[str, Any]) -> str:
        actions.discard_file(file=target, reason=values["reason"], acting_user=self.request.user)
        return _("Discarded. Its payments wait for the next file.")


class HandOver(Release):
    """Say that it goes to the bank now."""

    form_class = StaffForm

    def title(self, target: PaymentFile) -> str:
        return _("Hand over %(id)s") % {"id": target.message_id}

    def confirm_label(self, target: PaymentFile) -> str:
        return _("It goes to the bank now")

    def explanation(self, target: PaymentFile) -> list[str]:
        return [
            _("From now on its payments count as sent, and the file can be taken out."),
            _("It cannot be discarded any more; only the bank's word brings them forward."),
        ]

    def form(self, target: PaymentFile, data: Any = None, files: Any = None) -> Any:
        return StaffForm(data)

    def obstacle(self, target: PaymentFile) -> str:
        if target.state == FileState.RELEASED:
            return ""
        return _("Only a released file is handed over: %(state)s.") % {
            "state": target.get_state_display()
        }

    def perform(self, target: PaymentFile, values: dict[str, Any]) -> str:
        actions.hand_over(file=target, acting_user=self.request.user)
        return _("Handed over. Take the file out and upload it at your bank.")


def take_out(request: HttpRequest, file_id: int) -> HttpResponse:
    """The file itself; each time it is taken out stands in the audit trail."""
    row = _found(file_id)
    if request.method == "POST" and row.state == FileState.SENT:
        try:
            data = actions.bytes_of(row, acting_user=request.user)
        except PaymentError as error:
            messages.error(request, str(error))
            return redirect(pages.url(request, "payment_file", row.pk))
        answer = HttpResponse(data, content_type="application/xml; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{row.message_id}.xml"'
        return answer
    return pages.render(
        request,
        "payment_take_out.html",
        {"file": row, "is_sent": row.state == FileState.SENT},
        title=_("Take out %(id)s") % {"id": row.message_id},
        crumbs=[
            (_("Payment files"), pages.url(request, "payment_files")),
            (row.message_id, pages.url(request, "payment_file", row.pk)),
        ],
    )


class UploadStatus(ActionPage):
    """Read the bank's report on a file."""

    form_class = UploadForm

    def title(self, target: Any) -> str:
        return _("Upload a pain.002")

    def confirm_label(self, target: Any) -> str:
        return _("Read it")

    def explanation(self, target: Any) -> list[str]:
        return [_("What the bank rejected waits for a second person to confirm it.")]

    def form(self, target: Any, data: Any = None, files: Any = None) -> Any:
        form = UploadForm(data, files)
        form.fields["file"].help_text = _("pain.002, at most 5 MB.")
        return form

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        rejected, others = actions.take_in_status(
            data=values["file"].read(), acting_user=self.request.user
        )
        return _("%(rejected)s rejected, %(others)s others.") % {
            "rejected": rejected,
            "others": others,
        }

    def back(self, target: Any) -> str:
        return self.url("payment_files")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Payment files"), self.back(target))]


PAGES = (
    pages.Page("payment-files/", "payment_files", files, "payments.view"),
    pages.Page("payment-files/new/", "prepare_payment_file", Prepare.as_view(), "bank.prepare"),
    pages.Page(
        "payment-files/status/", "upload_payment_status", UploadStatus.as_view(), "bank.prepare"
    ),
    pages.Page("payment-files/<int:file_id>/", "payment_file", file, "payments.view"),
    pages.Page(
        "payment-files/<int:file_id>/release/",
        "release_payment_file",
        Release.as_view(),
        "bank.release",
    ),
    pages.Page(
        "payment-files/<int:file_id>/discard/",
        "discard_payment_file",
        Discard.as_view(),
        "bank.release",
    ),
    pages.Page(
        "payment-files/<int:file_id>/hand-over/",
        "hand_over_payment_file",
        HandOver.as_view(),
        "bank.prepare",
    ),
    pages.Page(
        "payment-files/<int:file_id>/take-out/", "take_out_payment_file", take_out, "bank.prepare"
    ),
)
