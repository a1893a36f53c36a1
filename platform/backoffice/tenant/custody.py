"""Where the firm's assets really are: the main bank and wallets, and the others it opened."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from backoffice.tenant.ledger import shown_units
from trading.instruments.models import Asset
from wallets.bookkeeping import actions, selectors
from wallets.ledger import chart
from wallets.ledger.models import LedgerAccount, Line


def custody_accounts(request: HttpRequest) -> HttpResponse:
    """Banks, wallets and brokers with what lies there."""
    details = {(row.line, row.part): row.details for row in selectors.custody_accounts()}
    rows = LedgerAccount.objects.filter(
        line__in=[int(line) for line in (Line.CUSTODY, *chart.CUSTODY_LINES)]
    ).select_related("asset", "balance")

    def balance(row: LedgerAccount) -> Any:
        units = row.balance.units if hasattr(row, "balance") else 0
        return names.amount(shown_units(row, units), row.asset)

    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Custody account"),
                lambda row: cells.pair(
                    chart.shown_name(row.pk, row.name), details.get((row.line, row.part), "")
                ),
                "main",
            ),
            Column(gettext_lazy("Line"), lambda row: row.get_line_display()),
            Column(gettext_lazy("Asset"), lambda row: row.asset.code),
            Column(gettext_lazy("Balance"), balance, "number"),
        ],
        order=("line", "part", "asset_id"),
        row_link=lambda row: pages.url(request, "ledger_account", row.pk),
    )
    buttons = []
    if access.may(request.user, "bookkeeping.request"):
        buttons.append(
            (
                _("Open another one"),
                pages.url(request, "open_custody_account"),
                "bo-button-primary",
            )
        )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "buttons": buttons,
            "intro": _("What the books say lies at each bank, wallet and broker."),
        },
        title=_("Custody accounts"),
    )


class CustodyForm(StaffForm):
    """What it is, its name, and which assets lie there."""

    line = forms.TypedChoiceField(
        label=gettext_lazy("What it is"),
        coerce=int,
        choices=[(int(line), line.label) for line in chart.CUSTODY_LINES],
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    details = forms.CharField(
        label=gettext_lazy("Details"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("IBAN, address, whose it is."),
    )
    assets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Assets"),
        queryset=Asset.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assets"].queryset = Asset.objects.all()  # type: ignore[attr-defined]


class Open(ActionPage):
    """Open another bank, wallet or prime broker."""

    form_class = CustodyForm

    def title(self, target: Any) -> str:
        return _("Open a custody account")

    def explanation(self, target: Any) -> list[str]:
        return [_("It gets a number for good: name and details cannot be changed later.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        row = actions.open_custody_account(
            line=values["line"],
            name=values["name"],
            details=values["details"],
            assets=list(values["assets"]),
            acting_user=self.request.user,
        )
        return _("%(name)s is open.") % {"name": row.name}

    def back(self, target: Any) -> str:
        return self.url("custody_accounts")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Custody accounts"), self.url("custody_accounts"))]


PAGES = (
    pages.Page("custody-accounts/", "custody_accounts", custody_accounts, "ledger.view"),
    pages.Page(
        "custody-accounts/new/", "open_custody_account", Open.as_view(), "bookkeeping.request"
    ),
)
