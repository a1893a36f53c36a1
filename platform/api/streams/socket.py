"""One client's WebSocket: its operations, its subscriptions, and writing without waiting for it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from api import access, exchange, metrics, rates, signatures
from api.access import Caller
from api.arming import Scope as ArmedScope
from api.database import in_tenant
from api.errors import ApiError, Refusal
from api.exchange import Receive, Scope, Send
from api.orders import batch_cost, list_cost
from api.quotes import quotes_cost
from api.streams.writer import TOO_SLOW, Writer
from audit import traces
from identity.visitors import network_of
from messaging import notices
from tenants.models import Tenant
from tenants.selectors import normalize_host, tenant_by_id
from trading.market_data.intervals import INTERVALS

if TYPE_CHECKING:
    from api.services import Services

log = structlog.get_logger("marque.streams")

MAX_MESSAGE_CHARACTERS = 128 * 1024
MAX_SUBSCRIPTIONS = 100
MAX_IN_FLIGHT = 512
SLOW_SECONDS = 15.0
CLOSE_SECONDS = 10.0
OPERATIONS_PER_SECOND = 100

SIGNED_OUT = 4001
SUSPENDED = 4003


class Socket(Writer):
    """A connected client. ``caller`` is None until it has shown who it is."""

    def __init__(
        self,
        services: Services,
        tenant: Tenant,
        scope: Scope,
        headers: dict[bytes, bytes],
        receive: Receive,
        send: Send,
    ) -> None:
        super().__init__(send)
        self.tenant = tenant
        self.caller: Caller | None = None
        self._services = services
        self.address = exchange.client_address(scope)
        self._headers = headers
        self._receive = receive
        self._session_key = ""
        self._key_id = ""
        self._subscriptions: dict[str, tuple[str, ...]] = {}  # channel → Redis channels
        self._in_flight = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._main = asyncio.current_task()
        self._second = 0
        self._operations = 0

    # Life

    async def run(self) -> None:
        """Serve the client until either side goes."""
        await self._receive()
        await self._send({"type": "websocket.accept"})
        hub = self._services.hub
        hub.sockets.add(self)
        open_sockets = metrics.SOCKETS.labels(self.tenant.slug)
        open_sockets.inc()
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._on_message(message.get("text"))
        except OSError:
            return  # the client is gone
        except asyncio.CancelledError:
            if not self._is_closed:
                raise
        finally:
            self._is_closed = True
            open_sockets.dec()
            hub.sockets.discard(self)
            for names in self._subscriptions.values():
                for name in names:
                    hub.leave(self, name)
            for task in self._tasks:
                task.cancel()
            # Behind all that was sent: what is canceled above is sent no more.
            self._services.arming.socket_ended(self)

    def drop(self, code: int, reason: str) -> None:
        """Close with a code and a reason; a client that does not read is cut off soon after."""
        if self._is_closed:
            return
        self._is_closed = True
        metrics.DROPPED.labels(self.tenant.slug, str(code)).inc()
        self._queue.clear()
        self._services.hub.spawn(self._close(code, reason))

    async def _close(self, code: int, reason: str) -> None:
        with contextlib.suppress(OSError, TimeoutError, RuntimeError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        if self._main is not None:
            self._main.cancel()

    def check_health(self) -> None:
        """Drop a client that has not read for long, or whose exchange was suspended."""
        if self.is_busy and time.monotonic() - self._busy_since > SLOW_SECONDS:
            self.drop(TOO_SLOW, "too slow: messages were not read")
        tenant = tenant_by_id(self.tenant.id)
        if tenant is None or tenant.is_suspended:
            self.drop(SUSPENDED, "this exchange is suspended")

    async def _bring_up_to_date(self, channels: set[str]) -> None:
        for name in channels:
            await self._services.hub.resync(self, name)

    def _answer(self, request_id: Any, result: Any) -> None:
        self.push(exchange.encode({"id": request_id, "ok": True, "result": result}).decode())

    def _refuse(self, request_id: Any, error: ApiError) -> None:
        body = {"id": request_id, "ok": False, "error": error.as_dict()}
        self.push(exchange.encode(body).decode())

    # Reading

    async def _on_message(self, text: str | None) -> None:
        request_id = None
        try:
            if text is None:
                raise ApiError(Refusal.BAD_JSON, "Send text frames, not binary ones.")
            if len(text) > MAX_MESSAGE_CHARACTERS:
                raise ApiError(Refusal.BODY_TOO_LARGE)
            message = exchange.decode_object(text)
            request_id = message.get("id")
            if not isinstance(request_id, int | str | None) or len(str(request_id)) > 64:
                request_id = None
                raise ApiError(Refusal.BAD_REQUEST, "The id must be a number or a short text.")
            operation = message.get("op")
            if isinstance(operation, str) and operation.startswith(("order.", "quote.")):
                await self._begin_order(operation, request_id, message.get("args"))
            else:
                self._count_operation()
                await self._operate(operation, request_id, message)
        except ApiError as error:
            self._refuse(request_id, error)

    def _count_operation(self) -> None:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._operations = second, 0
        self._operations += 1
        if self._operations > OPERATIONS_PER_SECOND:
            raise ApiError(Refusal.RATE_LIMITED)

    async def _operate(self, operation: Any, request_id: Any, message: dict[str, Any]) -> None:
        if operation == "ping":
            self._answer(request_id, {"time": int(time.time() * 1000)})
        elif operation == "subscribe":
            self._start(self._subscribe(request_id, message.get("channels")))
        elif operation == "unsubscribe":
            self._unsubscribe(message.get("channels"))
            self._answer(request_id, {"channels": sorted(self._subscriptions)})
        elif operation == "auth":
            await self._authenticate(message)
            self._answer(request_id, {"accounts": list(self._signed_in().account_ids)})
        else:
            raise ApiError(Refusal.UNKNOWN_OPERATION)

    # Orders

    async def _begin_order(self, operation: str, request_id: Any, args: Any) -> None:
        fields = {} if args is None else args
        if not isinstance(fields, dict):
            raise ApiError(Refusal.BAD_REQUEST, "args must be an object.")
        caller = self._signed_in()
        caller.require("trade")
        if self._in_flight >= MAX_IN_FLIGHT:
            self._has_room.clear()
            await self._has_room.wait()
        self._in_flight += 1
        self._start(self._order(caller, operation, request_id, fields))

    async def _order(
        self, caller: Caller, operation: str, request_id: Any, fields: dict[str, Any]
    ) -> None:
        services = self._services
        trace_id = traces.begin()
        begin, code = time.perf_counter(), "OK"
        try:
            desk = services.desk
            cost = 1
            if operation == "order.place_batch":
                cost = batch_cost(fields)
            elif operation == "order.place_list":
                cost = list_cost(fields)
            elif operation == "quote.place":
                cost = quotes_cost(fields)
            await services.guard.check(f"{caller.bucket}:orders", services.order_limit, cost=cost)
            if operation == "order.place":
                result: Any = await desk.place(caller, fields, trace_id)
            elif operation == "order.place_batch":
                result = {"results": await desk.place_batch(caller, fields, trace_id)}
            elif operation == "order.place_list":
                result = await desk.place_list(caller, fields, trace_id)
            elif operation == "order.cancel_list":
                result = await desk.cancel_list(caller, fields, trace_id)
            elif operation == "order.replace":
                result = await desk.replace(caller, fields, trace_id)
            elif operation == "order.cancel":
                result = await desk.cancel(caller, fields, trace_id)
            elif operation == "order.cancel_all":
                result = await desk.cancel_all(caller, fields, trace_id)
            elif operation == "quote.place":
                result = await desk.place_quotes(caller, fields, trace_id)
            elif operation == "quote.cancel_all":
                result = await desk.cancel_quotes(caller, fields, trace_id)
            elif operation == "quote.protect":
                result = await desk.set_protection(caller, fields, trace_id)
            elif operation == "quote.reset":
                result = await desk.reset_protection(caller, fields, trace_id)
            elif operation == "order.cancel_all_after":
                result = await desk.cancel_all_after(caller, fields, trace_id)
            elif operation == "order.cancel_on_disconnect":
                result = await self._cancel_on_disconnect(caller, fields, trace_id)
            else:
                raise ApiError(Refusal.UNKNOWN_OPERATION)
            self._answer(request_id, result)
        except ApiError as error:
            code = error.code.name
            self._refuse(request_id, error)
        except Exception:
            log.exception("order operation failed", trace_id=trace_id)
            code = Refusal.INTERNAL_ERROR.name
            self._refuse(request_id, ApiError(Refusal.INTERNAL_ERROR))
        finally:
            services.tally.note(self.tenant.slug, "websocket", code, time.perf_counter() - begin)
            self._in_flight -= 1
            self._has_room.set()

    async def _cancel_on_disconnect(
        self, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> dict[str, Any]:
        """Arm or disarm this connection for an account's orders, or those in an instrument."""
        armed = fields.get("armed", True)
        if type(armed) is not bool:
            raise ApiError(Refusal.BAD_REQUEST, "armed must be true or false.")
        account_id, info = await self._services.desk.scope(caller, fields, {"armed"})
        scope = ArmedScope(caller.tenant.id, account_id, 0 if info is None else info.id)
        arming = self._services.arming
        change = arming.arm if armed else arming.disarm
        await change(self, scope, trace_id)
        return {
            "armed": armed,
            "account": account_id,
            "instrument": None if info is None else info.symbol,
        }

    # Who it is

    def _signed_in(self) -> Caller:
        if self.caller is None:
            if exchange.is_seen_as(self._headers):
                raise ApiError(Refusal.SEEN_AS_SOMEBODY_ELSE)
            raise ApiError(
                Refusal.NOT_SIGNED_IN, help='Send {"op": "auth", …} first, or sign in to the site.'
            )
        access.check_features(self.tenant, signed=bool(self._key_id))
        return self.caller

    async def sign_in_by_cookie(self) -> None:
        """Take over the browser's session; raises ApiError if another site's page tries to."""
        session_key = exchange.session_of(self._headers)
        origin = exchange.text_of(self._headers, b"origin")
        if not session_key or not origin or exchange.is_seen_as(self._headers):
            return  # who sees as somebody else must not act as himself by mistake
        host = exchange.text_of(self._headers, b"host")
        if normalize_host(urlsplit(origin).netloc) != normalize_host(host):
            raise ApiError(Refusal.BAD_ORIGIN)
        self._services.refused.check(self.address)
        self.caller = await in_tenant(self.tenant, access.load_session, self.tenant, session_key)
        if self.caller is None:
            await self._services.refused.note(self.address)
        else:
            self._session_key = session_key

    async def _authenticate(self, message: dict[str, Any]) -> None:
        refused = self._services.refused
        refused.check(self.address)
        try:
            await self._check_signature(message)
        except ApiError as error:
            if error.status == 401:
                await refused.note(self.address)
            raise

    async def _check_signature(self, message: dict[str, Any]) -> None:
        names = ("key", "timestamp", "nonce", "signature", "recv_window")
        values = [str(message.get(name, "")) for name in names]
        credentials = signatures.Credentials(*values)
        access.check_features(self.tenant, signed=True)
        signatures.check_form(credentials, int(time.time() * 1000))
        services = self._services
        entry = await services.keys.entry(self.tenant, credentials.key, services.guard.generation)
        text = signatures.signed_text(credentials, "AUTH", "")
        signatures.check_signature(entry.info.secret, credentials.signature, text)
        if not entry.info.allows_address(self.address):
            raise ApiError(Refusal.ADDRESS_NOT_ALLOWED)
        await services.guard.check(
            f"{entry.caller.bucket}:reads",
            services.read_limit,
            nonce=credentials.nonce,
            nonce_ms=2 * credentials.window_ms,
        )
        entry = await services.keys.entry(self.tenant, credentials.key, services.guard.generation)
        self._unsubscribe(["private", "notices"])
        self.caller, self._key_id, self._session_key = entry.caller, credentials.key, ""

    def is_touched_by(self, change: dict[str, Any]) -> bool:
        """Whether a change of keys, sessions or users may concern who this is."""
        return (
            self.caller is not None
            and change.get("tenant") == self.tenant.schema_name
            and change.get("user") in (None, self.caller.user_id)
        )

    async def recheck(self) -> None:
        """Look again whether the key or session still holds; close if it does not."""
        try:
            if self._session_key:
                caller = await in_tenant(
                    self.tenant, access.load_session, self.tenant, self._session_key
                )
                if caller is None:
                    raise ApiError(Refusal.NOT_SIGNED_IN)
                self.caller = caller
            elif self._key_id:
                entry = await self._services.keys.reload(self.tenant, self._key_id)
                self.caller = entry.caller
        except ApiError:
            self.drop(SIGNED_OUT, "signed out: the session or key was ended")

    # Subscriptions

    async def _subscribe(self, request_id: Any, channels: Any) -> None:
        refused: ApiError | None = None
        try:
            for channel in _names(channels):
                try:
                    await self._subscribe_one(channel)
                except ApiError as error:
                    error.extra.setdefault("channel", channel[:80])
                    refused = refused or error
            if refused is None:
                self._answer(request_id, {"channels": sorted(self._subscriptions)})
        except ApiError as error:
            refused = error
        if refused is not None:
            refused.extra["subscribed"] = sorted(self._subscriptions)
            self._refuse(request_id, refused)

    async def _subscribe_one(self, channel: str) -> None:
        if channel in self._subscriptions:
            return
        if len(self._subscriptions) >= MAX_SUBSCRIPTIONS:
            raise ApiError(Refusal.TOO_MANY_SUBSCRIPTIONS)
        prefix = f"md:{self.tenant.id}"
        if channel == "private":
            caller = self._signed_in()
            caller.require("read")
            snapshot_key = ""
            names = tuple(f"{prefix}:private:{account}" for account in caller.account_ids)
        elif channel == "notices":
            caller = self._signed_in()
            caller.require("read")
            name, snapshot_key = notices.addresses(self.tenant.schema_name, caller.user_id)
            names = (name,)
        else:
            snapshot_key = await self._snapshot_key(channel)
            names = (f"{prefix}:{channel}",)
        self._subscriptions[channel] = names
        try:
            for name in names:
                await self._services.hub.join(self, name, snapshot_key)
        except TimeoutError:
            self._unsubscribe([channel])
            raise ApiError(Refusal.SERVICE_UNAVAILABLE) from None

    async def _snapshot_key(self, channel: str) -> str:
        """The Redis key that a public channel begins with; raises ApiError if there is none."""
        prefix = f"md:snapshot:{self.tenant.id}"
        kind, *rest = channel.split(":")
        if kind == "tickers" and not rest:
            return f"{prefix}:tickers"
        if rest and (
            (kind in ("depth", "trades", "auction") and len(rest) == 1)
            or (kind == "candles" and len(rest) == 2 and rest[1] in INTERVALS)
        ):
            await self._services.catalogues.instrument(self.tenant, rest[0])
            return f"{prefix}:{rest[0]}" if kind == "depth" else f"{prefix}:{kind}:{rest[0]}"
        raise ApiError(Refusal.UNKNOWN_CHANNEL)

    def _unsubscribe(self, channels: Any) -> None:
        for channel in _names(channels):
            for name in self._subscriptions.pop(channel, ()):
                self._services.hub.leave(self, name)


def _names(channels: Any) -> list[str]:
    if not isinstance(channels, list) or not all(isinstance(name, str) for name in channels):
        raise ApiError(Refusal.BAD_REQUEST, "channels must be a list of names.")
    if len(channels) > MAX_SUBSCRIPTIONS:
        raise ApiError(Refusal.TOO_MANY_SUBSCRIPTIONS)
    return channels


async def serve_socket(
    services: Services,
    tenant: Tenant,
    scope: Scope,
    headers: dict[bytes, bytes],
    receive: Receive,
    send: Send,
) -> None:
    """Accept a WebSocket and serve it, or refuse it with an HTTP error."""
    hub = services.hub
    await hub.start()
    socket = Socket(services, tenant, scope, headers, receive, send)
    network = network_of(socket.address)
    hub.connections[network] += 1
    try:
        if hub.connections[network] > rates.CONNECTIONS_PER_ADDRESS:
            raise ApiError(Refusal.TOO_MANY_CONNECTIONS)
        await socket.sign_in_by_cookie()
        await socket.run()
    except ApiError as error:
        await exchange.refuse_websocket(receive, send, error)
    finally:
        hub.connections[network] -= 1
        if not hub.connections[network]:
            del hub.connections[network]
