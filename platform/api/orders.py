"""Order entry for programs: request fields in, the answer's JSON body out.

The fast path and the WebSocket use it alike. Everything that can be refused is an `ApiError`.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from api import exchange, rules
from api.access import Caller
from api.catalogues import Catalogues
from api.errors import ApiError, Refusal
from api.quotes import LIMITS, MassQuote, build_protection, protection_body, reset_body
from trading.engine import commands, events, queries
from trading.engine.client import Answer, AsyncEngineClient, EngineUnavailable, EngineUnknown
from trading.engine.keys import client_order_key
from trading.engine.limits import MAX_TIMEOUT_NS
from trading.engine.message import Message
from trading.engine.results import Result
from trading.instruments.rules import Catalogue, InstrumentInfo
from trading.orders import order_rules, placing, shapes

MAX_BATCH = 100
_NS = 10**9

_REFERENCE_FIELDS = frozenset({"account", "order_id", "client_order_id"})


class OrderDesk:
    """Places, replaces and cancels orders of authenticated callers."""

    def __init__(self, engine: AsyncEngineClient, catalogues: Catalogues) -> None:
        self._engine = engine
        self._catalogues = catalogues

    async def place(self, caller: Caller, fields: dict[str, Any], trace_id: int) -> dict[str, Any]:
        """Place one order; the order with its fills."""
        info = await self._catalogues.instrument(caller.tenant, fields.get("instrument"))
        command = build(info, caller, fields)
        try:
            rules.require(caller, order_rules.asked_of_order(info, command))
            answer = await self._send(caller, command, trace_id)
        except ApiError as error:
            error.extra.setdefault("client_order_id", command.client_order_id)
            raise
        return placed_body(info, command, answer)

    async def place_batch(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> list[dict[str, Any]]:
        """Place up to 100 orders, each for itself; one `{"ok", "result" | "error"}` for each."""
        placing_all = [self._place_item(caller, order, trace_id) for order in batch_of(fields)]
        return list(await asyncio.gather(*placing_all))

    async def _place_item(self, caller: Caller, fields: Any, trace_id: int) -> dict[str, Any]:
        try:
            if not isinstance(fields, dict):
                raise ApiError(Refusal.BAD_JSON, "Every order of a batch is a JSON object.")
            return {"ok": True, "result": await self.place(caller, fields, trace_id)}
        except ApiError as error:
            return {"ok": False, "error": error.as_dict()}

    async def place_list(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Place an order list as a whole; the list with the fills its orders had at once."""
        info = await self._catalogues.instrument(caller.tenant, fields.get("instrument"))
        command = build_list(info, caller, fields)
        try:
            rules.require(caller, order_rules.asked_of_list(info, command))
            answer = await self._send(caller, command, trace_id)
        except ApiError as error:
            error.extra.setdefault("client_list_id", command.client_list_id)
            raise
        return placed_list_body(info, command, answer)

    async def cancel_list(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Cancel what is open of an order list, by `list_id` or `client_list_id`; the ids."""
        account_id = caller.account_id(fields.get("account"))
        command = build_cancel_list(account_id, fields)
        return canceled_all_body(await self._send(caller, command, trace_id))

    async def replace(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Give a resting order, by `order_id` or `client_order_id`, another `remaining_quantity`
        or `price`; the order as it stands, with the fills this had at once."""
        account_id = caller.account_id(fields.get("account"))
        order_id, client_order_id = order_reference(fields)
        client_key = client_order_key(client_order_id)
        asked = queries.QueryOrder(account_id=account_id, order_id=order_id, client_key=client_key)
        # Which instrument it is: price and quantity count in its steps.
        row = row_of(await self._send(caller, asked, trace_id))
        catalogue = await self._catalogues.of(caller.tenant)
        info = catalogue.instruments[row.instrument_id]
        command = build_replace(info, account_id, row.order_id, fields)
        rules.require(caller, order_rules.asked_of_change(info, row, command))
        # As in cancel: just ahead of the command, what it changes.
        before, answer = await asyncio.gather(
            self._send(caller, asked, trace_id, refuse=False),
            self._send(caller, command, trace_id),
        )
        return replaced_body(info, before, answer, client_order_id)

    async def cancel(self, caller: Caller, fields: dict[str, Any], trace_id: int) -> dict[str, Any]:
        """Cancel one order by `order_id` or `client_order_id`; the order as it ended."""
        account_id = caller.account_id(fields.get("account"))
        order_id, client_order_id = order_reference(fields)
        client_key = client_order_key(client_order_id)
        asked = queries.QueryOrder(account_id=account_id, order_id=order_id, client_key=client_key)
        command = commands.CancelOrder(
            account_id=account_id, order_id=order_id, client_key=client_key
        )
        # The question goes ahead of the cancel on the same connection: it costs no round trip.
        before, answer = await asyncio.gather(
            self._send(caller, asked, trace_id, refuse=False),
            self._send(caller, command, trace_id),
        )
        catalogue = await self._catalogues.of(caller.tenant)
        return canceled_body(catalogue, before, answer, client_order_id)

    async def cancel_all(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Cancel all open orders of an account, or those in one instrument; their ids."""
        account_id = caller.account_id(fields.get("account"))
        instrument_id = 0
        if fields.get("instrument") is not None:
            info = await self._catalogues.instrument(caller.tenant, fields["instrument"])
            instrument_id = info.id
        command = commands.CancelAllOrders(account_id=account_id, instrument_id=instrument_id)
        return canceled_all_body(await self._send(caller, command, trace_id))

    async def cancel_all_after(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Start an account's cancel timer anew, or with 0 `seconds` take it away."""
        timeout_ns = timeout_of(fields)
        account_id, info = await self.scope(caller, fields, {"seconds"})
        command = commands.SetCancelTimer(
            account_id=account_id,
            instrument_id=0 if info is None else info.id,
            timeout_ns=timeout_ns,
        )
        return timer_body(info, account_id, await self._send(caller, command, trace_id))

    async def place_quotes(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Put up to eight two-sided quotes in the place of those before, each for itself."""
        account_id = caller.account_id(fields.get("account"))
        catalogue = await self._catalogues.of(caller.tenant)
        asked = MassQuote(catalogue, account_id, fields)
        if asked.command is None:
            return asked.body(None)
        rules.require(caller, order_rules.asked_of_quotes(catalogue.instruments, asked.command))
        return asked.body(await self._send(caller, asked.command, trace_id))

    async def cancel_quotes(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Cancel all quotes of an account, or those in one instrument; other orders stay."""
        account_id, info = await self.scope(caller, fields, set())
        command = commands.CancelAllOrders(
            account_id=account_id, instrument_id=0 if info is None else info.id, quotes_only=1
        )
        return canceled_all_body(await self._send(caller, command, trace_id))

    async def set_protection(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Limit what may be filled of the account's quotes at once."""
        account_id, info = await self.scope(caller, fields, LIMITS)
        command = build_protection(info, account_id, fields)
        return protection_body(info, await self._send(caller, command, trace_id))

    async def reset_protection(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Have the account's quotes taken again after its protection tripped."""
        account_id, info = await self.scope(caller, fields, set())
        instrument_id = 0 if info is None else info.id
        command = commands.ResetProtection(account_id=account_id, instrument_id=instrument_id)
        return reset_body(info, await self._send(caller, command, trace_id))

    async def scope(
        self, caller: Caller, fields: dict[str, Any], others: set[str]
    ) -> tuple[int, InstrumentInfo | None]:
        """The account and the instrument (None: all) that a request is about."""
        check_scope_fields(fields, others)
        account_id = caller.account_id(fields.get("account"))
        if fields.get("instrument") is None:
            return account_id, None
        return account_id, await self._catalogues.instrument(caller.tenant, fields["instrument"])

    async def _send(
        self, caller: Caller, message: Message, trace_id: int, *, refuse: bool = True
    ) -> Answer:
        try:
            answer = await self._engine.send(caller.tenant.id, message, trace_id=trace_id)
        except EngineUnavailable:
            raise ApiError(Refusal.ENGINE_UNAVAILABLE) from None
        except EngineUnknown:
            raise ApiError(Refusal.ORDER_UNKNOWN) from None
        if refuse and answer.result not in (Result.ACCEPTED, Result.REPEATED):
            raise ApiError(Result(answer.result))
        return answer


def batch_of(fields: dict[str, Any]) -> list[Any]:
    """The orders of a batch request; raises ApiError."""
    orders = fields.get("orders")
    if not isinstance(orders, list) or not 0 < len(orders) <= MAX_BATCH:
        raise ApiError(Refusal.BATCH_TOO_LARGE)
    return orders


def batch_cost(fields: dict[str, Any]) -> int:
    """How many tokens a batch request takes, at every door: one an order."""
    try:
        return len(batch_of(fields))
    except ApiError:
        return 1


def build(info: InstrumentInfo, caller: Caller, fields: dict[str, Any]) -> commands.PlaceOrder:
    """The engine command of a request; makes a client order id where there is none."""
    account_id = caller.account_id(fields.get("account"))
    if not fields.get("client_order_id"):
        fields = {**fields, "client_order_id": f"m-{secrets.token_hex(12)}"}
    try:
        return placing.build_place_order(info, account_id, fields)
    except placing.OrderError as error:
        raise ApiError(
            error.result,
            error.message,
            help=error.help_text,
            extra={"client_order_id": str(fields["client_order_id"])[:36]},
        ) from None


def build_list(
    info: InstrumentInfo, caller: Caller, fields: dict[str, Any]
) -> commands.PlaceOrderList:
    """The engine command of an order list request; makes a client list id where there is none."""
    account_id = caller.account_id(fields.get("account"))
    if not fields.get("client_list_id"):
        fields = {**fields, "client_list_id": f"m-{secrets.token_hex(12)}"}
    try:
        return placing.build_place_order_list(info, account_id, fields)
    except placing.OrderError as error:
        raise ApiError(
            error.result,
            error.message,
            help=error.help_text,
            extra={"client_list_id": str(fields["client_list_id"])[:36]},
        ) from None


def build_cancel_list(account_id: int, fields: dict[str, Any]) -> commands.CancelOrderList:
    """The engine command of a request to cancel an order list; raises ApiError."""
    list_id, client_list_id = list_reference(fields)
    return commands.CancelOrderList(
        account_id=account_id, list_id=list_id, client_key=client_order_key(client_list_id)
    )


def list_reference(fields: dict[str, Any]) -> tuple[int, str]:
    """(list id, client list id) of a request; one of them is nothing. Raises ApiError."""
    list_id, client_list_id = fields.get("list_id"), fields.get("client_list_id")
    if (list_id is None) == (client_list_id is None):
        raise ApiError(Refusal.BAD_REQUEST, "Give either list_id or client_list_id.")
    if client_list_id is not None:
        if not placing.is_client_order_id(client_list_id):
            raise ApiError(Result.BAD_CLIENT_ORDER_ID)
        return 0, client_list_id
    if isinstance(list_id, str):
        list_id = exchange.whole_number(list_id)
    if type(list_id) is not int or not 0 < list_id <= exchange.MAX_NUMBER:
        raise ApiError(Result.UNKNOWN_ORDER_LIST, "A list id is a whole number above zero.")
    return list_id, ""


def list_cost(fields: dict[str, Any]) -> int:
    """How many tokens an order list takes, at every door: one an order."""
    orders = fields.get("orders")
    return min(len(orders), 3) if isinstance(orders, list) and orders else 1


def build_replace(
    info: InstrumentInfo, account_id: int, order_id: int, fields: dict[str, Any]
) -> commands.ReplaceOrder:
    """The engine command of a request to replace an order."""
    changes = {name: value for name, value in fields.items() if name not in _REFERENCE_FIELDS}
    try:
        return placing.build_replace_order(info, account_id, changes, order_id=order_id)
    except placing.OrderError as error:
        raise ApiError(error.result, error.message, help=error.help_text) from None


def row_of(answer: Answer) -> events.OrderRow:
    """The order in a QueryOrder's answer; raises ApiError if there is none."""
    row = next((event for event in answer.events if isinstance(event, events.OrderRow)), None)
    if row is None:
        raise ApiError(Result.UNKNOWN_ORDER)
    return row


def order_reference(fields: dict[str, Any]) -> tuple[int, str]:
    """(order id, client order id) of a request; one of them is nothing. Raises ApiError."""
    order_id, client_order_id = fields.get("order_id"), fields.get("client_order_id")
    if (order_id is None) == (client_order_id is None):
        raise ApiError(Refusal.BAD_REQUEST, "Give either order_id or client_order_id.")
    if client_order_id is not None:
        if not placing.is_client_order_id(client_order_id):
            raise ApiError(Result.BAD_CLIENT_ORDER_ID)
        return 0, client_order_id
    if isinstance(order_id, str):
        order_id = exchange.whole_number(order_id)
    if type(order_id) is not int or not 0 < order_id <= exchange.MAX_NUMBER:
        raise ApiError(Result.UNKNOWN_ORDER, "An order id is a whole number above zero.")
    return order_id, ""


def placed_body(
    info: InstrumentInfo, command: commands.PlaceOrder, answer: Answer
) -> dict[str, Any]:
    """The JSON body of a PlaceOrder's answer."""
    state = shapes.state_of_answer(answer.events, answer.time_ns)
    if state is None:
        raise ApiError(Refusal.INTERNAL_ERROR)
    repeated = answer.result is Result.REPEATED
    state.client_order_id = state.client_order_id or command.client_order_id
    if repeated:
        state.placed_ns = state.updated_ns = 0  # the engine keeps no times
    body = order_body(state, info)
    body["fills"] = _fills_as_taker(state, info, answer)
    body["repeated"], body["seq"] = repeated, answer.seq
    return body


def placed_list_body(
    info: InstrumentInfo, command: commands.PlaceOrderList, answer: Answer
) -> dict[str, Any]:
    """The JSON body of a PlaceOrderList's answer."""
    state = shapes.list_of_answer(answer.events, answer.time_ns)
    if state is None:
        raise ApiError(Refusal.INTERNAL_ERROR)
    state.client_list_id = state.client_list_id or command.client_list_id
    body = list_body(state, info)
    body["fills"] = [
        fill for order in state.orders for fill in _fills_as_taker(order, info, answer)
    ]
    body["repeated"], body["seq"] = answer.result is Result.REPEATED, answer.seq
    return body


def list_body(state: shapes.ListState, info: InstrumentInfo) -> dict[str, Any]:
    """`shapes.list_json`, with null where the engine keeps no time or text."""
    body = shapes.list_json(state, info)
    body["orders"] = [order_body(order, info) for order in state.orders]
    return body


def replaced_body(
    info: InstrumentInfo, before: Answer, answer: Answer, client_order_id: str
) -> dict[str, Any]:
    """The JSON body of a ReplaceOrder's answer."""
    state = shapes.state_of_change(row_of(before), answer.events, answer.time_ns)
    state.client_order_id = client_order_id
    body = order_body(state, info)
    body["fills"], body["seq"] = _fills_as_taker(state, info, answer), answer.seq
    return body


def _fills_as_taker(
    state: shapes.OrderState, info: InstrumentInfo, answer: Answer
) -> list[dict[str, Any]]:
    return [
        shapes.fill_json(event, info, maker=False, time_ns=answer.time_ns)
        for event in answer.events
        if isinstance(event, events.Traded) and event.taker_order_id == state.order_id
    ]


def canceled_body(
    catalogue: Catalogue, before: Answer, answer: Answer, client_order_id: str
) -> dict[str, Any]:
    """The JSON body of a CancelOrder's answer."""
    closed = next(event for event in answer.events if isinstance(event, events.OrderClosed))
    info = catalogue.instruments[closed.instrument_id]
    state = shapes.state_of_change(row_of(before), answer.events, answer.time_ns)
    state.client_order_id = client_order_id
    return {**order_body(state, info), "seq": answer.seq}


def canceled_all_body(answer: Answer) -> dict[str, Any]:
    """The JSON body of a CancelAllOrders' answer."""
    closed = [str(e.order_id) for e in answer.events if isinstance(e, events.OrderClosed)]
    return {"canceled": closed, "count": len(closed), "seq": answer.seq}


def check_scope_fields(fields: dict[str, Any], others: set[str]) -> None:
    """Raises ApiError on fields that are not known."""
    unknown = fields.keys() - {"account", "instrument", *others}
    if unknown:
        raise ApiError(Refusal.BAD_REQUEST, f"Unknown field: {sorted(map(str, unknown))[0][:40]}.")


def timeout_of(fields: dict[str, Any]) -> int:
    """The `seconds` of a cancel timer in nanoseconds; raises ApiError."""
    seconds = fields.get("seconds")
    if type(seconds) is not int or not 0 <= seconds <= MAX_TIMEOUT_NS // _NS:
        raise ApiError(Result.BAD_TIMEOUT)
    return seconds * _NS


def timer_body(info: InstrumentInfo | None, account_id: int, answer: Answer) -> dict[str, Any]:
    """The JSON body of a SetCancelTimer's answer."""
    deadline_ns = next(
        event.deadline_ns for event in answer.events if isinstance(event, events.CancelTimerSet)
    )
    return {
        "account": account_id,
        "instrument": None if info is None else info.symbol,
        "cancels_at": deadline_ns // 1_000_000 or None,
        "seq": answer.seq,
    }


def order_body(state: shapes.OrderState, info: InstrumentInfo) -> dict[str, Any]:
    """`shapes.order_json`, with null where the engine keeps no time or text."""
    body = shapes.order_json(state, info)
    body["created_at"] = body["created_at"] or None
    body["updated_at"] = body["updated_at"] or None
    body["client_order_id"] = body["client_order_id"] or None
    return body
