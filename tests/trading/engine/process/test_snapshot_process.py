"""The process that makes a snapshot: it gives way, but not for ever."""

import os
import signal
import time
from pathlib import Path

from tests.trading.engine.process import running
from tests.trading.engine.process.running import TENANT, RunningEngine, order
from trading.engine import snapshot


def snapshot_process(engine: RunningEngine, other_than: int = 0) -> int:
    """Wait for the pid of the one that makes a snapshot."""
    assert engine.popen is not None
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for task in Path(f"/proc/{engine.popen.pid}/task").iterdir():
            for pid in map(int, (task / "children").read_text().split()):
                if pid != other_than and b"snapshotting" in command_of(pid):
                    return pid
        time.sleep(0.001)
    raise AssertionError("nobody makes a snapshot")


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_for_snapshot(engine: RunningEngine) -> None:
    until = time.monotonic() + 60
    while not snapshot.list_snapshots(engine.engine_dir):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_it_runs_only_while_nobody_else_wants_to(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "engine") as engine:
        running.furnish(engine.client())
        assert engine.popen is not None
        engine.popen.send_signal(signal.SIGUSR1)
        pid = snapshot_process(engine)
        until = time.monotonic() + 10
        while os.sched_getscheduler(pid) != os.SCHED_IDLE:  # told it right after its start
            assert time.monotonic() < until
        assert os.sched_getscheduler(engine.popen.pid) == os.SCHED_OTHER
        wait_for_snapshot(engine)
        assert engine.stop()[0] == 0


def test_one_that_never_gets_to_run_begins_anew_with_a_share(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "engine", "--idle-snapshot-seconds", "0") as engine:
        client = engine.client()
        running.furnish(client)
        assert engine.popen is not None
        engine.popen.send_signal(signal.SIGUSR1)
        starved = snapshot_process(engine)
        os.kill(starved, signal.SIGSTOP)  # as if there were no processor for it
        engine.popen.send_signal(signal.SIGUSR1)  # and the engine looks at it
        hurried = snapshot_process(engine, other_than=starved)
        assert os.sched_getscheduler(hurried) == os.SCHED_OTHER
        wait_for_snapshot(engine)
        assert not Path(f"/proc/{starved}").exists()
        seq = client.send(TENANT, order("after")).seq
        assert engine.stop()[0] == 0
        assert snapshot.load_newest(engine.engine_dir).seq == seq
