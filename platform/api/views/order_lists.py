"""Order lists: orders that depend on each other, placed and canceled as a whole."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import orders as entry
from api import serializers
from api.errors import ApiError
from api.exchange import decode_object
from api.views.account import ACCOUNT, CURSOR, LIMIT, REFUSED
from api.views.base import NOTHING_YET, ApiView
from api.views.orders import ORDER_ERRORS, enter, merged, send
from trading.accounts.models import Account
from trading.commands import door
from trading.engine import events, queries
from trading.engine.keys import client_order_key
from trading.engine.results import Result
from trading.instruments.selectors import catalogue
from trading.orders import order_rules, selectors, shapes
from trading.orders.models import Order, OrderList

_TAG = ["Orders"]
_LIST_ID = OpenApiParameter("list_id", str, OpenApiParameter.PATH)
_CLIENT_ID = OpenApiParameter("client_list_id", str, description="Only the list with this id.")


class OrderListsView(ApiView):
    @extend_schema(
        operation_id="order_lists",
        tags=_TAG,
        parameters=[_CLIENT_ID, ACCOUNT, LIMIT, CURSOR],
        responses={200: serializers.OrderLists, 503: serializers.Error, **REFUSED},
        summary="Order lists",
    )
    def get(self, request: Request) -> Response:
        """Your order lists, newest first; they follow within moments. With `client_list_id` at
        most one, as of now: this is how to ask what became of a list whose answer was lost."""
        account = self.account(request)
        client_list_id = request.query_params.get("client_list_id")
        if client_list_id is not None:
            _, client_list_id = entry.list_reference({"client_list_id": client_list_id})
            found = find_list(account, 0, client_list_id)
            return Response({"results": [found] if found else [], "next": None})
        rows = selectors.order_lists(account)
        cursor = self.cursor(request)
        if cursor is not None:
            rows = rows.filter(pk__lt=cursor)
        limit = self.limit(request)
        lists = list(rows[: limit + 1])
        members = selectors.orders_of_lists([row.pk for row in lists[:limit]])
        page = [_body(_state_of_row(row, members[row.pk])) for row in lists[:limit]]
        following = page[-1]["list_id"] if len(lists) > limit else None
        return Response({"results": page, "next": following})

    @extend_schema(
        operation_id="place_order_list",
        tags=_TAG,
        request=serializers.PlaceOrderList,
        responses={200: serializers.PlacedOrderList, **ORDER_ERRORS},
        summary="Place an order list",
    )
    def post(self, request: Request) -> Response:
        """Place two or three orders that depend on each other: all of them or none. On 504
        ORDER_UNKNOWN ask `GET /api/v1/order-lists?client_list_id=` before anything else."""
        return Response(place_list(request, decode_object(request._request.body)))

    @extend_schema(
        operation_id="cancel_order_list_by_client_id",
        tags=_TAG,
        parameters=[_CLIENT_ID, ACCOUNT],
        responses={200: serializers.CanceledOrders, **ORDER_ERRORS},
        summary="Cancel an order list by its client list id",
    )
    def delete(self, request: Request) -> Response:
        """Cancel what is open of the list with this `client_list_id`."""
        client_list_id = request.query_params.get("client_list_id")
        return Response(cancel_list(self.account(request), {"client_list_id": client_list_id}))

    def cost(self, request: Request) -> int:
        if request.method != "POST":
            return 1
        return entry.list_cost(decode_object(request._request.body))


class OrderListView(ApiView):
    @extend_schema(
        operation_id="order_list",
        tags=_TAG,
        parameters=[_LIST_ID, ACCOUNT],
        responses={200: serializers.OrderList, 404: serializers.Error, **REFUSED},
        summary="One order list",
    )
    def get(self, request: Request, list_id: str) -> Response:
        """One order list by its id, as of now."""
        number, _ = entry.list_reference({"list_id": list_id})
        found = find_list(self.account(request), number, "")
        if found is None:
            raise ApiError(Result.UNKNOWN_ORDER_LIST)
        return Response(found)

    @extend_schema(
        operation_id="cancel_order_list",
        tags=_TAG,
        parameters=[_LIST_ID, ACCOUNT],
        responses={200: serializers.CanceledOrders, **ORDER_ERRORS},
        summary="Cancel an order list",
    )
    def delete(self, request: Request, list_id: str) -> Response:
        """Cancel what is open of a list; the ids of the orders that this ended."""
        return Response(cancel_list(self.account(request), {"list_id": list_id}))


def place_list(request: Request, fields: dict[str, Any]) -> dict[str, Any]:
    """Place an order list of the caller; its body."""
    return enter(
        request,
        fields,
        "list",
        entry.build_list,
        order_rules.asked_of_list,
        entry.placed_list_body,
    )


def cancel_list(account: Account, fields: dict[str, Any]) -> dict[str, Any]:
    """Cancel an order list of an account; the ids of its orders that this ended."""
    return entry.canceled_all_body(send(entry.build_cancel_list(account.pk, fields)))


def find_list(account: Account, list_id: int, client_list_id: str) -> dict[str, Any] | None:
    """One order list: what the engine still knows of it, and the rest as cleared."""
    query = queries.QueryOrderList(
        account_id=account.pk, list_id=list_id, client_key=client_order_key(client_list_id)
    )
    answer = door.send_command(query)
    known = shapes.list_of_answer(answer.events, 0)
    if known is None and answer.result not in (Result.UNKNOWN_ORDER_LIST, *NOTHING_YET):
        raise ApiError(Result(answer.result))
    rows = selectors.order_lists(account)
    if list_id or known is not None:
        row = rows.filter(pk=known.list_id if known else list_id).first()
    else:
        row = rows.filter(client_list_id=client_list_id).first()
    orders = selectors.orders_of_lists([row.pk])[row.pk] if row is not None else []
    if known is None:
        return None if row is None else _body(_state_of_row(row, orders))
    known.client_list_id = row.client_list_id if row is not None else client_list_id
    cleared = {order.pk: order for order in orders}
    states = {
        event.order_id: merged(event, cleared.get(event.order_id))
        for event in answer.events
        if isinstance(event, events.OrderRow)
    }
    for order in orders:
        if order.pk not in states:
            states[order.pk] = shapes.state_of_row(order)
    known.orders = [states[order_id] for order_id in sorted(states)]
    return _body(known)


def _state_of_row(row: OrderList, orders: list[Order]) -> shapes.ListState:
    return shapes.ListState(
        row.pk,
        row.list_type,
        row.account_id,
        row.instrument_id,
        row.client_list_id,
        [shapes.state_of_row(order) for order in orders],
    )


def _body(state: shapes.ListState) -> dict[str, Any]:
    return entry.list_body(state, catalogue().instruments[state.instrument_id])
