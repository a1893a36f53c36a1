"""Seeded random worlds, every result and event checked against the slow reference."""

import os

import pytest

from tests.trading.engine.compared_worlds import compare_world
from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.worlds import World
from tests.trading.engine.worlds_fees import DAY_NS
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine.enums import OrderStatus
from trading.engine.results import Result

# More by hand: MARQUE_ENGINE_SEEDS=1000:2000 MARQUE_ENGINE_STEPS=2000; many more: recorded_run.
_FIRST, _LAST = (int(text) for text in os.environ.get("MARQUE_ENGINE_SEEDS", "1:13").split(":"))
STEPS = int(os.environ.get("MARQUE_ENGINE_STEPS", "250"))


@pytest.mark.parametrize("seed", range(_FIRST, _LAST))
def test_random_world(seed: int) -> None:
    compared = compare_world(seed, STEPS)
    assert compared.results[Result.ACCEPTED] > STEPS // 10


def test_the_random_worlds_reach_every_result_of_the_venue() -> None:
    """The generator is only worth something if it gets everywhere."""
    seen: set[Result] = set()
    events_seen: set[str] = set()
    ends: set[tuple[int, int]] = set()  # (status, rested)
    for seed in range(1, 12):
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
