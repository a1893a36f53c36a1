"""The caller's own books: statement, fees and tax year, as JSON and as files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers
from api.errors import ApiError, Refusal
from api.exchange import whole_number
from api.views.account import ACCOUNT, CURSOR, LIMIT, REFUSED
from api.views.base import ApiView
from trading.accounts.selectors import accounts_of
from trading.engine.results import Result
from trading.instruments.selectors import catalogue
from trading.orders import shapes
from wallets.ledger.entries import ENTRY_INDEX_BITS
from wallets.reports import periods, revenue, selectors, statements, tax_year
from wallets.reports.files import downloads
from wallets.reports.periods import Period
from wallets.reports.shapes import Report, plain
from wallets.reports.words import kind_word

_TAG = ["Reports"]
ASSET = OpenApiParameter("asset", str, description="Only this asset, such as USDT.")
BEGIN = OpenApiParameter("begin", int, description="From, milliseconds since 1970, UTC.")
END = OpenApiParameter("end", int, description="Until (not included), likewise.")
ZONE = OpenApiParameter("zone", str, description="IANA time zone of days and times; else yours.")
FILE = OpenApiParameter("file", str, enum=list(downloads.KINDS), description="Default csv.")
_BAD = {400: serializers.Error}
_FILES = {(200, content_type): OpenApiTypes.BINARY for content_type in downloads.KINDS.values()}
FILE_COST = 10  # a file takes as much as so many plain reads
_LAST_MS = 4_102_444_800_000  # 2100


class ReportView(ApiView):
    """What the views here read of a request."""

    def zone(self, request: Request) -> Any:
        """The time zone that was asked for, else the caller's own; raises ApiError."""
        name = request.query_params.get("zone", "")
        zone = periods.zone_of(request.user, name)
        if name and periods.zone_name(zone) != name:
            raise ApiError(Refusal.BAD_REQUEST, "There is no such time zone.")
        return zone

    def period(self, request: Request) -> Period:
        """`begin` and `end`; raises ApiError."""
        return Period(
            self._moment(request, "begin"), self._moment(request, "end"), self.zone(request)
        )

    def _moment(self, request: Request, name: str) -> datetime | None:
        text = request.query_params.get(name)
        if not text:
            return None
        number = whole_number(text, most=_LAST_MS)
        if number is None:
            raise ApiError(Refusal.BAD_REQUEST, f"{name} is milliseconds since 1970.")
        return datetime.fromtimestamp(number // 1000, UTC).replace(microsecond=number % 1000 * 1000)

    def asset_id(self, request: Request) -> int | None:
        """The `asset` parameter; raises ApiError."""
        code = request.query_params.get("asset")
        if not code:
            return None
        asset = catalogue().by_code.get(code)
        if asset is None:
            raise ApiError(Result.UNKNOWN_ASSET)
        return asset.id

    def file(self, request: Request, report: Report) -> HttpResponseBase:
        """The report as the file that was asked for; raises ApiError."""
        kind = request.query_params.get("file", "csv")
        if kind not in downloads.KINDS:
            raise ApiError(Refusal.BAD_REQUEST, f"file is one of {', '.join(downloads.KINDS)}.")
        return downloads.response(report, kind)


class StatementView(ReportView):
    @extend_schema(
        operation_id="statement",
        tags=_TAG,
        parameters=[ACCOUNT, ASSET, BEGIN, END, LIMIT, CURSOR],
        responses={200: serializers.Statement, **_BAD, **REFUSED},
        summary="Statement",
    )
    def get(self, request: Request) -> Response:
        """Every movement of your balances with the balance after it, newest first; and what you
        had of each asset when the period began and ended."""
        account, period = self.account(request), self.period(request)
        asset_id = self.asset_id(request)
        try:
            lines, following = statements.page(
                account,
                request.query_params.get("cursor", ""),
                limit=self.limit(request),
                asset_id=asset_id,
                period=period,
            )
        except statements.BadCursor:
            raise ApiError(Refusal.BAD_CURSOR) from None
        balances = statements.period_balances(account, period, asset_id=asset_id)
        return Response(
            {
                "results": [statement_body(line) for line in lines],
                "next": following or None,
                "balances": [
                    {
                        "asset": each.asset.code,
                        "opening": each.asset.text(each.opening_units),
                        "closing": each.asset.text(each.closing_units),
                    }
                    for each in balances
                ],
            }
        )


def statement_body(line: statements.StatementLine) -> dict[str, Any]:
    """A line of a statement as JSON."""
    return {
        "id": line.cursor,
        "time": shapes.ns_of(line.time) // shapes.NANOSECONDS_PER_MS,
        "kind": line.kind_name,
        "description": kind_word(line.kind),
        "asset": line.asset.code,
        "amount": line.amount,
        "balance": line.balance,
        "reference": str(line.reference_id),
        "seq": line.entry_id >> ENTRY_INDEX_BITS,
    }


class StatementFileView(ReportView):
    @extend_schema(
        operation_id="statement_file",
        tags=_TAG,
        parameters=[ACCOUNT, ASSET, BEGIN, END, ZONE, FILE],
        responses={**_FILES, **_BAD, **REFUSED},
        summary="Statement as a file",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Opening balance, every movement, closing balance of each asset, oldest first. A PDF
        ends after 5 000 lines, a workbook after a million, and says so; CSV has all."""
        account = self.account(request)
        report = statements.report(
            account,
            self.period(request),
            request.user.email,
            asset_id=self.asset_id(request),
        )
        return self.file(request, report)

    def cost(self, request: Request) -> int:
        return FILE_COST


class FeesView(ReportView):
    @extend_schema(
        operation_id="fees",
        tags=_TAG,
        parameters=[
            ACCOUNT,
            BEGIN,
            END,
            ZONE,
            OpenApiParameter("by", str, enum=["day", "instrument"], description="Default day."),
        ],
        responses={200: serializers.FeesPaid, **_BAD, **REFUSED},
        summary="Fees that you paid",
    )
    def get(self, request: Request) -> Response:
        """The fees of your fills by day or instrument, in the asset they were taken in."""
        account, period = self.account(request), self.period(request)
        by = request.query_params.get("by", "day")
        if by not in ("day", "instrument"):
            raise ApiError(Refusal.BAD_REQUEST, "by is day or instrument.")
        report, _days = selectors.fee_report(
            period, by, selectors.currency_of(), account_ids=[account.pk]
        )
        columns = [c for c in revenue.columns(by) if c.name in ("of", "asset", "fills", "fees")]
        (section,) = report.sections
        return Response(
            {
                "results": [
                    {
                        column.name: plain(column, getattr(line, column.name), report.zone)
                        for column in columns
                    }
                    for line in section.lines
                ]
            }
        )

    def cost(self, request: Request) -> int:
        return FILE_COST


class TaxYearView(ReportView):
    @extend_schema(
        operation_id="tax_year",
        tags=_TAG,
        parameters=[ZONE, FILE],
        responses={**_FILES, **_BAD, **REFUSED},
        summary="Tax year as a file",
    )
    def get(self, request: Request, year: int) -> HttpResponseBase:
        """Balances at the beginning and end of a year, and between them every trade, fee, deposit,
        withdrawal and other movement of all your accounts. Facts only, no cost basis."""
        if not 2000 <= year <= 2100:
            raise ApiError(Refusal.BAD_REQUEST, "The year is 2000 to 2100.")
        accounts = list(accounts_of(request.user).order_by("pk"))
        period = periods.year(year, self.zone(request))
        return self.file(request, tax_year.report(accounts, year, period, request.user.email))

    def cost(self, request: Request) -> int:
        return FILE_COST
