"""The sorted sides of a book, with many levels and in any order; and what is remembered."""

import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands, queries, wire
from trading.engine.index import Index
from trading.engine.results import Result
from trading.engine.shard import Shard


def prices(world: World, side: int) -> list[int]:
    """The levels of a side from best to worst."""
    return [row[1] for row in world.depth() if row[0] == side]


@given(
    st.sampled_from(["buy", "sell"]),
    st.lists(st.integers(min_value=1, max_value=400), max_size=600),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_levels_stay_sorted(side: str, wanted: list[int], chance: random.Random) -> None:
    world = spot_world()
    number = {"buy": 1, "sell": 2}[side]
    present: dict[int, int] = {}
    for ticks in wanted:
        if ticks in present and chance.random() < 0.7:
            world.must(commands.CancelOrder(account_id=1, order_id=present.pop(ticks)))
        elif ticks not in present:
            present[ticks] = world.must(order(1, side, 1, ticks))[0].order_id
        if chance.random() < 0.02:
            assert prices(world, number) == sorted(present, reverse=side == "buy")
    assert prices(world, number) == sorted(present, reverse=side == "buy")
    assert Shard.load(world.shard.dump()).state_hash() == world.shard.state_hash()
    for ticks in sorted(present, key=lambda _: chance.random()):
        world.must(commands.CancelOrder(account_id=1, order_id=present[ticks]))
    assert world.depth() == []


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_side_with_very_many_levels(side: str) -> None:
    """Levels made in any order, taken away in any order, many of them."""
    chance = random.Random(3)
    world = spot_world()
    world.must(commands.CreditFunds(account_id=1, asset_id=2, amount_units=10**9, reason=1))
    levels = list(range(1, 12_001))
    chance.shuffle(levels)
    frames = b"".join(wire.request_of(order(1, side, 1, ticks), TENANT) for ticks in levels)
    world.shard.run_batch(frames, 10**6)
    number = {"buy": 1, "sell": 2}[side]
    assert prices(world, number) == sorted(levels, reverse=side == "buy")
    gone = set(chance.sample(range(1, 12_001), 11_000))
    cancels = [commands.CancelOrder(account_id=1, order_id=order_id) for order_id in gone]
    world.shard.run_batch(b"".join(wire.request_of(one, TENANT) for one in cancels), 10**6)
    left = [ticks for order_id, ticks in enumerate(levels, 1) if order_id not in gone]
    assert prices(world, number) == sorted(left, reverse=side == "buy")


def known(world: World, most: int) -> list[int]:
    """Which orders the venue can still tell about."""
    asked = [queries.QueryOrder(account_id=0, order_id=number) for number in range(1, most + 1)]
    return [n for n, query in enumerate(asked, 1) if world.send(query)[0] == Result.ACCEPTED]


def test_lately_closed_orders_are_forgotten_in_the_order_in_which_they_closed() -> None:
    world = spot_world()
    world.shard.venues[TENANT].keyed_kept = 3
    for number in range(1, 8):
        account_id = 1 + number % 2
        world.must(order(account_id, "sell", 1, 100, client_order_id=f"o{number}"))
    for number in (2, 1, 4, 3, 6):
        world.must(commands.CancelOrder(account_id=1 + number % 2, order_id=number))
    assert known(world, 9) == [3, 4, 5, 6, 7]
    # A forgotten client order id can be used again; a remembered one is answered.
    assert world.send(order(1, "sell", 1, 100, client_order_id="o2"))[0] == Result.ACCEPTED
    assert world.send(order(2, "sell", 1, 100, client_order_id="o3"))[0] == Result.REPEATED


def test_one_account_s_many_orders_push_out_nobody_else_s() -> None:
    """A client order id is remembered however much others trade."""
    world = spot_world()
    venue = world.shard.venues[TENANT]
    venue.keyed_kept_per_account = 5
    venue.unkeyed_kept = 4
    mine = order(1, "sell", 1, 100, client_order_id="mine")
    world.must(mine)
    world.must(commands.CancelOrder(account_id=1, order_id=1))
    for number in range(40):
        fields = {"client_order_id": f"o{number}"} if number % 2 else {}
        world.must(order(2, "sell", 1, 100, **fields))
        world.must(commands.CancelAllOrders(account_id=2))
    # Of account 2: the last five with a client order id, the last four without.
    assert known(world, 41) == [1, *range(33, 42)]
    assert world.send(mine)[0] == Result.REPEATED
    loaded = Shard.load(world.shard.dump())
    assert loaded.state_hash() == world.shard.state_hash()
    world.shard = loaded
    assert world.send(mine)[0] == Result.REPEATED
    assert world.send(order(2, "sell", 1, 100, client_order_id="o1"))[0] == Result.ACCEPTED


def test_orders_of_long_ago_take_no_room() -> None:
    """Rows are used again, whatever the ids have come to."""
    world = spot_world()
    venue = world.shard.venues[TENANT]
    venue.unkeyed_kept = 10
    for _ in range(20):
        world.must(*(order(1, "sell", 1, 100) for _ in range(50)))
        world.must(commands.CancelAllOrders(account_id=1))
    assert venue.last_order_id == 1000
    assert known(world, 1001) == list(range(991, 1001))
    assert venue.store.order_rows <= 61
    assert Shard.load(world.shard.dump()).state_hash() == world.shard.state_hash()


def small_index(rows: int) -> tuple[Index, memoryview]:
    """An index over a table of its own, and the table: key and scope of each row."""
    table = memoryview(array("q", bytes(16 * (rows + 1))))
    return Index(rows, table, 2, 0, 1, 0, 1 << 10), table


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "remove", "find"]),
            st.integers(0, 3),
            st.one_of(st.integers(1, 40), st.integers(-(2**63), 2**63 - 1)),
        ),
        max_size=400,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_index_is_a_dict(steps: list[tuple[str, int, int]]) -> None:
    index, table = small_index(500)
    expected: dict[tuple[int, int], int] = {}
    free = list(range(1, 500))
    for what, scope, key in steps:
        if what == "add" and (scope, key) not in expected:
            row = free.pop()
            table[2 * row], table[2 * row + 1] = key, scope
            index.add(row)
            expected[scope, key] = row
        elif what == "remove" and (scope, key) in expected:
            row = expected.pop((scope, key))
            index.remove(row)
            free.append(row)
        assert index.find(scope, key) == expected.get((scope, key), 0)
    assert index.count == len(expected)


def test_the_index_grows_without_losing_anything() -> None:
    index, table = small_index(20_000)
    for row in range(1, 20_001):
        table[2 * row], table[2 * row + 1] = row * 7919, row % 3
        index.add(row)
    assert all(index.find(row % 3, row * 7919) == row for row in range(1, 20_001))
    for row in range(1, 20_001, 2):
        index.remove(row)
    found = [index.find(row % 3, row * 7919) for row in range(1, 20_001)]
    assert found == [0 if row % 2 else row for row in range(1, 20_001)]
