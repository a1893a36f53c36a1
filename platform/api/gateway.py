"""The raw ASGI application in front of Django: order entry and streams, without a framework.

    application = Gateway(django_application)

POST, PATCH and DELETE below /api/v1/orders, /api/v1/order-lists and /api/v1/quotes that are signed
with an API key, and WebSockets at /ws/v1/stream, are served here; everything else goes to Django.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import structlog

from api import exchange, signatures
from api.access import Caller, KeyEntry, check_features
from api.errors import ApiError, Refusal
from api.exchange import Receive, Scope, Send
from api.guard import Allowance
from api.orders import OrderDesk, batch_cost, list_cost
from api.quotes import quotes_cost
from api.services import Services
from api.streams.socket import serve_socket
from audit import traces
from tenants.models import Tenant
from tenants.selectors import tenant_by_host

log = structlog.get_logger("marque.api")

API_PREFIX = "/api/v1/"
ORDERS_PATH = "/api/v1/orders"
BATCH_PATH = "/api/v1/orders/batch"
LISTS_PATH = "/api/v1/order-lists"
QUOTES_PATH = "/api/v1/quotes"
PROTECTION_PATH = "/api/v1/quotes/protection"
RESET_PATH = "/api/v1/quotes/protection/reset"
QUOTES_PATHS = (QUOTES_PATH, PROTECTION_PATH, RESET_PATH)
TIMER_PATH = "/api/v1/orders/cancel-all-after"
ENTRY_METHODS = ("POST", "PATCH", "DELETE")
STREAM_PATH = "/ws/v1/stream"


class Signed(NamedTuple):
    """A signed request: everything a key is judged by."""

    tenant: Tenant
    credentials: signatures.Credentials
    text: bytes
    address: str

    def check(self, entry: KeyEntry) -> None:
        """Raises ApiError if the key's secret or address list does not fit."""
        signatures.check_signature(entry.info.secret, self.credentials.signature, self.text)
        if not entry.info.allows_address(self.address):
            raise ApiError(
                Refusal.ADDRESS_NOT_ALLOWED,
                f"The API key does not allow the address {self.address}.",
            )


class Gateway:
    """Serves the fast path itself and hands the rest to Django."""

    def __init__(self, django_application: Any) -> None:
        self._django = django_application
        self._services: Services | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            path = scope["path"]
            if not path.startswith(API_PREFIX):
                await self._django(scope, receive, send)
                return
            headers = exchange.headers_of(scope)
            is_entry = scope["method"] in ENTRY_METHODS and (
                path.startswith((ORDERS_PATH, LISTS_PATH)) or path in QUOTES_PATHS
            )
            if is_entry and b"x-marque-key" in headers:
                await self._serve_orders(scope, headers, receive, send)
            else:
                await self._serve_rest(scope, headers, receive, send)
        elif kind == "websocket":
            await self._serve_websocket(scope, receive, send)
        elif kind == "lifespan":
            await self._serve_lifespan(receive, send)

    def services(self) -> Services:
        """The process's services; made anew if the event loop is another one."""
        loop = asyncio.get_running_loop()
        if self._services is None or self._services.loop is not loop:
            self._services = Services()
        return self._services

    async def _serve_rest(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        """Django's part of the API; where no exchange is, the usual error body, not a page."""
        refused = self.services().refused
        address = ""
        try:
            tenant = open_tenant(headers)
            check_features(tenant, scope["path"], signed=b"x-marque-key" in headers)
            if b"x-marque-key" in headers or exchange.session_of(headers):
                address = exchange.client_address(scope)
                refused.check(address)
        except ApiError as error:
            await exchange.answer_json(scope, send, error.status, error.as_body(), error.headers)
            return

        async def send_counted(message: exchange.Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401 and address:
                await refused.note(address)
            await send(message)

        await self._django(scope, receive, send_counted)

    async def _serve_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.services()
        # What is loaded by now stays: a full collection need not walk through it while orders wait.
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._services is not None:
            await self._services.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = exchange.headers_of(scope)
        try:
            if scope["path"] != STREAM_PATH:
                raise ApiError(Refusal.NOT_FOUND)
            tenant = open_tenant(headers)
        except ApiError as error:
            await exchange.refuse_websocket(receive, send, error)
            return
        await serve_socket(self.services(), tenant, scope, headers, receive, send)

    # Order entry over HTTP

    async def _serve_orders(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        trace_id = traces.begin()
        begin = time.perf_counter()
        rate_headers: dict[str, str] = {}
        slug, code = "", "OK"
        services = self.services()
        address = exchange.client_address(scope)
        try:
            services.refused.check(address)
            tenant = open_tenant(headers)
            slug = tenant.slug
            check_features(tenant, scope["path"], signed=True)
            body = await exchange.read_body(receive)
            entry, signed = await self._verify(services, tenant, scope, headers, body, address)
            fields = _fields_of(scope, body)
            caller, allowance = await self._admit(
                services, entry, signed, cost=_cost_of(scope, fields)
            )
            rate_headers = allowance.headers()
            caller.require("trade")
            answer = await self._dispatch(services.desk, scope, caller, fields, trace_id)
            status = 200
        except ApiError as error:
            if error.status == 401:
                await services.refused.note(address)
            rate_headers |= error.headers
            answer, status, code = error.as_body(), error.status, error.code.name
        except exchange.Disconnected:
            return
        except Exception:
            log.exception("order request failed", trace_id=trace_id)
            failure = ApiError(Refusal.INTERNAL_ERROR)
            answer, status, code = failure.as_body(), failure.status, failure.code.name
        rate_headers["X-MARQUE-TRACE"] = traces.text_of(trace_id)
        await exchange.answer_json(scope, send, status, answer, rate_headers)
        services.tally.note(slug, "http", code, time.perf_counter() - begin)

    async def _verify(
        self,
        services: Services,
        tenant: Tenant,
        scope: Scope,
        headers: dict[bytes, bytes],
        body: bytes,
        address: str,
    ) -> tuple[KeyEntry, Signed]:
        """Key, signature and address; first of all, so that nobody without the secret can use
        up nonces or allowance."""
        credentials = credentials_of(headers)
        signatures.check_form(credentials, int(time.time() * 1000))
        signed = Signed(
            tenant,
            credentials,
            signatures.signed_text(credentials, scope["method"], exchange.target_of(scope), body),
            address,
        )
        entry = await services.keys.entry(tenant, credentials.key, services.guard.generation)
        signed.check(entry)
        return entry, signed

    async def _admit(
        self, services: Services, entry: KeyEntry, signed: Signed, cost: int
    ) -> tuple[Caller, Allowance]:
        """Nonce and allowance, and whether the key still is what it was."""
        guard, credentials = services.guard, signed.credentials
        allowance = await guard.check(
            f"{entry.caller.bucket}:orders",
            services.order_limit,
            cost=cost,
            nonce=credentials.nonce,
            nonce_ms=2 * credentials.window_ms,
        )
        if entry.generation != guard.generation:
            # Something changed since the key was read: judge the request by what holds now.
            entry = await services.keys.entry(signed.tenant, credentials.key, guard.generation)
            signed.check(entry)
        return entry.caller, allowance

    async def _dispatch(
        self, desk: OrderDesk, scope: Scope, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> Any:
        path, method = scope["path"], scope["method"]
        if path.startswith(LISTS_PATH):
            return await self._dispatch_list(desk, scope, caller, fields, trace_id)
        if path == QUOTES_PATH:
            if method == "POST":
                return await desk.place_quotes(caller, fields, trace_id)
            if method == "DELETE" and "client_order_id" not in fields:
                return await desk.cancel_quotes(caller, fields, trace_id)
        elif path in (PROTECTION_PATH, RESET_PATH):
            if method == "POST":
                change = desk.set_protection if path == PROTECTION_PATH else desk.reset_protection
                return await change(caller, fields, trace_id)
        elif method == "PATCH":
            if path not in (ORDERS_PATH, BATCH_PATH) and path.startswith(ORDERS_PATH + "/"):
                fields["order_id"] = path[len(ORDERS_PATH) + 1 :]
                return await desk.replace(caller, fields, trace_id)
        elif method == "POST":
            if path == ORDERS_PATH:
                return await desk.place(caller, fields, trace_id)
            if path == BATCH_PATH:
                results = await desk.place_batch(caller, fields, trace_id)
                return {"results": results}
            if path == TIMER_PATH:
                return await desk.cancel_all_after(caller, fields, trace_id)
        elif path == ORDERS_PATH:
            if "client_order_id" in fields:
                return await desk.cancel(caller, fields, trace_id)
            return await desk.cancel_all(caller, fields, trace_id)
        elif path != BATCH_PATH and path.startswith(ORDERS_PATH + "/"):
            fields["order_id"] = path[len(ORDERS_PATH) + 1 :]
            return await desk.cancel(caller, fields, trace_id)
        raise ApiError(Refusal.NOT_FOUND if method == "POST" else Refusal.METHOD_NOT_ALLOWED)

    async def _dispatch_list(
        self, desk: OrderDesk, scope: Scope, caller: Caller, fields: dict[str, Any], trace_id: int
    ) -> Any:
        path, method = scope["path"], scope["method"]
        if method == "POST" and path == LISTS_PATH:
            return await desk.place_list(caller, fields, trace_id)
        if method == "DELETE" and (path == LISTS_PATH or path.startswith(LISTS_PATH + "/")):
            if path != LISTS_PATH:
                fields["list_id"] = path[len(LISTS_PATH) + 1 :]
            return await desk.cancel_list(caller, fields, trace_id)
        raise ApiError(Refusal.NOT_FOUND if method == "POST" else Refusal.METHOD_NOT_ALLOWED)


def open_tenant(headers: dict[bytes, bytes]) -> Tenant:
    """The tenant of the Host header; raises ApiError if there is none or it is suspended."""
    tenant = tenant_by_host(headers.get(b"host", b"").decode("latin-1"))
    if tenant is None or tenant.is_platform:
        raise ApiError(Refusal.UNKNOWN_HOST)
    if tenant.is_suspended:
        raise ApiError(Refusal.TENANT_SUSPENDED)
    return tenant


def credentials_of(headers: dict[bytes, bytes]) -> signatures.Credentials:
    """The signature headers of a request."""
    return signatures.Credentials(
        key=exchange.text_of(headers, b"x-marque-key"),
        timestamp=exchange.text_of(headers, b"x-marque-timestamp"),
        nonce=exchange.text_of(headers, b"x-marque-nonce"),
        signature=exchange.text_of(headers, b"x-marque-signature"),
        window=exchange.text_of(headers, b"x-marque-recv-window"),
    )


def _fields_of(scope: Scope, body: bytes) -> dict[str, Any]:
    if scope["method"] in ("POST", "PATCH"):
        return exchange.decode_object(body)
    if body:
        # A body would be signed right behind the query: one could be mistaken for the other.
        raise ApiError(Refusal.BAD_REQUEST, "DELETE takes its parameters in the query.")
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    fields: dict[str, Any] = {name: values[-1] for name, values in query.items()}
    is_list = scope["path"].startswith(LISTS_PATH)
    known = {"client_list_id"} if is_list else {"client_order_id", "instrument"}
    unknown = fields.keys() - known - {"account"}
    if unknown:
        raise ApiError(Refusal.BAD_REQUEST, f"Unknown parameter: {sorted(unknown)[0][:40]}.")
    if "account" in fields:
        number = exchange.whole_number(fields["account"])
        fields["account"] = -1 if number is None else number
    return fields


def _cost_of(scope: Scope, fields: dict[str, Any]) -> int:
    if scope["method"] != "POST":
        return 1
    if scope["path"] == LISTS_PATH:
        return list_cost(fields)
    if scope["path"] == QUOTES_PATH:
        return quotes_cost(fields)
    return batch_cost(fields) if scope["path"] == BATCH_PATH else 1
