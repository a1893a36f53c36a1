"""The caller's accounts, balances, fills and statement."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import serializers
from api.access import Caller
from api.errors import ApiError
from api.views.base import NOTHING_YET, ApiView
from trading.accounts.selectors import accounts_of
from trading.commands import door
from trading.engine import events, queries
from trading.engine.enums import AccountState
from trading.engine.results import Result
from trading.instruments.selectors import catalogue
from trading.orders import selectors as orders
from trading.orders import shapes

_TAG = ["Account"]
ACCOUNT = OpenApiParameter("account", int, description="One of your accounts; else your default.")
LIMIT = OpenApiParameter("limit", int, description="Rows in a page, 1 to 500; default 50.")
CURSOR = OpenApiParameter("cursor", str, description="`next` of the page before.")
REFUSED = {401: serializers.Error, 403: serializers.Error, 429: serializers.Error}


class AccountView(ApiView):
    @extend_schema(
        operation_id="account",
        tags=_TAG,
        responses={200: serializers.Account, **REFUSED},
        summary="Who you are",
    )
    def get(self, request: Request) -> Response:
        """Your accounts, and what this key or session may do."""
        caller = request.auth
        assert isinstance(caller, Caller)
        accounts = [
            {
                "account": account.pk,
                "name": account.name,
                "state": AccountState(account.state).name.lower(),
                "is_default": account.pk == caller.default_account_id,
            }
            for account in accounts_of(request.user)
        ]
        return Response({"permissions": sorted(caller.permissions), "accounts": accounts})


class BalancesView(ApiView):
    @extend_schema(
        operation_id="balances",
        tags=_TAG,
        parameters=[ACCOUNT],
        responses={200: serializers.Balances, 503: serializers.Error, **REFUSED},
        summary="Balances",
    )
    def get(self, request: Request) -> Response:
        """Every asset's balance as the engine has it now."""
        account = self.account(request)
        answer = door.send_command(queries.QueryBalances(account_id=account.pk))
        if answer.result not in (Result.ACCEPTED, *NOTHING_YET):
            raise ApiError(Result(answer.result))
        rows = {row.asset_id: row for row in answer.events if isinstance(row, events.BalanceRow)}
        nothing = events.BalanceRow()
        results = [
            shapes.balance_json(
                account.pk,
                asset,
                available_units=rows.get(asset.id, nothing).available_units,
                held_units=rows.get(asset.id, nothing).held_units,
            )
            for asset in catalogue().assets.values()
        ]
        return Response({"seq": answer.seq, "results": results})


class FillsView(ApiView):
    @extend_schema(
        operation_id="fills",
        tags=_TAG,
        parameters=[ACCOUNT, LIMIT, CURSOR],
        responses={200: serializers.Fills, **REFUSED},
        summary="Fills",
    )
    def get(self, request: Request) -> Response:
        """Your fills, newest first."""
        account = self.account(request)
        limit = self.limit(request)
        found = orders.fills(account, before_trade_id=self.cursor(request), limit=limit + 1)
        page, rest = found[:limit], found[limit:]
        # A trade with oneself gives two fills: they must not be parted by a page's end.
        while page and rest and rest[0].trade.pk == page[-1].trade.pk:
            page.append(rest.pop(0))
        has_more = len(found) > limit
        return Response(
            {
                "results": [fill_body(fill) for fill in page],
                "next": str(page[-1].trade.pk) if has_more and page else None,
            }
        )


def fill_body(fill: orders.Fill) -> dict[str, Any]:
    """A fill as JSON."""
    info = catalogue().instruments[fill.trade.instrument_id]
    time_ns = shapes.ns_of(fill.trade.time)
    return shapes.fill_json(fill.trade, info, maker=fill.is_maker, time_ns=time_ns)
