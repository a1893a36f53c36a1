"""Orders that wait for mark, index, an extreme or a time: bounds, damage, and many of them."""

import random
import struct
from typing import Any

import pytest

from tests.trading.engine.test_order_terms import lively, seen
from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import queries, wire
from trading.engine.enums import OrderStatus, OrderType, Side
from trading.engine.results import Result
from trading.engine.shard import Shard
from trading.engine.trailing import Condition, Trails, stop_of

TRAIL, TRAIL_LIMIT = OrderType.TRAILING_STOP_MARKET, OrderType.TRAILING_STOP_LIMIT
MOST = 10**15
YEAR_NS = 366 * 86_400 * 10**9

# What each makes of a trailing stop to sell 5, one percent below the highest price.
PLACED: list[tuple[dict[str, Any], Result]] = [
    ({}, Result.ACCEPTED),
    ({"trigger_source": 2}, Result.ACCEPTED),
    ({"trigger_source": 3}, Result.BAD_TRIGGER_SOURCE),
    ({"trigger_source": 2**32 - 1}, Result.BAD_TRIGGER_SOURCE),
    ({"trailing_distance_bp": 5_000}, Result.ACCEPTED),
    ({"trailing_distance_bp": 5_001}, Result.BAD_TRAILING_DISTANCE),
    ({"trailing_distance_bp": 2**32 - 1}, Result.BAD_TRAILING_DISTANCE),
    ({"trailing_distance_bp": 0}, Result.BAD_TRAILING_DISTANCE),
    ({"activation_ticks": MOST}, Result.ACCEPTED),
    ({"activation_ticks": MOST + 1}, Result.BAD_ACTIVATION_PRICE),
    ({"activation_ticks": -1}, Result.BAD_ACTIVATION_PRICE),
    ({"activation_ticks": -(2**63)}, Result.BAD_ACTIVATION_PRICE),
    ({"limit_offset_ticks": 1}, Result.BAD_LIMIT_OFFSET),
    ({"order_type": TRAIL_LIMIT, "limit_offset_ticks": MOST}, Result.ACCEPTED),
    ({"order_type": TRAIL_LIMIT, "limit_offset_ticks": MOST + 1}, Result.BAD_LIMIT_OFFSET),
    ({"order_type": TRAIL_LIMIT, "limit_offset_ticks": -1}, Result.BAD_LIMIT_OFFSET),
    ({"order_type": TRAIL_LIMIT, "ticks": 5}, Result.BAD_PRICE),
    ({"trigger_ticks": 5}, Result.BAD_TRIGGER),
    ({"trigger_ns": 10_000}, Result.ACCEPTED),
    ({"trigger_ns": -1}, Result.BAD_TRIGGER_TIME),
    ({"trigger_ns": 1}, Result.BAD_TRIGGER_TIME),
    ({"trigger_ns": 2**63 - 1}, Result.BAD_TRIGGER_TIME),
    ({"trigger_ns": 10_000, "time_in_force": 4, "expire_ns": 10_000}, Result.BAD_EXPIRY),
    ({"trigger_ns": 10_000, "time_in_force": 4, "expire_ns": 10_001}, Result.ACCEPTED),
    ({"order_type": OrderType.MARKET}, Result.BAD_TRAILING_DISTANCE),
    ({"order_type": OrderType.STOP_MARKET, "trigger_ticks": 5}, Result.BAD_TRAILING_DISTANCE),
    ({"flags": 1}, Result.BAD_FLAGS),
    ({"lots": 0, "quote_units": 500}, Result.BAD_QUANTITY),
    # What is named of several things that are wrong.
    ({"trigger_source": 9, "trailing_distance_bp": 0}, Result.BAD_TRIGGER_SOURCE),
    ({"trailing_distance_bp": 0, "activation_ticks": -1}, Result.BAD_TRAILING_DISTANCE),
    ({"activation_ticks": -1, "limit_offset_ticks": -1}, Result.BAD_ACTIVATION_PRICE),
    ({"limit_offset_ticks": -1, "trigger_ticks": -1}, Result.BAD_LIMIT_OFFSET),
    ({"trigger_ticks": -1, "trigger_ns": -1}, Result.BAD_TRIGGER),
    ({"trigger_ns": -1, "expire_ns": -1}, Result.BAD_TRIGGER_TIME),
]


@pytest.mark.parametrize(("fields", "result"), PLACED)
def test_placing(fields: dict[str, Any], result: Result) -> None:
    world = lively()
    before = seen(world)
    stop: dict[str, Any] = {
        "account_id": 1,
        "instrument_id": 1,
        "side": Side.SELL,
        "order_type": TRAIL,
        "time_in_force": 2,
        "lots": 5,
        "trailing_distance_bp": 100,
    }
    told, events = world.send(c.PlaceOrder(**{**stop, **fields}))
    assert told == result
    if result != Result.ACCEPTED:
        assert events == []
        assert seen(world) == before
    else:
        assert [type(event) for event in events[:2]] == [e.OrderAccepted, e.OrderWaiting]
        assert world.balances() == before[0]
        assert world.depth() == before[1]


def test_the_farthest_trigger_time() -> None:
    world = spot_world()
    at_time = order(1, "buy", 1, 5, trigger_ns=world.time_ns + 1 + YEAR_NS)
    world.must(at_time)
    late = order(1, "buy", 1, 5, trigger_ns=world.time_ns + 2 + YEAR_NS)
    assert world.send(late)[0] == Result.BAD_TRIGGER_TIME


def trailing_world() -> World:
    """Orders in every queue there is: at prices of each source, on trails, asleep and due."""
    world = spot_world()
    world.must(
        order(2, "sell", 5, 100),
        order(3, "buy", 1, 100),
        c.SetPrices(instrument_id=1, mark_ticks=100, index_ticks=100),
        order(1, "buy", 5, stop=110, trigger_source=1),
        order(1, "sell", 5, stop=90, trigger_source=2),
        order(1, "sell", 5, order_type=TRAIL, trailing_distance_bp=100),
        order(1, "sell", 5, order_type=TRAIL, trailing_distance_bp=200, trigger_source=1),
        order(
            1,
            "buy",
            5,
            order_type=TRAIL_LIMIT,
            trailing_distance_bp=300,
            limit_offset_ticks=2,
            trigger_source=1,
        ),
        c.SetPrices(instrument_id=1, mark_ticks=99),
        order(1, "sell", 5, order_type=TRAIL, trailing_distance_bp=400, trigger_source=1),
        order(
            1,
            "sell",
            5,
            order_type=TRAIL,
            trailing_distance_bp=500,
            activation_ticks=120,
            trigger_source=2,
        ),
        order(1, "buy", 5, 80, trigger_ns=20_000),
        order(1, "buy", 5, stop=105, trigger_ns=20_000),
        order(1, "buy", 5, trigger_ns=2_000),
        c.SetInstrumentState(instrument_id=1, state=2),
    )
    world.time_ns = 3_000
    rows = world.must(queries.QueryOpenOrders(account_id=1))
    assert [row.order_id for row in rows] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    return world


def test_a_restart_changes_nothing_of_what_waits() -> None:
    world = trailing_world()
    again = Shard.load(world.shard.dump())
    assert again.state_hash() == world.shard.state_hash()
    assert again.due_ns == world.shard.due_ns == 20_000
    frames = b"".join(
        wire.request_of(message, TENANT)
        for message in (
            c.SetInstrumentState(instrument_id=1, state=1),
            c.SetPrices(instrument_id=1, mark_ticks=105, index_ticks=125),
            queries.QueryOpenOrders(),
            c.SetPrices(instrument_id=1, mark_ticks=90, index_ticks=80),
            queries.QueryOpenOrders(),
        )
    )
    one, other = (shard.run_batch(frames, 30_000) for shard in (world.shard, again))
    assert (one.records, one.answers) == (other.records, other.answers)
    assert again.state_hash() == world.shard.state_hash()
    replayed = Shard()
    replayed.replay(world.records + one.records)
    assert replayed.state_hash() == again.state_hash()
    assert list(again.venues[TENANT].conditions) == [3]


def test_each_word_of_a_snapshot_may_be_wrong() -> None:
    """Any word replaced by an edge: refused, or a state that goes on and dumps as it was read."""
    dumped = trailing_world().shard.dump()
    frames = b"".join(
        wire.request_of(message, TENANT)
        for message in (
            c.SetInstrumentState(instrument_id=1, state=1),
            order(3, "sell", 2, 1),
            c.SetPrices(instrument_id=1, mark_ticks=130, index_ticks=130),
            c.SetPrices(instrument_id=1, mark_ticks=1, index_ticks=1),
            c.CancelAllOrders(account_id=1),
        )
    )
    taken = 0
    for number in range(len(dumped) // 8):
        for value in (-1, 0, 1, 2, 7, 101, 2**31, 2**62, -(2**63)):
            damaged = dumped[: 8 * number] + struct.pack("<q", value) + dumped[8 * number + 8 :]
            try:
                shard = Shard.load(damaged)
            except ValueError:
                continue
            taken += 1
            assert shard.dump() == damaged
            shard.run_batch(frames, 10**9)
            assert Shard.load(shard.dump()).state_hash() == shard.state_hash()
    assert taken > 0


def test_ended_orders_leave_nothing_behind() -> None:
    world = trailing_world()
    world.must(c.SetInstrumentState(instrument_id=1, state=1))
    world.must(c.CancelAllOrders(account_id=1))
    venue = world.shard.venues[TENANT]
    instrument = venue.instruments[1]
    assert venue.conditions == {}
    assert (instrument.waiting_orders, instrument.trailing_orders) == (0, 0)
    for ladder in (instrument.aside, instrument.due, instrument.rising, instrument.falling):
        assert ladder.best == 0
    world.time_ns = 30_000
    assert world.must(queries.QueryStatus())
    assert world.own == []


def test_by_time_then_order() -> None:
    world = spot_world()
    world.time_ns = 10_000
    for trigger_ns in (20_001, 20_000, 19_999, 20_000):
        world.must(order(1, "buy", 1, 5, trigger_ns=trigger_ns))
    world.must(order(1, "buy", 1, 5, time_in_force=4, expire_ns=20_000))
    assert world.shard.due_ns == 19_999
    world.time_ns = 20_000
    world.must(queries.QueryStatus())
    assert [(type(command), command.order_id) for command, _, _ in world.own] == [
        (c.TriggerOrder, 3),
        (c.TriggerOrder, 2),
        (c.TriggerOrder, 4),
        (c.ExpireOrder, 5),
    ]
    rested = [
        event for _, _, events in world.own for event in events if type(event) is e.OrderRested
    ]
    assert [event.order_id for event in rested] == [3, 2, 4]


def test_a_repeat_of_its_client_order_id_tells_its_present_stop_price() -> None:
    world = spot_world()
    trailing = order(
        1, "buy", 5, order_type=TRAIL, trailing_distance_bp=100, trigger_source=1,
        client_order_id="mine",
    )  # fmt: skip
    world.must(c.SetPrices(instrument_id=1, mark_ticks=1_000), trailing)
    world.must(c.SetPrices(instrument_id=1, mark_ticks=900))
    result, (row,) = world.send(trailing)
    assert result == Result.REPEATED
    assert (row.status, row.extreme_ticks, row.trigger_ticks) == (OrderStatus.WAITING, 900, 909)
    assert (row.trigger_source, row.trailing_distance_bp) == (1, 100)


# Many trailing stops.


class Plain:
    """What Trails says, by looking at each order."""

    def __init__(self, is_low: bool) -> None:
        self.is_low = is_low
        self.orders: dict[int, list[int]] = {}  # [extreme, distance]

    def follow(self, ticks: int) -> None:
        best = min if self.is_low else max
        for followed in self.orders.values():
            followed[0] = best(followed[0], ticks)

    def first(self) -> tuple[int, int]:
        if not self.orders:
            return 0, 0
        sign = 1 if self.is_low else -1
        stops = {
            order_id: stop_of(extreme, distance, self.is_low)
            for order_id, (extreme, distance) in self.orders.items()
        }
        found = min(stops, key=lambda o: (sign * stops[o], self.orders[o][1], o))
        return found, stops[found]


@pytest.mark.parametrize("seed", range(8))
def test_trails_are_what_each_order_would_say(seed: int) -> None:
    chance = random.Random(seed)
    is_low = seed % 2 == 1
    trails, plain = Trails(is_low), Plain(is_low)
    conditions: dict[int, Condition] = {}
    price = 1_000
    for order_id in range(1, 3_000):
        dice = chance.random()
        if dice < 0.45:
            condition = Condition(0, 0, 0, chance.choice([1, 5, 9, 10, 100, 101, 400, 5000]), 0)
            conditions[order_id] = condition
            trails.add(condition, order_id, price)
            plain.orders[order_id] = [price, condition.distance_bp]
        elif dice < 0.8:
            price = max(1, price + chance.choice([-40, -9, -2, -1, 1, 2, 9, 40]))
            trails.follow(price)
            plain.follow(price)
        elif dice < 0.9 and conditions:
            gone = chance.choice(list(conditions))
            trails.drop(conditions.pop(gone))
            del plain.orders[gone]
        found = trails.first()
        assert (found, trails.stop_ticks if found else 0) == plain.first()
        while found and (trails.stop_ticks <= price if is_low else trails.stop_ticks >= price):
            trails.drop(conditions.pop(found))
            del plain.orders[found]
            found = trails.first()
            assert (found, trails.stop_ticks if found else 0) == plain.first()
        assert trails.live == len(conditions)


def test_orders_that_come_and_go_do_not_pile_up() -> None:
    world = spot_world()
    stop = order(1, "sell", 1, order_type=TRAIL, trailing_distance_bp=5_000, trigger_source=1)
    for number in range(1, 1_500):
        world.must(
            c.SetPrices(instrument_id=1, mark_ticks=10_000 - number),
            stop,
            c.CancelOrder(account_id=1, order_id=number),
        )
    highs = world.shard.venues[TENANT].instruments[1].mark_watch.highs
    assert highs.live == 0
    assert len(highs.trails) < 40
    assert len(highs.firsts) < 100
