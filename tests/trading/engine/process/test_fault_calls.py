"""``kill -9`` inside the calls that the compiled loop makes without Python: see ``dying_calls.c``.

The other steps, and all of the interpreted loop, are those of ``test_fault_points``. More by hand,
as there: MARQUE_KILL_SEED=7 MARQUE_KILLS=1000.
"""

import random
import subprocess
from pathlib import Path

import pytest

from tests.trading.engine.process.running import RunningEngine
from tests.trading.engine.process.test_fault_points import KILLS, SEED, Rounds
from trading.engine import COMPILED, build

SOURCE = Path(__file__).with_name("dying_calls.c")
POINTS = (
    "before_write",
    "torn_write",
    "before_sync",
    "before_answer",
    "half_answer",
    "after_answer",
)

pytestmark = pytest.mark.skipif(
    not (COMPILED and build.has_c_compiler()), reason="the loop is not compiled"
)


class Calls(Rounds):
    """An engine that is the product itself, dying in the system."""

    def __init__(self, engine_dir: Path, seed: int, library: Path) -> None:
        super().__init__(engine_dir, seed)
        self.library = library
        self.armed = 0
        self.engine.program = ["-m", "trading.engine.process"]

    def arm(self, engine: RunningEngine, fault: str) -> None:
        engine.options = ("--segment-bytes", "16384", "--snapshot-records", "60")
        engine.options += ("--least-snapshot-seconds", "0")
        # Every other one has the log writer's thread do even the smallest groups.
        self.armed += 1
        if self.armed % 2:
            engine.options += ("--inline-requests", "0")
        engine.environment = {"LD_PRELOAD": str(self.library), "MARQUE_DYING": fault}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("dying") / "dying_calls.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(built), str(SOURCE)]
    subprocess.run([*command, "-ldl"], check=True)
    return built


@pytest.mark.timeout(300 + 10 * KILLS)
def test_a_kill_inside_each_call(tmp_path: Path, library: Path) -> None:
    rounds = Calls(tmp_path / "engine", SEED, library)
    plan = list(POINTS) * (1 + KILLS // 16)
    random.Random(SEED).shuffle(plan)
    with rounds.engine:
        rounds.furnish()
        for point in plan:
            rounds.run_to_death(point)
            rounds.check(point)
        assert rounds.finish() > 0
    assert set(rounds.kills) == set(POINTS)
