"""What an operator asks of a real engine, while it runs, when it is stopped, when it is damaged."""

import csv
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trading.engine.order_lists import otoco
from tests.trading.engine.process import operated, running
from tests.trading.engine.process.running import TENANT, RunningEngine, order, replayed
from trading.engine import commands, enums, events, journal, snapshot, wire
from trading.engine.operating import (
    OperatingError,
    asking,
    exporting,
    lives,
    state,
    verifying,
    wording,
)
from trading.engine.results import Result


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[RunningEngine]:
    with RunningEngine(tmp_path / "engine") as engine:
        yield engine


@pytest.fixture
def orders(engine: RunningEngine) -> dict[str, int]:
    return operated.live(engine)


@pytest.fixture(params=["running", "stopped", "killed"])
def mode(request: pytest.FixtureRequest, engine: RunningEngine, orders: dict[str, int]) -> str:
    if request.param == "stopped":
        engine.stop()
    elif request.param == "killed":
        engine.kill()
    return str(request.param)


def place(engine: RunningEngine) -> tuple[Path, str]:
    return engine.engine_dir, engine.socket_path


def ended(engine: RunningEngine) -> int:
    engine.kill()
    return state.find_extent(*place(engine)).last_seq


def sentences(engine: RunningEngine, order_id: int) -> list[str]:
    return [step.sentence for step in lives.tell(*place(engine), TENANT, order_id).steps]


def test_status(engine: RunningEngine, mode: str) -> None:
    assert engine.popen is not None
    status = state.read_status(*place(engine))
    assert status.seq == status.durable_seq >= 50
    assert (status.segments, status.problem) == (1, "")
    assert status.journal_bytes == running.SEGMENT_BYTES
    if mode == "running":
        assert (status.state, status.pid) == (state.RUNNING, engine.popen.pid)
        assert status.accounts == 21
        # The one that waits to end may have ended.
        assert status.open_orders in (2, 3)
        assert status.commands_applied == status.seq
        assert status.followers == {}
    else:
        assert (status.state, status.pid, status.accounts) == (state.STOPPED, None, None)
    kept = None if status.snapshot is None else status.snapshot.seq
    assert kept == (status.seq if mode == "stopped" else None)


def test_status_tells_an_engine_that_holds_on_but_is_silent(
    engine: RunningEngine, orders: dict[str, int]
) -> None:
    Path(engine.socket_path).unlink()
    assert state.read_status(*place(engine)).state == state.SILENT


def test_followers_stand_in_the_status(engine: RunningEngine, orders: dict[str, int]) -> None:
    text = '# HELP\nmarque_engine_follower_lag_records{follower="market"} 7\nmarque_engine_seq 9\n'
    ended(engine)
    (engine.engine_dir / "engine.metrics").write_text(text)
    assert state.followers(engine.engine_dir) == {"market": 7}


def test_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(OperatingError, match="no engine journal in"):
        state.read_status(tmp_path, str(tmp_path / "s"))


def test_a_snapshot_is_written_when_asked(engine: RunningEngine, orders: dict[str, int]) -> None:
    before = state.read_status(*place(engine)).durable_seq
    first = asking.request_snapshot(*place(engine))
    assert first.seq >= before
    # Again, with nothing new: the file is written anew all the same.
    again = asking.request_snapshot(*place(engine))
    assert again.seq >= first.seq
    ended(engine)
    loaded = snapshot.load_newest(engine.engine_dir)
    assert (loaded.seq, loaded.refused) == (again.seq, [])


def test_a_snapshot_that_cannot_be_written_is_told(
    engine: RunningEngine, orders: dict[str, int]
) -> None:
    # A link to nowhere: no folder can be made there, whoever tries.
    snapshot.snapshots_dir(engine.engine_dir).symlink_to("nowhere")
    with pytest.raises(OperatingError, match="could not write the snapshot"):
        asking.request_snapshot(*place(engine))
    assert engine.popen is not None and engine.popen.poll() is None


def test_no_snapshot_without_an_engine(engine: RunningEngine, orders: dict[str, int]) -> None:
    ended(engine)
    with pytest.raises(OperatingError, match="No engine runs"):
        asking.request_snapshot(*place(engine))


def test_no_snapshot_of_nothing(engine: RunningEngine) -> None:
    with pytest.raises(OperatingError, match="nothing to keep yet"):
        asking.request_snapshot(*place(engine))


def test_verify_proves_all_of_it(engine: RunningEngine, mode: str) -> None:
    proof = verifying.verify(*place(engine))
    assert (proof.difference, proof.start_seq, proof.first_seq) == ("", 0, 1)
    assert proof.last_seq == proof.records >= 50
    if mode == "stopped":
        assert proof.snapshots == [proof.last_seq]
    if mode != "running":
        assert proof.state_hash == replayed(engine.engine_dir).state_hash().hex()


def test_verify_begins_with_a_snapshot_and_ends_anywhere(
    engine: RunningEngine, orders: dict[str, int]
) -> None:
    first = asking.request_snapshot(*place(engine)).seq
    engine.client().send(TENANT, order("later", account_id=8, ticks=700))
    second = asking.request_snapshot(*place(engine)).seq
    last = ended(engine)
    whole = verifying.verify(*place(engine))
    assert (whole.snapshots, whole.difference) == ([first, second], "")
    rest = verifying.verify(*place(engine), from_seq=first)
    assert (rest.start_seq, rest.snapshots) == (first, [second])
    assert (rest.last_seq, rest.state_hash) == (last, whole.state_hash)
    part = verifying.verify(*place(engine), to_seq=7)
    assert (part.records, part.snapshots, part.difference) == (7, [], "")
    with pytest.raises(OperatingError, match=f"no seq {last + 1}"):
        verifying.verify(*place(engine), to_seq=last + 1)
    with pytest.raises(OperatingError, match="lies behind"):
        verifying.verify(*place(engine), from_seq=9, to_seq=8)


def test_verify_names_the_first_record_that_differs(
    engine: RunningEngine, orders: dict[str, int]
) -> None:
    ended(engine)
    operated.forge(engine.engine_dir, 47)
    proof = verifying.verify(*place(engine))
    assert (proof.last_seq, proof.state_hash) == (46, "")
    assert "record with seq 47" in proof.difference
    assert "NO_ROOM" in proof.difference and "Replayed:" in proof.difference
    assert verifying.verify(*place(engine), to_seq=46).difference == ""


def test_verify_names_damage_and_proves_what_stands_before(
    engine: RunningEngine, orders: dict[str, int]
) -> None:
    ended(engine)
    path, group = operated.group_of(engine.engine_dir, 20)
    operated.flip(path, group.offset + 40)
    proof = verifying.verify(*place(engine))
    assert proof.last_seq == group.first_seq - 1
    assert "is damaged" in proof.difference and f"seq {group.first_seq}" in proof.difference
    assert verifying.verify(*place(engine), to_seq=proof.last_seq).difference == ""


def test_verify_finds_snapshots_that_lie(engine: RunningEngine, orders: dict[str, int]) -> None:
    engine.stop()
    (path,) = snapshot.list_snapshots(engine.engine_dir)
    shard = snapshot.read(path)
    good = path.read_bytes()
    shard.source_numbers[TENANT << 32 | 1] = 5
    snapshot.write(engine.engine_dir, shard)
    assert "holds another state" in verifying.verify(*place(engine)).difference
    path.write_bytes(good)
    operated.flip(path, len(good) // 2)
    assert "is damaged" in verifying.verify(*place(engine)).difference
    # As a place to begin with it is passed over.
    last = int(path.stem)
    proof = verifying.verify(*place(engine), from_seq=last)
    assert proof.start_seq == 0 and "passed over" in proof.notes[0]


def test_a_torn_end_is_no_fault(engine: RunningEngine, orders: dict[str, int]) -> None:
    last = ended(engine)
    tail = journal.find_tail(engine.engine_dir)
    with tail.path.open("r+b") as file:
        file.seek(tail.offset)
        file.write(wire.group_header([b"x" * 4096], 1, last + 1) + b"x" * 100)
    proof = verifying.verify(*place(engine))
    assert (proof.difference, proof.last_seq) == ("", last)
    assert proof.torn_bytes == 132 == state.read_status(*place(engine)).torn_bytes


def test_inspect_says_a_record_in_words(engine: RunningEngine, mode: str) -> None:
    seqs = range(1, state.find_extent(*place(engine)).last_seq + 1)
    texts = [wording.record_text(wording.read_record(*place(engine), seq)) for seq in seqs]
    assert [text.splitlines()[0] for text in texts] == [f"seq      {seq}" for seq in seqs]
    (traded,) = [t for t in texts if "PlaceOrder account_id=2" in t]
    assert "side=SELL order_type=LIMIT time_in_force=IOC" in traded
    assert "result   ACCEPTED (0)" in traded and "taker_side=SELL" in traded
    assert "status=FILLED" in traded and " UTC" in traded
    assert any("reason=DEPOSIT" in text for text in texts)
    assert any("role=HOUSE_FEES state=ACTIVE" in text for text in texts)


def test_inspect_of_what_is_not_there(engine: RunningEngine, orders: dict[str, int]) -> None:
    last = ended(engine)
    for seq in (0, last + 1):
        with pytest.raises(OperatingError, match=f"no .*seq {seq}"):
            wording.read_record(*place(engine), seq)
    path, group = operated.group_of(engine.engine_dir, 20)
    operated.flip(path, group.offset + 40)
    assert wording.read_record(*place(engine), group.first_seq - 1).seq == group.first_seq - 1
    with pytest.raises(journal.JournalDamaged):
        wording.read_record(*place(engine), 20)


def test_why_tells_a_life(engine: RunningEngine, orders: dict[str, int], mode: str) -> None:
    told = sentences(engine, orders["traded"])
    begins = [
        "Accepted from account 1: BUY 0.00005 BTC (5 lots) in BTC-USDT, LIMIT at 10 USDT",
        "Rests in the book: 0.00005 BTC (5 lots) at 10 USDT (1000 ticks)",
        "Bought 0.00002 BTC (2 lots) at 10 USDT (1000 ticks) for 0.0002 USDT as maker",
        "Replaced: no longer 0.00003 BTC (3 lots) at 10 USDT",
        "Rests in the book: 0.00004 BTC (4 lots) at 10.01 USDT (1001 ticks)",
        "Reduced by 0.00001 BTC (1 lot) as asked; 0.00003 BTC (3 lots) left",
        "ReduceOrder by 0 lots was refused: BAD_QUANTITY (505)",
        "Canceled (CancelOrder); 0.00002 BTC (2 lots) traded for 0.0002 USDT in all, 0.00003 BTC",
        "CancelOrder was refused: ORDER_ALREADY_CLOSED (801)",
    ]
    assert len(told) == len(begins)
    for sentence, begin in zip(told, begins, strict=True):
        assert sentence.startswith(begin)
    # Maker 0.1 % of what it received.
    assert "of account 2 (trade 1), fee 0.00000002 BTC; 0.00003 BTC (3 lots) left" in told[2]
    assert lives.tell(*place(engine), TENANT, orders["traded"]).standing == (
        "it is closed: CANCELED"
    )


def test_why_tells_of_triggers_and_times(engine: RunningEngine, orders: dict[str, int]) -> None:
    stop = sentences(engine, orders["stop"])
    assert "STOP_MARKET with trigger 10.1 USDT (1010 ticks)" in stop[0]
    assert stop[1].startswith("Waits outside the book for its trigger 10.1 USDT")
    assert stop[2].startswith("Triggered: a trade at 10.1 USDT")
    assert "as taker" in stop[3] and "of account 4" in stop[3]
    assert stop[4].startswith("Filled; 0.00005 BTC (5 lots) traded")
    life = lives.tell(*place(engine), TENANT, orders["open"])
    assert life.standing == "it rests in the book: 0.00005 BTC (5 lots) at 9 USDT (900 ticks)"
    until = time.monotonic() + 120
    while not (timed := sentences(engine, orders["timed"]))[-1].startswith("Expired"):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "GTD, until " in timed[0]
    assert timed[-1].startswith("Expired: its time was over; nothing was traded")


def test_why_tells_what_the_legs_of_a_list_did(engine: RunningEngine) -> None:
    client = engine.client()
    running.furnish(client)
    sells = {"side": enums.Side.SELL, "time_in_force": enums.TimeInForce.IOC}
    trailing = order(
        "trailing",
        ticks=0,
        order_type=enums.OrderType.TRAILING_STOP_MARKET,
        trailing_distance_bp=1_000,
        trigger_source=enums.TriggerSource.MARK,
        **sells,
    )
    bracket = otoco(order("lead"), order("limit", ticks=1100, side=enums.Side.SELL), trailing)
    for message in (
        bracket,
        order("seller", account_id=2, **sells),
        commands.SetPrices(instrument_id=1, mark_ticks=1000),
        commands.SetPrices(instrument_id=1, mark_ticks=900),
    ):
        assert client.send(TENANT, message).result == Result.ACCEPTED
    client.close()
    begins = [
        "Accepted from account 1: SELL 0.00005 BTC (5 lots) in BTC-USDT, TRAILING_STOP_MARKET 1000",
        "Pending until the first order of its list is wholly filled; nothing is held.",
        "Released: the first order of its list is wholly filled.",
        "Waits outside the book for the first price to follow; nothing is held.",
        "Follows the mark price from 10 USDT (1000 ticks) on; its stop begins at 9 USDT (900",
        "Triggered: the mark price at 9 USDT (900 ticks) met its trigger 9 USDT (900 ticks)",
        "Expired: the rest found no match; nothing was traded",
    ]
    for sentence, begin in zip(sentences(engine, 3), begins, strict=True):
        assert sentence.startswith(begin)
    limit = lives.tell(*place(engine), TENANT, 2)
    assert limit.steps[-1].sentence.startswith(
        "Canceled, for order 3 of its list traded, fired or ended; nothing was traded"
    )


def test_why_of_an_unknown_order(engine: RunningEngine, orders: dict[str, int]) -> None:
    for tenant_id, order_id in ((TENANT, 10**12), (TENANT + 1, orders["open"])):
        with pytest.raises(OperatingError, match=f"Tenant {tenant_id} has no order {order_id}"):
            lives.tell(*place(engine), tenant_id, order_id)


def test_why_tells_what_stands_before_damage(engine: RunningEngine, orders: dict[str, int]) -> None:
    steps = lives.tell(*place(engine), TENANT, orders["traded"]).steps
    ended(engine)
    path, group = operated.group_of(engine.engine_dir, steps[-1].seq)
    operated.flip(path, group.offset + 40)
    life = lives.tell(*place(engine), TENANT, orders["traded"])
    assert life.steps == [step for step in steps if step.seq < group.first_seq]
    assert "is damaged" in life.damage
    with pytest.raises(OperatingError, match="is damaged"):
        lives.tell(*place(engine), TENANT, orders["open"])


def test_export_one_kind(engine: RunningEngine, mode: str, tmp_path: Path) -> None:
    out = tmp_path / "trades.csv"
    exported = exporting.export(*place(engine), out, kind="Traded")
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    recorded = [
        (record.seq, event)
        for record in journal.read_records(engine.engine_dir, 1, exported.last_seq)
        for event in wire.answer_events(record)
        if isinstance(event, events.Traded)
    ]
    assert exported.rows == {"Traded": len(recorded)} and len(recorded) == 3
    for row, (seq, event) in zip(rows, recorded, strict=True):
        assert (row["tenant_id"], row["seq"]) == (str(TENANT), str(seq))
        assert {name: row[name] for name, _ in event.FIELDS} == {
            name: str(getattr(event, name)) for name, _ in event.FIELDS
        }


def test_export_all_kinds_of_a_part(
    engine: RunningEngine, orders: dict[str, int], tmp_path: Path
) -> None:
    out = tmp_path / "events"
    exported = exporting.export(*place(engine), out, from_seq=5, to_seq=10)
    assert exported.rows == {"AccountCreated": 3, "FundsCredited": 3}
    assert sorted(path.name for path in out.iterdir()) == [
        "AccountCreated.csv",
        "FundsCredited.csv",
    ]
    credited = (out / "FundsCredited.csv").read_text().splitlines()
    assert credited[0].startswith("tenant_id,seq,time_ns,index,account_id,asset_id,amount_units")
    assert [line.split(",")[6] for line in credited[1:]] == [str(10**15)] * 3


def test_export_refuses_clearly_and_leaves_nothing(
    engine: RunningEngine, orders: dict[str, int], tmp_path: Path
) -> None:
    last = ended(engine)
    out = tmp_path / "out"
    there = tmp_path / "there"
    there.write_text("mine")
    with pytest.raises(OperatingError, match="exists already"):
        exporting.export(*place(engine), there)
    assert there.read_text() == "mine"
    with pytest.raises(OperatingError, match=r"There are: .*Traded"):
        exporting.export(*place(engine), out, kind="Trades")
    with pytest.raises(OperatingError, match=f"ends with seq {last}"):
        exporting.export(*place(engine), out, to_seq=last + 1)
    with pytest.raises(OperatingError, match="nothing from seq 9 to seq 8"):
        exporting.export(*place(engine), out, from_seq=9, to_seq=8)
    with pytest.raises(OperatingError, match="cannot be written"):
        exporting.export(*place(engine), tmp_path / "no" / "out")
    path, group = operated.group_of(engine.engine_dir, 20)
    operated.flip(path, group.offset + 40)
    with pytest.raises(journal.JournalDamaged):
        exporting.export(*place(engine), out)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["engine", "there"]


def test_a_process_that_does_not_know_the_signal_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        fd = os.pidfd_open(other.pid)
        try:
            with pytest.raises(OperatingError, match="of a version"):
                asking._signal(other.pid, fd)
            assert other.poll() is None
        finally:
            os.close(fd)
            other.kill()
