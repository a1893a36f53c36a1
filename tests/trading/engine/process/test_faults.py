"""What goes wrong around an engine: disks, locks, clocks, damaged files. It says so and stops."""

import contextlib
import os
import random
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import running
from tests.trading.engine.process.running import TENANT, RunningEngine, order
from trading.engine import journal, links, process, recovery, snapshot, wire
from trading.engine.client import EngineError, Request
from trading.engine.layouts import GROUP_HEADER_BYTES
from trading.engine.results import Result

BROKEN_DISK = Path(__file__).with_name("broken_disk.py")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine") as engine:
        running.furnish(engine.client())
        yield engine


def load_until_it_stops(engine: RunningEngine, most: int = 20_000) -> list[str]:
    """Place orders until the engine is gone; returns what it acknowledged."""
    client = engine.client()
    acknowledged = []
    for start in range(0, most, 10):
        names = [f"o{number}" for number in range(start, start + 10)]
        try:
            client.send_frames([Request(TENANT, order(name)) for name in names])
        except EngineError:
            return acknowledged
        acknowledged += names
    raise AssertionError("the engine went on")


def assert_all_there(engine: RunningEngine, acknowledged: list[str]) -> None:
    counts = running.placed_counts(engine.engine_dir)
    assert len(acknowledged) > 0
    assert [name for name in acknowledged if counts.get(name) != 1] == []
    assert set(counts.values()) == {1}


def test_a_failing_sync_stops_the_engine_and_answers_nothing(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "e", "--fault", "fail:90", program=BROKEN_DISK) as engine:
        running.furnish(engine.client())
        acknowledged = load_until_it_stops(engine)
        code, said = engine.wait()
    assert code == process.EXIT_WRITE_FAILED
    assert "cannot be written ([Errno 5] Input/output error)" in said
    with RunningEngine(engine.engine_dir) as again:
        assert running.status(again.client()) > len(acknowledged)
    assert_all_there(engine, acknowledged)


def test_a_file_size_limit_met_in_the_middle(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "engine", "--segment-bytes", str(256 * 1024)) as engine:
        running.furnish(engine.client())
        assert engine.popen is not None
        limit = 150_001
        resource.prlimit(engine.popen.pid, resource.RLIMIT_FSIZE, (limit, limit))
        acknowledged = load_until_it_stops(engine)
        code, said = engine.wait()
        assert code == process.EXIT_WRITE_FAILED
        assert "File too large" in said
        engine.start()
        engine.kill()
    assert_all_there(engine, acknowledged)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2500k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        with RunningEngine(disk / "engine", "--segment-bytes", str(1024 * 1024)) as engine:
            running.furnish(engine.client())
            acknowledged = load_until_it_stops(engine)
            code, said = engine.wait()
            assert code == process.EXIT_WRITE_FAILED
            assert "No space left on device" in said
            subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
            engine.start()
            assert engine.client().send(TENANT, order("after")).result == Result.ACCEPTED
            engine.kill()
        assert_all_there(engine, acknowledged)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_second_engine_on_one_journal_is_refused(engine: RunningEngine) -> None:
    with RunningEngine(engine.engine_dir, starts=False) as second:
        second.launch()
        code, said = second.wait()
    assert engine.popen is not None
    assert code == process.EXIT_LOCKED
    assert said == f"Another engine (process {engine.popen.pid}) runs on {engine.engine_dir}.\n"
    assert engine.client().send(TENANT, order("still")).result == Result.ACCEPTED


def test_a_second_engine_on_one_socket_is_refused(engine: RunningEngine, tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "other", starts=False) as second:
        second.socket_path = engine.socket_path
        second.launch()
        code, said = second.wait()
    assert (code, said) == (
        process.EXIT_LOCKED,
        f"Another engine answers at {engine.socket_path}.\n",
    )
    assert engine.client().send(TENANT, order("still")).result == Result.ACCEPTED


def test_a_socket_path_that_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    with RunningEngine(tmp_path / "engine", starts=False) as engine:
        engine.socket_path = "/tmp/" + "x" * 103
        engine.launch()
        code, said = engine.wait()
    assert code == process.EXIT_USAGE
    assert said.count("\n") == 1
    assert "longer than 107 bytes" in said


def test_sigterm_writes_a_snapshot_and_ends_well(engine: RunningEngine) -> None:
    engine.client().send(TENANT, order("one"))
    seq = running.status(engine.client())
    assert engine.stop() == (0, "")
    assert [path.stem for path in snapshot.list_snapshots(engine.engine_dir)] == [f"{seq:020d}"]
    assert not Path(engine.socket_path).exists()
    assert f"seq {seq}, snapshot {seq}, 0 records replayed" in engine.start()


def test_a_bad_middle_stops_the_start_with_its_place(engine: RunningEngine) -> None:
    for number in range(50):
        engine.client().send(TENANT, order(f"o{number}"))
    engine.kill()
    path = journal.list_segments(engine.engine_dir)[0].path
    content = bytearray(path.read_bytes())
    content[3001] ^= 4
    path.write_bytes(content)
    engine.launch()
    code, said = engine.wait()
    assert code == process.EXIT_DAMAGED
    assert f"{path} at offset" in said
    assert path.read_bytes() == content


def test_a_journal_that_lost_its_end_is_not_served(engine: RunningEngine) -> None:
    for number in range(5):
        engine.client().send(TENANT, order(f"o{number}"))
    engine.stop()
    path = journal.list_segments(engine.engine_dir)[0].path
    tail = journal.find_tail(engine.engine_dir)
    content = bytearray(path.read_bytes())
    last = list(journal.read_records(engine.engine_dir))[-1]
    size = last.size + GROUP_HEADER_BYTES
    content[tail.offset - size : tail.offset] = bytes(size)
    path.write_bytes(content)
    engine.launch()
    code, said = engine.wait()
    assert code == process.EXIT_DAMAGED
    assert "records that were durable are missing" in said


def test_another_history_in_the_journal_is_found_by_replaying(engine: RunningEngine) -> None:
    """A record that is sound but not what this state gives: replay names it."""
    seq = engine.client().send(TENANT, order("one")).seq
    engine.kill()
    tail = journal.find_tail(engine.engine_dir)
    last = list(journal.read_records(engine.engine_dir))[-1]
    forged = wire.record_again(last._replace(events=last.events[:-8] + bytes(8)))
    sealed = wire.group_header([forged], 1, seq) + forged
    content = bytearray(tail.path.read_bytes())
    content[tail.offset - len(sealed) : tail.offset] = sealed
    tail.path.write_bytes(content)
    engine.launch()
    code, said = engine.wait()
    assert code == process.EXIT_DAMAGED
    assert f"seq {seq}" in said


@pytest.mark.parametrize("keep", [0, 100, -1])
def test_a_bad_snapshot_is_passed_over(engine: RunningEngine, keep: int) -> None:
    engine.client().send(TENANT, order("one"))
    engine.stop()
    engine.start()
    engine.client().send(TENANT, order("two"))
    engine.stop()
    older, newest = snapshot.list_snapshots(engine.engine_dir)
    content = newest.read_bytes()
    newest.write_bytes(content[:keep] if keep >= 0 else content[:-1] + b"\xff")
    said = engine.start()
    assert "A snapshot was passed over" in said
    assert f"snapshot {int(older.stem)}, 1 records replayed" in said


def test_snapshot_and_tail_give_what_the_whole_journal_gives(tmp_path: Path) -> None:
    options = ("--snapshot-records", "100", "--least-snapshot-seconds", "0.2")
    with RunningEngine(tmp_path / "engine", *options) as engine:
        client = engine.client()
        running.furnish(client)
        chance = random.Random(3)
        deadline = time.monotonic() + 120
        while len(snapshot.list_snapshots(engine.engine_dir)) < 3:
            assert time.monotonic() < deadline
            names = [f"o{time.monotonic_ns()}-{number}" for number in range(40)]
            client.send_frames(
                [Request(TENANT, order(name, side=chance.choice((1, 2)))) for name in names]
            )
        client.send(TENANT, order("tail"))
        engine.kill()
    next_seq = journal.find_tail(engine.engine_dir).next_seq
    recovered = recovery.recover(engine.engine_dir, next_seq)
    assert 0 < recovered.snapshot_seq < next_seq - 1
    whole = running.replayed(engine.engine_dir)
    assert recovered.shard.state_hash() == whole.state_hash()
    for path in snapshot.list_snapshots(engine.engine_dir):
        assert snapshot.read(path).seq == int(path.stem)


def test_time_never_runs_backwards(engine: RunningEngine) -> None:
    """A journal from the future: the clock was set back since."""
    before = engine.client().send(TENANT, order("one")).time_ns
    engine.kill()
    log = process.Journal(engine.engine_dir)
    shard = running.replayed(engine.engine_dir)
    frame = wire.request_of(order("future"), TENANT)
    future_ns = before + 3600 * 10**9
    output = shard.run_batch(frame, future_ns)
    log.append([output.records], len(output.records), output.last_seq + 1)
    log.close()
    engine.start()
    times = [engine.client().send(TENANT, order(f"n{n}")).time_ns for n in range(5)]
    assert times == sorted(times)
    assert times[0] >= future_ns
    engine.kill()
    assert running.replayed(engine.engine_dir).time_ns == times[-1]


def test_a_disk_that_stands_still_gets_no_more_than_it_can_hold(tmp_path: Path) -> None:
    gate = tmp_path / "e.gate"
    with RunningEngine(tmp_path / "e", "--fault", "slow", program=BROKEN_DISK) as engine:
        client = engine.client()
        running.furnish(client)
        gate.touch()
        frames = b"".join(wire.request_of(order(""), TENANT, n) for n in range(1000))
        results: set[int] = set()
        with socket.socket(socket.AF_UNIX) as flood:
            flood.connect(engine.socket_path)
            flood.setblocking(False)
            unsent = arrived = b""
            deadline = time.monotonic() + 120
            while Result.OVERLOADED not in results:
                assert time.monotonic() < deadline
                unsent = unsent or frames
                with contextlib.suppress(BlockingIOError):
                    unsent = unsent[flood.send(unsent) :]
                with contextlib.suppress(BlockingIOError):
                    arrived += flood.recv(1 << 20)
                answers, used = links.take_answers(arrived)
                arrived = arrived[used:]
                results |= {answer.result for answer in answers}
        # Not one order was answered well before it was durable.
        assert results == {Result.OVERLOADED}
        gate.unlink()
        while (answer := client.send(TENANT, order("after"))).result == Result.OVERLOADED:
            assert time.monotonic() < deadline
        assert answer.result == Result.ACCEPTED


def test_a_stopped_engine_answers_what_it_had_taken(engine: RunningEngine) -> None:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(engine.socket_path)
        sock.sendall(b"".join(wire.request_of(order(f"o{n}"), TENANT, n) for n in range(50)))
        first = sock.recv(40)
        assert engine.popen is not None
        engine.popen.send_signal(signal.SIGTERM)
        data = first
        while piece := sock.recv(1 << 20):
            data += piece
    assert engine.wait()[0] == 0
    answers = len(links.take_answers(data)[0])
    assert answers == len(running.placed_counts(engine.engine_dir))
