"""The engine's longest pauses: ``python -m benchmarks.engine_pauses``.

A load that does not wait for answers: so many commands a second, a slice every millisecond on one
of several connections, whatever became of those before. Latency is from the moment a slice was due
to its last answer, so that a pause counts for everything that should have been sent during it.
Snapshots and segment changes fall into the run; how many is printed.
"""

import argparse
import gc
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import engine_durable as durable
from trading.engine import journal, snapshot, system

SLICE_SECONDS = 0.001
CONNECTIONS = 8
MOST_UNDER_WAY = 20  # slices of one connection; the next are sent late then, and count as late


def measure(engine: durable.Engine, rate: int, seconds: float) -> list[float]:
    """Latencies of all slices, sorted."""
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
    return durable.close(lines, poller)


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
        latencies = measure(engine, given.rate, given.seconds)
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
