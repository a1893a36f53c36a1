"""Reports about one customer: statement of an account, everything on one page, the tax year."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice import cells, charts, pages
from backoffice.report_tables import answer, asked, cell, glance
from backoffice.tables import Column, Listing
from backoffice.tenant import names, orders
from identity import selectors as identity
from trading.accounts.models import Account
from trading.orders.models import OPEN_STATUSES, Order
from wallets.reports import panorama, periods, selectors, statements, tax_year
from wallets.reports.shapes import Report
from wallets.reports.words import kind_words

PAGE_ROWS = 100


def statement(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """The statement of an account: balances of the period, and its movements page by page."""
    account: Account = names.found(Account.objects.select_related("user"), pk=account_id)
    wanted = asked(request)
    owner = account.user.email if account.user else account.name
    report = statements.report(account, wanted.period, owner, asset_id=wanted.asset_id)
    crumbs = _crumbs(request, account)
    export = ("statement", {"account": account.pk})
    keep = ("begin", "end", "asset", "zone")
    if wanted.kind:
        return answer(request, report, wanted, about=account, keep=keep)
    cursor = request.GET.get("cursor", "")
    try:
        lines, following = statements.page(
            account, cursor, limit=PAGE_ROWS, asset_id=wanted.asset_id, period=wanted.period
        )
    except statements.BadCursor:
        lines, following = statements.page(
            account, limit=PAGE_ROWS, asset_id=wanted.asset_id, period=wanted.period
        )
    balances = statements.period_balances(account, wanted.period, asset_id=wanted.asset_id)
    shown = Report(report.name, _("Statement"), report.columns, [], wanted.zone, report.facts)
    table = _movements(request, lines, shown)
    query = request.GET.copy()
    if following:
        query["cursor"] = following
        table.older = "?" + query.urlencode()
    return answer(
        request,
        shown,
        wanted,
        about=account,
        keep=keep,
        crumbs=crumbs,
        export=export,
        extra={
            "balances": _balances(balances),
            "movements": table,
            "movements_title": _("Movements, newest first"),
        },
    )


def _crumbs(request: HttpRequest, account: Account) -> list[tuple[str, str]]:
    return [(account.name, pages.url(request, "account", account.pk))]


def _balances(rows: list[statements.PeriodBalance]) -> Any:
    def amount(units: int, asset: Any) -> Any:
        return cells.money(units, asset.scale, asset.code)

    return Listing(
        columns=[
            Column(gettext_lazy("Asset"), lambda b: b.asset.code, "main"),
            Column(
                gettext_lazy("Opening balance"),
                lambda b: amount(b.opening_units, b.asset),
                "number",
            ),
            Column(gettext_lazy("Moved"), lambda b: amount(b.moved_units, b.asset), "number"),
            Column(
                gettext_lazy("Closing balance"),
                lambda b: amount(b.closing_units, b.asset),
                "number",
            ),
        ],
        empty_headline=gettext_lazy("Nothing booked in this period"),
    ).show(rows)


def _movements(request: HttpRequest, lines: list[Any], report: Report) -> Any:
    words = kind_words()

    def amount(units: int, asset: Any) -> Any:
        return cells.money(units, asset.scale, asset.code)

    return Listing(
        columns=[
            Column(
                gettext_lazy("Time"),
                lambda line: cell(report, report.columns[0], line.time),
                "main",
            ),
            Column(gettext_lazy("What"), lambda line: words.get(line.kind, line.kind)),
            Column(gettext_lazy("Reference"), lambda line: cells.mono(line.reference_id)),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda line: amount(line.amount_units, line.asset),
                "number",
            ),
            Column(
                gettext_lazy("Booked balance"),
                lambda line: amount(line.balance_units, line.asset),
                "number",
            ),
        ],
        row_link=lambda line: pages.url(request, "entry", line.entry_id),
        empty_headline=gettext_lazy("No movements in this period"),
    ).show(lines)


def overview(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Everything a customer has on one page: every asset, hold, open order, pending adjustment."""
    user = identity.access_customer(request.user, user_id)  # type: ignore[arg-type]
    wanted = asked(request)
    taken = selectors.snapshot(None, wanted.currency)
    accounts = list(Account.objects.filter(user_id=user.pk).order_by("pk"))
    report = panorama.report(accounts, taken.valuation, wanted.zone, user.email)
    open_orders = orders.rows_with_names(
        Order.objects.filter(
            account_id__in=[account.pk for account in accounts], status__in=OPEN_STATUSES
        )
    ).order_by("-pk")[:200]
    pending = panorama.pending_adjustments(accounts)
    parts = [
        charts.Part(code, value.units, glance(value)) for code, value in panorama.shares(report)
    ]
    return answer(
        request,
        report,
        wanted,
        about=user,
        keep=("currency",),
        crumbs=[(user.email, pages.url(request, "customer", user.pk))],
        chart=charts.stacked(
            [(_("Booked, by value"), parts)], _("What the customer has, by value")
        ),
        extra={
            "movements": Listing(
                columns=orders.order_columns(request, with_account=len(accounts) > 1),
                row_link=lambda o: pages.url(request, "order", o.pk),
                empty_headline=gettext_lazy("No open orders"),
            ).show(open_orders),
            "movements_title": _("Open orders"),
            "pending": Listing(
                columns=[
                    Column(gettext_lazy("Adjustment"), lambda a: cells.mono(a.pk), "main"),
                    Column(gettext_lazy("Account"), lambda a: a.account),
                    Column(
                        pgettext_lazy("money", "Amount"),
                        lambda a: names.amount(a.amount_units, a.asset),
                        "number",
                    ),
                    Column(gettext_lazy("State"), lambda a: a.get_state_display()),
                    Column(gettext_lazy("Reason"), lambda a: a.reason),
                ],
                row_link=lambda a: pages.url(request, "adjustment", a.pk),
                empty_headline=gettext_lazy("No pending adjustments"),
            ).show(pending),
        },
    )


def year(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """The tax year of a customer; the movements come with the files only."""
    user = identity.access_customer(request.user, user_id)  # type: ignore[arg-type]
    wanted = asked(request)
    accounts = list(Account.objects.filter(user_id=user.pk).order_by("pk"))
    period = periods.year(wanted.year, wanted.zone)
    report = tax_year.report(accounts, wanted.year, period, user.email)
    if not wanted.kind:
        first, _movements_of_it, last = report.sections
        report = Report(
            report.name,
            report.title,
            report.columns,
            [first, last],
            report.zone,
            report.facts,
            [*report.notes, _("The files have every trade and movement of the year as well.")],
        )
    return answer(
        request,
        report,
        wanted,
        about=user,
        keep=("year", "zone"),
        export=("tax_year", {"user": user.pk, "year": wanted.year}),
        crumbs=[(user.email, pages.url(request, "customer", user.pk))],
    )


PAGES = (
    pages.Page("accounts/<int:account_id>/statement/", "statement", statement, "ledger.view"),
    pages.Page("customers/<int:user_id>/overview/", "overview", overview, "ledger.view"),
    pages.Page("customers/<int:user_id>/tax-year/", "tax_year", year, "reports.view"),
)
