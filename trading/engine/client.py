"""Talking to an engine process: ``EngineClient`` for threads, ``AsyncEngineClient`` for asyncio.

Both keep their connections, make new ones by themselves, and tell two failures apart:

- ``EngineUnavailable``: nothing was applied, and nothing will be; trying again is safe. Queries,
  which change nothing, never fail in another way.
- ``EngineUnknown``: the command was sent and its answer is lost. It was applied once or not at
  all; ask by client order id (``QueryOrder``), or send it again with the same client order id or
  the same source number, which never applies it twice.

A refusal is neither: it is an ``Answer`` with its ``result``.
"""

import asyncio
import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from trading.engine import wire
from trading.engine.events import decode_events
from trading.engine.layouts import ANSWER_HEADER_BYTES
from trading.engine.message import Message
from trading.engine.results import Result

TIMEOUT_SECONDS = 5.0
_FIRST_QUERY_KIND = 1000
_READ_BYTES = 256 * 1024
_LENGTH = struct.Struct("<I")


class EngineError(Exception):
    """No answer came."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached; nothing was applied."""


class EngineUnknown(EngineError):
    """The command was sent, but its answer is lost.

    After ``send_frames``, ``answers`` holds what did come, in the order sent, and None for each
    request whose outcome is unknown.
    """

    def __init__(self, message: str, answers: "Sequence[Answer | None]" = ()) -> None:
        super().__init__(message)
        self.answers = list(answers)


class Request(NamedTuple):
    """One command or query to send."""

    tenant_id: int
    message: Message
    source: int = 0
    source_no: int = 0
    trace_id: int = 0

    def frame(self, request_id: int) -> bytes:
        """Its bytes; raises LayoutError if a value fits no field."""
        return wire.request_of(
            self.message,
            self.tenant_id,
            request_id,
            self.source,
            self.source_no,
            self.trace_id,
        )

    @property
    def is_query(self) -> bool:
        return self.message.KIND >= _FIRST_QUERY_KIND


class Answer:
    """What the engine said. ``seq`` is 0 if nothing was journaled; events are decoded on use."""

    def __init__(self, frame: wire.Answer) -> None:
        self.result = Result(frame.result)
        self.seq = frame.seq
        self.time_ns = frame.time_ns
        self.event_bytes = frame.events

    @cached_property
    def events(self) -> list[Message]:
        return decode_events(self.event_bytes)

    def __repr__(self) -> str:
        return f"Answer({self.result.name}, seq={self.seq}, time_ns={self.time_ns})"


class _Link:
    """One blocking connection, used by one thread at a time."""

    def __init__(self, socket_path: str, timeout_seconds: float) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(timeout_seconds)
        self.sock.connect(socket_path)
        self.was_used = False
        self._arrived = bytearray()
        self._next_id = 1

    def exchange(self, requests: Sequence[Request], timeout_seconds: float) -> list[Answer]:
        """Send all, await all. Raises as the module says; the link is of no more use then."""
        first_id = self._next_id
        self._next_id += len(requests)
        frames = [request.frame(first_id + i) for i, request in enumerate(requests)]
        answers: list[Answer | None] = [None] * len(requests)
        until = time.monotonic() + timeout_seconds
        missing = len(requests)
        unsent = memoryview(b"".join(frames))
        sent_bytes = 0
        try:
            # Large bundles: take answers while sending, or both sides would wait for each other.
            while missing:
                self.sock.settimeout(max(until - time.monotonic(), 0.001))
                if unsent:
                    step = self.sock.send(unsent[:_READ_BYTES])
                    sent_bytes += step
                    unsent = unsent[step:]
                    if unsent:
                        self.sock.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    missing -= self._receive(first_id, answers)
        except OSError as error:
            reason = "in time" if isinstance(error, TimeoutError) else f"({error})"
            raise _lost(requests, frames, answers, sent_bytes, reason) from error
        self.was_used = True
        return [answer for answer in answers if answer is not None]

    def close(self) -> None:
        self.sock.close()

    def _receive(self, first_id: int, answers: list[Answer | None]) -> int:
        data = self.sock.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError("the engine closed the connection")
        self._arrived += data
        frames, used = take_answers(self._arrived)
        del self._arrived[:used]
        for frame in frames:
            if not 0 <= frame.request_id - first_id < len(answers):
                raise ConnectionAbortedError("the engine refused the frame")
            answers[frame.request_id - first_id] = Answer(frame)
        return len(frames)


def take_answers(arrived: bytes | bytearray) -> tuple[list[wire.Answer], int]:
    """The whole answer frames at the front of ``arrived``, and how many bytes they are."""
    frames = []
    at = 0
    end = len(arrived)
    while end - at >= ANSWER_HEADER_BYTES:
        if end - at < _LENGTH.unpack_from(arrived, at)[0] + 4:
            break
        frame = wire.decode_answer(arrived, at)
        frames.append(frame)
        at += frame.size
    return frames, at


def _lost(
    requests: Sequence[Request],
    frames: Sequence[bytes],
    answers: Sequence[Answer | None],
    sent_bytes: int,
    reason: str,
) -> EngineError:
    """Which of the two failures it is: the engine applies no frame that it has not got whole."""
    whole_at = 0
    for request, frame, answer in zip(requests, frames, answers, strict=True):
        whole_at += len(frame)
        if answer is None and whole_at <= sent_bytes and not request.is_query:
            return EngineUnknown(f"The engine did not answer {reason}.", answers)
    if any(answer is not None for answer in answers):
        return EngineUnknown(f"The engine did not answer all {reason}.", answers)
    return EngineUnavailable(f"The engine did not answer {reason}; nothing was applied.")


class EngineClient:
    """A thread-safe client: each thread in need takes an idle connection or makes one.

    ``patience_seconds`` is how long a send waits for an engine that is not there (it may be
    starting) before it raises EngineUnavailable.
    """

    def __init__(
        self,
        socket_path: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        patience_seconds: float = 0.0,
    ) -> None:
        self.socket_path = str(socket_path)
        self.timeout_seconds = timeout_seconds
        self.patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._idle: list[_Link] = []
        self._pid = os.getpid()

    def send(
        self,
        tenant_id: int,
        message: Message,
        source: int = 0,
        source_no: int = 0,
        trace_id: int = 0,
    ) -> Answer:
        """Send one command or query and await its answer."""
        return self.send_frames([Request(tenant_id, message, source, source_no, trace_id)])[0]

    def send_frames(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all at once, applied in this order, and await all answers, in this order."""
        until = time.monotonic() + self.patience_seconds
        while True:
            link = self._take()
            if link is None:
                try:
                    link = _Link(self.socket_path, self.timeout_seconds)
                except OSError as error:
                    if time.monotonic() < until:
                        time.sleep(0.02)
                        continue
                    raise EngineUnavailable(
                        f"The engine at {self.socket_path} cannot be reached: {error}"
                    ) from error
            was_used = link.was_used
            try:
                answers = link.exchange(requests, self.timeout_seconds)
            except EngineUnavailable:
                link.close()
                if not was_used:
                    raise
                continue  # an old connection to an engine that is gone; a new one may do
            except BaseException:
                link.close()
                raise
            with self._lock:
                self._idle.append(link)
            return answers

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for link in idle:
            link.close()

    def _take(self) -> _Link | None:
        with self._lock:
            if self._pid != os.getpid():
                # Forked: the parent goes on using its connections.
                for link in self._idle:
                    link.close()
                self._idle = []
                self._pid = os.getpid()
            return self._idle.pop() if self._idle else None


class _AsyncLink(asyncio.Protocol):
    """One connection inside an event loop; any number of requests may be under way."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[asyncio.Future[Answer], bool]] = {}
        self.is_lost = False
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._arrived = b""
        self._unwritten: list[bytes] = []
        self._next_id = 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        arrived = self._arrived + data if self._arrived else data
        frames, used = take_answers(arrived)
        self._arrived = arrived[used:]
        for frame in frames:
            waiting = self.waiting.pop(frame.request_id, None)
            if waiting is not None and not waiting[0].done():
                waiting[0].set_result(Answer(frame))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        for future, is_query in self.waiting.values():
            if not future.done():
                lost = EngineUnavailable if is_query else EngineUnknown
                future.set_exception(lost("The connection to the engine was lost."))
        self.waiting.clear()

    def send(self, request: Request) -> "asyncio.Future[Answer]":
        """Queue one request; all queued in one turn of the loop leave in one write."""
        request_id = self._next_id
        frame = request.frame(request_id)
        self._next_id += 1
        future: asyncio.Future[Answer] = self._loop.create_future()
        self.waiting[request_id] = (future, request.is_query)
        if not self._unwritten:
            self._loop.call_soon(self._write)
        self._unwritten.append(frame)
        return future

    def close(self) -> None:
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()

    def _write(self) -> None:
        frames, self._unwritten = self._unwritten, []
        if not self.is_lost and self._transport is not None:
            self._transport.write(b"".join(frames))


class AsyncEngineClient:
    """A client for one event loop at a time: one connection, pipelined.

    ``patience_seconds`` is how long a send waits for an engine that is not there.
    """

    def __init__(
        self,
        socket_path: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        patience_seconds: float = 0.0,
    ) -> None:
        self.socket_path = str(socket_path)
        self.timeout_seconds = timeout_seconds
        self.patience_seconds = patience_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: _AsyncLink | None = None
        self._connecting: asyncio.Lock | None = None

    async def send(
        self,
        tenant_id: int,
        message: Message,
        source: int = 0,
        source_no: int = 0,
        trace_id: int = 0,
    ) -> Answer:
        """Send one command or query and await its answer."""
        request = Request(tenant_id, message, source, source_no, trace_id)
        link = self._link
        if link is None or link.is_lost or self._loop is not asyncio.get_running_loop():
            link = await self._connect()
        future = link.send(request)
        try:
            return await asyncio.wait_for(future, self.timeout_seconds)
        except TimeoutError as error:
            raise _late(request.is_query) from error

    async def send_frames(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all at once, applied in this order, and await all answers, in this order."""
        link = self._link
        if link is None or link.is_lost or self._loop is not asyncio.get_running_loop():
            link = await self._connect()
        futures = [link.send(request) for request in requests]
        if not futures:
            return []
        await asyncio.wait(futures, timeout=self.timeout_seconds)
        answers = [f.result() if f.done() and f.exception() is None else None for f in futures]
        if all(answer is not None for answer in answers):
            return [answer for answer in answers if answer is not None]
        for future in futures:
            future.cancel()
        if all(request.is_query for request in requests):
            raise EngineUnavailable("The engine did not answer; nothing was applied.")
        raise EngineUnknown("The engine did not answer all.", answers)

    async def close(self) -> None:
        """Close the connection."""
        if self._link is not None:
            self._link.close()
            self._link = None

    async def _connect(self) -> _AsyncLink:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._link = None
            self._connecting = asyncio.Lock()
        assert self._connecting is not None
        async with self._connecting:
            if self._link is not None and not self._link.is_lost:
                return self._link
            until = loop.time() + self.patience_seconds
            while True:
                try:
                    _, link = await loop.create_unix_connection(_AsyncLink, self.socket_path)
                except OSError as error:
                    if loop.time() < until:
                        await asyncio.sleep(0.02)
                        continue
                    raise EngineUnavailable(
                        f"The engine at {self.socket_path} cannot be reached: {error}"
                    ) from error
                self._link = link
                return link


def _late(is_query: bool) -> EngineError:
    if is_query:
        return EngineUnavailable("The engine did not answer in time; nothing was applied.")
    return EngineUnknown("The engine did not answer in time.")
