"""Following an engine's journal: durable records in order, as soon as they are durable.

A follower reads the segment files itself, up to the durable seq that the engine tells it over its
socket (``Follow``, answered with ``DurableSeq`` events whenever it moves, at most once a
millisecond). So it never sees a record that is not durable, and costs the engine next to nothing.
When the engine is gone it waits for the next one and goes on where it was.
"""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Protocol

from trading.engine import wire
from trading.engine.events import DurableSeq
from trading.engine.journal import READ_BYTES, Chunk, JournalError, SegmentReader
from trading.engine.links import EngineError, take_answers
from trading.engine.queries import Follow
from trading.engine.results import Result

__all__ = ["Chunk", "follow", "follow_async"]

_RETRY_SECONDS = 0.05
_STOP_CHECK_SECONDS = 0.1
_PROGRESS_SECONDS = 1.0  # how often the engine is told how far its follower is
_NAME_BYTES = 8


class Stop(Protocol):
    """threading.Event or asyncio.Event: following ends when it is set."""

    def is_set(self) -> bool: ...


class _Notices:
    """The engine's word on what is durable; reconnects by itself."""

    def __init__(self, socket_path: str, name: str) -> None:
        if len(name) > _NAME_BYTES or (name and not (name.isalnum() and name.isascii())):
            raise ValueError("A follower's name is at most 8 ASCII letters and digits.")
        self.durable_seq = -1  # not told yet
        self._socket_path = socket_path
        self._name_number = int.from_bytes(name.encode(), "little")
        self._sock: socket.socket | None = None
        self._arrived = b""
        self._told_at = 0.0

    def connect(self, next_seq: int) -> socket.socket | None:
        """The connection, made anew if need be; None while no engine is there."""
        if self._sock is None:
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.connect(self._socket_path)
            except OSError:
                sock.close()
                return None
            self._sock = sock
            self._arrived = b""
            self._told_at = 0.0
        now = time.monotonic()
        if now - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = now
            frame = wire.request_of(Follow(from_seq=next_seq), 0, source_no=self._name_number)
            try:
                self._sock.sendall(frame)
            except OSError:
                self.close()
                return None
        return self._sock

    def take(self, data: bytes) -> None:
        """What arrived; nothing means that the engine is gone."""
        if not data:
            self.close()
            return
        frames, used = take_answers(self._arrived + data)
        self._arrived = (self._arrived + data)[used:]
        for frame in frames:
            if frame.result != Result.ACCEPTED:
                raise EngineError(f"Following was refused: {wire.result_name(frame.result)}.")
            for event in wire.answer_events(frame):
                if isinstance(event, DurableSeq):
                    self.durable_seq = event.seq

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None


class _Position:
    """Where a follower is in the segment files."""

    def __init__(self, engine_dir: Path, from_seq: int) -> None:
        self.next_seq = from_seq
        self._engine_dir = engine_dir
        self._reader: SegmentReader | None = None

    def read(self, durable_seq: int, most_bytes: int) -> Chunk | None:
        if self.next_seq > durable_seq:
            if self.next_seq > durable_seq + 1 and durable_seq >= 0:
                raise JournalError(
                    f"The engine journal in {self._engine_dir} ends with seq {durable_seq}, "
                    f"but the follower asks for seq {self.next_seq}."
                )
            return None
        if self._reader is None:
            self._reader = SegmentReader(self._engine_dir, self.next_seq)
        chunk = self._reader.read(durable_seq, most_bytes)
        if chunk is not None:
            self.next_seq = chunk.last_seq + 1
        return chunk

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


def follow(
    engine_dir: Path | str,
    socket_path: str,
    from_seq: int,
    stop: threading.Event | None = None,
    *,
    name: str = "",
    chunk_bytes: int = READ_BYTES,
) -> Iterator[Chunk]:
    """Durable records from ``from_seq`` on, in chunks of whole records, for ever or until ``stop``.

    Waits for new ones, and for the engine to come back. ``name`` stands in the engine's metrics
    (``marque_engine_follower_lag_records``). Raises JournalDamaged if a durable record is not
    sound, JournalError if the journal does not reach to ``from_seq`` or begins behind it.
    """
    notices = _Notices(str(socket_path), name)
    position = _Position(Path(engine_dir), from_seq)
    try:
        while stop is None or not stop.is_set():
            chunk = position.read(notices.durable_seq, chunk_bytes)
            if chunk is not None:
                yield chunk
            sock = notices.connect(position.next_seq)
            if sock is None:
                if chunk is None:
                    _pause(stop)
                continue
            # With more to read at once, take what notices there are and read on.
            sock.settimeout(_STOP_CHECK_SECONDS if chunk is None else 0.0)
            try:
                notices.take(sock.recv(65_536))
            except (TimeoutError, BlockingIOError):
                continue
            except ConnectionError:
                notices.close()
    finally:
        notices.close()
        position.close()


async def follow_async(
    engine_dir: Path | str,
    socket_path: str,
    from_seq: int,
    stop: asyncio.Event | threading.Event | None = None,
    *,
    name: str = "",
    chunk_bytes: int = READ_BYTES,
) -> AsyncIterator[Chunk]:
    """``follow`` for an event loop. Reading a chunk blocks the loop for about a millisecond."""
    loop = asyncio.get_running_loop()
    notices = _Notices(str(socket_path), name)
    position = _Position(Path(engine_dir), from_seq)
    try:
        while stop is None or not stop.is_set():
            chunk = position.read(notices.durable_seq, chunk_bytes)
            if chunk is not None:
                yield chunk
                await asyncio.sleep(0)
            sock = notices.connect(position.next_seq)
            if sock is None:
                if chunk is None:
                    await asyncio.sleep(_RETRY_SECONDS)
                continue
            sock.setblocking(False)
            try:
                if chunk is not None or await _is_readable(loop, sock):
                    notices.take(sock.recv(65_536))
            except BlockingIOError:
                continue
            except ConnectionError:
                notices.close()
    finally:
        notices.close()
        position.close()


async def _is_readable(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> bool:
    arrived: asyncio.Future[None] = loop.create_future()

    def on_readable() -> None:
        if not arrived.done():
            arrived.set_result(None)

    loop.add_reader(sock, on_readable)
    try:
        await asyncio.wait([arrived], timeout=_STOP_CHECK_SECONDS)
        return arrived.done()
    finally:
        loop.remove_reader(sock)


def _pause(stop: threading.Event | None) -> None:
    if stop is None:
        time.sleep(_RETRY_SECONDS)
    else:
        stop.wait(_RETRY_SECONDS)
