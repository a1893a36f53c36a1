"""One source, two speeds: interpreted and compiled give the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trading.engine import COMPILED, build

ROOT = Path(__file__).parents[3]
RUN = """
import hashlib, sys
from tests.trading.engine.worlds import RandomCommands, TENANT
from trading.engine import COMPILED, commands as c, queries, shard, wire
world = shard.Shard()
digest = hashlib.sha256()
for seed in range(1, 7):
    tenant = TENANT + seed
    commands = RandomCommands(seed)
    messages = [c.OpenVenue(code="x"), *commands.setup()]
    messages += [commands.next() for _ in range(600)]
    messages += [queries.QueryBalances(), queries.QueryOpenOrders()]
    messages += [queries.QueryDepth(instrument_id=1), queries.QuerySource(source=1)]
    frames = [
        wire.request_of(message, tenant, number, number % 3, number, 2**64 - 1 - number)
        for number, message in enumerate(messages)
    ]
    # Damaged frames as well: whatever is answered must be answered the same.
    frames += [bytes([seed]) + frame[1:] for frame in frames[:40]]
    frames += [frame[:20] + bytes([255 - seed]) * 20 + frame[40:] for frame in frames[60:100]]
    for start in range(0, len(frames), 50):
        output = world.run_batch(b"".join(frames[start:start + 50]), 10**18 + start - 90 * seed)
        digest.update(output.records + output.answers + repr(output.answer_ends).encode())
loaded = shard.Shard.load(world.dump())
assert loaded.dump() == world.dump()
print(COMPILED, world.seq, digest.hexdigest(), world.state_hash().hex())
"""


def run(**environment: str) -> list[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    result = subprocess.run(
        [sys.executable, "-c", RUN],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return result.stdout.split()


def test_interpreted_and_compiled_give_the_same_bytes() -> None:
    if not build.has_c_compiler():
        pytest.skip("No C compiler here: there is only one twin.")
    build.build()
    interpreted = run(MARQUE_ENGINE_INTERPRETED="1")
    compiled = run(MARQUE_ENGINE_INTERPRETED="0")
    assert interpreted[0] == "False"
    assert compiled[0] == "True"
    assert int(interpreted[1]) > 3000
    assert interpreted[1:] == compiled[1:]


def test_the_flag_says_what_runs() -> None:
    from trading.engine import shard

    assert shard.COMPILED == COMPILED
    assert (shard.Shard.__module__ == "trading.engine.core") == COMPILED
