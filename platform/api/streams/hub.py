"""The hub: one Redis subscription per process, and which sockets want which channel.

Public channels begin with a snapshot out of a Redis key. The publisher writes that key before the
message it leads to, so a snapshot read after the subscription stood is never older than the
first message. A socket that cannot keep up misses messages and gets a new snapshot when it can
again; a gap in the numbers (a lost message, another publisher) gives everybody a new snapshot.

Private channels have no snapshot: the publisher writes updates of accounts that somebody listens
to, and says on the channel when it knows. Whoever was let in without that word, because no
publisher was there, is closed when one comes: he may have missed something.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from trading.market_data.private import ASKED_KEY, INTERRUPTED, LISTENED

if TYPE_CHECKING:
    from api.streams.socket import Socket

log = structlog.get_logger("marque.streams")

CONTROL_CHANNEL = "api:access"
_INTERRUPTED = (4012, "updates were interrupted: connect again")
INTERNAL = 1011  # the close code of RFC 6455 for an error of the server
UPKEEP_SECONDS = 2.0
RECHECK_SECONDS = 30.0
RETRY_SECONDS = 0.25
WORD_SECONDS = 2.0  # to wait for the publisher's word; it looks a hundred times a second
_SUBSCRIBE_SECONDS = 10.0
_CONNECT_SECONDS = 5.0


class Channel:
    """One Redis channel and the sockets that listen to it."""

    __slots__ = (
        "assumed",
        "last_seq",
        "name",
        "ready",
        "snapshot_key",
        "snapshotting",
        "sockets",
        "told",
        "waiting",
    )

    def __init__(self, name: str, snapshot_key: str) -> None:
        self.name = name
        self.snapshot_key = snapshot_key  # "": none
        self.ready = asyncio.Event()
        # Of a private channel: updates come from now on, by the publisher's word or without it.
        self.told = asyncio.Event()
        self.assumed = False
        self.last_seq = -1  # of the last update seen; -1: none, or the channel has no numbers
        self.sockets: set[Socket] = set()
        # Sockets that wait for their snapshot, and what came meanwhile.
        self.waiting: dict[Socket, list[tuple[int, str]]] = {}
        self.snapshotting: asyncio.Task[tuple[int, str] | None] | None = None


class Hub:
    """All channels and sockets of one process."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(redis_url)
        # Nothing is tried again behind our back: a connection that was lost and found again may
        # have missed messages, and then those who listen must know.
        self._listener = redis.asyncio.Redis.from_url(
            redis_url, socket_connect_timeout=_CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        self._pubsub = self._listener.pubsub(ignore_subscribe_messages=False)
        # Held while subscriptions change: two at once would each open a connection, and only one
        # of them would be read.
        self._changing = asyncio.Lock()
        self._stands = False  # this subscription was confirmed
        self._channels: dict[str, Channel] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._reader: asyncio.Task[None] | None = None
        self.sockets: set[Socket] = set()
        self.connections: Counter[str] = Counter()
        self.is_closing = False

    async def start(self) -> None:
        """Begin to listen, once."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
            self.spawn(self._watch_health())
            self.spawn(self._recheck_all())

    async def close(self) -> None:
        """Tell every socket to connect again, and let go of Redis."""
        self.is_closing = True
        for socket in list(self.sockets):
            socket.drop(1012, "the server restarts: connect again")
        for task in [*self._tasks, *([self._reader] if self._reader else [])]:
            task.cancel()
        with contextlib.suppress(redis.RedisError, OSError):
            await self._pubsub.aclose()
            await self._listener.aclose()
            await self._redis.aclose()

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Run a coroutine on the side and keep it alive."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Subscriptions

    async def join(self, socket: Socket, name: str, snapshot_key: str = "") -> None:
        """Let a socket listen to a channel, beginning with its snapshot if it has one.

        Raises TimeoutError if Redis does not confirm.
        """
        channel = self._channels.get(name)
        is_new = channel is None
        if channel is None:
            channel = self._channels[name] = Channel(name, snapshot_key)
        if snapshot_key:
            channel.waiting[socket] = []
        channel.sockets.add(socket)
        if is_new:
            with contextlib.suppress(redis.RedisError, OSError):
                # Lost here, it is subscribed anew with the connection.
                await self._subscribe(name)
        try:
            async with asyncio.timeout(_SUBSCRIBE_SECONDS):
                await channel.ready.wait()
                if snapshot_key:
                    await self._send_snapshot(channel, socket)
                elif not channel.told.is_set():
                    await self._wait_for_word(channel)
        except TimeoutError:
            self.leave(socket, name)
            raise

    async def _wait_for_word(self, channel: Channel) -> None:
        """Wait until the publisher writes updates of the account, if there is a publisher."""
        with contextlib.suppress(redis.RedisError, OSError):
            await self._redis.sadd(ASKED_KEY, channel.name)
        try:
            # Not about the question as well: the client may take a cancellation for its own.
            async with asyncio.timeout(WORD_SECONDS):
                await channel.told.wait()
        except TimeoutError:
            log.warning("no publisher answers", channel=channel.name)
            channel.assumed = True
            channel.told.set()

    def leave(self, socket: Socket, name: str) -> None:
        """A socket listens no more; the last one ends the subscription."""
        channel = self._channels.get(name)
        if channel is None:
            return
        channel.sockets.discard(socket)
        channel.waiting.pop(socket, None)
        if not channel.sockets:
            del self._channels[name]
            self.spawn(self._unsubscribe(name))

    async def _subscribe(self, *names: str) -> None:
        async with self._changing:
            await self._pubsub.subscribe(*names)

    async def _unsubscribe(self, name: str) -> None:
        async with self._changing:
            if name in self._channels:
                return  # somebody came while it was going
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.unsubscribe(name)

    async def resync(self, socket: Socket, name: str) -> None:
        """Send a socket that missed messages of a channel a new snapshot."""
        channel = self._channels.get(name)
        if channel is not None and socket in channel.sockets and channel.snapshot_key:
            channel.waiting.setdefault(socket, [])
            await self._send_snapshot(channel, socket)

    async def _send_snapshot(self, channel: Channel, socket: Socket) -> None:
        if channel.snapshotting is None:
            channel.snapshotting = self.spawn(self._snapshot(channel))
        snapshot = await asyncio.shield(channel.snapshotting)
        missed = channel.waiting.pop(socket, None)
        if missed is None or socket not in channel.sockets:
            return
        seq = -1
        if snapshot is not None:
            seq, text = snapshot
            socket.push(text)
        for update_seq, text in missed:
            if update_seq > seq or update_seq < 0:
                socket.push(text)

    async def _snapshot(self, channel: Channel) -> tuple[int, str] | None:
        """The channel's snapshot; without it updates are of no use, so a lost Redis is awaited."""
        data: Any = None
        try:
            while channel.sockets:
                try:
                    data = await self._redis.get(channel.snapshot_key)
                    break
                except (redis.RedisError, OSError):
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            channel.snapshotting = None
        if data is None:
            return None
        text = _snapshot_text(channel.name, data.decode())
        return None if text is None else (seq_of(text), text)

    # Messages

    async def _read(self) -> None:
        while True:
            try:
                await self._subscribe(CONTROL_CHANNEL, *self._channels)
                while True:
                    message = await self._pubsub.get_message(timeout=None)
                    if message is not None:
                        self._on_message(message)
            except (redis.RedisError, OSError) as error:
                log.warning("the stream's Redis connection was lost", error=str(error))
            except Exception:
                log.exception("a message of the stream's Redis connection was not understood")
            await asyncio.sleep(RETRY_SECONDS)
            await self._start_afresh()

    async def _start_afresh(self) -> None:
        async with self._changing:
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.aclose()
            self._pubsub = self._listener.pubsub(ignore_subscribe_messages=False)
            self._stands = False
        for channel in self._channels.values():
            channel.ready.clear()
            channel.told.clear()
            channel.assumed = False
            channel.last_seq = -1
            for socket in list(channel.sockets):
                if not channel.snapshot_key:
                    socket.drop(*_INTERRUPTED)
                else:
                    self.spawn(self._resync_when_ready(channel, socket))

    async def _resync_when_ready(self, channel: Channel, socket: Socket) -> None:
        await channel.ready.wait()
        await self.resync(socket, channel.name)

    def _on_message(self, message: dict[str, Any]) -> None:
        kind, name = message["type"], bytes(message["channel"]).decode()
        if kind == "message":
            if name == CONTROL_CHANNEL:
                self._on_control(message["data"])
            elif (channel := self._channels.get(name)) is not None:
                self._on_data(channel, message["data"].decode())
        elif kind == "subscribe" and name == CONTROL_CHANNEL:
            if self._stands:
                raise redis.ConnectionError("connected again in between: messages may be missing")
            self._stands = True
        elif kind == "subscribe" and (channel := self._channels.get(name)) is not None:
            channel.ready.set()

    def _on_data(self, channel: Channel, text: str) -> None:
        if not channel.snapshot_key:
            self._on_private(channel, text)
            return
        seq = seq_of(text)
        if seq >= 0:
            previous = previous_of(text)
            if previous >= 0 and channel.last_seq >= 0 and previous != channel.last_seq:
                log.warning("gap in a channel's numbers", channel=channel.name)
                channel.last_seq = seq
                for socket in list(channel.sockets):
                    self.spawn(self.resync(socket, channel.name))
                return
            channel.last_seq = seq
        event = {"type": "websocket.send", "text": text}
        waiting = channel.waiting
        for socket in list(channel.sockets):
            if socket in waiting:
                waiting[socket].append((seq, text))
            elif socket.is_busy:
                socket.missed.add(channel.name)
            else:
                socket.write(event)

    def _on_private(self, channel: Channel, text: str) -> None:
        if text not in (INTERRUPTED, LISTENED):
            for socket in list(channel.sockets):
                socket.push(text)
            return
        was_cut = channel.told.is_set() if text == INTERRUPTED else channel.assumed
        channel.assumed = False
        channel.told.set()
        if was_cut:
            for socket in list(channel.sockets):
                socket.drop(*_INTERRUPTED)

    # Access

    def _on_control(self, data: bytes) -> None:
        change = msgspec.json.decode(data)
        for socket in list(self.sockets):
            if socket.is_touched_by(change):
                self.spawn(self._recheck(socket))

    async def _recheck(self, socket: Socket) -> None:
        """Close the socket unless it surely may stay; an error is one socket's affair."""
        try:
            await socket.recheck()
        except Exception:
            log.exception("a socket's access could not be checked")
            socket.drop(INTERNAL, "your access could not be checked: connect again")

    async def _recheck_all(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            for socket in list(self.sockets):
                if socket.caller is not None:
                    await self._recheck(socket)

    async def _watch_health(self) -> None:
        while True:
            await asyncio.sleep(UPKEEP_SECONDS)
            for socket in list(self.sockets):
                try:
                    socket.check_health()
                except Exception:
                    log.exception("a socket's health could not be checked")
                    socket.drop(INTERNAL, "an error happened here: connect again")


def seq_of(text: str) -> int:
    """The number of a depth message; -1 if it has none."""
    return _number_after(text, '"seq":')


def previous_of(text: str) -> int:
    """The number of the message before a depth update; -1 if it has none."""
    return _number_after(text, '"previous":')


def _number_after(text: str, name: str) -> int:
    # Numbers stand in the first hundred characters, before any price.
    at = text.find(name, 0, 120)
    if at < 0:
        return -1
    at += len(name)
    end = at
    while end < len(text) and text[end].isdigit():
        end += 1
    return int(text[at:end]) if end > at else -1


def _snapshot_text(name: str, data: str) -> str | None:
    """The message that a snapshot key's value makes on a channel."""
    short = name.split(":", 2)[2]
    if not short.startswith("candles:"):
        return data
    candle = msgspec.json.decode(data).get(short.rpartition(":")[2])
    if candle is None:
        return None
    return msgspec.json.encode({"channel": short, "type": "snapshot", "candles": [candle]}).decode()
