"""The engine's loop: read what has arrived, apply it, make it durable, answer it; compiled.

One thread reads all connections, hands what arrived to ``Shard.run_batch`` in one piece, passes
the records to the log writer and goes on reading while they are synced. Batches that come
together meanwhile are written as one group. An answer leaves only after everything applied
before it is durable: the log writer sends it right behind the sync, whatever is being applied at
that moment. What is few is synced and answered by the one thread.
"""

import errno
import os
import select
import socket
import time
from typing import Final

from trading.engine import codec, codes, framing, rows, system
from trading.engine.connection import Connection
from trading.engine.frames import Frames
from trading.engine.groups import Group, Share
from trading.engine.layouts import REQUEST_HEADER_BYTES
from trading.engine.log_writer import LogWriter
from trading.engine.metrics import Gauges, Metrics
from trading.engine.prefault import Prefault
from trading.engine.shard import Shard

_READ_BYTES: Final = 32 * 1024  # of one connection before the others have their turn
_ROUND_BYTES: Final = 1024 * 1024  # of all connections in one round
_MAX_FRAME_BYTES: Final = 65_536
# Groups so small are synced at once: to pass them to the writer, and to be woken by it, takes as
# long as they do, and a third thread on two processors has to wait for one.
INLINE_REQUESTS: Final = 128
_NOTICE_NS: Final = 1_000_000  # followers are told at most this often
_NOTICE_MILLISECONDS: Final = 1
# How exactly orders end at their time, and how far ahead that is looked for.
_TIMER_MILLISECONDS: Final = 5
_TIMER_NS: Final = 1_000_000_000

_ARM_DISCONNECT: Final = codec.ARM_DISCONNECT.to_bytes(2, "little")
_IN: Final = 1  # select.EPOLLIN
_OUT: Final = 4  # select.EPOLLOUT
_EDGES: Final = 1 << 31  # select.EPOLLET


class JournalFailed(Exception):
    """A group could not be made durable: the engine must not go on."""


class Server:
    """Serves one shard on one listening unix socket.

    Everything up to ``shard.seq`` must be durable at the start. ``signal_socket`` is what
    ``signal.set_wakeup_fd`` writes to: its bytes end up in ``signals`` and end ``run``.
    """

    def __init__(
        self,
        shard: Shard,
        writer: LogWriter,
        listener: socket.socket,
        signal_socket: socket.socket,
        metrics: Metrics,
        most_connections: int,
        most_waiting_bytes: int,
    ) -> None:
        self.shard = shard
        self.writer = writer
        self.prefault = Prefault(shard)
        self.listener = listener
        self.signal_socket = signal_socket
        self.metrics = metrics
        self.most_connections = most_connections
        # Records not on disk yet, beyond which requests are answered OVERLOADED.
        self.most_waiting_bytes = most_waiting_bytes
        self.inline_requests = INLINE_REQUESTS
        self.signals = b""
        self.durable_seq = shard.seq
        self.poller = select.epoll()
        self.connections: dict[int, Connection] = {}
        self.followers: list[Connection] = []
        self.notice_due = False
        # How many connections armed a (tenant, account, instrument), and what those left behind
        # that are gone: (tenant, account, instrument, still armed). At the start all are gone.
        self._armed: dict[tuple[int, int, int], int] = {}
        self._gone: list[tuple[int, int, int, int]] = [
            (tenant_id, account_id, instrument_id, 0)
            for tenant_id in sorted(shard.venues)
            for account_id, instrument_id in sorted(shard.venues[tenant_id].armed)
        ]
        self._events = bytearray(system.EVENT_BYTES)
        # Read in this round: whole frames up to ``_filled``, behind them what is being looked at.
        self._buffer = bytearray(_ROUND_BYTES + _MAX_FRAME_BYTES + _READ_BYTES)
        self._filled = 0
        self._found = Frames()
        self._senders: list[Connection | None] = []
        self._counts: list[int] = []
        self._requests = 0
        self._round_ns = 0
        self._applied = Group()  # not handed to the writer yet
        self._writing: Group | None = None  # with the writer
        self.poller.register(listener.fileno(), _IN)
        self.poller.register(signal_socket.fileno(), _IN)
        self.poller.register(writer.done_fd, _IN | _EDGES)

    def run(self, until: float) -> None:
        """Serve until the time ``until`` (of time.monotonic) or a signal.

        Raises JournalFailed, with nothing answered that is not durable.
        """
        listener_fd = self.listener.fileno()
        signal_fd = self.signal_socket.fileno()
        done_fd = self.writer.done_fd
        poller_fd = self.poller.fileno()
        until_ns = int(until * 1e9)
        if self._gone:
            self._run_batch()
        while len(self.signals) == 0:
            due_ns = self.shard.due_ns
            left_ns = until_ns - system.monotonic_ns()
            if left_ns <= 0:
                break
            milliseconds = (left_ns + 999_999) // 1_000_000
            if self._gone:
                milliseconds = 0
            elif self.notice_due:
                milliseconds = _NOTICE_MILLISECONDS
            elif due_ns > 0 and due_ns <= system.real_ns() + _TIMER_NS:
                milliseconds = _TIMER_MILLISECONDS
            ready = system.wait(self.poller, poller_fd, self._events, milliseconds)
            self._round_ns = system.monotonic_ns()
            if self._writing is not None and self.writer.is_finished():
                self._on_durable()
            for number in range(ready):
                fd = system.event_fd(self._events, number)
                mask = system.event_mask(self._events, number)
                connection = self.connections.get(fd)
                if connection is not None:
                    if mask & _OUT != 0:
                        connection.flush()
                    # When the round is full, what is left of it is the next one's.
                    if mask & ~_OUT != 0 and self._filled < _ROUND_BYTES:
                        self._read(connection)
                    if connection.closed:
                        self._forget(connection)
                elif fd == done_fd:
                    if self._writing is not None and self.writer.is_finished():
                        self._on_durable()
                elif fd == listener_fd:
                    self._accept()
                elif fd == signal_fd:
                    self.signals += self.signal_socket.recv(64)
            if self._senders or self._gone or (due_ns > 0 and due_ns <= system.real_ns()):
                self._run_batch()
            if self.notice_due:
                self._tell_followers()

    def drain(self) -> None:
        """Wait until all that is applied is durable and handed out."""
        if self._writing is None and self._applied.shares:
            self._commit(False)
        waiter = select.poll()
        waiter.register(self.writer.done_fd, select.POLLIN)
        while self._writing is not None:
            if self.writer.is_finished():
                self._on_durable()
                continue
            waiter.poll()
            os.eventfd_read(self.writer.done_fd)

    def finish(self) -> None:
        """Let no one in any more, send what is left for a second at most, close everything."""
        self.drain()
        self.poller.unregister(self.listener.fileno())
        self.listener.close()
        for connection in list(self.connections.values()):
            connection.finish()
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            for connection in list(self.connections.values()):
                if connection.closed:
                    self._forget(connection)
            if not self.connections:
                break
            for fd, mask in self.poller.poll(0.05):
                waiting = self.connections.get(fd)
                if waiting is not None:
                    if mask & _OUT != 0:
                        waiting.flush()
                    else:
                        waiting.close()
        for left in self.connections.values():
            left.close()
        self.prefault.close()

    def fill_gauges(self, gauges: Gauges) -> None:
        """How things stand; may be called from another thread."""
        gauges.seq = self.shard.seq
        gauges.durable_seq = self.durable_seq
        gauges.snapshot_seq = self.shard.snapshot_seq
        gauges.started_ns = self.shard.started_ns
        gauges.connections = len(self.connections)
        gauges.waiting_bytes = self._waiting_bytes()
        lag: dict[str, int] = {}
        for follower in list(self.followers):
            name = follower.follow_name or f"connection-{follower.fd}"
            # Of several of one name the one that is farthest behind.
            lag[name] = max(lag.get(name, 0), self.durable_seq + 1 - follower.follow_seq)
        gauges.follower_lag = lag

    def _accept(self) -> None:
        while True:
            try:
                sock = self.listener.accept()[0]
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE, errno.ECONNABORTED):
                    return
                raise
            if len(self.connections) >= self.most_connections:
                sock.close()
                continue
            sock.setblocking(False)
            connection = Connection(sock, self.poller)
            self.connections[connection.fd] = connection

    def _read(self, connection: Connection) -> None:
        """Take what has arrived on one connection into this round."""
        if connection.closed or connection.closing or connection.last_words:
            connection.close()  # nothing is expected of it but its end
            return
        end = system.move(self._buffer, self._filled, connection.rest)
        size = system.receive(connection.fd, self._buffer, end, _READ_BYTES)
        if size == system.BLOCKED:
            return
        if size <= 0:
            connection.close()
            return
        end += size
        found = self._found
        while True:
            found.scan(self._buffer, self._filled, end, codec.FOLLOW, _MAX_FRAME_BYTES)
            start = found.end
            why = found.why
            if found.count > 0:
                self._take(connection, start, found.count)
            if why != rows.SCAN_SPECIAL:
                break
            data = system.copied(self._buffer, start, end)
            if data[4:6] == _ARM_DISCONNECT:
                start = self._on_arm(connection, data)
            else:
                start = self._on_follow(connection, data)
            end = system.move(self._buffer, self._filled, data[start:])
        connection.rest = system.copied(self._buffer, start, end) if start < end else b""
        if why == rows.SCAN_BAD_LENGTH:
            self.metrics.bad_frames += 1
            self._refuse_connection(connection)

    def _take(self, connection: Connection, end: int, count: int) -> None:
        """Take the frames behind those of the round into it, up to ``end``, or refuse them."""
        if self._waiting_bytes() > self.most_waiting_bytes:
            self.metrics.requests += count
            self.metrics.refused_overloaded += count
            frames = system.copied(self._buffer, self._filled, end)
            connection.send(framing.refuse_requests(frames, 0, len(frames), codes.OVERLOADED))
            return
        self._filled = end
        self._requests += count
        self._senders.append(connection)
        self._counts.append(int(count))

    def _refuse_connection(self, connection: Connection) -> None:
        """What comes cannot be told apart into frames any more: say so and close.

        The notice stands behind the answers of the good frames before it.
        """
        connection.refuse(framing.refuse_rest(connection.rest))
        connection.rest = b""
        self._senders.append(connection)
        self._counts.append(0)

    def _run_batch(self) -> None:
        """Apply what this round brought and see that it becomes durable."""
        if self._gone:
            # Behind all that those sent who are gone.
            frames = system.copied(self._buffer, 0, self._filled)
            frames += framing.guard_requests(self._gone)
            self._senders.append(None)
            self._counts.append(2 * len(self._gone))
            self._gone = []
        else:
            frames = system.copied(self._buffer, 0, self._filled)
        output = self.shard.run_batch(frames, system.real_ns())
        share = Share(output.answers, self._senders, self._counts, self._round_ns)
        share.requests = self._requests
        self.metrics.requests += self._requests
        self.prefault.look(self._requests, self._round_ns)
        self._filled = 0
        self._senders = []
        self._counts = []
        self._requests = 0
        group = self._applied
        group.shares.append(share)
        group.last_seq = output.last_seq
        if output.records:
            group.records.append(output.records)
            group.records_bytes += len(output.records)
        if self._writing is None:
            self._commit(share.requests <= self.inline_requests)

    def _commit(self, inline: bool) -> None:
        """Make what is applied durable; what wrote no records is so already."""
        group = self._applied
        self._applied = Group()
        if not group.records:
            self._hand_out(group)
            return
        self._writing = group
        size = int(group.records_bytes)
        next_seq = int(group.last_seq + 1)
        if inline:
            self.writer.write_now(group.records, size, next_seq)
            self._on_durable()
        else:
            if self.writer.lay_down(group.records, size, next_seq):
                self._lend(group)
            self.writer.start()

    def _lend(self, group: Group) -> None:
        """Have the writer send the group's answers, as soon as it is durable."""
        group.is_lent = True
        for share in group.shares:
            share.find_ends()
            start = 0
            for number in range(len(share.senders)):
                connection = share.senders[number]
                end = share.ends[number]
                place = system.BLOCKED
                if connection is not None and end > start and connection.may_lend():
                    place = self.writer.lay_answer(share.answers, start, end, connection.fd)
                    if place != system.BLOCKED:
                        connection.lent += 1
                share.places.append(place)
                start = end

    def _on_durable(self) -> None:
        """The writer is done with a group: let it go on with the next, then answer this one."""
        group = self._writing
        assert group is not None
        if self.writer.failure is not None:
            raise JournalFailed(str(self.writer.failure))
        self.metrics.sync_seconds.add(self.writer.sync_ns / 1e9, 1)
        self.metrics.group_commands.add(float(group.last_seq - self.durable_seq), 1)
        self._writing = None
        self.durable_seq = group.last_seq
        self.notice_due = len(self.followers) > 0
        if self._applied.records and not group.is_lent:
            self._commit(False)
            self._hand_out(group)
        else:
            self._hand_out(group)
            if self._applied.shares:
                self._commit(False)

    def _hand_out(self, group: Group) -> None:
        answered_ns = 0
        if group.is_lent:
            answered_ns = self.writer.answered_ns()
        for share in group.shares:
            if not share.ends:
                share.find_ends()
            start = 0
            for number in range(len(share.senders)):
                connection = share.senders[number]
                end = share.ends[number]
                place = system.BLOCKED
                if group.is_lent:
                    place = share.places[number]
                if connection is not None:
                    if place != system.BLOCKED:
                        sent = self.writer.sent_of(place)
                        connection.take_back(share.answers, start, end, sent)
                    elif end > start:
                        connection.send_part(share.answers, start, end)
                    if connection.last_words:
                        connection.send(connection.last_words)
                        connection.finish()
                    if connection.closed:
                        self._forget(connection)
                start = end
            if share.requests > 0:
                if not group.is_lent:
                    answered_ns = system.monotonic_ns()
                waited_ns = answered_ns - share.read_ns
                self.metrics.answer_seconds.add(waited_ns / 1e9, share.requests)

    def _waiting_bytes(self) -> int:
        writing = self._writing
        return self._applied.records_bytes + (writing.records_bytes if writing is not None else 0)

    def _on_follow(self, connection: Connection, data: bytes) -> int:
        """Begin or go on telling a connection the durable seq; returns the frame's size."""
        size = int.from_bytes(data[:4], "little") + 4
        payload = data[REQUEST_HEADER_BYTES:size]
        self.metrics.requests += 1
        if len(payload) not in (0, codec.FOLLOW_BYTES):
            connection.send(framing.refuse_requests(data, 0, size, codes.BAD_FRAME))
            return size
        if not connection.is_follower:
            connection.is_follower = True
            self.followers.append(connection)
        connection.follow_request_id = int.from_bytes(data[8:16], "little", signed=True)
        connection.follow_seq = int.from_bytes(payload, "little", signed=True)
        name = data[24:32].rstrip(b"\0")  # in source_no
        connection.follow_name = name.decode("ascii") if name.isalnum() else ""
        self._tell(connection)
        return size

    def _on_arm(self, connection: Connection, data: bytes) -> int:
        """Keep what a connection's end is to cancel, and hand the command on; its frame's size."""
        size = int.from_bytes(data[:4], "little") + 4
        payload = data[REQUEST_HEADER_BYTES:size]
        if len(payload) <= codec.ARM_DISCONNECT_BYTES and (
            self._waiting_bytes() <= self.most_waiting_bytes
        ):
            numbers = payload.ljust(codec.ARM_DISCONNECT_BYTES, b"\0")
            key = (
                int.from_bytes(data[16:20], "little"),
                int.from_bytes(numbers[:8], "little", signed=True),
                int.from_bytes(numbers[8:16], "little", signed=True),
            )
            if numbers[16] == 1:
                if key not in connection.armed:
                    connection.armed.add(key)
                    self._armed[key] = self._armed.get(key, 0) + 1
            elif self._disarm(connection, key):
                # It stays armed for another's sake, so the core need not know.
                self.metrics.requests += 1
                connection.send(framing.refuse_requests(data, 0, size, codes.ACCEPTED))
                return size
        self._take(connection, system.move(self._buffer, self._filled, data[:size]), 1)
        return size

    def _disarm(self, connection: Connection, key: tuple[int, int, int]) -> bool:
        """A connection lets go of what it armed; whether another one has it armed too."""
        if key in connection.armed:
            connection.armed.discard(key)
            self._armed[key] -= 1
            if self._armed[key] == 0:
                del self._armed[key]
        return key in self._armed

    def _tell_followers(self) -> None:
        """Tell each follower the durable seq, unless it was told something just now."""
        now = system.monotonic_ns()
        self.notice_due = False
        for connection in list(self.followers):
            if connection.closed:
                self._forget(connection)
            elif connection.told_seq < self.durable_seq and len(connection.unsent) == 0:
                if now - connection.told_ns >= _NOTICE_NS:
                    connection.told_ns = now
                    self._tell(connection)
                else:
                    self.notice_due = True

    def _tell(self, connection: Connection) -> None:
        connection.told_seq = self.durable_seq
        connection.send(
            framing.durable_notice(
                connection.follow_request_id, self.durable_seq, self.shard.time_ns
            )
        )

    def _forget(self, connection: Connection) -> None:
        if self.connections.get(connection.fd) is connection:
            del self.connections[connection.fd]
        if connection.is_follower and connection in self.followers:
            self.followers.remove(connection)
        for key in sorted(connection.armed):
            self._gone.append((*key, int(self._disarm(connection, key))))
