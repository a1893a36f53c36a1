"""Orders: reading them, and order entry for signed-in pages.

Programs place orders on the fast path (`api.gateway`), which serves the same addresses for
requests signed with a key; the shapes are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import maker_serializers, rules, serializers
from api import orders as entry
from api.access import Caller
from api.errors import ApiError, Refusal
from api.exchange import decode_object
from api.views.account import ACCOUNT, CURSOR, LIMIT, REFUSED
from api.views.base import NOTHING_YET, ApiView, as_api_error
from audit import traces
from trading.accounts.models import Account
from trading.commands import door
from trading.engine import commands, events, queries
from trading.engine.keys import client_order_key
from trading.engine.results import Result
from trading.instruments.selectors import catalogue, instrument_info
from trading.orders import order_rules, selectors, shapes
from trading.orders.models import OPEN_STATUSES, Order

_TAG = ["Orders"]
_CLIENT_ID = OpenApiParameter("client_order_id", str, description="Only the order with this id.")
INSTRUMENT = OpenApiParameter("instrument", str, description="Only orders in this instrument.")
ORDER_ERRORS = {
    400: serializers.Error,
    404: serializers.Error,
    409: serializers.Error,
    503: serializers.Error,
    504: serializers.Error,
    **REFUSED,
}


class OrdersView(ApiView):
    @extend_schema(
        operation_id="orders",
        tags=_TAG,
        parameters=[
            OpenApiParameter(
                "status",
                str,
                enum=["open", "closed", "all"],
                description="open (the default) is as of now; the others follow within moments.",
            ),
            INSTRUMENT,
            _CLIENT_ID,
            ACCOUNT,
            LIMIT,
            CURSOR,
        ],
        responses={200: serializers.Orders, 503: serializers.Error, **REFUSED},
        summary="Orders",
    )
    def get(self, request: Request) -> Response:
        """Your orders, newest first. With `client_order_id` at most one, as of now: this is how
        to ask what became of an order whose answer was lost."""
        account = self.account(request)
        client_order_id = request.query_params.get("client_order_id")
        if client_order_id is not None:
            _, client_order_id = entry.order_reference({"client_order_id": client_order_id})
            found = find_order(account, 0, client_order_id)
            return Response({"results": [found] if found else [], "next": None})
        status = request.query_params.get("status", "open")
        symbol = request.query_params.get("instrument")
        instrument_id = instrument_info(symbol).id if symbol else 0
        if status == "open":
            return self._page(request, open_orders(account, instrument_id))
        if status not in ("closed", "all"):
            raise ApiError(Refusal.BAD_REQUEST, "status must be open, closed or all.")
        rows = selectors.orders(account)
        if status == "closed":
            rows = rows.exclude(status__in=OPEN_STATUSES)
        if instrument_id:
            rows = rows.filter(instrument_id=instrument_id)
        cursor = self.cursor(request)
        if cursor is not None:
            rows = rows.filter(pk__lt=cursor)
        bodies = [order_body(shapes.state_of_row(row)) for row in rows[: self.limit(request) + 1]]
        return self._answer(request, bodies)

    def _page(self, request: Request, bodies: list[dict[str, Any]]) -> Response:
        cursor = self.cursor(request)
        if cursor is not None:
            bodies = [body for body in bodies if int(body["order_id"]) < cursor]
        return self._answer(request, bodies)

    def _answer(self, request: Request, bodies: list[dict[str, Any]]) -> Response:
        limit = self.limit(request)
        page = bodies[:limit]
        following = page[-1]["order_id"] if len(bodies) > limit else None
        return Response({"results": page, "next": following})

    @extend_schema(
        operation_id="place_order",
        tags=_TAG,
        request=serializers.PlaceOrder,
        responses={200: serializers.PlacedOrder, **ORDER_ERRORS},
        summary="Place an order",
    )
    def post(self, request: Request) -> Response:
        """Place one order. It is durable before it is answered. On 504 ORDER_UNKNOWN ask
        `GET /api/v1/orders?client_order_id=` before anything else."""
        return Response(place(request, decode_object(request._request.body)))

    @extend_schema(
        operation_id="cancel_orders",
        tags=_TAG,
        parameters=[_CLIENT_ID, INSTRUMENT, ACCOUNT],
        responses={200: serializers.CanceledOrders, **ORDER_ERRORS},
        summary="Cancel by client order id, or all",
    )
    def delete(self, request: Request) -> Response:
        """With `client_order_id` cancel that order (the answer is the order); without, cancel
        all open orders of the account or, with `instrument`, those in it."""
        account = self.account(request)
        client_order_id = request.query_params.get("client_order_id")
        if client_order_id is not None:
            return Response(cancel(account, {"client_order_id": client_order_id}))
        symbol = request.query_params.get("instrument")
        instrument_id = instrument_info(symbol).id if symbol else 0
        command = commands.CancelAllOrders(account_id=account.pk, instrument_id=instrument_id)
        return Response(entry.canceled_all_body(send(command)))


class OrderView(ApiView):
    @extend_schema(
        operation_id="order",
        tags=_TAG,
        parameters=[
            OpenApiParameter("order_id", str, OpenApiParameter.PATH),
            ACCOUNT,
        ],
        responses={200: serializers.Order, 404: serializers.Error, **REFUSED},
        summary="One order",
    )
    def get(self, request: Request, order_id: str) -> Response:
        """One order by its id."""
        number, _ = entry.order_reference({"order_id": order_id})
        found = find_order(self.account(request), number, "")
        if found is None:
            raise ApiError(Result.UNKNOWN_ORDER)
        return Response(found)

    @extend_schema(
        operation_id="cancel_order",
        tags=_TAG,
        parameters=[
            OpenApiParameter("order_id", str, OpenApiParameter.PATH),
            ACCOUNT,
        ],
        responses={200: serializers.CanceledOrder, **ORDER_ERRORS},
        summary="Cancel an order",
    )
    def delete(self, request: Request, order_id: str) -> Response:
        """Cancel one order; the order as it ended."""
        return Response(cancel(self.account(request), {"order_id": order_id}))

    @extend_schema(
        operation_id="replace_order",
        tags=_TAG,
        parameters=[OpenApiParameter("order_id", str, OpenApiParameter.PATH)],
        request=serializers.ReplaceOrder,
        responses={200: serializers.ReplacedOrder, **ORDER_ERRORS},
        summary="Replace an order",
    )
    def patch(self, request: Request, order_id: str) -> Response:
        """Give a resting order another `remaining_quantity`, `price` or both, under its id. Fewer
        at the same price keep its place in the queue; anything else arrives anew. If it is
        refused, the order stands as it stood."""
        fields = {**decode_object(request._request.body), "order_id": order_id}
        return Response(replace(request, fields))


class BatchView(ApiView):
    @extend_schema(
        operation_id="place_orders",
        tags=_TAG,
        request=serializers.PlaceBatch,
        responses={200: serializers.PlacedBatch, **ORDER_ERRORS},
        summary="Place up to 100 orders",
    )
    def post(self, request: Request) -> Response:
        """Place up to 100 orders in one request, each for itself: look at every `ok`."""
        orders = entry.batch_of(decode_object(request._request.body))
        return Response({"results": [_place_item(request, fields) for fields in orders]})

    def cost(self, request: Request) -> int:
        if request.method != "POST":
            return 1
        return entry.batch_cost(decode_object(request._request.body))


class CancelTimerView(ApiView):
    @extend_schema(
        operation_id="armed_cancels",
        tags=_TAG,
        parameters=[ACCOUNT],
        responses={200: maker_serializers.ArmedCancels, 503: serializers.Error, **REFUSED},
        summary="What will cancel orders by itself",
    )
    def get(self, request: Request) -> Response:
        """The account's cancel timers that run, and what connections have armed, as of now."""
        answer = door.send_command(queries.QueryArmed(account_id=self.account(request).pk))
        if answer.result not in (Result.ACCEPTED, *NOTHING_YET):
            raise ApiError(Result(answer.result))
        known = catalogue().instruments
        rows = [row for row in answer.events if isinstance(row, events.ArmedRow)]
        return Response(
            {
                "results": [
                    {
                        "instrument": known[row.instrument_id].symbol
                        if row.instrument_id
                        else None,
                        "on_disconnect": bool(row.on_disconnect),
                        "cancels_at": row.deadline_ns // 1_000_000 or None,
                    }
                    for row in rows
                ]
            }
        )

    @extend_schema(
        operation_id="cancel_all_after",
        tags=_TAG,
        request=maker_serializers.CancelAllAfter,
        responses={200: maker_serializers.CancelTimer, **ORDER_ERRORS},
        summary="Cancel all orders after a time",
    )
    def post(self, request: Request) -> Response:
        """Start the account's cancel timer, or start it anew: unless it is sent again within
        `seconds`, all open orders of the account, or those in `instrument`, are canceled. 0 takes
        it away. The engine keeps it, whatever becomes of your connection or of ours."""
        caller = request.auth
        assert isinstance(caller, Caller)
        fields = decode_object(request._request.body)
        entry.check_scope_fields(fields, {"seconds"})
        timeout_ns = entry.timeout_of(fields)
        account_id = caller.account_id(fields.get("account"))
        symbol = fields.get("instrument")
        info = None if symbol is None else instrument_info(str(symbol))
        command = commands.SetCancelTimer(
            account_id=account_id,
            instrument_id=0 if info is None else info.id,
            timeout_ns=timeout_ns,
        )
        return Response(entry.timer_body(info, account_id, send(command)))


def place(request: Request, fields: dict[str, Any]) -> dict[str, Any]:
    """Place one order of the caller; its body."""
    return enter(
        request, fields, "order", entry.build, order_rules.asked_of_order, entry.placed_body
    )


def enter(
    request: Request,
    fields: dict[str, Any],
    what: str,
    build: Callable[..., Any],
    asked_of: Callable[..., list[order_rules.Asked]],
    body_of: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """Place an order or a list (``what``) of the caller; its body. A refusal names the client's
    id, by which to ask what became of it.
    """
    caller = request.auth
    assert isinstance(caller, Caller)
    symbol = fields.get("instrument")
    if not isinstance(symbol, str):
        raise ApiError(Result.UNKNOWN_INSTRUMENT, f"The {what} needs an instrument.")
    info = instrument_info(symbol)
    command = build(info, caller, fields)
    try:
        rules.require_now(caller, asked_of(info, command))
        return body_of(info, command, send(command))
    except Exception as error:
        refusal = as_api_error(error)
        if refusal is None:
            raise
        client_id = f"client_{what}_id"
        refusal.extra.setdefault(client_id, getattr(command, client_id))
        raise refusal from error


def _place_item(request: Request, fields: Any) -> dict[str, Any]:
    try:
        if not isinstance(fields, dict):
            raise ApiError(Refusal.BAD_JSON, "Every order of a batch is a JSON object.")
        return {"ok": True, "result": place(request, fields)}
    except Exception as error:
        refusal = as_api_error(error)
        if refusal is None:
            raise
        return {"ok": False, "error": refusal.as_dict()}


def replace(request: Request, fields: dict[str, Any]) -> dict[str, Any]:
    """Replace an order of the caller; its body."""
    caller = request.auth
    assert isinstance(caller, Caller)
    account_id = caller.account_id(fields.get("account"))
    order_id, client_order_id = entry.order_reference(fields)
    asked = queries.QueryOrder(
        account_id=account_id, order_id=order_id, client_key=client_order_key(client_order_id)
    )
    before = send(asked)
    row = entry.row_of(before)
    info = catalogue().instruments[row.instrument_id]
    command = entry.build_replace(info, account_id, row.order_id, fields)
    rules.require_now(caller, order_rules.asked_of_change(info, row, command))
    return entry.replaced_body(info, before, send(command), client_order_id)


def cancel(account: Account, fields: dict[str, Any]) -> dict[str, Any]:
    """Cancel one order of an account; its body."""
    order_id, client_order_id = entry.order_reference(fields)
    client_key = client_order_key(client_order_id)
    before = door.send_command(
        queries.QueryOrder(account_id=account.pk, order_id=order_id, client_key=client_key)
    )
    answer = send(
        commands.CancelOrder(account_id=account.pk, order_id=order_id, client_key=client_key)
    )
    return entry.canceled_body(catalogue(), before, answer, client_order_id)


def send(command: Any) -> door.Answer:
    """The engine's answer to a command; raises ApiError unless it was accepted."""
    answer = door.send_command(command, trace_id=traces.current() or traces.begin())
    if answer.result not in (Result.ACCEPTED, Result.REPEATED):
        raise ApiError(Result(answer.result))
    return answer


# Reading: the engine knows how things stand, SQL knows the sender's text and the times.


def open_orders(account: Account, instrument_id: int) -> list[dict[str, Any]]:
    """An account's open orders as the engine has them, newest first."""
    query = queries.QueryOpenOrders(account_id=account.pk, instrument_id=instrument_id)
    answer = door.send_command(query)
    if answer.result in NOTHING_YET:
        return []
    if answer.result is not Result.ACCEPTED:
        raise ApiError(Result(answer.result))
    rows = [row for row in answer.events if isinstance(row, events.OrderRow)]
    cleared = Order.objects.in_bulk([row.order_id for row in rows])
    states = [merged(row, cleared.get(row.order_id)) for row in rows]
    return [order_body(s) for s in sorted(states, key=lambda s: s.order_id, reverse=True)]


def find_order(account: Account, order_id: int, client_order_id: str) -> dict[str, Any] | None:
    """One order: as the engine has it if it still does, else as cleared; None if there is none."""
    query = queries.QueryOrder(
        account_id=account.pk, order_id=order_id, client_key=client_order_key(client_order_id)
    )
    answer = door.send_command(query)
    row = next((event for event in answer.events if isinstance(event, events.OrderRow)), None)
    if row is not None:
        cleared = selectors.order_by_id(account, row.order_id)
        state = merged(row, cleared)
        state.client_order_id = state.client_order_id or client_order_id
        return order_body(state)
    if answer.result not in (Result.UNKNOWN_ORDER, *NOTHING_YET):
        raise ApiError(Result(answer.result))
    cleared = (
        selectors.order_by_id(account, order_id)
        if order_id
        else selectors.order_by_client_order_id(account, client_order_id)
    )
    return None if cleared is None else order_body(shapes.state_of_row(cleared))


def merged(row: events.OrderRow, cleared: Order | None) -> shapes.OrderState:
    """An order as the engine has it, with what only its cleared row tells."""
    state = shapes.state_of_engine_row(row)
    if cleared is not None:
        shapes.remember_row(state, cleared)
    return state


def order_body(state: shapes.OrderState) -> dict[str, Any]:
    """An order as JSON."""
    return entry.order_body(state, catalogue().instruments[state.instrument_id])
