"""The engine's longest pauses: ``python -m benchmarks.engine_pauses``.

A load that does not wait for answers: so many commands a second, a slice every millisecond on one
of several connections, whatever became of those before. Latency is from the moment a slice was due
to its last answer, so that a pause counts for everything that should have been sent during it.
Snapshots and segment changes fall into the run; how many is printed.
"""

import argparse
import select
import shutil
import socket
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from benchmarks import engine_durable as durable
from trading.engine import frames, journal, snapshot

SLICE_SECONDS = 0.001
CONNECTIONS = 8
MOST_UNDER_WAY = 20  # slices of one connection; the next are sent late then, and count as late


class Line:
    """One connection with the slices that wait for their answers."""

    def __init__(self, socket_path: str, slices: list[bytes]) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(socket_path)
        self.slices = deque(slices)
        self.due: deque[float] = deque()
        self.rest = b""
        self.answered = 0

    def take(self, size: int, latencies: list[float]) -> None:
        """Read what has arrived; a slice is done with its last answer."""
        data = self.sock.recv(1 << 20)
        if not data:
            raise SystemExit("The engine closed a connection.")
        data = self.rest + data if self.rest else data
        end, answers, _ = frames.scan_requests(data, 0, -1, 1 << 30)
        self.rest = data[end:]
        self.answered += answers
        now = time.perf_counter()
        while self.due and self.answered >= size:
            self.answered -= size
            latencies.append(now - self.due.popleft())


def measure(engine: durable.Engine, rate: int, seconds: float) -> list[float]:
    """Latencies of all slices, in the order of their answers."""
    size = max(1, int(rate * SLICE_SECONDS))
    count = int(seconds / SLICE_SECONDS) // CONNECTIONS
    lines = [
        Line(engine.socket_path, durable.windows_of(number, size, count))
        for number in range(CONNECTIONS)
    ]
    by_fd = {line.sock.fileno(): line for line in lines}
    poller = select.epoll()
    for fd in by_fd:
        poller.register(fd, select.EPOLLIN)
    latencies: list[float] = []
    due = time.perf_counter() + 0.01
    turn = 0
    while lines[turn].slices or any(line.due for line in lines):
        now = time.perf_counter()
        while now >= due and lines[turn].slices and len(lines[turn].due) < MOST_UNDER_WAY:
            line = lines[turn]
            line.due.append(due)
            line.sock.sendall(line.slices.popleft())
            turn = (turn + 1) % CONNECTIONS
            due += SLICE_SECONDS
        for fd, _ in poller.poll(max(0.0, min(due - time.perf_counter(), SLICE_SECONDS))):
            by_fd[fd].take(size, latencies)
    for line in lines:
        line.sock.close()
    return latencies


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=100_000, help="commands a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--snapshot-records", type=int, default=400_000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="engine-pauses-"))
    try:
        sys.stdout.write(durable.conditions(folder) + "\n")
        engine = durable.Engine(
            folder / "journal",
            *("--snapshot-records", str(given.snapshot_records), "--least-snapshot-seconds", "0"),
        )
        durable.furnish(engine)
        segments = len(journal.list_segments(engine.engine_dir))
        before = {path.name for path in snapshot.list_snapshots(engine.engine_dir)}
        latencies = sorted(measure(engine, given.rate, given.seconds))
        made = {path.name for path in snapshot.list_snapshots(engine.engine_dir)} - before
        segments = len(journal.list_segments(engine.engine_dir)) - segments
        engine.stop()
        late = sum(latency > 0.010 for latency in latencies)
        text = ", ".join(
            f"p{part * 100:g} {latencies[int(len(latencies) * part)] * 1e3:.2f}"
            for part in (0.5, 0.99, 0.999)
        )
        sys.stdout.write(
            f"{given.rate} commands/s for {given.seconds:g} s, {len(made)} snapshots kept of those "
            f"made, {segments} segment changes: {text}, longest {latencies[-1] * 1e3:.1f} ms; "
            f"{late} of {len(latencies)} slices later than 10 ms\n"
        )
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
