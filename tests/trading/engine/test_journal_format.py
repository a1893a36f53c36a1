"""Records, columns and replay; and that a journal of version 1 stays readable for ever."""

import random
from pathlib import Path

import numpy
import pytest

from tests.trading.engine.worlds import TENANT, RandomCommands, World
from trading.engine import columns, commands, keys, layouts, wire
from trading.engine import events as e
from trading.engine.message import LayoutError
from trading.engine.shard import ReplayDifference, Shard

GOLDEN = Path(__file__).parents[2] / "golden" / "engine_journal_v1.bin"
GOLDEN_HASH = GOLDEN.with_suffix(".hash")


def recorded(seed: int, steps: int = 400) -> World:
    flow = RandomCommands(seed)
    world = World()
    world.must(commands.OpenVenue(code="golden"))
    for message in flow.setup():
        world.send(message)
    for _ in range(steps):
        world.send(flow.next())
    return world


def test_the_golden_journal_replays_to_its_hash() -> None:
    """Never regenerate this file: add one for a new version beside it."""
    data = GOLDEN.read_bytes()
    shard = Shard()
    shard.replay(data)
    assert shard.seq == sum(1 for _ in wire.iterate_records(data)) > 300
    assert shard.state_hash().hex() == GOLDEN_HASH.read_text().strip()


def test_replay_names_the_first_difference() -> None:
    data = GOLDEN.read_bytes()
    records = list(wire.iterate_records(data))
    fills = [r for r in records if any(isinstance(x, e.Traded) for x in wire.answer_events(r))]
    victim = fills[len(fills) // 2]
    start = sum(record.size for record in records if record.seq < victim.seq)
    forged_events = bytearray(victim.events)
    forged_events[-3] ^= 1
    forged = wire.encode_record(
        victim.seq,
        victim.time_ns,
        victim.tenant_id,
        victim.kind,
        victim.version,
        victim.payload,
        source=victim.source,
        result=victim.result,
        source_no=victim.source_no,
        trace_id=victim.trace_id,
        event_count=victim.event_count,
        event_blob=bytes(forged_events),
    )
    shard = Shard()
    with pytest.raises(ReplayDifference) as raised:
        shard.replay(data[:start] + forged + data[start + victim.size :])
    assert raised.value.seq == victim.seq


@pytest.mark.parametrize("what", ["gap", "cut", "repeated"])
def test_replay_refuses_records_that_do_not_follow(what: str) -> None:
    data = GOLDEN.read_bytes()
    sizes = [record.size for record in wire.iterate_records(data)][:20]
    head = data[: sum(sizes)]
    broken = {
        "gap": head[: sum(sizes[:5])] + head[sum(sizes[:6]) :],
        "cut": head[:-9],
        "repeated": head[: sum(sizes[:5])] + head[sum(sizes[:4]) :],
    }[what]
    with pytest.raises(ReplayDifference) as raised:
        Shard().replay(broken)
    assert raised.value.seq == {"gap": 6, "cut": 20, "repeated": 6}[what]


def test_replay_in_any_pieces() -> None:
    world = recorded(3)
    chance = random.Random(1)
    shard = Shard()
    piece = b""
    for record in wire.iterate_records(world.records):
        piece += wire.encode_record(
            record.seq,
            record.time_ns,
            record.tenant_id,
            record.kind,
            record.version,
            record.payload,
            source=record.source,
            result=record.result,
            source_no=record.source_no,
            trace_id=record.trace_id,
            event_count=record.event_count,
            event_blob=record.events,
        )
        if chance.random() < 0.1:
            shard.replay(piece)
            piece = b""
        if chance.random() < 0.02:
            shard = Shard.load(shard.dump())
    shard.replay(piece)
    assert shard.state_hash() == world.shard.state_hash()


def test_damaged_dumps_are_refused() -> None:
    dumped = recorded(4, 200).shard.dump()
    for damaged in (b"", dumped[:7], b"x" + dumped[1:], dumped[:-8], dumped + b"\0" * 8):
        with pytest.raises(ValueError, match="snapshot"):
            Shard.load(damaged)


def test_records_are_checked() -> None:
    record = wire.encode_record(1, 2, 3, 12, 1, b"x" * 24, event_blob=b"")
    assert len(record) % 8 == 0
    with pytest.raises(wire.TornRecord):
        wire.decode_record(record[:-1])
    with pytest.raises(wire.TornRecord):
        wire.decode_record(record[:40])
    for place in (8, 30, 70):
        flipped = bytearray(record)
        flipped[place] ^= 4
        with pytest.raises(wire.BadRecord):
            wire.decode_record(bytes(flipped))


def test_columns_hold_what_the_events_say() -> None:
    world = recorded(5)
    expected: dict[str, list[tuple[int, int, int, object]]] = {}
    for record in wire.iterate_records(world.records):
        for index, event in enumerate(wire.answer_events(record)):
            row = (record.seq, record.time_ns, index, event)
            expected.setdefault(type(event).__name__, []).append(row)
    rows = columns.split_records(world.records)
    assert {name for _, name in rows} == set(expected)
    for (tenant_id, name), data in rows.items():
        assert tenant_id == TENANT
        table = numpy.frombuffer(data, dtype=columns.dtype(name))
        assert len(table) == len(expected[name])
        for row, (seq, time_ns, index, event) in zip(table, expected[name], strict=True):
            assert (row["seq"], row["time_ns"], row["index"]) == (seq, time_ns, index)
            for field, kind in type(event).FIELDS:  # type: ignore[attr-defined]
                value = getattr(event, field)
                if kind == "i128":
                    assert (int(row[f"{field}_hi"]) << 64) + int(row[f"{field}_lo"]) == value
                elif kind == "i64":
                    assert row[field] == value
                else:
                    assert row[field].decode() == value


def test_headers_as_columns() -> None:
    world = recorded(6, 50)
    table = numpy.frombuffer(columns.split_headers(world.records), dtype=columns.header_dtype())
    records = list(wire.iterate_records(world.records))
    assert table["seq"].tolist() == [record.seq for record in records]
    for name in ("time_ns", "tenant_id", "kind", "source", "result", "source_no", "trace_id"):
        assert table[name].tolist() == [getattr(record, name) for record in records]


@pytest.mark.parametrize("cut", [1, 8, 63, 65, 100])
def test_cut_chunks_are_refused(cut: int) -> None:
    records = recorded(6, 20).records
    with pytest.raises(ValueError, match="cut off"):
        columns.split_records(records[:-cut])
    with pytest.raises(ValueError, match="cut off"):
        columns.split_headers(records[:-cut])


def test_messages_refuse_what_does_not_fit() -> None:
    with pytest.raises(LayoutError):
        commands.CancelOrder(order_id=2**63).encode()
    with pytest.raises(LayoutError):
        commands.CreditFunds(amount_units=2**127).encode()
    with pytest.raises(LayoutError, match="16 characters"):
        commands.CreateAsset(code="x" * 17).encode()
    with pytest.raises(LayoutError, match="ASCII"):
        commands.CreateAsset(code="元").encode()
    with pytest.raises(LayoutError):
        commands.CancelOrder.decode(b"short")
    with pytest.raises(LayoutError):
        commands.CancelOrder.decode(b"\0" * 24, version=2)


@pytest.mark.parametrize("layout", layouts.COMMANDS + layouts.QUERIES + layouts.EVENTS)
def test_every_message_survives_the_wire(layout: layouts.Layout) -> None:
    from trading.engine import queries

    table = {1: commands.BY_KIND, 2: queries.BY_KIND, 3: e.BY_KIND}
    group = 3 if layout in layouts.EVENTS else 2 if layout in layouts.QUERIES else 1
    message_class = table[group][layout.kind]
    values = {
        name: {"i64": -(2**63) + at, "i128": -(10**38) + at}.get(kind, "z" * int(kind[1:]))
        for at, (name, kind) in enumerate(layout.fields)
    }
    message = message_class(**values)  # type: ignore[arg-type]
    assert message_class.decode(message.encode()) == message
    assert layout.fields == message_class.FIELDS


def test_client_order_keys() -> None:
    assert keys.client_order_key("") == 0
    known = keys.client_order_key("my-order-1")
    assert known == 1606704186127711980
    assert all(0 < keys.client_order_key(str(n)) < 2**63 for n in range(1000))
