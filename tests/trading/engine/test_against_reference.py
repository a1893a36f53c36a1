"""Seeded random worlds, every result and event checked against the slow reference."""

import os

import pytest

from tests.trading.engine.invariants import BooksOfEvents, check_invariants
from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.reference_makers import ReferenceMakers
from tests.trading.engine.worlds import TENANT, World
from tests.trading.engine.worlds_fees import DAY_NS
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import queries
from trading.engine.enums import OrderStatus
from trading.engine.results import Result
from trading.engine.shard import Shard

# More by hand: MARQUE_ENGINE_SEEDS=1000:2000 MARQUE_ENGINE_STEPS=2000
_FIRST, _LAST = (int(text) for text in os.environ.get("MARQUE_ENGINE_SEEDS", "1:13").split(":"))
STEPS = int(os.environ.get("MARQUE_ENGINE_STEPS", "250"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST))
def test_random_world(seed: int) -> None:
    commands = RandomCommands(seed)
    world = World()
    world.must(c.OpenVenue(code="random"))
    reference = ReferenceMakers("random", seq=1)
    setup = commands.setup()
    books = BooksOfEvents()
    seen: dict[Result, int] = {}
    for step in range(len(setup) + STEPS):
        command = setup[step] if step < len(setup) else commands.next()
        if step % 70 == 69:
            # A quiet time, after which several orders end at once.
            world.wait(40)
            commands.wait(40)
        if step % 61 == 60:
            # Other days, and once so many that all volume is forgotten.
            days = 31 if step % 5 == 0 else 1
            world.wait(days * DAY_NS)
            commands.wait(days * DAY_NS)
        result, events = world.send(command)
        where = f"seed {seed}, step {step}: {command}"
        assert world.own == reference.run_timers(world.time_ns), where
        assert (result, events) == reference.apply(command, world.time_ns), where
        assert world.shard.seq == reference.seq
        seen[result] = seen.get(result, 0) + 1
        for _, _, own_events in world.own:
            commands.watch(own_events)
            books.follow(own_events)
        commands.watch(events)
        books.follow(events)
        if step % 10 == 0:
            check_invariants(world, books)
            check_balances(world, reference)
            check_queues(world, reference)
        if step % 90 == 89:
            # A restart in between must not show.
            restarted = Shard.load(world.shard.dump())
            assert restarted.state_hash() == world.shard.state_hash()
            world.shard = restarted
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.state_hash() == world.shard.state_hash()
    assert seen[Result.ACCEPTED] > STEPS // 10


def check_balances(world: World, reference: ReferenceMakers) -> None:
    """Balances of the engine are those the reference works out from the orders."""
    for (account_id, asset_id), (available, held) in world.balances().items():
        assert reference.booked[account_id, asset_id] == available + held
        assert reference.held(account_id, asset_id) == held
    totals = {asset_id: reference.supply(asset_id) for asset_id in reference.assets}
    venue = world.shard.venues[TENANT]
    assert {key: asset.supply_units for key, asset in venue.assets.items()} == totals


def check_queues(world: World, reference: ReferenceMakers) -> None:
    """Open orders are the same, with the same rows in the same order, and so is the depth."""
    rows = sorted(world.must(queries.QueryOpenOrders()), key=lambda row: row.account_id)
    expected = sorted(reference.open_orders(), key=lambda order: order.command.account_id)
    assert rows == [reference.row(order) for order in expected]
    assert world.must(queries.QueryProtections()) == reference.protection_rows()
    assert world.must(queries.QueryArmed()) == reference.armed_rows()
    assert world.must(queries.QueryFeeTier()) == reference.tier_rows()
    (status,) = world.must(queries.QueryStatus())
    assert status.open_orders == len(rows)
    for instrument_id in reference.instruments:
        auction = world.must(queries.QueryAuction(instrument_id=instrument_id))
        assert auction == [reference.auction_row(instrument_id)]
        for side in (1, 2):
            queue = [
                (order.command.side, order.ticks, order.shown)
                for order in reference.queue(instrument_id, side)
            ]
            found = [row for row in world.depth(instrument_id) if row[0] == side]
            assert [row[1] for row in found] == list(dict.fromkeys(ticks for _, ticks, _ in queue))
            assert sum(row[2] for row in found) == sum(lots for _, _, lots in queue)
    for order in reference.orders[-20:]:
        command = queries.QueryOrder(account_id=order.command.account_id, order_id=order.order_id)
        assert world.must(command) == [reference.row(order)]
        if order.group is not None:
            asked = queries.QueryOrderList(
                account_id=order.command.account_id, list_id=order.group.order_ids[0]
            )
            assert world.must(asked) == reference.list_rows(order.group)


def test_the_random_worlds_reach_every_result_of_the_venue() -> None:
    """The generator is only worth something if it gets everywhere."""
    seen: set[Result] = set()
    events_seen: set[str] = set()
    ends: set[tuple[int, int]] = set()  # (status, rested)
    for seed in range(1, 9):
        commands = RandomCommands(seed)
        world = World()
        world.must(c.OpenVenue(code="random"))
        setup = commands.setup()
        for step in range(len(setup) + 1500):
            if step % 120 == 119:
                world.wait(DAY_NS)
                commands.wait(DAY_NS)
            result, events = world.send(setup[step] if step < len(setup) else commands.next())
            seen.add(result)
            for own in world.own:
                events = [*own[2], *events]
            commands.watch(events)
            seen.update(Result(x.result) for x in events if isinstance(x, e.QuoteAnswered))
            events_seen.update(type(event).__name__ for event in events)
            ends.update((x.status, x.rested) for x in events if isinstance(x, e.OrderClosed))
    unreachable_here = {  # the door, the process and the other tests' affairs
        Result.BAD_FRAME,
        Result.UNSUPPORTED_VERSION,
        Result.UNKNOWN_KIND,
        Result.OVERLOADED,
        Result.NO_ROOM,
        Result.UNKNOWN_TENANT,
        Result.TENANT_EXISTS,
        Result.NO_FEE_ACCOUNT,
    }
    assert set(Result) - seen == unreachable_here
    venue_events = {event.__name__ for kind, event in e.BY_KIND.items() if kind < 1000}
    assert venue_events - events_seen == {"VenueOpened"}  # sent before anything is looked at
    assert ends == {
        (OrderStatus.FILLED, 0),
        (OrderStatus.FILLED, 1),
        (OrderStatus.CANCELED, 0),  # while it waited
        (OrderStatus.CANCELED, 1),
        (OrderStatus.EXPIRED, 0),
        (OrderStatus.EXPIRED, 1),
        (OrderStatus.EXPIRED_IN_MATCH, 0),
        (OrderStatus.EXPIRED_IN_MATCH, 1),
        (OrderStatus.REJECTED, 0),
    }
