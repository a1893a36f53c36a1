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
from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.worlds import TENANT
from tests.trading.engine.worlds_fees import DAY_NS
from trading.engine import COMPILED, commands as c, events as e, queries, shard, wire
world = shard.Shard()
digest = hashlib.sha256()
told = set()
for seed in range(1, 7):
    tenant = TENANT + seed
    start_ns = 10**18 + 10 * DAY_NS * seed
    commands = RandomCommands(seed, start_ns)
    messages = [c.OpenVenue(code="x"), *commands.setup()]
    frames = []
    def run(batch, at):
        # Now and then the clock is turned back.
        days_ns = at // 150 * DAY_NS
        output = world.run_batch(b"".join(batch), start_ns + days_ns + at - 90 * (at // 50 % 3))
        digest.update(output.records + output.answers + repr(output.answer_ends).encode())
        for record in wire.iterate_records(output.records):
            events = wire.answer_events(record)
            commands.watch(events)
            told.update(event.KIND for event in events)
    while len(frames) < 700:
        if len(frames) > 0 and len(frames) % 150 == 0:
            commands.wait(DAY_NS)
        while len(messages) < 50:
            messages.append(commands.next())
        if len(frames) == 650:
            messages[-5:] = [queries.QueryBalances(), queries.QueryOpenOrders(),
                queries.QueryDepth(instrument_id=1), queries.QuerySource(source=1),
                queries.QueryFeeTier()]
        batch = [
            wire.request_of(message, tenant, number, number % 3, number, 2**64 - 1 - number)
            for number, message in enumerate(messages, len(frames))
        ]
        run(batch, len(frames))
        frames += batch
        messages = []
    # Damaged frames as well: whatever is answered must be answered the same.
    run([bytes([seed]) + frame[1:] for frame in frames[:40]], len(frames))
    run([frame[:20] + bytes([255 - seed]) * 20 + frame[40:] for frame in frames[60:100]], 750)
assert told == {kind for kind in e.BY_KIND if kind < 1000}, told
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
