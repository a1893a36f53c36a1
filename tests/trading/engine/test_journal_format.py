"""Records, columns and replay; and that a journal of any version stays readable for ever."""

import random
from pathlib import Path

import numpy
import pytest

from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.worlds import TENANT, World
from trading.engine import columns, commands, keys, layouts, query_layouts, wire
from trading.engine import events as e
from trading.engine.message import LayoutError
from trading.engine.shard import ReplayDifference, Shard

FOLDER = Path(__file__).parents[2] / "golden"
GOLDEN = FOLDER / "engine_journal_v2.bin"
# One of each time that messages were added, or a meaning of one: before stops, with every kind of
# order (and lists that were refused for what their legs waited for), with fee tiers and recorded
# entries, and with lists whose legs trail, or wait for mark, index or a time.
JOURNALS = [
    GOLDEN,
    FOLDER / "engine_journal_v2_all_orders.bin",
    FOLDER / "engine_journal_v2_fee_tiers.bin",
    FOLDER / "engine_journal_v2_list_triggers.bin",
]

# Added since the last golden journal.
EVENTS_WITHOUT_A_JOURNAL: set[str] = set()


def recorded(seed: int, steps: int = 400) -> World:
    flow = RandomCommands(seed)
    world = World()
    world.must(commands.OpenVenue(code="golden"))
    for message in flow.setup():
        world.send(message)
    for _ in range(steps):
        world.send(flow.next())
    return world


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
def test_a_golden_journal_replays_to_its_hash(journal: Path) -> None:
    """Never regenerate one: add another for new messages. A new state image changes hashes."""
    data = journal.read_bytes()
    shard = Shard()
    shard.replay(data)
    assert shard.seq == sum(1 for _ in wire.iterate_records(data)) > 300
    assert shard.state_hash().hex() == journal.with_suffix(".hash").read_text().strip()


def test_the_golden_journals_hold_every_event() -> None:
    told = {
        type(event)
        for journal in JOURNALS
        for record in wire.iterate_records(journal.read_bytes())
        for event in wire.answer_events(record)
    }
    rows = {layout.name for layout in query_layouts.ROWS} | {"DurableSeq"}
    released = (FOLDER / "layouts.txt").read_text().splitlines()
    kinds = {line.split()[3] for line in released if line.startswith("event ")} - rows
    newer = kinds - {kind.__name__ for kind in told}
    assert len(kinds) > 30
    assert newer <= EVENTS_WITHOUT_A_JOURNAL, "record a golden journal that has these"


def test_replay_names_the_first_difference() -> None:
    data = GOLDEN.read_bytes()
    records = list(wire.iterate_records(data))
    fills = [r for r in records if any(isinstance(x, e.Traded) for x in wire.answer_events(r))]
    victim = fills[len(fills) // 2]
    start = sum(record.size for record in records if record.seq < victim.seq)
    forged_events = bytearray(victim.events)
    forged_events[-3] ^= 1
    forged = wire.record_again(victim._replace(events=bytes(forged_events)))
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
        piece += wire.record_again(record)
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


def test_lengths_of_records_are_checked() -> None:
    record = wire.encode_record(1, 2, 3, 12, 1, b"x" * 24, event_blob=b"")
    assert len(record) % 8 == 0
    with pytest.raises(wire.TornRecord):
        wire.decode_record(record[:-1])
    with pytest.raises(wire.TornRecord):
        wire.decode_record(record[:40])
    for place, value in ((0, 8), (0, 81), (48, 32)):
        changed = bytearray(record)
        changed[place] = value
        with pytest.raises(wire.BadRecord):
            wire.decode_record(bytes(changed))


def test_groups_are_sealed() -> None:
    records = recorded(3, 40).records
    header = wire.group_header([records[:80], records[80:]], 7, 5)
    data = memoryview(header + records)
    group = wire.group_at(data, 0)
    assert group is not None
    assert (group.length, group.records, group.first_seq) == (len(records), 7, 5)
    assert wire.is_sound(data, 0, group)
    assert not wire.is_sound(data[:-1], 0, group)
    chance = random.Random(4)
    for at in [*range(40), *(chance.randrange(40, len(data)) for _ in range(200))]:
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        found = wire.group_at(damaged, 0)
        assert found is None or not wire.is_sound(memoryview(damaged), 0, found)
    assert wire.group_at(b"\0" * 64, 0) is None
    assert wire.group_at(header[:-1], 0) is None


def test_zero_words_at_the_end_are_left_out() -> None:
    bare = commands.PlaceOrder(account_id=1, instrument_id=2, side=1, lots=3, ticks=4)
    assert len(bare.encode()) == 32
    for size in range(32, commands.PlaceOrder.STRUCT.size + 1, 8):
        assert commands.PlaceOrder.decode(bare.encode().ljust(size, b"\0")) == bare
    with pytest.raises(LayoutError):
        commands.PlaceOrder.decode(bytes(commands.PlaceOrder.STRUCT.size + 8))
    assert commands.CancelOrder().encode() == b""


def test_what_is_left_out_makes_no_difference() -> None:
    """The core takes a payload with its zeros and without them for the same command."""
    worlds = [recorded(11, 1), recorded(11, 1)]
    flow = RandomCommands(12, 10**6)
    messages = [*flow.setup(), *(flow.next() for _ in range(300))]
    for now_ns, message in enumerate(messages, 10**6):
        payload = message.encode()
        whole = payload.ljust(type(message).STRUCT.size, b"\0")
        answers = []
        for world, form in zip(worlds, (payload, whole), strict=True):
            frame = wire.encode_request(1, TENANT, message.KIND, 1, form)
            answers.append(wire.decode_answer(world.shard.run_batch(frame, now_ns).answers))
        short, long = answers
        assert short.result == long.result, message
        assert wire.answer_events(short) == wire.answer_events(long)
    assert worlds[0].shard.state_hash() == worlds[1].shard.state_hash()


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
                elif kind.startswith("s"):
                    assert row[field].decode() == value
                else:
                    assert row[field] == value


def test_headers_as_columns() -> None:
    world = recorded(6, 50)
    table = numpy.frombuffer(columns.split_headers(world.records), dtype=columns.header_dtype())
    records = list(wire.iterate_records(world.records))
    assert table["seq"].tolist() == [record.seq for record in records]
    for name in ("time_ns", "tenant_id", "kind", "source", "result", "source_no", "trace_id"):
        assert table[name].tolist() == [getattr(record, name) for record in records]


@pytest.mark.parametrize("cut", [1, 8, 55, 57, 100])
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
        name: {
            "i64": -(2**63) + at,
            "i128": -(10**38) + at,
            "u32": 2**32 - 1 - at,
            "u16": 2**16 - 1 - at,
            "u8": 255 - at,
        }.get(kind, "z" * int(kind[1:]))
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
