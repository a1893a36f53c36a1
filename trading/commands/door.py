"""The direct way into the engine: somebody waits for the answer, no SQL was changed.

Two things can go wrong, and they are not the same: `EngineUnavailable` means that surely nothing
was done and it may be sent again; `EngineUnknown` means that it was sent and the answer was lost,
so ask by client order id and assume nothing.
"""

import asyncio
import threading
import weakref
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from audit import traces
from trading.engine.client import (
    Answer,
    AsyncEngineClient,
    EngineClient,
    EngineUnavailable,
    EngineUnknown,
    Request,
)
from trading.engine.message import Message

__all__ = [
    "Answer",
    "EngineUnavailable",
    "EngineUnknown",
    "asend",
    "async_client",
    "client",
    "query_together",
    "send_command",
]

QUERY_TOGETHER_TRIES = 50

_clients: dict[str, EngineClient] = {}
_clients_lock = threading.Lock()
_async_clients: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Any]]" = (
    weakref.WeakKeyDictionary()
)


def send_command(command: Message, *, tenant: Any = None, trace_id: int = 0) -> Answer:
    """Send a command or query and wait for the durable answer.

    For `tenant`, or the one whose schema the connection is in. Raises EngineUnavailable,
    EngineUnknown.
    """
    tenant_id = tenant.pk if tenant is not None else current_tenant_id()
    return client().send(tenant_id, command, trace_id=trace_id or traces.current())


def query_together(tenant_id: int, messages: Sequence[Message]) -> list[Answer]:
    """Answers to several queries as of one and the same seq.

    Raises EngineUnavailable, also if the engine is so busy that it never comes to that.
    """
    requests = [Request(tenant_id, message) for message in messages]
    for _ in range(QUERY_TOGETHER_TRIES):
        answers = client().send_frames(requests)
        if len({answer.seq for answer in answers}) == 1:
            return list(answers)
    raise EngineUnavailable("The engine could not answer the queries as of one seq.")


async def asend(tenant_id: int, command: Message, *, trace_id: int = 0) -> Answer:
    """The same from asynchronous code; one connection per event loop, pipelined."""
    return await async_client().send(tenant_id, command, trace_id=trace_id)


def client() -> EngineClient:
    """This process's connection to the engine; safe to use from any thread."""
    path = str(settings.ENGINE_SOCKET)
    with _clients_lock:
        if path not in _clients:
            _clients[path] = EngineClient(path)
        return _clients[path]


def async_client() -> AsyncEngineClient:
    """The running event loop's connection to the engine."""
    path = str(settings.ENGINE_SOCKET)
    clients = _async_clients.setdefault(asyncio.get_running_loop(), {})
    if path not in clients:
        clients[path] = AsyncEngineClient(path)
    found: AsyncEngineClient = clients[path]
    return found


def current_tenant_id() -> int:
    """The engine's id of the tenant whose schema the connection is in."""
    tenant = connection.tenant
    tenant_id = getattr(tenant, "pk", None)
    if tenant_id is None:
        # schema_context gives a stand-in that knows only the schema's name.
        from tenants.selectors import tenant_by_schema

        found = tenant_by_schema(connection.schema_name)
        if found is None:
            raise LookupError(f"No tenant has the schema {connection.schema_name!r}.")
        tenant_id = found.pk
    return int(tenant_id)
