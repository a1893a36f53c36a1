"""Followers: every durable record once and in order, whatever is killed meanwhile."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.running import ROOT, TENANT, RunningEngine, Trader, order
from trading.engine import follower, journal, wire
from trading.engine.client import Request

BROKEN_DISK = Path(__file__).with_name("broken_disk.py")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine", "--segment-bytes", str(128 * 1024)) as engine:
        running.furnish(engine.client())
        yield engine


class Following(threading.Thread):
    """A follower that keeps what it saw."""

    def __init__(self, engine: RunningEngine, from_seq: int = 1, name: str = "") -> None:
        super().__init__(daemon=True)
        self.seqs: list[int] = []
        self.stopping = threading.Event()
        self._chunks = follower.follow(
            engine.engine_dir, engine.socket_path, from_seq, self.stopping, name=name
        )

    def run(self) -> None:
        for chunk in self._chunks:
            seqs = [record.seq for record in wire.iterate_records(chunk.data)]
            assert (seqs[0], seqs[-1]) == (chunk.first_seq, chunk.last_seq)
            self.seqs += seqs

    def reach(self, seq: int, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not self.seqs or self.seqs[-1] < seq:
            assert time.monotonic() < deadline, f"only at {self.seqs[-1:]}, not {seq}"
            assert self.is_alive()
            time.sleep(0.005)

    def stop(self) -> None:
        self.stopping.set()
        self.join(60)
        assert not self.is_alive()


def place(engine: RunningEngine, count: int, name: str = "o") -> int:
    """Place orders in one bundle; returns the last seq."""
    requests = [Request(TENANT, order(f"{name}-{n}")) for n in range(count)]
    return engine.client().send_frames(requests)[-1].seq


def test_a_follower_sees_old_and_new_records(engine: RunningEngine) -> None:
    place(engine, 2000)
    following = Following(engine)
    following.start()
    following.reach(place(engine, 2000, "more"))
    last = place(engine, 1, "last")
    following.reach(last)
    following.stop()
    assert following.seqs == list(range(1, last + 1))
    assert len(journal.list_segments(engine.engine_dir)) > 3


@pytest.mark.parametrize("from_seq", [2, 40, 500])
def test_a_follower_begins_where_it_is_told(engine: RunningEngine, from_seq: int) -> None:
    last = place(engine, 600)
    following = Following(engine, from_seq)
    following.start()
    following.reach(last)
    following.stop()
    assert following.seqs == list(range(from_seq, last + 1))


def test_a_follower_asking_for_more_than_there_is_gets_an_error(engine: RunningEngine) -> None:
    last = place(engine, 1)
    chunks = follower.follow(engine.engine_dir, engine.socket_path, last + 2)
    with pytest.raises(journal.JournalError, match=f"ends with seq {last}"):
        next(chunks)


def test_a_record_reaches_its_follower_at_the_engines_word(
    engine: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not because it looks again by and by."""
    following = Following(engine)
    following.start()
    client = engine.client()
    following.reach(client.send(TENANT, order("first")).seq)
    monkeypatch.setattr(follower, "_RETRY_SECONDS", 600.0)
    monkeypatch.setattr(follower, "_STOP_CHECK_SECONDS", 600.0)
    for number in range(100):
        following.reach(client.send(TENANT, order(f"o{number}")).seq)
    monkeypatch.undo()
    following.reach(client.send(TENANT, order("last")).seq)  # and now it looks for a stop again
    following.stop()


def test_a_follower_lives_through_engine_kills(engine: RunningEngine) -> None:
    following = Following(engine)
    following.start()
    traders = [Trader(engine.socket_path, number, 11) for number in range(4)]
    for trader in traders:
        trader.start()
    chance = random.Random(11)
    for _ in range(3):
        time.sleep(chance.uniform(0.1, 0.5))
        engine.kill()
        engine.start()
    for trader in traders:
        trader.stopping.set()
    for trader in traders:
        trader.join(60)
        assert trader.failure is None
    last = place(engine, 1, "last")
    following.reach(last)
    following.stop()
    assert following.seqs == list(range(1, last + 1))


def test_no_follower_sees_what_is_not_durable(tmp_path: Path) -> None:
    """The group is written, readable by anyone, but its sync is not through."""
    gate = tmp_path / "e.gate"
    with RunningEngine(tmp_path / "e", "--fault", "slow", program=BROKEN_DISK) as engine:
        client = engine.client(timeout_seconds=30.0)
        durable = running.furnish(client)
        following = Following(engine)
        following.start()
        following.reach(durable)
        gate.touch()
        placing = threading.Thread(target=place, args=(engine, 50))
        placing.start()
        deadline = time.monotonic() + 60
        while journal.find_tail(engine.engine_dir).next_seq <= durable + 1:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.3)
        assert following.seqs[-1] == durable
        gate.unlink()
        following.reach(durable + 50)
        placing.join(60)
        following.stop()


FOLLOWER_PROGRAM = """
import sys
from pathlib import Path
from trading.engine import follower
engine_dir, socket_path, seen = sys.argv[1:]
path = Path(seen)
lines = path.read_text().splitlines(keepends=True) if path.exists() else []
done = [line for line in lines if line.endswith("\\n")]
path.write_text("".join(done))
with path.open("a") as out:
    next_seq = int(done[-1]) + 1 if done else 1
    for chunk in follower.follow(engine_dir, socket_path, next_seq, chunk_bytes=4096):
        out.write("".join(f"{seq}\\n" for seq in range(chunk.first_seq, chunk.last_seq + 1)))
        out.flush()
"""


def test_killed_followers_resume_at_their_checkpoint(engine: RunningEngine, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    chance = random.Random(4)
    last = 0
    for turn in range(5):
        following = subprocess.Popen(
            [
                *(sys.executable, "-c", FOLLOWER_PROGRAM),
                *(str(engine.engine_dir), engine.socket_path, str(seen)),
            ],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        )
        try:
            last = place(engine, 1500, f"turn-{turn}")
            if turn < 4:
                time.sleep(chance.uniform(0.1, 0.6))
            else:
                deadline = time.monotonic() + 60
                while not seen.exists() or not seen.read_text().endswith(f"\n{last}\n"):
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
        finally:
            following.send_signal(signal.SIGKILL)
            following.wait()
    assert [int(line) for line in seen.read_text().split()] == list(range(1, last + 1))


def test_following_in_an_event_loop(engine: RunningEngine) -> None:
    async def run() -> list[int]:
        stop = asyncio.Event()
        seqs: list[int] = []
        last = await asyncio.to_thread(place, engine, 300)
        chunks = follower.follow_async(engine.engine_dir, engine.socket_path, 1, stop)
        async with contextlib.aclosing(chunks) as chunks:
            async for chunk in chunks:
                seqs += range(chunk.first_seq, chunk.last_seq + 1)
                if chunk.last_seq == last:
                    last = await asyncio.to_thread(place, engine, 1, f"after-{last}")
                if len(seqs) > 300 + 60:
                    stop.set()
        return seqs

    seqs = asyncio.run(asyncio.wait_for(run(), 120))
    assert seqs == list(range(1, len(seqs) + 1))


def test_the_engine_counts_how_far_its_followers_are(engine: RunningEngine) -> None:
    following = Following(engine, name="clearing")
    following.start()
    following.reach(place(engine, 100))
    deadline = time.monotonic() + 60
    wanted = 'marque_engine_follower_lag_records{follower="clearing"} 0\n'
    while wanted not in (engine.engine_dir / "engine.metrics").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    following.stop()
    text = (engine.engine_dir / "engine.metrics").read_text()
    assert "# TYPE marque_engine_sync_seconds histogram" in text
    assert "marque_engine_bad_frames_total 0\n" in text
