"""The books as a whole: trial balance, and the proof that everything adds up."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backoffice import pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tenant import names
from tenants.selectors import current_tenant
from trading.instruments.models import Asset
from wallets.ledger.models import Balance, Classification, Line
from wallets.ledger.verify import verify_books


@dataclass
class TrialLine:
    """One line of the trial balance of one asset, in units."""

    name: str
    classification: str
    debit_units: int = 0
    credit_units: int = 0


@dataclass
class TrialBalance:
    """All lines in one asset; both sums must be equal."""

    asset: Asset
    lines: list[TrialLine] = field(default_factory=list)

    @property
    def debit_units(self) -> int:
        return sum(line.debit_units for line in self.lines)

    @property
    def credit_units(self) -> int:
        return sum(line.credit_units for line in self.lines)

    @property
    def is_balanced(self) -> bool:
        return self.debit_units == self.credit_units


def trial_balances() -> list[TrialBalance]:
    """Sums per asset and line of the chart; customers' accounts are one line together."""
    found: dict[int, TrialBalance] = {a.pk: TrialBalance(asset=a) for a in Asset.objects.all()}
    sums = (
        Balance.objects.values(
            "ledger_account__asset", "ledger_account__line", "ledger_account__classification"
        )
        .annotate(units=Sum("units"))
        .order_by("ledger_account__line", "ledger_account__classification")
    )
    for row in sums:
        units = int(row["units"])
        line = TrialLine(
            name=str(Line(row["ledger_account__line"]).label),
            classification=str(Classification(row["ledger_account__classification"]).label),
            debit_units=max(units, 0),
            credit_units=max(-units, 0),
        )
        found[row["ledger_account__asset"]].lines.append(line)
    return [balance for balance in found.values() if balance.lines]


def _side(units: int, asset: Asset) -> Any:
    return names.amount(units, asset) if units else ""


def trial_balance(request: HttpRequest) -> HttpResponse:
    """The trial balance per asset."""
    balances = [
        {
            "asset": balance.asset,
            "is_balanced": balance.is_balanced,
            "lines": [
                {
                    "name": line.name,
                    "classification": line.classification,
                    "debit": _side(line.debit_units, balance.asset),
                    "credit": _side(line.credit_units, balance.asset),
                }
                for line in balance.lines
            ],
            "debit": names.amount(balance.debit_units, balance.asset),
            "credit": names.amount(balance.credit_units, balance.asset),
        }
        for balance in trial_balances()
    ]
    return pages.render(
        request, "trial_balance.html", {"balances": balances}, title=_("Trial balance")
    )


class VerifyBooks(ActionPage):
    """Run the proof of the books now and show what it found."""

    form_class = StaffForm
    template = "verify_books.html"

    def title(self, target: Any) -> str:
        return _("Verify books")

    def confirm_label(self, target: Any) -> str:
        return _("Verify now")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Postings sum to zero in every journal entry and every asset."),
            _("Engine balances equal ledger balances at the same seq."),
            _("Holds equal open orders."),
        ]

    def back(self, target: Any) -> str:
        return self.url("ledger")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Nothing changes, so a second send merely proves the books again."""
        breaks = verify_books(current_tenant())
        if not breaks:
            messages.success(request, _("The books are in order."))
        return pages.render(
            request,
            self.template,
            {
                "form": self.form(None),
                "explanation": self.explanation(None),
                "confirm_label": _("Verify again"),
                "back": self.back(None),
                "verified": True,
                "breaks": breaks,
            },
            title=self.title(None),
        )


PAGES = (
    pages.Page("ledger/trial-balance/", "trial_balance", trial_balance, "ledger.view"),
    pages.Page("ledger/verify/", "verify_books", VerifyBooks.as_view(), "ledger.view"),
)
