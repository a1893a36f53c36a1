"""Volume tiers: what is counted, when a tier changes, and what nobody may put in."""

import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.trading.engine.worlds import FEES_ACCOUNT, TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import events as e
from trading.engine import limits, queries, wire
from trading.engine.book import value_of_units
from trading.engine.results import Result
from trading.engine.shard import Shard
from trading.engine.words import OVER

DAY_NS = 86_400 * 10**9


def tier_world(**steps: int) -> World:
    """Volume is counted in BBB; fees of 20 and 40 %, from 100 BBB on 10 and 30 %."""
    world = spot_world(maker_ppm=200_000, taker_ppm=400_000)
    world.must(
        c.SetValuation(asset_id=2),
        c.SetFeeTiers(
            **{"from_units_1": 100, "maker_ppm_1": 100_000, "taker_ppm_1": 300_000, **steps}
        ),
    )
    return world


def trade(world: World, lots: int, ticks: int, maker: int = 1, taker: int = 2) -> list[Any]:
    """The events of a trade in which the maker sells."""
    world.must(order(maker, "sell", lots, ticks))
    return world.must(order(taker, "buy", lots, ticks))


def fees(events: list[Any]) -> tuple[int, int]:
    (traded,) = [event for event in events if isinstance(event, e.Traded)]
    return traded.maker_fee_units, traded.taker_fee_units


def row_of(world: World, account_id: int) -> e.FeeTierRow:
    (row,) = world.must(queries.QueryFeeTier(account_id=account_id))
    assert isinstance(row, e.FeeTierRow)
    return row


def test_what_is_traded_on_one_day_counts_from_the_next_on() -> None:
    world = tier_world()
    assert fees(trade(world, 10, 10)) == (20, 4)
    row = row_of(world, 1)
    assert (row.volume_units, row.today_units, row.tier, row.next_from_units) == (0, 100, 0, 100)
    assert fees(trade(world, 10, 10)) == (20, 4)
    world.wait(DAY_NS)
    row = row_of(world, 2)
    assert (row.volume_units, row.today_units, row.tier, row.from_units) == (200, 0, 1, 100)
    events = trade(world, 10, 10)
    changes = [event for event in events if isinstance(event, e.FeeTierChanged)]
    assert [(x.account_id, x.old_tier, x.tier, x.volume_units, x.day) for x in changes] == [
        (1, 0, 1, 200, 1),
        (2, 0, 1, 200, 1),
    ]
    assert fees(events) == (10, 3)


def test_volume_is_forgotten_after_thirty_days() -> None:
    world = tier_world()
    trade(world, 10, 10)
    world.wait(30 * DAY_NS)
    assert row_of(world, 1).volume_units == 100
    world.wait(DAY_NS)
    assert row_of(world, 1).volume_units == 0
    # And also for who trades each day meanwhile.
    trade(world, 10, 10)
    for _ in range(45):
        world.wait(DAY_NS)
        trade(world, 1, 1)
    assert row_of(world, 1).volume_units == 30
    assert fees(trade(world, 10, 10)) == (20, 4)


def test_a_resting_order_pays_the_fee_of_the_day_it_trades_on() -> None:
    world = tier_world()
    trade(world, 10, 10)
    world.must(order(1, "sell", 10, 10))
    world.wait(DAY_NS)
    assert fees(world.must(order(3, "buy", 10, 10))) == (10, 4)


def test_a_tier_never_takes_more_than_the_fee_line() -> None:
    world = tier_world()
    trade(world, 10, 10)
    world.must(c.SetFees(group_id=0, instrument_id=1, maker_ppm=0, taker_ppm=350_000))
    world.wait(DAY_NS)
    assert fees(trade(world, 10, 10)) == (0, 3)


def test_who_trades_with_his_own_group_counts_nothing() -> None:
    world = tier_world()
    for account_id in (1, 2):
        world.must(c.ChangeAccount(account_id=account_id, trade_group_id=5, state=1))
    trade(world, 10, 10)
    trade(world, 10, 10, maker=3, taker=3)
    assert [row_of(world, account_id).today_units for account_id in (1, 2, 3)] == [0, 0, 0]


def test_another_group_has_its_own_ladder_at_once() -> None:
    world = tier_world()
    world.must(c.SetFeeTiers(group_id=4, from_units_1=50, from_units_2=90, taker_ppm_1=10))
    trade(world, 10, 10)
    world.wait(DAY_NS)
    trade(world, 1, 1)
    assert (row_of(world, 1).tier, row_of(world, 1).tiers) == (1, 1)
    world.must(c.ChangeAccount(account_id=1, group_id=4, state=1))
    assert (row_of(world, 1).tier, row_of(world, 1).tiers) == (2, 2)
    events = trade(world, 10, 10)
    changes = [event for event in events if isinstance(event, e.FeeTierChanged)]
    assert [(x.account_id, x.old_tier, x.tier) for x in changes] == [(1, 1, 2)]
    assert fees(events) == (0, 3)
    # The ladder of all holds again when its own is gone.
    world.must(c.SetFeeTiers(group_id=4))
    assert row_of(world, 1).tiers == 1
    assert fees(trade(world, 10, 10)) == (10, 3)


def test_another_currency_forgets_what_was_counted() -> None:
    world = tier_world()
    trade(world, 10, 10)
    world.wait(DAY_NS)
    trade(world, 10, 10)
    assert world.send(c.SetValuation(asset_id=1))[0] == Result.FEE_TIERS_EXIST
    assert world.send(c.SetValuation())[0] == Result.FEE_TIERS_EXIST
    world.must(c.SetValuation(asset_id=2))  # as it is: nothing is forgotten
    assert row_of(world, 1).volume_units == 100
    world.must(c.SetFeeTiers(), c.SetValuation(asset_id=1))
    assert (row_of(world, 1).volume_units, row_of(world, 1).today_units) == (0, 0)
    assert fees(trade(world, 10, 10)) == (20, 4)
    assert row_of(world, 1).today_units == 10  # of AAA, the base
    world.must(c.SetValuation())
    assert world.must(queries.QueryFeeTier()) == []
    assert world.send(c.SetFeeTiers(from_units_1=1))[0] == Result.NO_VALUATION
    assert fees(trade(world, 10, 10)) == (20, 4)


def rate_world(base: int, quote: int) -> World:
    """Volume is counted in CCC, which an instrument trades for another asset."""
    world = spot_world()
    world.must(
        c.CreateAsset(asset_id=3, scale=2, code="CCC"),
        c.CreateInstrument(
            instrument_id=2,
            base_asset_id=base,
            quote_asset_id=quote,
            tick_units=3,
            lot_units=1,
            state=1,
            symbol="RATE",
        ),
        c.SetValuation(asset_id=3),
    )
    return world


@pytest.mark.parametrize(
    ("base", "quote", "value"),
    [
        (2, 3, 100 * 7 * 3),  # the quote's worth: 100 BBB at 7 ticks of 3 units
        (1, 3, 10 * 7 * 3),  # the base's: 10 AAA
        (3, 2, 0),  # the other way round says nothing
    ],
)
def test_other_assets_are_valued_by_a_price(base: int, quote: int, value: int) -> None:
    world = rate_world(base, quote) if quote == 3 else spot_world()
    if quote != 3:
        world.must(c.CreateAsset(asset_id=3, scale=0, code="CCC"), c.SetValuation(asset_id=3))
    trade(world, 10, 10)
    assert row_of(world, 1).today_units == 0  # it has no price yet
    if quote == 3:
        world.must(c.SetReferencePrice(instrument_id=2, ticks=7))
    trade(world, 10, 10)
    assert [row_of(world, account_id).today_units for account_id in (1, 2)] == [value, value]
    restarted = World(Shard.load(world.shard.dump()))
    restarted.time_ns = world.time_ns
    trade(restarted, 10, 10)
    assert row_of(restarted, 1).today_units == 2 * value


def test_volume_stops_at_the_largest_number() -> None:
    world = spot_world(maker_ppm=0, taker_ppm=0, tick_units=10**22)
    world.must(c.CreditFunds(account_id=2, asset_id=2, amount_units=10**37, reason=1))
    world.must(c.CreditFunds(account_id=1, asset_id=1, amount_units=10**20, reason=1))
    world.must(c.SetValuation(asset_id=2))
    for _ in range(20):
        for maker, taker in ((1, 2), (2, 1)):
            trade(world, 1, 9 * 10**14, maker, taker)
    assert row_of(world, 1).today_units == min(40 * 9 * 10**36, OVER)
    assert row_of(world, 1).today_units == OVER
    world.wait(DAY_NS)
    for _ in range(20):
        for maker, taker in ((1, 2), (2, 1)):
            trade(world, 1, 9 * 10**14, maker, taker)
    world.wait(DAY_NS)
    assert row_of(world, 1).volume_units == OVER
    assert Shard.load(world.shard.dump()).dump() == world.shard.dump()


STEPS = {"from_units_1": 5, "maker_ppm_1": 9, "taker_ppm_1": 9, "from_units_2": 7}


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"group_id": -1, **STEPS}, Result.FIELD_OUT_OF_RANGE),
        ({"from_units_1": -1}, Result.BAD_FEE_TIERS),
        ({"from_units_1": 10**38}, Result.BAD_FEE_TIERS),
        ({"from_units_1": -(2**127)}, Result.BAD_FEE_TIERS),
        ({"from_units_1": 1, "maker_ppm_1": 10**6 + 1}, Result.BAD_FEE_TIERS),
        ({"from_units_1": 1, "taker_ppm_1": 2**32 - 1}, Result.BAD_FEE_TIERS),
        ({"maker_ppm_1": 1}, Result.BAD_FEE_TIERS),
        ({"from_units_2": 5}, Result.BAD_FEE_TIERS),
        ({"from_units_12": 5}, Result.BAD_FEE_TIERS),
        ({**STEPS, "from_units_2": 5}, Result.BAD_FEE_TIERS),
        ({**STEPS, "from_units_2": 4}, Result.BAD_FEE_TIERS),
        ({**STEPS, "maker_ppm_2": 10}, Result.BAD_FEE_TIERS),
        ({**STEPS, "taker_ppm_2": 10}, Result.BAD_FEE_TIERS),
        ({**STEPS, "from_units_4": 10}, Result.BAD_FEE_TIERS),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(fields: dict[str, int], result: Result) -> None:
    world = tier_world()
    before = world.shard.dump()
    assert world.send(c.SetFeeTiers(**fields)) == (result, [])
    assert world.send(c.SetValuation(asset_id=2**62))[0] == Result.UNKNOWN_ASSET
    assert world.send(queries.QueryFeeTier(account_id=-5))[0] == Result.UNKNOWN_ACCOUNT
    assert before[24:] == world.shard.dump()[24:]  # all but the seq and the time


def test_a_ladder_that_says_its_empty_steps_is_the_same() -> None:
    """A payload in full length, and one that ends in the middle of an amount."""
    world = tier_world()
    words = [4, 5, 0, 9 | 9 << 32]
    for count in (3, 4, 37):
        payload = struct.pack(f"<{count}q", *(words + [0] * 33)[:count])
        frame = struct.pack("<IHHQIIQQ", 36 + len(payload), 46, 1, 1, TENANT, 0, 0, 0) + payload
        answer = wire.decode_answer(world.shard.run_batch(frame, world.time_ns).answers)
        (event,) = wire.answer_events(answer)
        rates = {"maker_ppm_1": 9, "taker_ppm_1": 9} if count > 3 else {}
        assert event == e.FeeTiersSet(group_id=4, from_units_1=5, **rates)
    assert Shard.load(world.shard.dump()).dump() == world.shard.dump()


def volume_dump() -> tuple[bytes, World]:
    """Of one account of the two that traded, on the days 1 and 2, counted from 1."""
    world = tier_world()
    trade(world, 10, 10)
    world.wait(DAY_NS)
    trade(world, 5, 10)
    return world.shard.dump(), world


# From the end: 0 | 0, 0 100 1 (a day), 0 50 (today), 1 (the tier), 2 (the day), 2 (the account).
@pytest.mark.parametrize(
    ("from_end", "value"),
    [
        (1, 77),  # one account more than there is
        (1, -1),
        (2, 1),  # a day twice
        (3, -1),  # an amount below nothing
        (4, 0),  # and none
        (5, 2),  # a day that is not over
        (5, 3),
        (5, -1),
        (5, 2**40),
        (6, -1),
        (8, 13),
        (8, -1),
        (9, 3),  # tomorrow
        (9, 0),
        (9, -(2**63)),
        (10, 1),  # an account twice
        (10, 77),
        (10, 2**62),
    ],
)
def test_a_forged_volume_is_refused(from_end: int, value: int) -> None:
    dumped, _ = volume_dump()
    assert Shard.load(dumped).dump() == dumped
    at = len(dumped) - 8 * from_end
    with pytest.raises(ValueError):
        Shard.load(dumped[:at] + struct.pack("<q", value) + dumped[at + 8 :])


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, 0),  # nothing is counted, but there are tiers
        (0, 9),
        (1, 2),
        (2, -1),
        (3, 0),
        (3, limits.MOST_FEE_TIERS + 1),
        (4, 0),
        (5, -1),
        (6, 10**6 + 1),
        (7, -1),
    ],
)
def test_a_forged_ladder_is_refused(at: int, value: int) -> None:
    world = tier_world()
    dumped = world.shard.dump()
    assert Shard.load(dumped).dump() == dumped
    # Asset, ladders, group, steps, from (two words), maker, taker, no volumes.
    place = len(dumped) - 8 * (9 - at)
    with pytest.raises(ValueError):
        Shard.load(dumped[:place] + struct.pack("<q", value) + dumped[place + 8 :])


def test_a_restart_changes_nothing() -> None:
    dumped, world = volume_dump()
    other = World(Shard.load(dumped))
    other.time_ns = world.time_ns
    for days in (0, 1, 29, 1):
        for each in (world, other):
            each.wait(days * DAY_NS)
        assert trade(world, 3, 10) == trade(other, 3, 10)
        assert world.shard.dump() == other.shard.dump()
        assert world.must(queries.QueryFeeTier()) == other.must(queries.QueryFeeTier())
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.state_hash() == world.shard.state_hash()
    assert FEES_ACCOUNT not in {row.account_id for row in world.must(queries.QueryFeeTier())}


@given(st.integers(0, OVER), st.integers(0, OVER), st.integers(0, 18))
@example(OVER, OVER, 18)
@example(OVER, 1, 0)
@example(10**38 - 1, 10**18 - 1, 18)
@example(2**64, 2**63, 0)
@example(2**63, 1, 18)
def test_values_are_rounded_down_to_whole_units(amount: int, price: int, scale: int) -> None:
    assert value_of_units(amount, price, 10**scale) == min(amount * price // 10**scale, OVER)
