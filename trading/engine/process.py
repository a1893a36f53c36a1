"""The engine process: ``python -m trading.engine.process --dir DIR --socket SOCKET``.

One process serves one shard. It locks ``DIR``, recovers the state from the newest good snapshot
and the records after it, and then listens on ``SOCKET``: whoever can connect finds an engine that
is ready. Requests and answers are the frames of :mod:`trading.engine.layouts`.

DIR holds ``segments/`` (the engine journal), ``snapshots/``, ``lock`` and ``engine.metrics``
(Prometheus text, new every second). SIGTERM and SIGINT finish the group, write a snapshot and end
with status 0; SIGUSR1 has a snapshot written now. What cannot go on says why in one sentence and
ends with one of the codes below.
"""

import argparse
import contextlib
import fcntl
import gc
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from trading.engine import COMPILED, journal, memory, metrics, snapshot
from trading.engine.journal_writer import SEGMENT_BYTES, Journal, OpenFile, SegmentFile
from trading.engine.log_writer import LogWriter
from trading.engine.recovery import recover
from trading.engine.server import INLINE_REQUESTS, JournalFailed, Server
from trading.engine.shard import ReplayDifference, Shard

EXIT_USAGE = 64  # the arguments cannot work
EXIT_DAMAGED = 65  # the journal or a replay of it is wrong: a human must look
EXIT_LOCKED = 73  # another engine runs here
EXIT_WRITE_FAILED = 74  # disk full or broken

LONGEST_SOCKET_PATH_BYTES = 107
_LOCK_PATIENCE_SECONDS = 0.5
# How long a thread of small affairs may keep the one that serves, at the most.
_SWITCH_SECONDS = 0.0002


class CannotStart(Exception):
    """Why not, in one sentence, and the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Options(NamedTuple):
    """How one engine process is run."""

    engine_dir: Path
    socket_path: str
    snapshot_records: int = 1_000_000
    snapshot_seconds: float = 300.0
    least_snapshot_seconds: float = 20.0
    # How long a snapshot may wait for a processor that nobody wants.
    idle_snapshot_seconds: float = 120.0
    segment_bytes: int = SEGMENT_BYTES
    most_waiting_bytes: int = 32 * 1024 * 1024
    metrics_seconds: float = 1.0
    inline_requests: int = INLINE_REQUESTS


@contextlib.contextmanager
def locked(engine_dir: Path) -> Iterator[None]:
    """Hold the directory's lock; raises CannotStart if another process does."""
    fd = os.open(engine_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        patience = time.monotonic() + _LOCK_PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > patience:
                    holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
                    raise CannotStart(
                        f"Another engine (process {holder}) runs on {engine_dir}.", EXIT_LOCKED
                    ) from error
                time.sleep(0.05)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)


def listen(socket_path: str) -> socket.socket:
    """A listening unix socket in place of any dead one; raises CannotStart."""
    if len(os.fsencode(socket_path)) > LONGEST_SOCKET_PATH_BYTES:
        raise CannotStart(
            f"The socket path {socket_path} is longer than {LONGEST_SOCKET_PATH_BYTES} bytes, "
            "which no unix socket can be: choose a shorter one.",
            EXIT_USAGE,
        )
    path = Path(socket_path)
    if path.exists():
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(socket_path)
            raise CannotStart(f"Another engine answers at {socket_path}.", EXIT_LOCKED)
        path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            # Under its name only when it listens: nobody is refused in between. The short way
            # to the folder keeps the passing name within the limit, too.
            passing = Path(f"/proc/self/fd/{folder}/.{os.getpid()}.sock")
            passing.unlink(missing_ok=True)
            listener.bind(str(passing))
            passing.chmod(0o660)
            listener.listen(1024)
            passing.rename(path)
        finally:
            os.close(folder)
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"No socket can be made at {socket_path}: {error.strerror}.", EXIT_USAGE
        ) from error
    listener.setblocking(False)
    return listener


class MetricsWriter:
    """Writes engine.metrics each second or so, on a thread of its own."""

    def __init__(self, options: Options, server: Server, counted: metrics.Metrics) -> None:
        self._engine_dir = options.engine_dir
        self._every_seconds = options.metrics_seconds
        self._server = server
        self._counted = counted
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        gauges = metrics.Gauges()
        while True:
            self._server.fill_gauges(gauges)
            # A full disk is the journal's to report.
            with contextlib.suppress(OSError):
                metrics.write(self._engine_dir, metrics.render(self._counted, gauges))
            if self._stop.wait(self._every_seconds):
                return


class Engine:
    """One recovered shard being served, with its snapshots."""

    def __init__(
        self,
        options: Options,
        shard: Shard,
        writer: LogWriter,
        listener: socket.socket,
        signal_socket: socket.socket,
    ) -> None:
        self.options = options
        self.shard = shard
        self.metrics = metrics.Metrics()
        self.server = Server(
            shard,
            writer,
            listener,
            signal_socket,
            self.metrics,
            _most_connections(),
            options.most_waiting_bytes,
        )
        self.server.inline_requests = options.inline_requests
        self._child_pid = 0
        self._child_seq = 0
        self._child_is_idle = False
        self._snapshot_at = time.monotonic()
        self._snapshot_asked = False

    def serve(self) -> None:
        """Serve until SIGTERM or SIGINT; raises JournalFailed."""
        writing = MetricsWriter(self.options, self.server, self.metrics)
        try:
            stopping = False
            while not stopping:
                self.server.run(time.monotonic() + 1.0)
                signals, self.server.signals = self.server.signals, b""
                stopping = signal.SIGTERM in signals or signal.SIGINT in signals
                # One that is under way may have begun before what the asker wants in it.
                self._snapshot_asked |= signal.SIGUSR1 in signals
                self._reap()
                if not stopping and self._is_snapshot_due():
                    self._start_snapshot()
            self.server.finish()
        finally:
            writing.close()
        if self._child_pid:
            # The one written now is newer.
            os.kill(self._child_pid, signal.SIGKILL)
            os.waitpid(self._child_pid, 0)
        if self.shard.seq > self.shard.snapshot_seq:
            snapshot.write(self.options.engine_dir, self.shard)
        snapshot.prune(self.options.engine_dir)

    def _is_snapshot_due(self) -> bool:
        records = self.server.durable_seq - self.shard.snapshot_seq
        if self._child_pid or self.server.durable_seq == 0:
            return False
        if self._snapshot_asked:
            return True
        if records == 0:
            return False
        age_seconds = time.monotonic() - self._snapshot_at
        if records >= self.options.snapshot_records:
            return age_seconds >= self.options.least_snapshot_seconds
        return age_seconds >= self.options.snapshot_seconds

    def _start_snapshot(self) -> None:
        if self._snapshot_asked:
            # The asker may have an answer of which the loop does not know yet that it is durable.
            self.server.drain()
        self._snapshot_asked = False
        # A snapshot must not hold what the journal might lose.
        self._child_seq = int(self.server.durable_seq)
        self._spawn(is_idle=True)

    def _spawn(self, *, is_idle: bool) -> None:
        self._snapshot_at = time.monotonic()
        self._child_is_idle = is_idle
        try:
            self._child_pid = snapshot.spawn_writer(
                self.options.engine_dir, self._child_seq, is_idle=is_idle
            )
        except OSError as error:
            self.metrics.snapshots_failed += 1
            _say(f"No process could be started for a snapshot: {error}")

    def _reap(self) -> None:
        if not self._child_pid:
            return
        pid, status = os.waitpid(self._child_pid, os.WNOHANG)
        if pid == 0:
            self._hurry()
            return
        self._child_pid = 0
        if status == 0:
            self.shard.snapshot_seq = self._child_seq
            self.metrics.snapshots_written += 1
        else:
            self.metrics.snapshots_failed += 1

    def _hurry(self) -> None:
        """Let a snapshot begin anew, and no more as the very last, that may never come to its end
        where the processors are busy all the time.
        """
        waited_seconds = time.monotonic() - self._snapshot_at
        if self._child_is_idle and waited_seconds > self.options.idle_snapshot_seconds:
            os.kill(self._child_pid, signal.SIGKILL)
            os.waitpid(self._child_pid, 0)
            self._child_pid = 0
            self._spawn(is_idle=False)


def run(options: Options, *, open_file: OpenFile = SegmentFile) -> int:
    """Run an engine until it is told to stop; returns the exit status."""
    wake, signal_socket = socket.socketpair()
    for end in (wake, signal_socket):
        end.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGUSR1):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    memory.huge_pages = True
    try:
        options.engine_dir.mkdir(parents=True, exist_ok=True)
        with locked(options.engine_dir):
            _run_locked(options, signal_socket, open_file)
    except CannotStart as error:
        _say(str(error))
        return error.status
    except (journal.JournalError, ReplayDifference) as error:
        _say(f"The engine does not start: {error}")
        return EXIT_DAMAGED
    except JournalFailed as error:
        _say(
            f"The engine stopped: its journal in {options.engine_dir} cannot be written ({error}). "
            "Nothing of the last group was answered."
        )
        return EXIT_WRITE_FAILED
    except OSError as error:
        _say(f"The engine stopped: {error}.")
        return EXIT_WRITE_FAILED
    finally:
        signal.set_wakeup_fd(-1)
        wake.close()
        signal_socket.close()
    return 0


def _run_locked(options: Options, signal_socket: socket.socket, open_file: OpenFile) -> None:
    log = Journal(options.engine_dir, segment_bytes=options.segment_bytes, open_file=open_file)
    if log.cut_bytes:
        _say(f"Cut a torn group of {log.cut_bytes} bytes off the engine journal's end.")
    recovered = recover(options.engine_dir, log.next_seq)
    shard = recovered.shard
    shard.started_ns = time.time_ns()
    listener = listen(options.socket_path)
    writer = LogWriter(log)
    # What lives now lives long, and the core makes no cycles: the collector would find nothing.
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    _say(
        f"The engine serves {options.engine_dir} at {options.socket_path}: seq {shard.seq}, "
        f"snapshot {recovered.snapshot_seq}, {recovered.replayed_records} records replayed "
        f"in {recovered.seconds:.2f} s, {'compiled' if COMPILED else 'interpreted'}."
    )
    try:
        Engine(options, shard, writer, listener, signal_socket).serve()
    finally:
        Path(options.socket_path).unlink(missing_ok=True)
    writer.close()
    log.close()


def _most_connections() -> int:
    """As many as the system lets this process have, less some for itself."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most - 64


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m trading.engine.process")
    parser.add_argument("--dir", type=Path, required=True, help="the engine's directory")
    parser.add_argument("--socket", required=True, help="path of the unix socket")
    parser.add_argument("--snapshot-records", type=int, default=1_000_000)
    parser.add_argument("--snapshot-seconds", type=float, default=300.0)
    parser.add_argument("--least-snapshot-seconds", type=float, default=20.0)
    parser.add_argument("--idle-snapshot-seconds", type=float, default=120.0)
    parser.add_argument("--segment-bytes", type=int, default=SEGMENT_BYTES)
    parser.add_argument("--metrics-seconds", type=float, default=1.0)
    parser.add_argument(
        "--inline-requests",
        type=int,
        default=INLINE_REQUESTS,
        help="so many are made durable by the thread that serves, more by one beside it",
    )
    given = parser.parse_args(arguments)
    return run(
        Options(
            given.dir.absolute(),
            given.socket,
            given.snapshot_records,
            given.snapshot_seconds,
            given.least_snapshot_seconds,
            given.idle_snapshot_seconds,
            given.segment_bytes,
            metrics_seconds=given.metrics_seconds,
            inline_requests=given.inline_requests,
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
