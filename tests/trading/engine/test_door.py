"""Bad input is refused with the code of its stage, and changes nothing."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import queries, wire
from trading.engine.results import Result
from trading.engine.shard import Shard


def refused(world: World, frame: bytes) -> wire.Answer:
    """The answer to a frame that must not change anything."""
    before, seq = world.shard.dump(), world.shard.seq
    output = world.shard.run_batch(frame, world.time_ns + 5)
    assert output.records == b""
    assert (output.first_seq, output.last_seq) == (seq + 1, seq)
    assert world.shard.dump() == before
    answer = wire.decode_answer(output.answers)
    assert answer.seq == 0
    return answer


def frame_of(kind: int, payload: bytes, version: int = 1, **header: int) -> bytes:
    return wire.encode_request(
        42, header.pop("tenant_id", TENANT), kind, version, payload, **header
    )


PLACE = order(1, "sell", 5, 100).encode()
BEFORE_TEXT = PLACE + bytes(16)


def named(text: bytes) -> bytes:
    """A PlaceOrder whose client order id is these bytes."""
    return BEFORE_TEXT + text.ljust(40, b"\0")


def legs_with_bad_text() -> list[bytes]:
    """PlaceOrderLists with a client order id that is no text, in each of the legs."""
    size = c.PlaceOrder.STRUCT.size
    return [bytes(56) + bytes(size * number) + named(b"caf\xe9") for number in range(3)]


def test_every_character_of_a_text_is_looked_at() -> None:
    frames = [
        frame_of(11, named(b"x" * at + bytes([character]) + b"x" * (39 - at)))
        for at in range(40)
        for character in range(256)
    ]
    output = spot_world().shard.run_batch(b"".join(frames), 10**18)
    starts = [0, *output.answer_ends]
    results = [
        wire.decode_answer(output.answers[start:end]).result
        for start, end in zip(starts, output.answer_ends, strict=False)
    ]
    # A text without a key is refused later than what is no text.
    assert results == [
        Result.BAD_CLIENT_ORDER_ID
        if 33 <= character <= 126 or (character == 0 and at == 39)
        else Result.FIELD_OUT_OF_RANGE
        for at in range(40)
        for character in range(256)
    ]


@pytest.mark.parametrize(
    ("frame", "result"),
    [
        (frame_of(999, b""), Result.UNKNOWN_KIND),
        (frame_of(0, b""), Result.UNKNOWN_KIND),
        (frame_of(65535, PLACE), Result.UNKNOWN_KIND),
        (frame_of(11, PLACE, 2), Result.UNSUPPORTED_VERSION),
        (frame_of(11, PLACE, 0), Result.UNSUPPORTED_VERSION),
        (frame_of(11, PLACE, 65535), Result.UNSUPPORTED_VERSION),
        (frame_of(11, PLACE[:-1]), Result.BAD_FRAME),
        (frame_of(11, PLACE + b"\0"), Result.BAD_FRAME),
        (frame_of(12, bytes(32)), Result.BAD_FRAME),
        (frame_of(11, PLACE.ljust(c.PlaceOrder.STRUCT.size + 8, b"\0")), Result.BAD_FRAME),
        (frame_of(16, bytes(c.ReplaceOrder.STRUCT.size + 8)), Result.BAD_FRAME),
        (frame_of(17, bytes(c.ExpireOrder.STRUCT.size + 8)), Result.BAD_FRAME),
        (frame_of(25, bytes(c.PlaceOrderList.STRUCT.size + 8)), Result.BAD_FRAME),
        (frame_of(25, b"x" * 9), Result.BAD_FRAME),
        (frame_of(25, bytes(16) + b"a b".ljust(40, b"\0")), Result.FIELD_OUT_OF_RANGE),
        *((frame_of(25, leg), Result.FIELD_OUT_OF_RANGE) for leg in legs_with_bad_text()),
        (frame_of(26, bytes(c.CancelOrderList.STRUCT.size + 8)), Result.BAD_FRAME),
        (frame_of(17, bytes(7)), Result.BAD_FRAME),
        (frame_of(1001, b"123"), Result.BAD_FRAME),
        (frame_of(11, named(b"caf\xe9")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, named(b"a b")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, named(b"a\0b")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, named(b"a\n")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, named(b"a\x7f")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, named(b"\0" * 39 + b"a")), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, PLACE, source=1, source_no=2**63), Result.FIELD_OUT_OF_RANGE),
        (frame_of(11, PLACE, tenant_id=2**31), Result.FIELD_OUT_OF_RANGE),
        (frame_of(1, b"\0" * 24, tenant_id=3), Result.FIELD_OUT_OF_RANGE),
        (frame_of(1, b"x".ljust(24, b"\0"), tenant_id=0), Result.FIELD_OUT_OF_RANGE),
    ],
)
def test_refused_at_the_door(frame: bytes, result: Result) -> None:
    answer = refused(spot_world(), frame)
    assert Result(answer.result) == result
    assert answer.request_id == 42


def test_follow_is_the_process_s_affair() -> None:
    assert spot_world().send(queries.Follow(from_seq=1)) == (Result.UNKNOWN_KIND, [])


@pytest.mark.parametrize("size", [1, 3, 4, 20, 39])
def test_half_a_frame_is_answered_and_ends_the_batch(size: int) -> None:
    answer = refused(spot_world(), frame_of(11, PLACE)[:size])
    assert (Result(answer.result), answer.request_id) == (Result.BAD_FRAME, 0)


def test_a_short_frame_does_not_harm_its_neighbours() -> None:
    world = spot_world()
    good = frame_of(11, PLACE)
    output = world.shard.run_batch(good + b"\4\0\0\0abcd" + good, 5)
    answers, start = [], 0
    for end in output.answer_ends:
        answers.append(Result(wire.decode_answer(output.answers, start).result))
        start = end
    assert answers == [Result.ACCEPTED, Result.BAD_FRAME, Result.ACCEPTED]


def test_longest_client_order_id() -> None:
    world = spot_world()
    text = "x" * 40
    events = world.must(order(1, "sell", 5, 100, client_order_id=text))
    assert events[0].client_order_id == text


def test_unknown_tenant_is_journaled() -> None:
    world = spot_world()
    result, events = world.send(order(1, "sell", 5, 100), tenant_id=5)
    assert (result, events) == (Result.UNKNOWN_TENANT, [])
    record = list(wire.iterate_records(world.records))[-1]
    assert (record.tenant_id, record.result, record.seq) == (5, 200, world.shard.seq)
    assert world.send(queries.QueryBalances(), tenant_id=5) == (Result.UNKNOWN_TENANT, [])
    assert world.send(c.OpenVenue(code="again"))[0] == Result.TENANT_EXISTS


def test_no_trade_without_a_fee_account() -> None:
    world = World()
    world.must(
        c.OpenVenue(code="x"),
        c.CreateAsset(asset_id=1, code="A"),
        c.CreateAsset(asset_id=2, code="B"),
        c.CreateInstrument(
            instrument_id=1,
            base_asset_id=1,
            quote_asset_id=2,
            tick_units=1,
            lot_units=1,
            state=1,
            symbol="A-B",
        ),
        c.CreateAccount(account_id=1, state=1),
    )
    assert world.send(order(1, "buy", 1, 1))[0] == Result.NO_FEE_ACCOUNT


def test_a_source_number_is_applied_once() -> None:
    world = spot_world()
    credit = c.CreditFunds(account_id=1, asset_id=1, amount_units=5, reason=1)
    seq = world.shard.seq
    first = world.answer(credit, source=3, source_no=10)
    again = world.answer(credit, source=3, source_no=10)
    older = world.answer(credit, source=3, source_no=9)
    other = world.answer(credit, source=4, source_no=9)
    assert (first.result, first.seq) == (Result.ACCEPTED, seq + 1)
    assert (again.result, again.seq, again.event_count) == (Result.REPEATED, 0, 0)
    assert (older.result, older.seq) == (Result.REPEATED, 0)
    assert (other.result, other.seq) == (Result.ACCEPTED, seq + 2)
    # A refusal uses its number up as well; another tenant's numbers are its own.
    bad = c.CreditFunds(account_id=500, asset_id=1, amount_units=5, reason=1)
    assert world.answer(bad, source=3, source_no=11).result == Result.UNKNOWN_ACCOUNT
    assert world.answer(bad, source=3, source_no=11).result == Result.REPEATED
    elsewhere = world.answer(c.OpenVenue(code="y"), tenant_id=8, source=3, source_no=1)
    assert elsewhere.result == Result.ACCEPTED
    restarted = World(Shard.load(world.shard.dump()))
    assert restarted.answer(bad, source=3, source_no=11).result == Result.REPEATED
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.state_hash() == world.shard.state_hash()


def test_a_repeated_client_order_id_with_a_source_leaves_a_record() -> None:
    world = spot_world()
    message = order(1, "sell", 5, 100, client_order_id="one")
    world.must(message)
    seq = world.shard.seq
    answer = world.answer(message, source=1, source_no=1)
    assert (answer.result, answer.seq) == (Result.REPEATED, seq + 1)
    assert [row.order_id for row in wire.answer_events(answer)] == [1]
    record = list(wire.iterate_records(world.records))[-1]
    assert (record.result, record.event_count, record.events) == (Result.REPEATED, 0, b"")
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.state_hash() == world.shard.state_hash()


def test_time_never_runs_backwards() -> None:
    world = spot_world()
    times = []
    for time_ns in (10**18, 10**18 - 5, 10**18 + 1):
        output = world.shard.run_batch(frame_of(11, PLACE), time_ns)
        times.append(wire.decode_record(output.records).time_ns)
    assert times == [10**18, 10**18, 10**18 + 1]


def test_amounts_at_the_edge() -> None:
    world = spot_world()
    most = 10**38 - 1
    credit = c.CreditFunds(account_id=1, asset_id=1, amount_units=most - 3_000_000, reason=1)
    (event,) = world.must(credit)
    assert event.balance_units == most - 2_000_000
    one_more = c.CreditFunds(account_id=2, asset_id=1, amount_units=1, reason=1)
    assert world.send(one_more)[0] == Result.BAD_AMOUNT
    lots = 10**15
    assert world.send(order(1, "sell", lots + 1, 1))[0] == Result.ABOVE_MAXIMUM_QUANTITY
    assert world.send(order(1, "sell", 2**63 - 1, 1))[0] == Result.ABOVE_MAXIMUM_QUANTITY
    assert world.send(order(1, "sell", lots, 10**15 + 1))[0] == Result.BAD_PRICE
    assert world.send(order(1, "sell", lots, 10**15))[0] == Result.ACCEPTED
    assert world.balances(1)[1, 1] == (most - 2_000_000 - lots, lots)
    for _ in range(3998):
        world.must(order(1, "sell", lots, 10**15))
    assert world.depth() == [(2, 10**15, 3999 * lots, 3999)]
    world.must(order(1, "sell", lots, 10**15))
    assert world.send(order(1, "sell", 1, 10**15))[0] == Result.ABOVE_MAXIMUM_QUANTITY
    assert world.send(order(2, "buy", 1, 1))[0] == Result.ABOVE_MAXIMUM_QUANTITY
    # At the sum's end an order makes room for itself when it is replaced.
    assert world.must(c.ReplaceOrder(account_id=1, order_id=2, ticks=10**15 - 1))
    assert world.must(c.ReplaceOrder(account_id=1, order_id=2, lots=5, ticks=10**15))
    assert world.must(c.ReplaceOrder(account_id=1, order_id=2, lots=lots))
    assert world.depth() == [(2, 10**15, 4000 * lots, 4000)]
    world.must(c.CancelOrder(account_id=1, order_id=1))
    assert world.send(order(2, "buy", 1, 10**15))[0] == Result.INSUFFICIENT_FUNDS


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_answered(data: bytes) -> None:
    world = WORLD
    output = world.shard.run_batch(data, 5)
    assert output.records == b""
    start = 0
    for end in output.answer_ends:
        answer = wire.decode_answer(output.answers, start)
        assert start + answer.size == end
        assert 100 <= answer.result < 200
        start = end
    assert start == len(output.answers)


WORLD = spot_world()


@pytest.mark.parametrize("seed", range(4))
def test_damaged_frames(seed: int) -> None:
    """Frames with flipped bytes: each gets one answer, and what is journaled replays."""
    chance = random.Random(seed)
    commands = RandomCommands(seed)
    world = World()
    world.must(c.OpenVenue(code="x"))
    for message in commands.setup():
        world.send(message)
    records = world.records
    for _ in range(1500):
        frame = bytearray(wire.request_of(commands.next(), TENANT, 1))
        for _ in range(chance.choice([0, 1, 1, 2, 8])):
            # The length stays right, as the process only hands over whole frames.
            frame[chance.randrange(4, len(frame))] = chance.randrange(256)
        output = world.shard.run_batch(bytes(frame), 5)
        records += output.records
        assert len(output.answer_ends) == 1
        wire.answer_events(wire.decode_answer(output.answers))
    for record in wire.iterate_records(records):
        wire.record_command(record)
    replayed = Shard()
    replayed.replay(records)
    assert replayed.state_hash() == world.shard.state_hash()


def test_a_sources_last_number_is_told_also_before_there_is_a_venue() -> None:
    world = World()
    ask = queries.QuerySource(source=1)
    assert world.must(ask)[0].last_no == 0
    world.send(c.OpenVenue(code="x"), source=1, source_no=5)
    world.send(c.OpenVenue(code="x"), source=1, source_no=5)  # a repeat
    world.send(c.OpenVenue(code="x"), source=1, source_no=9)  # refused, but in the journal
    world.send(c.CreateAsset(asset_id=1, scale=2, code="b d"), source=1, source_no=11)  # 1xx
    row = world.must(ask)[0]
    assert (row.source, row.last_no) == (1, 9)
    assert world.must(queries.QuerySource(source=2))[0].last_no == 0
    assert world.send(ask, tenant_id=TENANT + 1)[1][0].last_no == 0
    for source in (-1, 2**32):
        assert world.send(queries.QuerySource(source=source))[0] == Result.FIELD_OUT_OF_RANGE
