"""Reports of the firm: trial balance, balance sheet, income statement, fees, custody."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from backoffice import access, cells, charts, pages
from backoffice.report_tables import all_lines, answer, asked, glance
from tenants.selectors import current_tenant
from wallets.reports import revenue, selectors
from wallets.reports.shapes import Amount, Report, Section

DAYS_SHOWN = 92  # of a chart by day


def index(request: HttpRequest) -> HttpResponse:
    """What can be read, in a sentence each."""
    cards = [
        (
            "donut_large",
            _("Balance sheet"),
            _("Assets against liabilities and equity, live or at any moment."),
            "balance_sheet",
        ),
        (
            "monitoring",
            _("Income statement"),
            _("Income and expense of a period, and the result."),
            "income_statement",
        ),
        (
            "balance",
            _("Trial balance"),
            _("Every line of the books; both sides are equal."),
            "trial_balance",
        ),
        (
            "percent",
            _("Fees and revenue"),
            _("Trading fees by day, instrument or account group."),
            "revenue",
        ),
        (
            "shield",
            _("Liabilities against custody"),
            _("What customers are owed, and what is there."),
            "custody",
        ),
    ]
    cards.append(
        (
            "bookmark",
            _("Kept reports"),
            _("Filters under a name; files that come by mail every day, week or month."),
            "saved_reports",
        )
    )
    if access.may(request.user, "customers.view"):
        cards.append(
            (
                "group",
                _("Customers"),
                _("Statement, overview and tax year stand on a customer's page."),
                "customers",
            )
        )
    return pages.render(
        request,
        "reports.html",
        {
            "cards": [
                {"icon": icon, "title": t, "text": text, "address": pages.url(request, name)}
                for icon, t, text, name in cards
            ]
        },
        title=_("Reports"),
    )


def _to_ledger_account(request: HttpRequest) -> Any:
    def link(line: Any) -> str:
        own = line.ledger_account_id
        return pages.url(request, "ledger_account", own) if own else ""

    return link


def trial_balance(request: HttpRequest) -> HttpResponseBase:
    """The trial balance at a moment."""
    wanted = asked(request)
    report = selectors.trial_balance(wanted.at, wanted.zone, wanted.currency)
    return answer(
        request,
        report,
        wanted,
        about=current_tenant(),
        export=("trial_balance", {}),
        keep=("at", "zone"),
        link=_to_ledger_account(request),
        intro=_("Every line of the books in every asset. Customers' accounts are one line."),
    )


def balance_sheet(request: HttpRequest) -> HttpResponseBase:
    """The balance sheet at a moment, or live."""
    wanted = asked(request)
    taken = selectors.snapshot(wanted.at, wanted.currency)
    report = selectors.balance_sheet(taken, wanted.zone)
    return answer(
        request,
        report,
        wanted,
        about=current_tenant(),
        export=("balance_sheet", {}),
        keep=("at", "currency", "zone"),
        link=_to_ledger_account(request),
        chart=_sheet_chart(report, taken.valuation.code),
        intro=_("Assets = liabilities + equity, in every asset and at every moment."),
    )


def income_statement(request: HttpRequest) -> HttpResponseBase:
    """Income and expense of a period."""
    wanted = asked(request)
    report, valuation = selectors.income_statement(wanted.period, wanted.currency)
    income, expense, _result = report.sections
    rows = [(str(each.title), _parts(each)) for each in (income, expense)]
    return answer(
        request,
        report,
        wanted,
        about=current_tenant(),
        export=("income_statement", {}),
        keep=("begin", "end", "currency", "zone"),
        link=_to_ledger_account(request),
        chart=charts.stacked(rows, _("Value in %(code)s") % {"code": valuation.code}),
        intro=_("What came in and what it cost. Days are whole days in the time zone."),
    )


def _sheet_chart(report: Report, code: str) -> Any:
    assets, liabilities, equity, _both = report.sections
    rows = [
        (_("Assets"), _parts(assets)),
        (_("Liabilities"), _parts(liabilities)),
        (_("Equity"), _parts(equity)),
    ]
    return charts.stacked(rows, _("Value in %(code)s") % {"code": code})


def _parts(section: Section) -> list[charts.Part]:
    """The valued lines of a section, summed by asset, the largest first."""
    sums: dict[str, int] = {}
    last: Amount | None = None
    for line in section.lines:
        if line.value is not None:
            sums[line.asset] = sums.get(line.asset, 0) + line.value.units
            last = line.value
    if last is None:
        return []
    made = [
        charts.Part(name, units, glance(Amount(units, last.scale, last.code)))
        for name, units in sums.items()
    ]
    return sorted(made, key=lambda part: -part.size)[: charts.TONES]


def fees(request: HttpRequest) -> HttpResponseBase:
    """Trading fees of a period by day, instrument or account group."""
    wanted = asked(request, by=revenue.GROUPINGS)
    period = wanted.period
    report, days = selectors.fee_report(period, wanted.by, wanted.currency)
    return answer(
        request,
        report,
        wanted,
        about=current_tenant(),
        export=("revenue", {}),
        keep=("begin", "end", "by", "currency", "zone"),
        choices=[(name, label) for name, label in revenue.GROUPINGS.items()],
        chart=_fee_chart(days, wanted.currency),
        intro=_("What customers and house accounts paid for their trades."),
    )


def _fee_chart(days: list[revenue.DayValue], code: str) -> Any:
    """A column a day, also of days on which nothing was earned."""
    known = {each.day: each.value for each in days if each.value is not None}
    if not known:
        return ""
    last = max(known)
    first = max(min(known), last - timedelta(days=DAYS_SHOWN - 1))
    bars = []
    for number in range((last - first).days + 1):
        day: date = first + timedelta(days=number)
        value = known.get(day)
        size = value.units if value else 0
        bars.append(charts.Bar(cells.day_text(day), size, glance(value) if value else "0"))
    return charts.columns(bars, _("Fees a day, value in %(code)s") % {"code": code})


def _times(basis_points: int) -> str:
    """A share for a glance; the bar ends at twice what is owed."""
    return cells.percent_of_bp(basis_points) if basis_points <= 20_000 else "> 200 %"


def custody(request: HttpRequest) -> HttpResponseBase:
    """Liabilities to customers against custody."""
    wanted = asked(request)
    taken = selectors.snapshot(wanted.at, wanted.currency)
    report = selectors.custody(taken, wanted.zone)
    rows = [
        (line.asset, line.coverage_bp, _times(line.coverage_bp))
        for line in all_lines(report)
        if line.coverage_bp is not None
    ]
    return answer(
        request,
        report,
        wanted,
        about=current_tenant(),
        export=("custody", {}),
        keep=("at", "currency", "zone"),
        chart=charts.coverage(rows, _("Custody as a share of what customers are owed")),
        intro=_("Custody here is what the books say is outside; proofs compare it with the banks' "
                "and wallets' own word."),
    )  # fmt: skip


PAGES = (
    pages.Page("reports/", "reports", index, "reports.view"),
    pages.Page("ledger/trial-balance/", "trial_balance", trial_balance, "ledger.view"),
    pages.Page("reports/balance-sheet/", "balance_sheet", balance_sheet, "reports.view"),
    pages.Page("reports/income-statement/", "income_statement", income_statement, "reports.view"),
    pages.Page("reports/fees/", "revenue", fees, "reports.view"),
    pages.Page("reports/custody/", "custody", custody, "reports.view"),
)
