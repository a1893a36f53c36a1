"""The reports that can be made in the background: right, filters, and how one is built."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.models import User
from trading.accounts.models import Account
from wallets.exports.errors import ExportError
from wallets.reports import asking, reading, revenue, selectors, statements, tax_year
from wallets.reports import periods as report_periods
from wallets.reports.asking import Asked
from wallets.reports.shapes import Report

Built = tuple[Report, int]  # and how many lines are expected; 0: not known, or all in memory
Filters = dict[str, str]


@dataclass(frozen=True)
class ReportKind:
    """``keep``: filters that it knows. ``about``: the filter that names whom it is about."""

    title: Any
    capability: str
    keep: tuple[str, ...]
    build: Callable[[Asked, Filters], Built]
    groupings: tuple[str, ...] = ("",)
    about: str = ""

    @property
    def has_period(self) -> bool:
        return "begin" in self.keep

    @property
    def can_be_scheduled(self) -> bool:
        return self.has_period or "at" in self.keep


def _trial_balance(wanted: Asked, _filters: Filters) -> Built:
    return selectors.trial_balance(wanted.at, wanted.zone, wanted.currency), 0


def _balance_sheet(wanted: Asked, _filters: Filters) -> Built:
    return selectors.balance_sheet(selectors.snapshot(wanted.at, wanted.currency), wanted.zone), 0


def _income_statement(wanted: Asked, _filters: Filters) -> Built:
    return selectors.income_statement(wanted.period, wanted.currency)[0], 0


def _fees(wanted: Asked, _filters: Filters) -> Built:
    return selectors.fee_report(wanted.period, wanted.by, wanted.currency)[0], 0


def _custody(wanted: Asked, _filters: Filters) -> Built:
    return selectors.custody(selectors.snapshot(wanted.at, wanted.currency), wanted.zone), 0


def _statement(wanted: Asked, filters: Filters) -> Built:
    account = Account.objects.select_related("user").get(pk=filters["account"])
    owner = account.user.email if account.user else account.name
    report = statements.report(account, wanted.period, owner, asset_id=wanted.asset_id)
    return report, _expected([account], wanted.period, wanted.asset_id)


def _tax_year(wanted: Asked, filters: Filters) -> Built:
    user = User.objects.get(pk=filters["user"], is_staff=False)
    accounts = list(Account.objects.filter(user=user).order_by("pk"))
    period = report_periods.year(wanted.year, wanted.zone)
    report = tax_year.report(accounts, wanted.year, period, user.email)
    return report, _expected(accounts, period, None)


def _expected(accounts: list[Account], period: report_periods.Period, asset_id: int | None) -> int:
    """About how many lines their postings make."""
    after, through = period.bounds()
    ids = [own for account in accounts for own in statements.ledger_ids(account.pk, asset_id)]
    return reading.count_movements(ids, after=after, through=through)


_MOMENT = ("at", "currency", "zone")
_PERIOD = ("begin", "end", "currency", "zone")

KINDS: dict[str, ReportKind] = {
    "trial_balance": ReportKind(_("Trial balance"), "ledger.view", ("at", "zone"), _trial_balance),
    "balance_sheet": ReportKind(_("Balance sheet"), "reports.view", _MOMENT, _balance_sheet),
    "income_statement": ReportKind(
        _("Income statement"), "reports.view", _PERIOD, _income_statement
    ),
    "revenue": ReportKind(
        _("Fees and revenue"),
        "reports.view",
        (*_PERIOD, "by"),
        _fees,
        groupings=tuple(revenue.GROUPINGS),
    ),
    "custody": ReportKind(_("Liabilities against custody"), "reports.view", _MOMENT, _custody),
    "statement": ReportKind(
        _("Statement"),
        "ledger.view",
        ("begin", "end", "asset", "zone", "account"),
        _statement,
        about="account",
    ),
    "tax_year": ReportKind(
        _("Tax year"), "reports.view", ("year", "zone", "user"), _tax_year, about="user"
    ),
}


def kind_of(name: str) -> ReportKind:
    """The kind of that name; raises ExportError."""
    if name not in KINDS:
        raise ExportError("unknown_report", gettext("There is no such report."))
    return KINDS[name]


def clean(name: str, filters: Any) -> Filters:
    """The filters that a report knows, as short text; raises ExportError.

    Whom it is about must be there, so that nothing is asked for that can only fail.
    """
    kind = kind_of(name)
    found = {key: str(filters.get(key) or "")[:64] for key in kind.keep if filters.get(key)}
    if kind.about:
        number = found.get(kind.about, "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise ExportError("nobody", gettext("Say whom the report is about."))
        rows: Any = (
            Account.objects.filter(pk=int(number))
            if kind.about == "account"
            else User.objects.filter(pk=int(number), is_staff=False)
        )
        if not rows.exists():
            raise ExportError("nobody", gettext("There is nobody of that number."))
    return found


def build(name: str, filters: Filters, user: Any) -> Built:
    """The report as of now, for a user's eyes; times in the zone of the filters, else in his."""
    kind = kind_of(name)
    return kind.build(asking.read(filters, user, by=kind.groupings), filters)


def may(user: Any, parameters: dict[str, Any]) -> bool:
    """Whether a user has the right to the report that a job makes."""
    kind = KINDS.get(parameters.get("report", ""))
    if kind is None or not user.is_active or not user.can(kind.capability):
        return False
    return bool(not kind.about or user.can("customers.view"))
