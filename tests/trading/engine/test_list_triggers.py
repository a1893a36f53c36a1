"""Legs of order lists that trail, that wait for mark or index, or for a time: what old commands
say, what a pending one tells and keeps, restarts and damaged snapshots."""

import struct
from typing import Any

import pytest

from tests.trading.engine.order_lists import oco, oto, otoco
from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import queries, wire
from trading.engine.enums import OrderStatus, OrderType
from trading.engine.results import Result
from trading.engine.shard import Shard

LIMIT = order(1, "sell", 5, 110)
TRAILS = order(1, "sell", 5, order_type=OrderType.TRAILING_STOP_MARKET, trailing_distance_bp=1_000)
TRAILS_LIMITED = order(
    1,
    "sell",
    5,
    order_type=OrderType.TRAILING_STOP_LIMIT,
    time_in_force=1,
    trailing_distance_bp=500,
    activation_ticks=120,
    limit_offset_ticks=3,
    trigger_source=1,
)
BY_MARK = order(1, "sell", 5, stop=90, trigger_source=1)
AT_A_TIME = order(1, "sell", 5, 105, trigger_ns=20_000)
LEAD = order(1, "buy", 5, 80)
LEG_BYTES = c.PlaceOrder.STRUCT.size
# Where the third leg of a PlaceOrderList begins, and where it ends.
THIRD, LAST = 56 + 2 * LEG_BYTES, 56 + 3 * LEG_BYTES


@pytest.mark.parametrize("leg", [TRAILS, TRAILS_LIMITED, BY_MARK, AT_A_TIME])
def test_a_command_from_before_is_refused_as_it_was(leg: c.PlaceOrder) -> None:
    """Journals hold such refusals: a replay has to come to the same."""
    for message in (oco, oto):
        one = LIMIT if message is oco else LEAD
        world = spot_world()
        assert world.send(message(one, leg, any_trigger=0))[0] == Result.BAD_ORDER_LIST
        assert len(message(one, leg, any_trigger=0).encode()) <= LAST
        assert world.send(message(one, leg, any_trigger=2))[0] == Result.BAD_ORDER_LIST
        assert world.send(message(one, leg, any_trigger=-1))[0] == Result.BAD_ORDER_LIST
        assert world.send(message(one, leg))[0] == Result.ACCEPTED


def test_a_list_of_two_has_nothing_in_its_third_leg() -> None:
    good = oco(LIMIT, TRAILS).encode()
    assert len(good) == LAST + 8
    assert good[THIRD:] == bytes(LEG_BYTES) + b"\1" + bytes(7)
    world = spot_world()
    for name, kind in c.PlaceOrder.FIELDS:
        value = "x" if kind == "s40" else 1
        more = oco(LIMIT, TRAILS, **{f"third_{name}": value})
        assert world.send(more)[0] == Result.BAD_ORDER_LIST, name
    assert world.must(queries.QueryOpenOrders()) == []


def test_a_pending_order_tells_what_it_will_wait_for() -> None:
    world = spot_world()
    world.must(otoco(LEAD, LIMIT, TRAILS_LIMITED, client_list_id="mine"))
    world.must(oto(LEAD, AT_A_TIME), oto(LEAD, BY_MARK))
    trails, timed, by_mark = (
        world.must(queries.QueryOrder(account_id=1, order_id=number))[0] for number in (3, 5, 7)
    )
    assert {trails.status, timed.status, by_mark.status} == {OrderStatus.PENDING}
    assert (trails.trailing_distance_bp, trails.activation_ticks) == (500, 120)
    assert (trails.limit_offset_ticks, trails.trigger_source) == (3, 1)
    assert (trails.trigger_ticks, trails.extreme_ticks) == (0, 0)
    assert (timed.trigger_ns, timed.trigger_ticks, timed.ticks) == (20_000, 0, 105)
    assert (by_mark.trigger_source, by_mark.trigger_ticks) == (1, 90)
    result, rows = world.send(otoco(LEAD, LIMIT, TRAILS, client_list_id="mine"))
    assert (result, rows[3]) == (Result.REPEATED, trails)


def pending_world() -> World:
    """Pending legs of every kind, and pairs that wait, some of them on trails."""
    world = spot_world()
    world.must(
        c.SetPrices(instrument_id=1, mark_ticks=100, index_ticks=100),
        otoco(LEAD, LIMIT, TRAILS),
        otoco(LEAD, TRAILS_LIMITED, AT_A_TIME),
        oto(LEAD, BY_MARK),
        oto(LEAD, order(1, "sell", 5, stop=90, trigger_ns=20_000)),
        oco(order(2, "sell", 5, 120), order(2, "sell", 5, stop=95, trigger_source=2)),
        oco(
            order(2, "sell", 5, take=120, trigger_source=1),
            order(
                2,
                "sell",
                5,
                order_type=OrderType.TRAILING_STOP_MARKET,
                trailing_distance_bp=200,
                trigger_source=1,
            ),
        ),
        oco(order(2, "sell", 5, 130), order(2, "sell", 5, trigger_ns=20_000)),
    )
    assert list(world.shard.venues[TENANT].conditions) == [3, 5, 6, 8, 10, 12, 13, 14, 16]
    return world


def going_on(*more: Any) -> bytes:
    """What fills the first orders, moves every price and cancels the rest."""
    messages = (
        order(3, "sell", 20, 80),
        c.SetPrices(instrument_id=1, mark_ticks=130, index_ticks=130),
        order(3, "buy", 2, 200),
        c.SetPrices(instrument_id=1, mark_ticks=60, index_ticks=60),
        queries.QueryOpenOrders(),
        *more,
        c.CancelAllOrders(account_id=1),
        c.CancelAllOrders(account_id=2),
    )
    return b"".join(wire.request_of(message, TENANT) for message in messages)


@pytest.mark.parametrize("time_ns", [10_000, 30_000])
def test_a_restart_changes_nothing_of_what_pends(time_ns: int) -> None:
    world = pending_world()
    again = Shard.load(world.shard.dump())
    assert again.dump() == world.shard.dump()
    assert again.due_ns == world.shard.due_ns == 20_000
    one, other = (shard.run_batch(going_on(), time_ns) for shard in (world.shard, again))
    assert (one.records, one.answers) == (other.records, other.answers)
    assert again.dump() == world.shard.dump()
    replayed = Shard()
    replayed.replay(world.records + one.records)
    assert replayed.dump() == again.dump()
    released = [
        event.order_id
        for record in wire.iterate_records(one.records)
        for event in wire.answer_events(record)
        if isinstance(event, e.OrderReleased)
    ]
    assert released == [2, 3, 5, 6, 8, 10]


def test_nothing_is_left_of_what_has_ended() -> None:
    world = pending_world()
    for list_id in (1, 4, 7, 9):
        world.must(c.CancelOrderList(account_id=1, list_id=list_id))
    world.must(c.CancelAllOrders(account_id=2))
    venue = world.shard.venues[TENANT]
    instrument = venue.instruments[1]
    assert venue.conditions == {}
    assert (instrument.waiting_orders, instrument.open_lots) == (0, 0)
    assert instrument.mark_watch.highs.live == 0
    for ladder in (instrument.aside, instrument.due, instrument.falling):
        assert ladder.best == 0
    world.time_ns = 30_000
    world.must(queries.QueryStatus())
    assert world.own == []


def test_each_word_of_a_snapshot_may_be_wrong() -> None:
    """Any word replaced by an edge: refused, or a state that goes on and dumps as it was read."""
    dumped = pending_world().shard.dump()
    refused = taken = 0
    for number in range(len(dumped) // 8):
        for value in (-1, 0, 1, 2, 9, 101, 2**31, 2**62, -(2**63)):
            damaged = dumped[: 8 * number] + struct.pack("<q", value) + dumped[8 * number + 8 :]
            try:
                shard = Shard.load(damaged)
            except ValueError:
                refused += 1
                continue
            taken += 1
            assert shard.dump() == damaged
            shard.run_batch(going_on(), 10**9)
            assert Shard.load(shard.dump()).dump() == shard.dump()
    assert refused > taken > 0


def conditions_at(words: list[int], order_id: int) -> int:
    """Where a dump's words say what an order will wait for: id, source, ticks, time, distance,
    offset, extreme."""
    return next(
        at
        for at in range(len(words) - 7)
        if words[at] == order_id and words[at + 1] in (0, 1) and words[at + 4] in (500, 1_000)
    )


@pytest.mark.parametrize(
    ("offset", "value"),
    [(6, 100), (4, 0), (4, 5_001), (1, 3), (3, -1)],
    ids=["follows already", "no distance", "too far", "no such source", "no such time"],
)
def test_a_pending_order_that_cannot_be_is_refused(offset: int, value: int) -> None:
    dumped = pending_world().shard.dump()
    words = list(struct.unpack(f"<{len(dumped) // 8}q", dumped))
    at = conditions_at(words, 5)
    assert words[at : at + 7] == [5, 1, 120, 0, 500, 3, 0]
    words[at + offset] = value
    with pytest.raises(ValueError, match="snapshot"):
        Shard.load(struct.pack(f"<{len(words)}q", *words))
