"""Single connections to an engine process, and what goes over them; see :mod:`client`."""

import asyncio
import logging
import random
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from trading.engine import wire
from trading.engine.events import decode_events
from trading.engine.layouts import ANSWER_HEADER_BYTES
from trading.engine.message import Message
from trading.engine.results import Result

log = logging.getLogger("marque.engine.links")

_FIRST_QUERY_KIND = 1000
_READ_BYTES = 256 * 1024
_SWEEP_SECONDS = 0.1
_LENGTH = struct.Struct("<I")


def _first_id() -> int:
    """Where a link's request ids begin: elsewhere than any other's, so that an answer that went
    astray could never be taken for one to this link."""
    return random.SystemRandom().randrange(1, 1 << 56)


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
        self._events: list[Message] | None = None

    @property
    def events(self) -> list[Message]:
        if self._events is None:  # functools.cached_property would take a lock
            self._events = decode_events(self.event_bytes)
        return self._events

    def __repr__(self) -> str:
        return f"Answer({self.result.name}, seq={self.seq}, time_ns={self.time_ns})"


class Link:
    """One blocking connection, used by one thread at a time."""

    def __init__(self, socket_path: str, timeout_seconds: float) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(timeout_seconds)
        try:
            self.sock.connect(socket_path)
        except OSError:
            self.sock.close()
            raise
        self.sock.setblocking(False)
        self.was_used = False
        self._poll = select.poll()
        self._poll.register(self.sock)
        self._arrived = bytearray()
        self._next_id = _first_id()

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
            while missing:
                events = select.POLLIN | (select.POLLOUT if unsent else 0)
                self._poll.modify(self.sock, events)
                ready = self._poll.poll(max(until - time.monotonic(), 0.0) * 1000.0)
                if not ready:
                    raise TimeoutError
                if unsent and ready[0][1] & select.POLLOUT:
                    step = self.sock.send(unsent)
                    sent_bytes += step
                    unsent = unsent[step:]
                if ready[0][1] & ~select.POLLOUT:
                    missing -= self._receive(first_id, answers)
        except OSError as error:
            reason = "in time" if isinstance(error, TimeoutError) else f"({error})"
            raise _lost(requests, frames, answers, sent_bytes, reason) from error
        self.was_used = True
        return [answer for answer in answers if answer is not None]

    def close(self) -> None:
        self.sock.close()

    def _receive(self, first_id: int, answers: list[Answer | None]) -> int:
        try:
            data = self.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return 0
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
        frame = wire.decode_answer(memoryview(arrived), at)
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


class AsyncLink(asyncio.Protocol):
    """One connection inside an event loop; any number of requests may be under way."""

    def __init__(self, timeout_seconds: float, on_lost: Callable[[], None] = lambda: None) -> None:
        self.is_lost = False
        self._timeout_seconds = timeout_seconds
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._arrived = b""
        self._unwritten: list[bytes] = []
        self._first_id = self._next_id = _first_id()
        self._unwritten_from_id = self._next_id
        # By request id, so also by time: (future, is_query, deadline).
        self._waiting: dict[int, tuple[asyncio.Future[Answer], bool, float]] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # No isinstance: the transports of uvloop do not inherit from asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        arrived = self._arrived + data if self._arrived else data
        frames, used = take_answers(arrived)
        self._arrived = arrived[used:]
        for frame in frames:
            waiting = self._waiting.pop(frame.request_id, None)
            if waiting is None:
                if not self._first_id <= frame.request_id < self._next_id:
                    self._refuse(frame)
                    return
                # Otherwise it was asked for here, and given up as late.
            elif not waiting[0].done():
                waiting[0].set_result(Answer(frame))

    def _refuse(self, frame: wire.Answer) -> None:
        """An answer to nothing that was sent here: what else comes of this connection cannot be
        believed either. What was sent is unknown, as when a connection is lost."""
        log.error(
            "The engine answered %s, result %s, to a request that was not sent on this connection.",
            frame.request_id,
            frame.result,
        )
        self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        waiting, self._waiting = self._waiting, {}
        for request_id, (future, is_query, _) in waiting.items():
            was_sent = request_id < self._unwritten_from_id
            _fail(future, is_query or not was_sent, "The connection to the engine was lost.")
        if self._sweep is not None:
            self._sweep.cancel()
        self._on_lost()

    def send(self, request: Request) -> "asyncio.Future[Answer]":
        """Queue one request; all queued in one turn of the loop leave in one write."""
        request_id = self._next_id
        frame = request.frame(request_id)
        self._next_id += 1
        future: asyncio.Future[Answer] = self._loop.create_future()
        deadline = self._loop.time() + self._timeout_seconds
        self._waiting[request_id] = (future, request.is_query, deadline)
        if not self._unwritten:
            self._loop.call_soon(self._write)
        self._unwritten.append(frame)
        if self._sweep is None:
            self._sweep = self._loop.call_later(_SWEEP_SECONDS, self._sweep_late)
        return future

    def close(self) -> None:
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()

    def _write(self) -> None:
        frames, self._unwritten = self._unwritten, []
        if not self.is_lost and self._transport is not None:
            self._unwritten_from_id = self._next_id
            self._transport.write(b"".join(frames))

    def _sweep_late(self) -> None:
        now = self._loop.time()
        late = []
        for request_id, (_, _, deadline) in self._waiting.items():
            if deadline > now:
                break
            late.append(request_id)
        for request_id in late:
            future, is_query, _ = self._waiting.pop(request_id)
            _fail(future, is_query, "The engine did not answer in time.")
        self._sweep = None
        if self._waiting and not self.is_lost:
            self._sweep = self._loop.call_later(_SWEEP_SECONDS, self._sweep_late)


def _fail(future: "asyncio.Future[Answer]", is_safe: bool, message: str) -> None:
    if not future.done():
        error = EngineUnavailable if is_safe else EngineUnknown
        future.set_exception(error(message))
