"""The engine's longest pauses: ``python -m benchmarks.engine_pauses``.

A load that does not wait for answers: so many commands a second, a slice every millisecond on one
of several connections, whatever became of those before. Latency is from the moment a slice was due
to its last answer, so that a pause counts for everything that should have been sent during it.
Snapshots and segment changes fall into the run; how many is printed.

To tell whose a pause is, it is printed as well how long the same disk takes for a write and sync
of a slice's size with no engine there, once a millisecond; how long the engine's own writes took
by its metrics; and how often the load generator, which shares the processors, was late itself.
"""

import argparse
import gc
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import engine_durable as durable
from trading.engine import journal, snapshot, system

SLICE_SECONDS = 0.001
CONNECTIONS = 8
MOST_UNDER_WAY = 20  # slices of one connection; the next are sent late then, and count as late


LATE_SECONDS = 0.010
RECORD_BYTES = 230  # about that of a command and what came of it


def sync_alone(folder: Path, size: int, seconds: float) -> list[float]:
    """Times of writing so many bytes durably over zeros, once a millisecond; sorted."""
    times = []
    room = 32 * 1024 * 1024
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        os.pwrite(file.fileno(), bytes(room), 0)
        os.fsync(file.fileno())
        data = os.urandom(size)
        for number in range(int(seconds / SLICE_SECONDS)):
            started = time.perf_counter()
            os.pwritev(file.fileno(), [data], number * size % (room - size), os.RWF_DSYNC)
            times.append(time.perf_counter() - started)
            time.sleep(max(0.0, SLICE_SECONDS - times[-1]))
    return sorted(times)


def of(times: Sequence[float]) -> str:
    """Quantiles of sorted seconds."""
    parts = ", ".join(
        f"p{part * 100:g} {times[int(len(times) * part)] * 1e3:.2f}" for part in (0.5, 0.99, 0.999)
    )
    late = sum(each > LATE_SECONDS for each in times)
    return f"{parts}, longest {times[-1] * 1e3:.1f} ms; {late} of {len(times)} over 10 ms"


def slow_syncs(engine_dir: Path, bounds: Sequence[str]) -> str:
    """How many of the engine's writes took longer than each of these seconds, by its metrics."""
    text = (engine_dir / "engine.metrics").read_text()
    counts = dict(re.findall(r'sync_seconds_bucket\{le="([^"]+)"\} (\d+)', text))
    total = int(counts["+Inf"])
    slower = ", ".join(f"{total - int(counts[bound])} over {bound} s" for bound in bounds)
    return f"{total} writes, {slower}"


def measure(engine: durable.Engine, rate: int, seconds: float) -> tuple[list[float], list[float]]:
    """Latencies of all slices, and how far behind its clock each was sent; sorted."""
    size = max(1, int(rate * SLICE_SECONDS))
    count = int(seconds / SLICE_SECONDS) // CONNECTIONS
    slices = [durable.windows_of(number, size, count) for number in range(CONNECTIONS)]
    lines = durable.connect(engine, slices, size)
    poller = durable.watch(lines)
    gc.collect()
    gc.freeze()
    gc.disable()  # pauses of its own are not the engine's
    durable.LINE.send_by_the_clock(
        [line for line, _ in lines],
        bytearray(system.EVENT_BYTES),
        poller,
        poller.fileno(),
        int(SLICE_SECONDS * 1e9),
        MOST_UNDER_WAY,
    )
    gc.enable()
    behind = sorted(late_ns / 1e9 for line, _ in lines for late_ns in line.behind_ns)
    return durable.close(lines, poller), behind


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=100_000, help="commands a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--snapshot-records", type=int, default=400_000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="engine-pauses-"))
    try:
        sys.stdout.write(durable.conditions(folder) + "\n")
        size = int(given.rate * SLICE_SECONDS) * RECORD_BYTES
        alone = sync_alone(folder, size, 5.0)
        sys.stdout.write(f"write and sync of {size} bytes, no engine: {of(alone)}\n")
        engine = durable.Engine(
            folder / "journal",
            *("--snapshot-records", str(given.snapshot_records), "--least-snapshot-seconds", "0"),
        )
        durable.furnish(engine)
        segments = len(journal.list_segments(engine.engine_dir))
        before = {path.name for path in snapshot.list_snapshots(engine.engine_dir)}
        latencies, behind = measure(engine, given.rate, given.seconds)
        made = {path.name for path in snapshot.list_snapshots(engine.engine_dir)} - before
        segments = len(journal.list_segments(engine.engine_dir)) - segments
        engine.stop()
        sys.stdout.write(
            f"{given.rate} commands/s for {given.seconds:g} s, {len(made)} snapshots kept of those "
            f"made, {segments} segment changes: {of(latencies)}\n"
            f"the engine's syncs: {slow_syncs(engine.engine_dir, ('0.002', '0.005', '0.01'))}\n"
            f"the load generator behind its clock: {of(behind)}\n"
        )
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
