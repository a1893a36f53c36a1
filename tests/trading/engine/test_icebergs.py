"""Icebergs at the edges: how many parts there may be, and what is told of them to whom."""

import random

from tests.trading.engine.invariants import BooksOfEvents, check_invariants
from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import limits, queries
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.engine.shard import Shard

MOST = limits.MAX_REFRESHES
PARTS = MOST + 1


def full_world() -> World:
    """Every part that the icebergs of one instrument may still show is there to come."""
    world = spot_world(accounts=3)
    for _ in range(limits.MAX_OPEN_REFRESHES // MOST):
        world.must(order(1, "sell", PARTS, 100, display_lots=1))
    return world


def refreshes(world: World) -> int:
    found: int = world.shard.venues[TENANT].instruments[1].refreshes
    return found


def test_an_instrument_has_room_for_so_many_parts() -> None:
    world = full_world()
    assert refreshes(world) == limits.MAX_OPEN_REFRESHES
    small = order(2, "sell", 3, 100, display_lots=2)
    assert world.send(small) == (Result.NO_ROOM, [])
    world.must(order(2, "sell", 3, 100))
    # More of what is there already is refused as well, less of it makes room.
    assert world.send(c.ReplaceOrder(account_id=1, order_id=1, ticks=101))[0] == Result.ACCEPTED
    assert refreshes(world) == limits.MAX_OPEN_REFRESHES
    world.must(c.ReduceOrder(account_id=1, order_id=1, lots=1))
    world.must(small)
    more = c.ReplaceOrder(account_id=1, order_id=1, lots=PARTS)
    assert world.send(more) == (Result.NO_ROOM, [])
    world.must(c.CancelAllOrders(account_id=1))
    assert refreshes(world) == 1
    check_invariants(world)


def test_one_that_waited_is_rejected_where_there_is_no_room() -> None:
    world = spot_world()
    world.must(order(3, "sell", 5, 100, stop=90, display_lots=1))
    for _ in range(limits.MAX_OPEN_REFRESHES // MOST):
        world.must(order(1, "sell", PARTS, 100, display_lots=1))
    world.must(order(2, "buy", 1, 90))
    fired = world.must(order(3, "sell", 1, 90))
    # After the first part it would have to show four more.
    assert [type(event).__name__ for event in fired[-2:]] == ["OrderTriggered", "OrderClosed"]
    assert fired[-1].status == OrderStatus.REJECTED
    assert refreshes(world) == limits.MAX_OPEN_REFRESHES


def test_one_command_trades_every_part_there_can_be() -> None:
    world = spot_world()
    for _ in range(20):
        world.must(order(1, "sell", PARTS, 10, display_lots=1))
    events = world.must(order(2, "buy", 20 * PARTS, 10))
    traded = [event for event in events if isinstance(event, e.Traded)]
    assert len(traded) == 20 * PARTS
    # Round and round, in the order in which they came.
    assert [event.maker_order_id for event in traded] == list(range(1, 21)) * PARTS
    assert world.depth() == []
    assert refreshes(world) == 0


def test_what_it_shows_is_told_for_as_long_as_the_order_is_known() -> None:
    world = spot_world()
    placed = order(1, "sell", 10, 100, display_lots=3, client_order_id="mine")
    world.must(placed)
    asked = queries.QueryOrder(account_id=1, order_id=1)
    (row,) = world.must(asked)
    assert (row.leaves_lots, row.display_lots, row.reserve_lots) == (10, 3, 7)
    world.shard = Shard.load(world.shard.dump())
    assert world.must(asked) == [row]
    world.must(c.CancelOrder(account_id=1, order_id=1))
    (row,) = world.must(asked)
    assert (row.leaves_lots, row.display_lots, row.reserve_lots) == (10, 3, 0)
    assert world.send(placed) == (Result.REPEATED, [row])
    venue = world.shard.venues[TENANT]
    venue.keyed_kept = 0
    world.must(order(1, "sell", 1, 100, client_order_id="next"))
    world.must(c.CancelOrder(account_id=1, order_id=2))
    assert world.send(asked)[0] == Result.UNKNOWN_ORDER
    assert (venue.hidden.displays, venue.hidden.lots) == ({}, {})


def test_a_sweep_is_what_was_foreseen() -> None:
    """A FOK order is filled exactly if an IOC order of the same size would have been."""
    chance = random.Random(8)
    filled = 0
    for _ in range(150):
        world, books = spot_world(), BooksOfEvents()
        for _ in range(chance.randrange(1, 7)):
            lots = chance.randrange(1, 30)
            display = chance.choice([0, chance.randrange(1, lots) if lots > 1 else 0])
            maker = order(
                chance.choice([1, 2]), "sell", lots, chance.choice([100, 101]), display_lots=display
            )
            books.follow(world.must(maker))
        lots, mode = chance.randrange(1, 90), chance.randrange(1, 5)
        taker = order(2, "buy", lots, 101, time_in_force=2, self_trade_prevention=mode)
        tried = World(Shard.load(world.shard.dump()))
        tried.time_ns = world.time_ns
        accepted, *would = tried.must(taker)
        own = [event for event in would if getattr(event, "order_id", 0) == accepted.order_id]
        taken = [event for event in would if isinstance(event, e.Traded)]
        # It ends as filled and lost nothing to its own orders.
        is_filled = [getattr(event, "status", 0) for event in own] == [OrderStatus.FILLED]
        filled += is_filled
        events = world.must(order(2, "buy", lots, 101, time_in_force=3, self_trade_prevention=mode))
        books.follow(events)
        traded = [event for event in events if isinstance(event, e.Traded)]
        assert traded == (taken if is_filled else [])
        check_invariants(world, books)
    assert 20 < filled < 130
