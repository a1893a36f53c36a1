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
import os
import threading
import time
from collections.abc import Callable, Sequence

from trading.engine.links import (
    Answer,
    AsyncLink,
    EngineError,
    EngineUnavailable,
    EngineUnknown,
    Link,
    Request,
)
from trading.engine.message import Message

__all__ = [
    "Answer",
    "AsyncEngineClient",
    "EngineClient",
    "EngineError",
    "EngineUnavailable",
    "EngineUnknown",
    "Request",
]

TIMEOUT_SECONDS = 5.0


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
        self._idle: list[Link] = []
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
                    link = Link(self.socket_path, self.timeout_seconds)
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

    def _take(self) -> Link | None:
        with self._lock:
            if self._pid != os.getpid():
                # Forked: the parent goes on using its connections.
                for link in self._idle:
                    link.close()
                self._idle = []
                self._pid = os.getpid()
            return self._idle.pop() if self._idle else None


class AsyncEngineClient:
    """A client for one event loop at a time: one connection, pipelined.

    ``patience_seconds`` is how long a send waits for an engine that is not there. What is in
    ``on_lost`` is called when a connection ends: what it had armed is canceled by the engine.
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
        self.on_lost: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: AsyncLink | None = None
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
        return await link.send(request)

    async def send_frames(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all at once, applied in this order, and await all answers, in this order."""
        link = self._link
        if link is None or link.is_lost or self._loop is not asyncio.get_running_loop():
            link = await self._connect()
        futures = [link.send(request) for request in requests]
        results = await asyncio.gather(*futures, return_exceptions=True)
        answers = [None if isinstance(result, BaseException) else result for result in results]
        errors = [result for result in results if isinstance(result, BaseException)]
        if not errors:
            return [answer for answer in answers if answer is not None]
        if len(errors) == len(answers) and all(isinstance(e, EngineUnavailable) for e in errors):
            raise errors[0]
        raise EngineUnknown(str(errors[0]), answers)

    async def close(self) -> None:
        """Close the connection."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _tell_lost(self) -> None:
        for tell in self.on_lost:
            tell()

    async def _connect(self) -> AsyncLink:
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
                    _, link = await loop.create_unix_connection(
                        lambda: AsyncLink(self.timeout_seconds, self._tell_lost), self.socket_path
                    )
                except OSError as error:
                    if loop.time() < until:
                        await asyncio.sleep(0.02)
                        continue
                    raise EngineUnavailable(
                        f"The engine at {self.socket_path} cannot be reached: {error}"
                    ) from error
                self._link = link
                return link
