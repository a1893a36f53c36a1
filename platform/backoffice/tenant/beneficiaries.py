"""Accounts that customers named to be paid to; those of another name wait for review."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from wallets.payments import selectors
from wallets.payments.beneficiaries import actions
from wallets.payments.models import Beneficiary, BeneficiaryState


def beneficiaries(request: HttpRequest) -> HttpResponse:
    """Accounts that customers named; those of another name wait for review."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Holder"), lambda b: cells.pair(b.holder, b.iban), "main"),
            Column(gettext_lazy("Customer"), lambda b: words.customer(request, b.user)),
            Column(gettext_lazy("Customer's name"), lambda b: b.user.name or cells.NOTHING),
            Column(gettext_lazy("Added"), lambda b: cells.when(b.added_at)),
            Column(gettext_lazy("Usable from"), lambda b: cells.when(b.usable_from)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[by_state(BeneficiaryState.choices)],
        search=lambda rows, term: rows.filter(
            Q(user__email__icontains=term)
            | Q(holder__icontains=term)
            | Q(iban__icontains=term.replace(" ", ""))
        ),
        search_hint=gettext_lazy("E-mail, holder or IBAN"),
        empty_headline=gettext_lazy("No beneficiaries"),
        empty_sentence=gettext_lazy("Customers add the accounts they want to be paid to."),
        row_link=lambda row: (
            pages.url(request, "decide_beneficiary", row.pk)
            if access.may(request.user, "withdrawals.decide")
            else ""
        ),
    )
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.beneficiaries())},
        title=_("Beneficiaries"),
    )


class BeneficiaryForm(ReasonForm):
    approves = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("yes", gettext_lazy("Approve: the customer may be paid there")),
            ("no", gettext_lazy("Refuse")),
        ],
    )
    field_order = ["approves", "reason", "token"]


class DecideBeneficiary(ActionPage):
    """Staff's word on an account that bears another name than its customer."""

    form_class = BeneficiaryForm

    def target(self, beneficiary_id: int) -> Beneficiary:  # type: ignore[override]
        row: Beneficiary = names.found(selectors.beneficiaries(), pk=beneficiary_id)
        return row

    def title(self, target: Beneficiary) -> str:
        return _("Beneficiary %(holder)s") % {"holder": target.holder}

    def confirm_label(self, target: Beneficiary) -> str:
        return _("Decide")

    def facts(self, target: Beneficiary) -> list[tuple[str, Any]]:
        return [
            (_("State"), words.state_badge(target)),
            (_("Holder"), target.holder),
            (_("IBAN"), words.iban(target.iban)),
            (_("Customer"), target.user.email),
            (_("Customer's name"), target.user.name or "–"),
        ]

    def obstacle(self, target: Beneficiary) -> str:
        is_open = target.state == BeneficiaryState.REVIEW
        return "" if is_open else _("This beneficiary does not wait for review.")

    def perform(self, target: Beneficiary, values: dict[str, Any]) -> str:
        actions.decide_beneficiary(
            beneficiary=target,
            approves=values["approves"] == "yes",
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("Decided.")

    def back(self, target: Beneficiary) -> str:
        return self.url("beneficiaries")


PAGES = (
    pages.Page("beneficiaries/", "beneficiaries", beneficiaries, "payments.view"),
    pages.Page(
        "beneficiaries/<int:beneficiary_id>/",
        "decide_beneficiary",
        DecideBeneficiary.as_view(),
        "withdrawals.decide",
    ),
)
