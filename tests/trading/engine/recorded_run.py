"""Many random worlds of the engine against the reference, for the record.

    python -m tests.trading.engine.recorded_run --seeds 1:20001 --steps 500 --processes 2

Every so many seeds a line says what was compared until then, and a hash of the last state of all
worlds so far in the order of their seeds: the same seeds and steps give the same line on every
machine, compiled or interpreted. Without a last seed it goes on until Ctrl-C. The first difference
ends it with status 1, and says seed, step and command.
"""

import argparse
import hashlib
import itertools
import multiprocessing
import platform
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.trading.engine.compared_worlds import Compared, compare_world
from trading.engine import COMPILED
from trading.engine.results import Result


class Tally:
    """What all worlds until now came to."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.worlds = self.commands = self.events = 0
        self.results: Counter[Result] = Counter()
        self.hash = hashlib.blake2b(digest_size=16)

    def add(self, compared: Compared) -> None:
        self.worlds += 1
        self.commands += compared.commands
        self.events += compared.events
        self.results += compared.results
        self.hash.update(compared.state_hash)

    def line(self, seed: int) -> str:
        seconds = time.monotonic() - self.began
        return (
            f"to seed {seed}: {self.worlds} worlds, {self.commands} commands, "
            f"{self.events} events, states {self.hash.hexdigest()}, "
            f"{seconds:.0f} s, {self.commands / seconds:.0f}/s"
        )


def run(seeds: Iterator[int], steps: int, check_every: int, processes: int, lines: int) -> int:
    """Compare the worlds of the seeds; returns the exit status."""
    tally, seed = Tally(), 0
    work = partial(compared_or_told, steps=steps, check_every=check_every)
    with multiprocessing.Pool(processes, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            while batch := list(itertools.islice(seeds, lines)):
                for found in pool.imap(work, batch):
                    if isinstance(found, str):
                        print(tally.line(seed), found, "DIFFERENT", sep="\n")
                        return 1
                    tally.add(found)
                    seed = found.seed
                print(tally.line(seed), flush=True)
        except KeyboardInterrupt:
            print("stopped by hand")
    for result, count in sorted(tally.results.items()):
        print(f"{result.value:5} {result.name:32} {count:12}")
    print("every result, event, row and balance was the same")
    return 0


def compared_or_told(seed: int, steps: int, check_every: int) -> Compared | str:
    """A world's outcome, or what went wrong with it."""
    try:
        return compare_world(seed, steps, check_every)
    except Exception as error:
        return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])


def commit() -> str:
    """The commit of this source, and whether the source was changed since."""
    folder = Path(__file__).parent
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return described.stdout.strip() or "unknown"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", default="1:1001", help="FIRST:END, or FIRST: for no end")
    parser.add_argument("--steps", type=int, default=500, help="commands a world")
    parser.add_argument("--check-every", type=int, default=50, help="steps between whole looks")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--lines", type=int, default=100, help="worlds between lines")
    asked = parser.parse_args()
    first, _, end = asked.seeds.partition(":")
    seeds = iter(range(int(first), int(end))) if end else itertools.count(int(first))
    print(
        f"commit {commit()}, {'compiled' if COMPILED else 'interpreted'} engine, "
        f"Python {platform.python_version()}, {asked.steps} steps a world, "
        f"whole looks every {asked.check_every} steps, {asked.processes} processes"
    )
    return run(seeds, asked.steps, asked.check_every, asked.processes, asked.lines)


if __name__ == "__main__":
    sys.exit(main())
