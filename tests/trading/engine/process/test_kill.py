"""``kill -9`` at seeded moments under load: nothing acknowledged is lost, nothing is there twice.

More by hand: MARQUE_KILL_SEED=7 MARQUE_KILLS=1000.
"""

import os
import random
import time
from pathlib import Path

from tests.trading.engine.process.running import (
    RunningEngine,
    Trader,
    furnish,
    placed_counts,
    replayed,
)
from trading.engine import journal, recovery, snapshot

SEED = int(os.environ.get("MARQUE_KILL_SEED", "1"))
KILLS = int(os.environ.get("MARQUE_KILLS", "8"))
TRADERS = 16
ORDERS_A_KILL = 50


def test_acknowledged_orders_survive_kills(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    # Small segments and many snapshots: kills meet their making, too.
    options = ("--segment-bytes", str(256 * 1024), "--snapshot-records", "500")
    options += ("--least-snapshot-seconds", "0.3")
    with RunningEngine(tmp_path / "engine", *options) as engine:
        furnish(engine.client())
        traders = [Trader(engine.socket_path, number, SEED) for number in range(TRADERS)]
        for trader in traders:
            trader.start()
        for kill in range(KILLS):
            # However slow the machine: each engine does some work, and dies at any moment of it.
            enough = sum(len(trader.acknowledged) for trader in traders) + ORDERS_A_KILL
            deadline = time.monotonic() + 60
            while sum(len(trader.acknowledged) for trader in traders) < enough:
                assert time.monotonic() < deadline, f"seed {SEED}: orders are not answered"
                time.sleep(moments.uniform(0.001, 0.01))
            time.sleep(moments.uniform(0.0, 0.6))
            while kill == KILLS - 1 and not snapshot.list_snapshots(engine.engine_dir):
                assert time.monotonic() < deadline, f"seed {SEED}: no snapshot was written"
                time.sleep(0.01)
            engine.kill()
            engine.start()
        for trader in traders:
            trader.stopping.set()
        for trader in traders:
            trader.join(120)
            assert not trader.is_alive()
        failures = [trader.failure for trader in traders if trader.failure is not None]
        assert not failures, f"seed {SEED}: {failures[0]!r}"
        engine.kill()

    acknowledged = [name for trader in traders for name in trader.acknowledged]
    counts = placed_counts(engine.engine_dir)
    lost = [name for name in acknowledged if counts.get(name) != 1]
    assert not lost, f"seed {SEED}: lost or doubled: {lost[:5]}"
    assert all(count == 1 for count in counts.values())
    assert len(acknowledged) >= ORDERS_A_KILL * KILLS
    assert any(trader.unknown for trader in traders)

    # The state from snapshot and tail is the one that the journal alone gives.
    next_seq = journal.find_tail(engine.engine_dir).next_seq
    recovered = recovery.recover(engine.engine_dir, next_seq)
    assert recovered.snapshot_seq > 0
    assert recovered.shard.state_hash() == replayed(engine.engine_dir).state_hash()
