"""Orders that end at their time: the shard's own commands, at the beginning of a batch."""

from typing import Any

from tests.trading.engine.worlds import TENANT, World, order, spot_setup, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import queries, wire
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.engine.shard import Shard


def gtd(account_id: int, expire_ns: int, **fields: Any) -> c.PlaceOrder:
    """A small buying order until a time."""
    return order(account_id, "buy", 2, 50, time_in_force=4, expire_ns=expire_ns, **fields)


def two_venues() -> World:
    """Tenants TENANT and TENANT + 1, at time 10_000."""
    world = spot_world()
    for message in (c.OpenVenue(code="other"), *spot_setup()):
        assert world.send(message, tenant_id=TENANT + 1)[0] == Result.ACCEPTED
    world.time_ns = 10_000
    return world


def expired(records: bytes) -> list[tuple[int, int]]:
    """(tenant, order) of every order that ended at its time, in the order of the records."""
    found = []
    for record in wire.iterate_records(records):
        command = wire.record_command(record)
        if isinstance(command, c.ExpireOrder):
            assert record.result == Result.ACCEPTED
            assert (record.source, record.source_no, record.trace_id) == (0, 0, 0)
            (event,) = wire.answer_events(record)
            assert isinstance(event, e.OrderClosed)
            assert (event.order_id, event.status) == (command.order_id, OrderStatus.EXPIRED)
            found.append((record.tenant_id, command.order_id))
    return found


def test_by_time_then_tenant_then_order() -> None:
    world = two_venues()
    for tenant_id, expire_ns in (
        (TENANT + 1, 20_000),
        (TENANT, 20_001),
        (TENANT, 20_000),
        (TENANT + 1, 20_000),
        (TENANT, 20_000),
        (TENANT + 1, 19_999),
    ):
        result, _ = world.send(gtd(1, expire_ns), tenant_id=tenant_id)
        assert result == Result.ACCEPTED
    assert world.shard.due_ns == 19_999
    output = world.shard.run_batch(b"", 20_000)
    other = TENANT + 1
    assert expired(output.records) == [
        (other, 3),
        (TENANT, 2),
        (TENANT, 3),
        (other, 1),
        (other, 2),
    ]
    assert output.last_seq - output.first_seq == 4
    assert output.answers == b""
    assert world.shard.due_ns == 20_001
    replayed = Shard()
    replayed.replay(world.records + output.records)
    assert replayed.state_hash() == world.shard.state_hash()
    # A replayed shard and one from a snapshot end the last one just as well.
    for shard in (replayed, Shard.load(world.shard.dump()), world.shard):
        assert expired(shard.run_batch(b"", 20_001).records) == [(TENANT, 1)]
        assert shard.run_batch(b"", 30_000).records == b""
        assert shard.due_ns == 0
    assert replayed.state_hash() == world.shard.state_hash()


def test_a_question_sees_what_has_ended() -> None:
    world = spot_world()
    world.must(gtd(1, world.time_ns + 50))
    world.wait(100)
    assert world.must(queries.QueryOpenOrders()) == []
    assert [type(command) for command, _, _ in world.own] == [c.ExpireOrder]
    assert expired(world.records) == [(TENANT, 1)]


def test_what_ends_before_a_batch_is_there_for_none_of_its_frames() -> None:
    world = spot_world()
    world.must(gtd(1, 20_000))
    frames = [
        wire.request_of(c.CancelOrder(account_id=1, order_id=1), TENANT),
        wire.request_of(order(2, "sell", 2, 50), TENANT),
        b"\4\0\0\0abcd",
    ]
    output = world.shard.run_batch(b"".join(frames), 20_000)
    results, start = [], 0
    for end in output.answer_ends:
        results.append(wire.decode_answer(output.answers, start).result)
        start = end
    assert results == [Result.ORDER_ALREADY_CLOSED, Result.ACCEPTED, Result.BAD_FRAME]
    kinds = [record.kind for record in wire.iterate_records(output.records)]
    assert kinds == [c.ExpireOrder.KIND, c.CancelOrder.KIND, c.PlaceOrder.KIND]
    assert output.first_seq == world.shard.seq - 2


def test_a_clock_turned_back_ends_nothing_and_brings_nothing_back() -> None:
    world = spot_world()
    world.must(gtd(1, 20_000), gtd(1, 30_000))
    world.time_ns = 25_000
    world.must(c.SetReferencePrice(instrument_id=1, ticks=5))
    assert expired(world.records) == [(TENANT, 1)]
    world.time_ns = 15_000
    frame = wire.request_of(gtd(1, 25_000), TENANT)
    output = world.shard.run_batch(frame, 15_000)
    assert wire.decode_answer(output.answers).result == Result.BAD_EXPIRY
    assert wire.decode_record(output.records).time_ns == 25_001
    assert expired(world.shard.run_batch(b"", 30_000).records) == [(TENANT, 2)]


def test_one_that_ended_otherwise_leaves_no_record() -> None:
    world = spot_world()
    stop = order(1, "buy", 1, stop=100, time_in_force=4, expire_ns=20_000)
    world.must(gtd(1, 20_000), gtd(1, 20_000), stop, gtd(1, 20_000, client_order_id="kept"))
    world.must(c.CancelOrder(account_id=1, order_id=1), order(2, "sell", 2, 50))
    world.must(c.CancelAllOrders(account_id=1))
    records = world.records
    world.shard = Shard.load(world.shard.dump())
    output = world.shard.run_batch(b"", 20_000)
    assert expired(records + output.records) == []
    assert output.last_seq == output.first_seq - 1


def test_latest_end() -> None:
    world = spot_world()
    world.must(gtd(1, 2**63 - 1))
    assert world.shard.due_ns == 2**63 - 1
    assert world.must(queries.QueryOpenOrders())[0].order_id == 1
    assert expired(world.shard.run_batch(b"", 2**63 - 1).records) == [(TENANT, 1)]
