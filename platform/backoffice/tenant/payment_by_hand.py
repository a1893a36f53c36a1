"""Payments by hand: cash and what else no bank shows, with a second person."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import access, cells, export, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, units_of
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import payment_words as words
from backoffice.tenant.adjustments import person
from trading.accounts.models import Account, AccountRole
from trading.instruments.models import Asset
from wallets.payments import selectors
from wallets.payments.manual import actions
from wallets.payments.models import ManualState

_EXPORT: export.Columns = (
    ("payment", lambda m: m.pk),
    ("asked_at", lambda m: m.asked_at),
    ("state", lambda m: m.state),
    ("account", lambda m: m.account_id),
    ("asset", lambda m: m.asset.code),
    ("amount", lambda m: m.asset.text(int(m.amount_units))),
    ("payer", lambda m: m.payer),
    ("receipt", lambda m: m.paper),
    ("asked_by", lambda m: m.asked_by.email),
    ("decided_by", lambda m: m.decided_by.email if m.decided_by else ""),
    ("deposit", lambda m: m.deposit_id or ""),
)


def payments_by_hand(request: HttpRequest) -> HttpResponse:
    """Every payment by hand; as a CSV file too."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Payment"), lambda m: cells.mono(m.pk), "main"),
            Column(gettext_lazy("Customer"), lambda m: words.customer(request, m.account.user)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda m: words.amount(m.amount_units, m),
                "number",
            ),
            Column(gettext_lazy("Paid by"), lambda m: cells.pair(m.payer, m.paper)),
            Column(
                gettext_lazy("Recorded by"),
                lambda m: cells.pair(person(m.asked_by), cells.when(m.asked_at)),
            ),
            Column(gettext_lazy("Second person"), lambda m: person(m.decided_by)),
            Column(gettext_lazy("State"), words.state_badge),
        ],
        filters=[by_state(ManualState.choices)],
        empty_headline=gettext_lazy("No payments by hand"),
        empty_sentence=gettext_lazy("Cash and what else no bank's statement shows."),
        row_link=lambda m: pages.url(request, "deposit", m.deposit_id) if m.deposit_id else "",
    )
    rows = selectors.by_hand()
    if export.wanted(request):
        return export.csv_file(request, listing, rows, "payments-by-hand", _EXPORT)
    buttons = [(_("CSV"), export.query(request), "")]
    if access.may(request.user, "deposits.handle"):
        address = pages.url(request, "record_by_hand")
        buttons.append((_("Record a payment"), address, "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, rows), "buttons": buttons},
        title=_("Payments by hand"),
        crumbs=[(_("Deposits"), pages.url(request, "deposits"))],
    )


class ByHandForm(ReasonForm):
    """Whose it is, how much, where it is, and the paper that proves it."""

    account = forms.IntegerField(
        label=gettext_lazy("Account id"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("It stands on the customer's page."),
    )
    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    amount = forms.CharField(
        label=pgettext_lazy("money", "Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    house = forms.TypedChoiceField(label=gettext_lazy("Where it is"), coerce=int)
    payer = forms.CharField(label=gettext_lazy("Who paid"), max_length=140)
    paper = forms.CharField(
        label=gettext_lazy("Receipt"),
        max_length=80,
        help_text=gettext_lazy("Its number; each counts once."),
    )
    field_order = ["account", "asset", "amount", "house", "payer", "paper", "reason", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]
        self.fields["house"].choices = actions.places()  # type: ignore[attr-defined]

    def clean_account(self) -> Account:
        rows = Account.objects.select_related("user").filter(role=AccountRole.CUSTOMER)
        row = rows.filter(pk=self.cleaned_data["account"]).first()
        if row is None:
            raise forms.ValidationError(_("There is no such account."))
        return row

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asset, text = values.get("asset"), values.get("amount")
        if asset is not None and text:
            try:
                values["amount"] = units_of(text, asset.scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return values


class Record(ActionPage):
    """Record what came in by hand, for a second person to agree."""

    form_class = ByHandForm
    icon = "payments"

    def title(self, target: Any) -> str:
        return _("Record a payment by hand")

    def confirm_label(self, target: Any) -> str:
        return _("Ask a second person")

    def explanation(self, target: Any) -> list[str]:
        return [_("Nothing is booked before a second person agrees. Then it is screened.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.record_by_hand(
            account=values["account"],
            asset=values["asset"],
            amount_units=values["amount"],
            house=values["house"],
            payer=values["payer"],
            paper=values["paper"],
            reason=values["reason"],
            acting_user=self.request.user,
        )
        return _("It waits for a second person.")

    def back(self, target: Any) -> str:
        return self.url("payments_by_hand")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Deposits"), self.url("deposits")), (_("By hand"), self.back(target))]


PAGES = (
    pages.Page("deposits/by-hand/", "payments_by_hand", payments_by_hand, "payments.view"),
    pages.Page("deposits/by-hand/record/", "record_by_hand", Record.as_view(), "deposits.handle"),
)
