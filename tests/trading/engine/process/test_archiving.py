"""Archiving a real engine's journal: what goes, what stays, and that all of it is still read."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.process import archiving_dies, operated
from tests.trading.engine.process.running import TENANT, RunningEngine, order, replayed
from trading.engine import archive, commands, follower, journal, snapshot
from trading.engine.links import Request
from trading.engine.operating import (
    OperatingError,
    archiving,
    asking,
    exporting,
    lives,
    state,
    verifying,
    wording,
)
from trading.engine.operating.archiving import Done, Policy

KEPT = 2
FORK = multiprocessing.get_context("fork")  # a new Python for each step would take half a second
POLICY = Policy(kept_segments=KEPT)
SMALL = ("--segment-bytes", str(16 * 1024))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine", *SMALL) as engine:
        yield engine


@pytest.fixture(autouse=True)
def told(engine: RunningEngine) -> dict[str, int]:
    """Orders of which there is something to be told; nothing more happens by itself."""
    orders = operated.live(engine)
    client = engine.client()
    client.send(TENANT, commands.CancelOrder(account_id=7, order_id=orders["timed"]))
    client.close()
    return orders


def place(engine: RunningEngine) -> tuple[Path, str]:
    return engine.engine_dir, engine.socket_path


def trade(engine: RunningEngine, name: str, groups: int = 60) -> int:
    """Fill segments, twenty orders a group; the last seq."""
    client = engine.client()
    seq = 0
    for group in range(groups):
        requests = [
            Request(TENANT, order(f"{name}-{group}-{n}", side=1 + n % 2)) for n in range(20)
        ]
        seq = client.send_frames(requests)[-1].seq
    client.close()
    return seq


def snapshots(engine: RunningEngine) -> None:
    """Two good ones behind everything that is there, so that they hold nothing back."""
    for name in ("one", "another"):
        client = engine.client()
        client.send(TENANT, order(f"before-{name}-{time.time_ns()}"))
        client.close()
        asking.request_snapshot(*place(engine))


def fill(engine: RunningEngine, name: str = "o") -> int:
    trade(engine, name)
    snapshots(engine)
    return durable(engine)


def durable(engine: RunningEngine) -> int:
    row = state.ask(engine.socket_path)
    assert row is not None
    return int(row.durable_seq)


def run(engine: RunningEngine, policy: Policy = POLICY, **positions: int) -> Done:
    """Archive, with consumers that are done with everything unless told otherwise."""
    planned = archiving.plan(*place(engine), policy, {"all": durable(engine), **positions})
    return archiving.carry_out(engine.engine_dir, planned, policy)


def live_seqs(engine: RunningEngine) -> list[int]:
    return [segment.first_seq for segment in journal.list_segments(engine.engine_dir)]


def archived(engine: RunningEngine) -> list[archive.Archived]:
    return archive.list_archived(engine.engine_dir)


def all_seqs(engine: RunningEngine) -> list[int]:
    return [record.seq for record in journal.read_records(engine.engine_dir)]


@pytest.mark.parametrize("compression", list(archive.SUFFIXES))
def test_what_nobody_needs_is_archived_and_still_read(
    engine: RunningEngine, told: dict[str, int], compression: str, tmp_path: Path
) -> None:
    last = fill(engine)
    before = live_seqs(engine)
    state_hash = replayed(engine.engine_dir).state_hash()
    said = {seq: wording.record_text(wording.read_record(*place(engine), seq)) for seq in (1, 60)}
    life = lives.tell(*place(engine), TENANT, told["traded"])
    done = run(engine, POLICY._replace(compression=compression))
    assert done.moved == len(before) - KEPT > 3
    assert done.written_bytes < done.read_bytes == done.moved * 16 * 1024
    assert live_seqs(engine) == before[-KEPT:]
    names = [each.path.name for each in archived(engine)]
    assert [each.first_seq for each in archived(engine)] == before[:-KEPT]
    assert all(name.endswith(archive.SUFFIXES[compression]) for name in names)
    assert archiving.plan(*place(engine), POLICY, {"all": last}).moves == []
    # Everything that reads the journal reads on.
    assert all_seqs(engine) == list(range(1, last + 1))
    assert replayed(engine.engine_dir).state_hash() == state_hash
    proof = verifying.verify(*place(engine))
    assert (proof.first_seq, proof.last_seq, proof.difference) == (1, last, "")
    for seq, text in said.items():
        assert wording.record_text(wording.read_record(*place(engine), seq)) == text
    assert lives.tell(*place(engine), TENANT, told["traded"]).steps == life.steps
    exported = exporting.export(*place(engine), tmp_path / "out", kind="AccountCreated")
    assert (exported.first_seq, exported.rows) == (1, {"AccountCreated": 21})
    status = state.read_status(*place(engine))
    assert (status.first_seq, status.segments, status.archived_segments) == (1, KEPT, done.moved)
    assert 0 < status.archived_bytes <= done.written_bytes
    # A follower from the beginning, and the engine that starts again.
    chunks = follower.follow(*place(engine), 1)
    seen = 0
    for chunk in chunks:
        assert chunk.first_seq == seen + 1
        seen = chunk.last_seq
        if seen == last:
            break
    chunks.close()
    engine.kill()
    engine.start()
    assert durable(engine) == last


def test_nothing_goes_that_somebody_has_not_done_with(engine: RunningEngine) -> None:
    last = fill(engine)
    seqs = live_seqs(engine)
    middle = seqs[len(seqs) // 2]
    for position, moves in ((0, 0), (middle - 2, len(seqs) // 2 - 1), (middle - 1, len(seqs) // 2)):
        planned = archiving.plan(*place(engine), POLICY, {"quick": last, "slow": position})
        assert [move.first_seq for move in planned.moves] == seqs[:moves]
        assert (planned.bound_seq, planned.held_by) == (position, "slow")
    assert live_seqs(engine) == seqs


@pytest.mark.parametrize("name", ["unheard", ""])
def test_nothing_goes_that_a_follower_has_not_read(engine: RunningEngine, name: str) -> None:
    """Known or not: the engine knows how far each has come."""
    fill(engine)
    seqs = live_seqs(engine)
    slow = follower.follow(*place(engine), 1, name=name, chunk_bytes=4096)
    for chunk in slow:
        if chunk.last_seq >= seqs[2]:
            break
    position = chunk.last_seq
    quick = follower.follow(*place(engine), durable(engine), name=name)
    next(quick)  # another of that name, which has read all
    try:
        planned = archiving.plan(*place(engine), POLICY, {"all": durable(engine)})
        assert planned.bound_seq <= position and planned.held_by.startswith("the follower")
        assert name in planned.held_by
        assert len(planned.moves) <= 3
        # It goes on, whatever is archived below it.
        archiving.carry_out(engine.engine_dir, planned, POLICY)
        for chunk in slow:
            assert chunk.first_seq == position + 1
            position = chunk.last_seq
            if position == durable(engine):
                break
    finally:
        slow.close()
        quick.close()


def test_two_good_snapshots_are_needed(engine: RunningEngine) -> None:
    trade(engine, "o")
    asking.request_snapshot(*place(engine))
    first = snapshot.list_snapshots(engine.engine_dir)[-1]
    planned = archiving.plan(*place(engine), POLICY, {"all": durable(engine)})
    assert (planned.bound_seq, planned.moves) == (0, [])
    assert planned.held_by == "recovery, with 1 good snapshots of 2"
    trade(engine, "more")
    asking.request_snapshot(*place(engine))
    planned = archiving.plan(*place(engine), POLICY, {"all": durable(engine)})
    assert planned.bound_seq == int(first.stem)
    assert planned.moves and planned.moves[-1].last_seq <= planned.bound_seq
    # A damaged one is none.
    operated.flip(first, 100)
    planned = archiving.plan(*place(engine), POLICY, {"all": durable(engine)})
    assert planned.moves == []


def test_nothing_goes_while_the_engine_cannot_say_who_follows(engine: RunningEngine) -> None:
    last = fill(engine)
    engine.stop()
    with pytest.raises(OperatingError, match="does not answer"):
        archiving.plan(*place(engine), POLICY, {"all": last})


def test_a_kill_at_any_step_loses_nothing(engine: RunningEngine) -> None:
    last = fill(engine)
    before = live_seqs(engine)
    steps = 0
    while True:
        steps += 1
        dying = FORK.Process(target=archiving_dies.archive, args=(*place(engine), last, steps))
        dying.start()
        dying.join(120)
        assert all_seqs(engine) == list(range(1, last + 1)), steps
        if dying.exitcode == 0:
            break
        assert dying.exitcode == -signal.SIGKILL, steps
    # It died while the folder was made, a file was half written, synced, named, the live one gone.
    assert steps > 12
    assert live_seqs(engine) == before[-KEPT:]
    assert [each.first_seq for each in archived(engine)] == before[:-KEPT]
    assert not list(archive.archive_dir(engine.engine_dir).glob("*.part"))
    assert verifying.verify(*place(engine)).difference == ""


def test_a_segment_in_both_places_is_read_where_it_lives(engine: RunningEngine) -> None:
    """As a kill between the two steps leaves it; the next run takes it up."""
    last = fill(engine)
    moved_last = journal.list_segments(engine.engine_dir)[-KEPT - 1]
    content = moved_last.path.read_bytes()
    run(engine)
    moved_last.path.write_bytes(content)
    assert all_seqs(engine) == list(range(1, last + 1))
    assert run(engine).moved == 1
    assert not moved_last.path.exists() and all_seqs(engine) == list(range(1, last + 1))


def test_the_archive_of_another_journal_is_not_written_over(engine: RunningEngine) -> None:
    fill(engine)
    live = journal.list_segments(engine.engine_dir)[-KEPT - 1]
    content = live.path.read_bytes()
    run(engine)
    found = archived(engine)[-1]
    found.path.write_bytes(archive.pack(b"something else", archive.ZSTD))
    live.path.write_bytes(content)
    with pytest.raises(OperatingError, match="holds other records"):
        run(engine)
    assert live.path.read_bytes() == content
    found.path.write_bytes(b"no frame of zstd")
    with pytest.raises(OperatingError, match=r"is damaged.*The live segment stays"):
        run(engine)
    assert live.path.read_bytes() == content


def test_a_damaged_segment_is_not_archived(engine: RunningEngine) -> None:
    fill(engine)
    first = journal.list_segments(engine.engine_dir)[0]
    operated.flip(first.path, 5000)
    with pytest.raises(journal.JournalDamaged):
        run(engine)
    assert first.path.exists() and archived(engine) == []


def test_damage_in_the_archive_is_named(engine: RunningEngine) -> None:
    fill(engine)
    run(engine)
    second = archived(engine)[1]
    operated.flip(second.path, second.path.stat().st_size // 2)
    proof = verifying.verify(*place(engine))
    assert proof.last_seq == second.first_seq - 1
    assert str(second.path) in proof.difference and "is damaged" in proof.difference
    with pytest.raises(journal.JournalError, match="is damaged"):
        wording.read_record(*place(engine), second.first_seq)


def test_a_reader_goes_on_while_its_segments_are_archived(engine: RunningEngine) -> None:
    last = fill(engine)
    reader = journal.SegmentReader(engine.engine_dir, 1)
    seqs: list[int] = []
    while (chunk := reader.read(last, 4096)) is not None:
        seqs += range(chunk.first_seq, chunk.last_seq + 1)
        if len(seqs) < 200:
            run(engine)
    reader.close()
    assert seqs == list(range(1, last + 1)) and archived(engine)


def test_old_ones_are_removed_and_the_rest_is_still_proved(
    engine: RunningEngine, told: dict[str, int], tmp_path: Path
) -> None:
    fill(engine)
    run(engine)
    old = archived(engine)
    long_ago = time.time() - 40 * 86_400
    for each in old[:3]:
        os.utime(each.path, (long_ago, long_ago))
    month = POLICY._replace(kept_days=30)
    # Not past who still needs them, however old they are.
    assert run(engine, month, slow=old[1].last_seq - 1).removed == 1
    assert run(engine, month).removed == 2
    assert run(engine, month).removed == 0
    assert archived(engine) == old[3:]
    first = old[3].first_seq
    assert journal.first_seq(engine.engine_dir) == first
    assert state.read_status(*place(engine)).first_seq == first
    for seq in (1, first - 1):
        with pytest.raises(OperatingError, match=f"the journal begins with {first}"):
            wording.read_record(*place(engine), seq)
    assert wording.read_record(*place(engine), first).seq == first
    exported = exporting.export(*place(engine), tmp_path / "out")
    assert exported.first_seq == first
    with pytest.raises(journal.JournalError, match=f"begins with seq {first}"):
        exporting.export(*place(engine), tmp_path / "more", from_seq=first - 1)
    with pytest.raises(OperatingError, match=f"goes from seq {first} to"):
        lives.tell(*place(engine), TENANT, told["traded"])
    # There is no state to replay the first records on; the oldest snapshot is where it begins.
    proof = verifying.verify(*place(engine))
    oldest = int(snapshot.list_snapshots(engine.engine_dir)[0].stem)
    assert (proof.start_seq, proof.difference) == (oldest, "")
    assert f"The journal begins with seq {first}" in proof.notes[0]
    engine.kill()
    engine.start()


def test_the_archive_may_be_elsewhere(engine: RunningEngine, tmp_path: Path) -> None:
    last = fill(engine)
    elsewhere = tmp_path / "other disk" / "archive"
    policy = POLICY._replace(folder=elsewhere)
    planned = archiving.plan(*place(engine), policy, {"all": last})
    assert planned.moves and not elsewhere.exists()  # a plan changes nothing
    assert archiving.carry_out(engine.engine_dir, planned, policy).moved == len(planned.moves)
    assert len(list(elsewhere.glob("*.zst"))) == len(planned.moves)
    assert all_seqs(engine) == list(range(1, last + 1))
    fill(engine, "more")
    assert run(engine).moved  # it stays there without being named again
    with pytest.raises(OperatingError, match="move its files there"):
        run(engine, POLICY._replace(folder=tmp_path / "third"))
    last = durable(engine)
    away = elsewhere.rename(tmp_path / "unmounted")
    for look in (lambda: all_seqs(engine), lambda: run(engine)):
        with pytest.raises((journal.JournalError, OperatingError), match="mount its disk"):
            look()
    engine.kill()
    engine.start()  # recovery needs none of it
    away.rename(elsewhere)
    assert all_seqs(engine) == list(range(1, last + 1))


def test_one_archiving_at_a_time(engine: RunningEngine) -> None:
    fill(engine)
    planned = archiving.plan(*place(engine), POLICY, {"all": durable(engine)})
    folder = archive.archive_dir(engine.engine_dir)
    folder.mkdir()
    with (
        archiving._locked(folder),
        pytest.raises(OperatingError, match="under way"),
    ):
        archiving.carry_out(engine.engine_dir, planned, POLICY)
    assert archiving.carry_out(engine.engine_dir, planned, POLICY).moved == len(planned.moves)
    # A plan that is out of date does nothing twice.
    assert archiving.carry_out(engine.engine_dir, planned, POLICY).moved == 0
