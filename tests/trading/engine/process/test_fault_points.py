"""``kill -9`` at every step of the group commit, of snapshots, of segments and of recovery.

More by hand: MARQUE_KILL_SEED=7 MARQUE_KILLS=1000. What was done is written to the file
MARQUE_KILL_REPORT, if that is given.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.dying import POINTS, RECOVERING
from tests.trading.engine.process.running import RunningEngine, Trader
from trading.engine import journal, recovery, snapshot
from trading.engine.journal_writer import Journal

DYING = Path(__file__).with_name("dying.py")
SEED = int(os.environ.get("MARQUE_KILL_SEED", "1"))
KILLS = int(os.environ.get("MARQUE_KILLS", "16"))
KILLS_A_JOURNAL = 32
TRADERS = 4
# How often a point is passed at most before it kills: what comes often kills later.
MOST_PASSES = {"before_write": 40, "torn_write": 20, "before_sync": 40, "before_answer": 40}
MOST_PASSES |= {"half_answer": 80, "after_answer": 80, "before_segment_rename": 2}


def points(seed: int, kills: int) -> list[str]:
    """So many points in a seeded order, each about as often."""
    chance = random.Random(seed)
    found: list[str] = []
    while len(found) < kills:
        turn = list(POINTS)
        chance.shuffle(turn)
        found += turn
    return found[:kills]


class Rounds:
    """One journal, killed again and again under load, and looked at after each kill."""

    def __init__(self, engine_dir: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.said = f"seed {seed}"
        self.engine = RunningEngine(engine_dir, program=DYING, starts=False)
        self.kills: Counter[str] = Counter()
        self.traders = [Trader(self.engine.socket_path, number, seed) for number in range(TRADERS)]

    def arm(self, engine: RunningEngine, fault: str) -> None:
        """Tell the next engine where to die."""
        engine.options = ("--fault", fault)

    def furnish(self) -> None:
        self.arm(self.engine, "none:1:1")
        self.engine.start()
        running.furnish(self.engine.client())
        self.engine.kill()
        for trader in self.traders:
            trader.start()

    def run_to_death(self, point: str) -> None:
        """An engine that recovers what is there and dies at the point."""
        passes = 1 if point in RECOVERING else self.chance.randint(1, MOST_PASSES.get(point, 1))
        fault = f"{point}:{passes}:{self.chance.randrange(10**6)}"
        self.arm(self.engine, fault)
        self.engine.launch()
        code, output = self.engine.wait()
        assert code == -signal.SIGKILL, f"{self.said}, {fault}: {output}"
        self.kills[point] += 1

    def kill_at(self, point: str) -> None:
        if point in RECOVERING:
            self.run_to_death("torn_write")
        self.run_to_death(point)

    def check(self, point: str) -> None:
        """Recover as an engine does, and compare with what was acknowledged and with a replay."""
        engine_dir = self.engine.engine_dir
        where = f"{self.said}, after {point}"
        acknowledged = [name for trader in self.traders for name in list(trader.acknowledged)]
        opened = Journal(engine_dir)
        opened.close()
        counts = running.placed_counts(engine_dir)
        lost = [name for name in acknowledged if counts.get(name) != 1]
        assert not lost, f"{where}: lost or doubled: {lost[:5]}"
        assert all(count == 1 for count in counts.values()), where
        # A replay compares each record with what its command does: none shows half.
        replayed = running.replayed(engine_dir)
        assert replayed.seq == opened.next_seq - 1, where
        recovered = recovery.recover(engine_dir, opened.next_seq)
        assert recovered.shard.state_hash() == replayed.state_hash(), where

    def finish(self) -> int:
        """End the load on an engine that lives; returns how many orders were acknowledged."""
        self.arm(self.engine, "none:1:1")
        self.engine.start()
        for trader in self.traders:
            trader.stopping.set()
        for trader in self.traders:
            trader.join(120)
            assert not trader.is_alive(), self.said
        failures = [trader.failure for trader in self.traders if trader.failure is not None]
        assert not failures, f"{self.said}: {failures[0]!r}"
        assert self.engine.stop()[0] == 0
        self.check("the end")
        return sum(len(trader.acknowledged) for trader in self.traders)


def report(kills: Counter[str], acknowledged: int, started: float) -> None:
    """Write what was done so far to where it is wanted."""
    done = {
        "seed": SEED,
        "kills": kills.total(),
        "points": dict(kills),
        "acknowledged": acknowledged,
        "seconds": round(time.monotonic() - started),
    }
    if "MARQUE_KILL_REPORT" in os.environ:
        Path(os.environ["MARQUE_KILL_REPORT"]).write_text(json.dumps(done) + "\n")


# Generous: some seconds a kill, however slow the machine.
@pytest.mark.timeout(300 + 10 * KILLS)
def test_a_kill_at_every_step(tmp_path: Path) -> None:
    started = time.monotonic()
    kills: Counter[str] = Counter()
    acknowledged = 0
    snapshots = 0
    plan = points(SEED, KILLS)
    while plan and kills.total() < KILLS:
        turn, plan = plan[:KILLS_A_JOURNAL], plan[KILLS_A_JOURNAL:]
        rounds = Rounds(tmp_path / f"engine-{len(plan)}", SEED * 1000 + len(plan))
        with rounds.engine:
            rounds.furnish()
            for point in turn:
                rounds.kill_at(point)
                rounds.check(point)
            acknowledged += rounds.finish()
            snapshots += len(snapshot.list_snapshots(rounds.engine.engine_dir))
            assert len(journal.list_segments(rounds.engine.engine_dir)) > 1
        kills += rounds.kills
        report(kills, acknowledged, started)
    if len(POINTS) <= KILLS:
        assert set(kills) == set(POINTS)
        assert snapshots > 0
    assert acknowledged > 0
