"""uvicorn's HTTP protocol with one write for an answer instead of two.

uvicorn writes an answer's head and body each by itself; each is a system call, and the first one
already wakes the client. Here what is written in one turn of the event loop leaves together, also
on a WebSocket that the connection becomes. An application that has its whole answer may hand it
over in one piece (the scope's extension ``WHOLE_ANSWER``), which spares looking at each header.
"""

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

WHOLE_ANSWER = "marque.whole_answer"


async def answer_whole(cycle: RequestResponseCycle, status: int, head: bytes, body: bytes) -> None:
    """Answer a request at once: all that the two ASGI messages of an answer do together.

    ``head`` holds the header lines with their ends, a right content-length among them.
    """
    if cycle.flow.write_paused and not cycle.disconnected:
        await cycle.flow.drain()
    if cycle.disconnected:
        return
    if cycle.response_started:
        raise RuntimeError("This request has been answered already.")
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    lines = [STATUS_LINE[status], head]
    for name, value in cycle.default_headers:
        lines += (name, b": ", value, b"\r\n")
    if not cycle.keep_alive:
        lines.append(b"connection: close\r\n")
    lines += (b"\r\n", body)
    cycle.transport.write(b"".join(lines))
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


class JoinedWrites:
    """A transport whose writes wait for the end of the loop's turn. All else goes straight on."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts) if len(parts) > 1 else parts[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """One connection."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.scope["extensions"] = {WHOLE_ANSWER: partial(answer_whole, cycle)}  # type: ignore[dict-item]
        super()._start_asgi_task(cycle, app)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]
