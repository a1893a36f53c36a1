"""How fast the engine's core is: ``python -m benchmarks.engine``.

Prints conditions and figures as a Markdown table. The core is measured in process, in batches of
512 request frames: parsing, checks, holds, matching, fees, balances, events, records with their
checksums and answers are all in the figure; sockets and the disk are not.
"""

import argparse
import gc
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import engine_ugly
from benchmarks import engine_workload as workload
from trading.engine import COMPILED, memory, shard


def loaded(flow: workload.Workload) -> shard.Shard:
    """A shard that has gone through the set-up."""
    world = shard.Shard()
    for frames in flow.setup:
        world.run_batch(frames, 2)
    return world


def measure(flow: workload.Workload, runs: int) -> tuple[float, str]:
    """Best commands per second of some runs, and the state hash.

    Records and answers are let go of as the process does, which keeps no batch's once they are
    written and sent. To collect all of them takes new pages for every batch: a fault each 19
    commands, of which no engine has any.
    """
    best = 0.0
    name = ""
    for _ in range(runs):
        world = loaded(flow)
        gc.collect()
        started = time.perf_counter()
        for frames in flow.batches:
            world.run_batch(frames, 3)
        took = time.perf_counter() - started
        best = max(best, flow.commands / took)
        name = world.state_hash().hex()[:16]
    return best, name


def records_of(flow: workload.Workload) -> list[bytes]:
    """The records that the flow writes, batch by batch."""
    world = loaded(flow)
    return [world.run_batch(frames, 3).records for frames in flow.batches]


def measure_replay(flow: workload.Workload, records: list[bytes], runs: int) -> float:
    """Best records per second of replaying, events and results compared."""
    chunk = b"".join(records)
    best = 0.0
    for _ in range(runs):
        world = loaded(flow)
        first = world.seq
        started = time.perf_counter()
        world.replay(chunk)
        took = time.perf_counter() - started
        best = max(best, (world.seq - first) / took)
    return best


def resident_bytes() -> int:
    """Memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def measure_memory(orders: int) -> float:
    """Resident bytes a resting order takes, over many orders of many users."""
    world = shard.Shard()
    for frames in workload.setup_frames(1):
        world.run_batch(frames, 1)
    gc.collect()
    before = resident_bytes()
    number = 0
    while number < orders:
        frames = []
        for _ in range(workload.BATCH):
            number += 1
            side = 1 + number % 2
            distance = 1 + number * 7919 % 997
            ticks = workload.MID_TICKS + (distance if side == 2 else -distance)
            account_id = 1 + number % workload.USERS
            frames.append(workload.place(number, account_id, 1, side, 5, ticks))
        world.run_batch(b"".join(frames), 2)
    gc.collect()
    return (resident_bytes() - before) / number


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one-mode", action="store_true", help="only as this process runs")
    parser.add_argument("--ugly", action="store_true", help="the flows that are hard as well")
    parser.add_argument("--memory-orders", type=int, default=1_000_000)
    options = parser.parse_args()
    memory.huge_pages = True  # as in the engine process
    mode = "compiled" if COMPILED else "interpreted"
    if not options.one_mode:
        sys.stdout.write(
            f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load "
            f"{os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}, seed {options.seed}, "
            f"{options.commands} commands in batches of {workload.BATCH}, best of "
            f"{options.runs}\n\n| core | flow | figure | state |\n|---|---|---|---|\n"
        )
    for instruments, client_ids in ((1, False), (10, False), (1, True)):
        flow = workload.mixed(options.seed, instruments, options.commands, client_ids=client_ids)
        rate, name = measure(flow, options.runs)
        text = f"{instruments} instrument{'s' if instruments > 1 else ''}"
        text += ", client order ids" if client_ids else ""
        sys.stdout.write(f"| {mode} | {text} | {rate / 1e6:.2f} M commands/s | {name} |\n")
        if not client_ids:
            rate = measure_replay(flow, records_of(flow), options.runs)
            sys.stdout.write(f"| {mode} | replay, {text} | {rate / 1e6:.2f} M commands/s | |\n")
        sys.stdout.flush()
    if options.ugly:
        for name in engine_ugly.FLOWS:
            flow = engine_ugly.made(name, options.seed, options.commands)
            rate, state = measure(flow, min(options.runs, 3))
            sys.stdout.write(f"| {mode} | {name} | {rate / 1e6:.2f} M commands/s | {state} |\n")
            sys.stdout.flush()
    if COMPILED:
        figure = measure_memory(options.memory_orders)
        text = f"{options.memory_orders} resting orders"
        sys.stdout.write(f"| {mode} | {text} | {figure:.0f} bytes an order | |\n")
        sys.stdout.flush()
    if COMPILED and not options.one_mode:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.engine", "--one-mode", *_smaller(options)],
            env={**os.environ, "MARQUE_ENGINE_INTERPRETED": "1"},
            check=True,
        )
    return 0


def _smaller(options: argparse.Namespace) -> list[str]:
    count = options.commands
    return ["--commands", str(count), "--runs", "2", "--seed", str(options.seed)]


if __name__ == "__main__":
    raise SystemExit(main())
