"""Quotes of market makers and their protection, for signed-in pages; see `api.views.orders`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import maker_serializers, quotes, rules, serializers
from api import orders as entry
from api.access import Caller
from api.errors import ApiError
from api.exchange import decode_object
from api.views.account import ACCOUNT, REFUSED
from api.views.base import NOTHING_YET, ApiView
from api.views.orders import INSTRUMENT, ORDER_ERRORS, send
from trading.commands import door
from trading.engine import commands, queries
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo
from trading.instruments.selectors import catalogue, instrument_info
from trading.orders import order_rules

_TAG = ["Quotes"]


class QuotesView(ApiView):
    @extend_schema(
        operation_id="place_quotes",
        tags=_TAG,
        request=maker_serializers.PlaceQuotes,
        responses={200: maker_serializers.PlacedQuotes, **ORDER_ERRORS},
        summary="Place up to eight two-sided quotes",
    )
    def post(self, request: Request) -> Response:
        """Put two-sided quotes in the place of your quotes of those instruments, each for itself
        and as a whole: look at every `ok`. The same price and quantity change nothing; a smaller
        quantity at the same price keeps its place in the queue; a side without a quantity is
        withdrawn."""
        caller = request.auth
        assert isinstance(caller, Caller)
        fields = decode_object(request._request.body)
        account_id = caller.account_id(fields.get("account"))
        known = catalogue()
        asked = quotes.MassQuote(known, account_id, fields)
        if asked.command is None:
            return Response(asked.body(None))
        rules.require_now(caller, order_rules.asked_of_quotes(known.instruments, asked.command))
        return Response(asked.body(send(asked.command)))

    @extend_schema(
        operation_id="cancel_quotes",
        tags=_TAG,
        parameters=[INSTRUMENT, ACCOUNT],
        responses={200: serializers.CanceledOrders, **ORDER_ERRORS},
        summary="Cancel all quotes",
    )
    def delete(self, request: Request) -> Response:
        """Cancel all quotes of the account or, with `instrument`, those in it; other orders
        stay."""
        symbol = request.query_params.get("instrument")
        command = commands.CancelAllOrders(
            account_id=self.account(request).pk,
            instrument_id=instrument_info(symbol).id if symbol else 0,
            quotes_only=1,
        )
        return Response(entry.canceled_all_body(send(command)))

    def cost(self, request: Request) -> int:
        if request.method != "POST":
            return 1
        return quotes.quotes_cost(decode_object(request._request.body))


class ProtectionView(ApiView):
    @extend_schema(
        operation_id="protections",
        tags=_TAG,
        parameters=[ACCOUNT],
        responses={200: maker_serializers.Protections, 503: serializers.Error, **REFUSED},
        summary="Protection of quotes",
    )
    def get(self, request: Request) -> Response:
        """The limits on what may be filled of the account's quotes at once, and which have
        tripped, as of now."""
        answer = door.send_command(queries.QueryProtections(account_id=self.account(request).pk))
        if answer.result not in (Result.ACCEPTED, *NOTHING_YET):
            raise ApiError(Result(answer.result))
        return Response(quotes.protections_body(catalogue(), answer))

    @extend_schema(
        operation_id="set_protection",
        tags=_TAG,
        request=maker_serializers.SetProtection,
        responses={200: maker_serializers.SetProtectionAnswer, **ORDER_ERRORS},
        summary="Protect quotes",
    )
    def post(self, request: Request) -> Response:
        """Once so much was filled of your quotes as maker within `window_ms`, all of them in the
        instrument, or (without `instrument`, by `trades` only) in all, are pulled, and new ones
        are refused until you reset it. Without any limit the protection is taken away."""
        fields = decode_object(request._request.body)
        account_id, info = _scope(request, fields, quotes.LIMITS)
        command = quotes.build_protection(info, account_id, fields)
        return Response(quotes.protection_body(info, send(command)))


class ResetView(ApiView):
    @extend_schema(
        operation_id="reset_protection",
        tags=_TAG,
        request=maker_serializers.ResetProtection,
        responses={200: maker_serializers.ResetProtectionAnswer, **ORDER_ERRORS},
        summary="Quote again",
    )
    def post(self, request: Request) -> Response:
        """Have quotes taken again after the protection tripped; counting begins anew."""
        fields = decode_object(request._request.body)
        account_id, info = _scope(request, fields, set())
        instrument_id = 0 if info is None else info.id
        command = commands.ResetProtection(account_id=account_id, instrument_id=instrument_id)
        return Response(quotes.reset_body(info, send(command)))


def _scope(
    request: Request, fields: dict[str, Any], others: set[str]
) -> tuple[int, InstrumentInfo | None]:
    """The account and the instrument (None: all) that a request is about."""
    caller = request.auth
    assert isinstance(caller, Caller)
    entry.check_scope_fields(fields, others)
    symbol = fields.get("instrument")
    info = None if symbol is None else instrument_info(str(symbol))
    return caller.account_id(fields.get("account")), info
