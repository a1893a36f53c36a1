"""The sorted sides of a book, with many levels and in any order."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.engine.worlds import order, spot_world
from trading.engine import commands
from trading.engine.book import Ladder, Level


def levels_of(ladder: Ladder) -> list[int]:
    """Prices from best to worst, checking the links both ways."""
    found = []
    level, better = ladder.best, None
    while level is not None:
        assert level.better is better
        found.append(int(level.ticks))
        level, better = level.worse, level
    return found


@given(
    st.booleans(),
    st.lists(st.integers(min_value=1, max_value=3000), max_size=1500),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_levels_stay_sorted(is_buy: bool, prices: list[int], chance: random.Random) -> None:
    ladder = Ladder(is_buy)
    present: dict[int, Level] = {}
    for ticks in prices:
        if ticks in present and chance.random() < 0.7:
            ladder.remove(present.pop(ticks))
        else:
            present[ticks] = ladder.level_at(ticks)
        if chance.random() < 0.02:
            assert levels_of(ladder) == sorted(present, reverse=is_buy)
    assert levels_of(ladder) == sorted(present, reverse=is_buy)
    for ticks in sorted(present, key=lambda _: chance.random()):
        ladder.remove(present[ticks])
    assert ladder.best is None
    assert ladder.blocks == []


@pytest.mark.parametrize("is_buy", [True, False])
def test_a_side_with_very_many_levels(is_buy: bool) -> None:
    """A new best level costs about the same on a wide side as on a narrow one."""
    ladder = Ladder(is_buy)
    for ticks in range(1, 200_001):
        ladder.level_at(ticks if is_buy else 1_000_000 - ticks)
    best = 200_001 if is_buy else 799_999
    started = time.perf_counter()
    for step in range(1000):
        ladder.level_at(best + step if is_buy else best - step)
    took = time.perf_counter() - started
    assert took < 0.5  # with an O(n) insertion it would be seconds
    assert len(levels_of(ladder)) == 201_000


def test_lately_closed_orders_are_forgotten_in_the_order_in_which_they_closed() -> None:
    world = spot_world()
    venue = world.shard.venues[7]
    venue.closed_kept = 3
    for number in range(1, 8):
        world.must(order(1, "sell", 1, 100, client_order_id=f"o{number}"))
    for number in (2, 1, 4, 3, 6):
        world.must(commands.CancelOrder(account_id=1, order_id=number))
    known = {n: venue.order(n) is not None for n in range(1, 9)}
    assert known == {1: False, 2: False, 3: True, 4: True, 5: True, 6: True, 7: True, 8: False}
    # A forgotten client order id can be used again; a remembered one is answered.
    assert world.send(order(1, "sell", 1, 100, client_order_id="o2"))[0].name == "ACCEPTED"
    assert world.send(order(1, "sell", 1, 100, client_order_id="o3"))[0].name == "REPEATED"


def test_order_ids_of_long_ago_take_no_memory() -> None:
    world = spot_world()
    venue = world.shard.venues[7]
    venue.closed_kept = 10
    for _ in range(20):
        world.must(*(order(1, "sell", 1, 100) for _ in range(50)))
        world.must(commands.CancelAllOrders(account_id=1))
    assert venue.last_order_id == 1000
    assert len(venue.pages) <= 2
    assert venue.order(990) is None
    assert venue.order(991) is not None
    world.must(order(1, "sell", 1, 100))
    resting = venue.order(1001)
    assert resting is not None
    assert resting.level is not None
    loaded = type(world.shard).load(world.shard.dump())
    assert loaded.state_hash() == world.shard.state_hash()
