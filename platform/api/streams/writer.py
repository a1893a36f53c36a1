"""Writing to one client without waiting for it."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Coroutine, Generator
from typing import Any

from api.exchange import Send

MAX_QUEUED = 2_000
TOO_SLOW = 4008


class Writer(ABC):
    """One client's side of a socket: what waits for it, and which channels it missed."""

    def __init__(self, send: Send) -> None:
        self.is_busy = False  # its buffers are full
        self.missed: set[str] = set()
        self._send = send
        self._queue: deque[dict[str, Any]] = deque()
        self._busy_since = 0.0
        self._is_closed = False
        self._tasks: set[asyncio.Task[Any]] = set()

    @abstractmethod
    def drop(self, code: int, reason: str) -> None:
        """Close the connection."""

    @abstractmethod
    async def _bring_up_to_date(self, channels: set[str]) -> None:
        """Send what was missed of these channels."""

    def push(self, text: str) -> None:
        """Send a message that may not be lost; a client with too many unsent is dropped."""
        event = {"type": "websocket.send", "text": text}
        if not self.is_busy:
            self.write(event)
            return
        self._queue.append(event)
        if len(self._queue) > MAX_QUEUED:
            self.drop(TOO_SLOW, "too slow: too many messages were not read")

    def write(self, event: dict[str, Any]) -> None:
        """Write now, without a task of its own unless the client's buffers are full.

        The server's `send` only waits while the connection is congested, so its first step
        nearly always is its last.
        """
        if self._is_closed:
            return
        sending: Any = self._send(event)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except (OSError, RuntimeError):
            self._is_closed = True
            return
        self.is_busy = True
        self._busy_since = time.monotonic()
        self._start(self._catch_up(_Resumed(sending, waits_for)))

    async def _catch_up(self, sending: _Resumed) -> None:
        try:
            await sending
            while self._queue:
                await self._send(self._queue.popleft())
        except (OSError, RuntimeError):
            self._is_closed = True
            return
        self.is_busy = False
        missed, self.missed = self.missed, set()
        await self._bring_up_to_date(missed)

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Resumed:
    """A coroutine whose first step was made outside of a task, as something to await."""

    def __init__(self, sending: Any, waits_for: Any) -> None:
        self._sending = sending
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:
                step = self._sending.throw, error
            else:
                step = self._sending.send, value
            try:
                waits_for = step[0](step[1])
            except StopIteration:
                return
