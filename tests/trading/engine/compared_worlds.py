"""Random worlds of the engine beside the slow reference: after every command both must say the
same, and from time to time all their rows are compared.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.trading.engine.invariants import BooksOfEvents, check_invariants
from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.reference_makers import ReferenceMakers
from tests.trading.engine.worlds import TENANT, World
from tests.trading.engine.worlds_fees import DAY_NS
from trading.engine import commands as c
from trading.engine import queries
from trading.engine.results import Result
from trading.engine.shard import Shard


@dataclass
class Compared:
    """What one world came to."""

    seed: int
    commands: int = 0  # with those the shard gave itself
    events: int = 0
    results: Counter[Result] = field(default_factory=Counter)
    state_hash: bytes = b""

    def count(self, result: Result, events: list[Any]) -> None:
        self.commands += 1
        self.events += len(events)
        self.results[result] += 1


def compare_world(seed: int, steps: int, check_every: int = 10) -> Compared:
    """Run the world of a seed. Whatever goes wrong is raised with seed, step and command; rows,
    balances and invariants are looked at every so many steps.
    """
    commands = RandomCommands(seed)
    world = World()
    world.must(c.OpenVenue(code="random"))
    reference = ReferenceMakers("random", seq=1)
    setup = commands.setup()
    books = BooksOfEvents()
    compared = Compared(seed)
    for step in range(len(setup) + steps):
        command = setup[step] if step < len(setup) else commands.next()
        if step % 70 == 69:
            # A quiet time, after which several orders end at once.
            world.wait(40)
            commands.wait(40)
        if step % 61 == 60:
            # Other days, and once in a while so many that all volume is forgotten.
            days = 31 if step % 5 == 0 else 1
            world.wait(days * DAY_NS)
            commands.wait(days * DAY_NS)
        try:
            for result, events in compare_command(world, reference, command):
                compared.count(result, events)
                commands.watch(events)
                books.follow(events)
            if step % check_every == 0:
                check_invariants(world, books)
                check_balances(world, reference)
                check_queues(world, reference)
        except Exception as error:
            error.add_note(f"seed {seed}, step {step}: {command}")
            raise
        if step % 90 == 89:
            # A restart in between must not show.
            restarted = Shard.load(world.shard.dump())
            assert restarted.state_hash() == world.shard.state_hash()
            world.shard = restarted
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.state_hash() == world.shard.state_hash()
    compared.state_hash = world.shard.state_hash()
    return compared


def compare_command(
    world: World, reference: ReferenceMakers, command: Any
) -> list[tuple[Result, list[Any]]]:
    """Send a command to both; results and events of the shard's own commands, and then of it."""
    result, events = world.send(command)
    expected_own = reference.run_timers(world.time_ns)
    assert world.own == expected_own, f"{world.own} is not {expected_own}"
    expected = reference.apply(command, world.time_ns)
    assert (result, events) == expected, f"{(result, events)} is not {expected}"
    assert world.shard.seq == reference.seq
    return [(own_result, own_events) for _, own_result, own_events in world.own] + [
        (result, events)
    ]


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
