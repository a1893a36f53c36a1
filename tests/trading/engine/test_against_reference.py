"""Seeded random worlds, every result and event checked against the slow reference."""

import os

import pytest

from tests.trading.engine.reference import ReferenceVenue
from tests.trading.engine.worlds import TENANT, RandomCommands, World, check_invariants
from trading.engine import commands as c
from trading.engine import queries
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
    reference = ReferenceVenue("random", seq=1)
    seen: dict[Result, int] = {}
    for step, command in enumerate([*commands.setup(), *(commands.next() for _ in range(STEPS))]):
        result, events = world.send(command)
        expected = reference.apply(command)
        assert (result, events) == expected, f"seed {seed}, step {step}: {command}"
        assert world.shard.seq == reference.seq
        seen[result] = seen.get(result, 0) + 1
        if step % 10 == 0:
            check_invariants(world, events)
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


def check_balances(world: World, reference: ReferenceVenue) -> None:
    """Balances of the engine are those the reference works out from the orders."""
    for (account_id, asset_id), (available, held) in world.balances().items():
        assert reference.booked[account_id, asset_id] == available + held
        assert reference.held(account_id, asset_id) == held
    totals = {asset_id: reference.supply(asset_id) for asset_id in reference.assets}
    venue = world.shard.venues[TENANT]
    assert {key: asset.supply_units for key, asset in venue.assets.items()} == totals


def check_queues(world: World, reference: ReferenceVenue) -> None:
    """Open orders are the same, with the same rows."""
    rows = {row.order_id: row for row in world.must(queries.QueryOpenOrders())}
    assert rows == {order.order_id: reference.row(order) for order in reference.open_orders()}
    for order in reference.orders[-20:]:
        command = queries.QueryOrder(account_id=order.command.account_id, order_id=order.order_id)
        assert world.must(command) == [reference.row(order)]


def test_the_random_worlds_reach_every_result_of_the_venue() -> None:
    """The generator is only worth something if it gets everywhere."""
    seen: set[Result] = set()
    for seed in range(1, 9):
        commands = RandomCommands(seed)
        world = World()
        world.must(c.OpenVenue(code="random"))
        for command in commands.setup():
            world.send(command)
        for _ in range(1500):
            seen.add(world.send(commands.next())[0])
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
