"""What fuzzing and reading found: input that once led the compiled core astray, one test each."""

import struct
from collections.abc import Callable

import pytest

from tests.trading.engine.order_lists import oco, oto, otoco
from tests.trading.engine.worlds import TENANT, World, order, spot_world
from trading.engine import commands as c
from trading.engine import limits, queries, scan, wire
from trading.engine.results import Result
from trading.engine.shard import ReplayDifference, Shard
from trading.engine.words import OVER


def words_of(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 8}q", data))


def with_word(dumped: bytes, number: int, value: int) -> bytes:
    """The dump with another number in the place of one of its words."""
    return dumped[: 8 * number] + struct.pack("<q", value) + dumped[8 * number + 8 :]


def resting_world() -> World:
    """One keyed order rests; another, without a key, is closed."""
    world = spot_world()
    world.must(order(1, "buy", 5, 100, client_order_id="mine"))
    world.must(order(2, "buy", 5, 90), c.CancelOrder(account_id=2, order_id=2))
    return world


# Where things stand in the dump of that world, from the start of the order with id 1.
FROM_ORDER = {"account": 1, "terms": 2, "status": 3, "lots": 4, "leaves": 5, "ticks": 6, "key": 7}
BEHIND_PROTECTIONS = 3  # words of a dump without fee tiers


def order_at(dumped: bytes, order_id: int, account_id: int) -> int:
    """The word at which an order begins."""
    words = words_of(dumped)
    for number in range(1, len(words) - 12):
        follows = words[number + 1] == account_id and words[number + 2] > 1 << 12
        if words[number] == order_id and follows and words[number + 4] == 5:
            return number
    raise AssertionError("no such order")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", -1),
        ("account", 0),
        ("terms", -1),  # an index far outside of the instruments
        ("terms", 1 << 47),
        ("terms", 0),
        ("status", 3),  # closed, and in the book
        ("status", 7),
        ("status", 99),
        ("lots", -5),
        ("leaves", 0),
        ("leaves", -1),
        ("leaves", 2**62),
        ("ticks", 101),  # not its level's
        ("key", 0),  # keyed, without a key: forgetting it never ended
        ("key", -1),
    ],
)
def test_an_order_that_cannot_be_is_refused(field: str, value: int) -> None:
    dumped = resting_world().shard.dump()
    at = order_at(dumped, 1, 1) + FROM_ORDER[field]
    with pytest.raises(ValueError, match="snapshot"):
        Shard.load(with_word(dumped, at, value))


def iceberg_world() -> World:
    """An iceberg rests, one waits and one is closed."""
    world = spot_world()
    world.must(order(1, "buy", 9, 100, display_lots=2))
    world.must(order(2, "buy", 9, 90, display_lots=2), c.CancelOrder(account_id=2, order_id=2))
    world.must(order(2, "sell", 1, 100), order(2, "buy", 9, 100, stop=110, display_lots=2))
    return world


# What follows in an iceberg's dump: what it shows at a time, what it does not show.
SHOWS, HIDES = 12, 13


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (SHOWS, 0),  # it would be divided by
        (SHOWS, -2),
        (SHOWS, 2**62),
        (HIDES, -1),
        (HIDES, 10**15),
        (HIDES, 2**62),
        (HIDES, 2 * limits.MAX_REFRESHES + 1),
        (FROM_ORDER["leaves"], 3),  # more than it shows
        (FROM_ORDER["leaves"], 0),
    ],
)
def test_an_iceberg_that_cannot_be_is_refused(field: int, value: int) -> None:
    dumped = iceberg_world().shard.dump()
    words = words_of(dumped)
    at = next(n for n in range(len(words)) if words[n + SHOWS : n + SHOWS + 2] == [2, 7])
    assert words[at : at + 2] == [1, 1]
    with pytest.raises(ValueError, match="snapshot"):
        Shard.load(with_word(dumped, at + field, value))


@pytest.mark.parametrize("order_id", [2, 4])
def test_only_what_rests_has_a_reserve(order_id: int) -> None:
    dumped = iceberg_world().shard.dump()
    words = words_of(dumped)
    at = next(
        n
        for n in range(len(words))
        if words[n : n + 2] == [order_id, 2] and words[n + SHOWS : n + SHOWS + 2] == [2, 0]
    )
    with pytest.raises(ValueError, match="snapshot"):
        Shard.load(with_word(dumped, at + HIDES, 1))


def listed_world() -> World:
    """A pair, a bracket that pends, one that was released, and one that ended."""
    world = spot_world()
    pair = (order(1, "sell", 5, 110), order(1, "sell", 5, stop=90))
    world.must(oco(*pair, client_list_id="mine"), otoco(order(1, "buy", 5, 80), *pair))
    world.must(otoco(order(1, "buy", 5, 99), *pair), order(2, "sell", 5, 99))
    world.must(oto(order(1, "buy", 5, 70), pair[1]), c.CancelOrderList(account_id=1, list_id=10))
    return world


def test_a_bracket_pends_and_is_released_after_a_restart() -> None:
    world = spot_world()
    pair = (order(1, "sell", 5, 110), order(1, "sell", 5, stop=90))
    world.must(otoco(order(1, "buy", 5, 80), *pair))
    dumped = world.shard.dump()
    world.shard = Shard.load(dumped)
    assert world.shard.dump() == dumped
    events = world.must(order(2, "sell", 5, 80))
    assert [type(event).__name__ for event in events] == [
        *("OrderAccepted", "Traded", "OrderClosed", "OrderClosed"),
        *("OrderReleased", "OrderRested", "OrderReleased", "OrderWaiting"),
        *("OrderTriggered", "OrderClosed", "OrderClosed"),
    ]
    # The stop is behind the price, fires, ends the other one, and finds nobody to sell to.
    assert [event.by_order_id for event in events[-2:]] == [3, 0]
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.dump() == world.shard.dump()


@pytest.mark.parametrize("make_world", [resting_world, iceberg_world, listed_world])
def test_each_word_of_a_snapshot_may_be_wrong(make_world: Callable[[], World]) -> None:
    """Any word replaced by an edge: refused, or a state that goes on and dumps as it was read."""
    dumped = make_world().shard.dump()
    frames = wire.request_of(order(3, "sell", 9, 1), TENANT)
    frames += wire.request_of(order(3, "buy", 9, 200), TENANT)
    frames += wire.request_of(c.CancelAllOrders(account_id=1), TENANT)
    taken = 0
    for number in range(len(dumped) // 8):
        for value in (-1, 0, 1, 2, 2**31, 2**62, 2**63 - 1, -(2**63)):
            damaged = with_word(dumped, number, value)
            try:
                shard = Shard.load(damaged)
            except ValueError:
                continue
            taken += 1
            assert shard.dump() == damaged
            shard.run_batch(frames, 10**9)
    assert taken > 0


def gathering_world() -> World:
    """A crossed book in an auction that a breaker began, and a DAY order."""
    world = spot_world()
    world.must(
        c.SetReferencePrice(instrument_id=1, ticks=100),
        c.SetBreaker(instrument_id=1, breaker_bp=100, window_ns=1000, halt_ns=500),
        c.SetSession(instrument_id=1, ends_ns=10**9),
        order(1, "sell", 5, 120),
        order(2, "buy", 3, 130, time_in_force=5),
    )
    return world


def test_each_word_of_a_snapshot_of_an_auction_may_be_wrong() -> None:
    dumped = gathering_world().shard.dump()
    frames = wire.request_of(order(3, "sell", 9, 1), TENANT)
    frames += wire.request_of(c.SetInstrumentState(instrument_id=1, state=1), TENANT)
    frames += wire.request_of(order(3, "buy", 9, 500, time_in_force=5), TENANT)
    frames += wire.request_of(c.SetInstrumentState(instrument_id=1, state=5), TENANT)
    taken = 0
    for number in range(len(dumped) // 8):
        for value in (-1, 0, 1, 2, 4, 5, 10_000, 2**31, 2**62, 2**63 - 1, -(2**63)):
            damaged = with_word(dumped, number, value)
            try:
                shard = Shard.load(damaged)
            except ValueError:
                continue
            taken += 1
            assert shard.dump() == damaged
            for time_ns in (2000, 10**9, 2**63 - 1):
                shard.run_batch(frames, time_ns)
    assert taken > 0


def test_a_crossed_book_is_refused_where_trading_goes_on() -> None:
    world = gathering_world()
    dumped = world.shard.dump()
    assert world.depth() == [(1, 130, 3, 1), (2, 120, 5, 1)]
    words = words_of(dumped)
    # Maker fee, taker fee, state, then the symbol.
    symbol = struct.unpack("<q", b"AAA-BBB\0")[0]
    at = next(n for n in range(len(words)) if words[n : n + 4] == [0, 0, 4, symbol]) + 2
    for state in (1, 5, 6, 0):
        with pytest.raises(ValueError, match="snapshot"):
            Shard.load(with_word(dumped, at, state))
    # In no other state does a halt end by itself.
    for state in (2, 3):
        with pytest.raises(ValueError, match="snapshot"):
            Shard.load(with_word(dumped, at, state))


def test_a_halt_survives_a_snapshot() -> None:
    world = gathering_world()
    world.shard = Shard.load(world.shard.dump())
    assert world.shard.due_ns == world.time_ns + 500
    world.wait(500)
    world.must(queries.QueryStatus())
    ((command, result, _events),) = world.own
    assert (command, result) == (c.ReopenInstrument(instrument_id=1), Result.ACCEPTED)


def test_an_auction_takes_no_more_orders_than_one_command_uncrosses() -> None:
    world = spot_world()
    world.must(c.SetInstrumentState(instrument_id=1, state=4))
    frames = [wire.request_of(order(1, "buy", 1, 1), TENANT)] * limits.MAX_AUCTION_ORDERS
    world.must(c.CreditFunds(account_id=1, asset_id=2, amount_units=10**9, reason=1))
    world.shard.run_batch(b"".join(frames), world.time_ns)
    assert world.send(order(2, "sell", 1, 1))[0] == Result.NO_ROOM
    world.must(c.CancelOrder(account_id=1, order_id=1), order(2, "sell", 1, 1))
    assert world.send(order(2, "sell", 1, 1))[0] == Result.NO_ROOM


def test_an_instrument_with_a_negative_id_is_refused() -> None:
    dumped = spot_world().shard.dump()
    words = words_of(dumped)
    # Id, base, quote, then tick and lot of one unit each.
    at = next(n for n in range(len(words)) if words[n : n + 5] == [1, 1, 2, 1, 0])
    for value in (-1, -(2**40), 0, limits.MAX_ID + 1):
        with pytest.raises(ValueError, match="snapshot"):
            Shard.load(with_word(dumped, at, value))
    # A lot or tick of nothing makes prices of nothing, by which a budget would be divided.
    for tick_or_lot in (at + 3, at + 5):
        with pytest.raises(ValueError, match="snapshot"):
            Shard.load(with_word(dumped, tick_or_lot, 0))


@pytest.mark.parametrize(
    ("tenant_id", "source", "source_no"),
    [(2**31, 0, 0), (2**32 - 1, 1, 5), (8, 1, 2**63), (8, 1, 0)],
)
def test_a_record_that_no_sender_could_cause_is_refused(
    tenant_id: int, source: int, source_no: int
) -> None:
    payload = c.OpenVenue(code="x").encode()
    events = (4 << 35 | 1).to_bytes(8, "little") + b"x".ljust(24, b"\0")
    record = wire.encode_record(
        1,
        5,
        tenant_id,
        c.OpenVenue.KIND,
        1,
        payload,
        source=source,
        source_no=source_no,
        event_count=1,
        event_blob=events,
    )
    with pytest.raises(ReplayDifference, match="can't follow here"):
        Shard().replay(record)


def test_a_sender_with_the_highest_bit_is_the_same_to_both_twins() -> None:
    world = spot_world()
    message = c.CreditFunds(account_id=1, asset_id=1, amount_units=5, reason=1)
    assert world.answer(message, source=2**32 - 1, source_no=4).result == Result.ACCEPTED
    assert list(wire.iterate_records(world.records))[-1].source == 2**32 - 1
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.dump() == world.shard.dump()


def test_a_query_is_no_record() -> None:
    record = wire.encode_record(1, 5, 3, 1001, 1, b"", result=Result.UNKNOWN_TENANT)
    with pytest.raises(ReplayDifference, match="can't follow here"):
        Shard().replay(record)


def test_an_event_header_behind_the_chunk_is_not_read() -> None:
    for tail in range(1, 8):
        record = wire.encode_record(1, 5, TENANT, 12, 1, b"", event_blob=b"\x0f" * tail)
        with pytest.raises(ValueError, match="cut off"):
            scan.split_events(record)


def test_a_minimum_beyond_all_money_survives_a_snapshot() -> None:
    world = spot_world(min_notional_units=OVER)
    assert world.send(order(1, "sell", 5, 100))[0] == Result.BELOW_MINIMUM_NOTIONAL
    dumped = world.shard.dump()
    assert Shard.load(dumped).dump() == dumped


def test_lots_ever_asked_of_one_order_stay_a_word() -> None:
    """Reducing and replacing adds to them each time, without a trade."""
    world = spot_world()
    most = limits.MAX_LOTS
    world.must(c.CreditFunds(account_id=1, asset_id=1, amount_units=10**30, reason=1))
    world.must(order(1, "sell", most, 100))
    turns = 0
    while True:
        world.must(c.ReduceOrder(account_id=1, order_id=1, lots=most - 1))
        result, _ = world.send(c.ReplaceOrder(account_id=1, order_id=1, lots=most))
        turns += 1
        if result != Result.ACCEPTED:
            break
        assert turns < 5_000
    assert result == Result.ABOVE_MAXIMUM_QUANTITY
    assert turns == 4_000
    assert Shard.load(world.shard.dump()).dump() == world.shard.dump()


def test_what_an_order_traded_saturates() -> None:
    """The same money going round through one order many times cannot pass 127 bits."""
    units = 45 * 10**36
    world = World()
    world.must(
        c.OpenVenue(code="x"),
        c.CreateAsset(asset_id=1, scale=0, code="AAA"),
        c.CreateAsset(asset_id=2, scale=0, code="BBB"),
        c.CreateInstrument(
            instrument_id=1,
            base_asset_id=1,
            quote_asset_id=2,
            tick_units=units,
            lot_units=1,
            state=1,
            symbol="AAA-BBB",
        ),
        c.CreateAccount(account_id=9, role=1, state=1),
        c.CreateAccount(account_id=1, state=1),
        c.CreateAccount(account_id=2, state=1),
        c.CreditFunds(account_id=1, asset_id=2, amount_units=units, reason=1),
        c.CreditFunds(account_id=2, asset_id=1, amount_units=10, reason=1),
    )
    world.must(order(2, "sell", 2, 1))
    for _ in range(5):
        world.must(order(1, "buy", 1, 1))
        world.must(c.DebitFunds(account_id=2, asset_id=2, amount_units=units, reason=2))
        world.must(c.CreditFunds(account_id=1, asset_id=2, amount_units=units, reason=1))
        world.must(c.ReplaceOrder(account_id=2, order_id=1, lots=2))
    (row,) = world.must(queries.QueryOrder(account_id=2, order_id=1))
    assert (row.cumulative_lots, row.cumulative_quote_units) == (5, OVER)
    dumped = world.shard.dump()
    assert Shard.load(dumped).dump() == dumped
    replayed = Shard()
    replayed.replay(world.records)
    assert replayed.dump() == dumped


def test_moving_between_trade_groups_takes_no_new_place() -> None:
    """Going to and fro once took a place each time, of which there were 8 million."""
    world = spot_world()
    for group in (5, 0, 5, 0, 6, 0):
        world.must(c.ChangeAccount(account_id=1, trade_group_id=group, state=1))
    mine = order(1, "sell", 5, 100, self_trade_prevention=1)
    world.must(mine)
    own = world.send(order(1, "buy", 5, 100, self_trade_prevention=1))[1]
    assert [type(event).__name__ for event in own] == ["OrderAccepted", "OrderClosed"]


def test_a_list_is_forgotten_with_the_last_of_its_orders() -> None:
    """Its name is free then; what is remembered of it until then tells the whole list."""
    world = spot_world()
    venue = world.shard.venues[TENANT]
    venue.unkeyed_kept = 2
    pair = (order(1, "sell", 5, 110), order(1, "sell", 5, stop=90))
    world.must(oco(*pair, client_list_id="mine"))
    world.must(c.CancelOrder(account_id=1, order_id=1))
    world.must(order(2, "buy", 1, 50), c.CancelOrder(account_id=2, order_id=3))
    result, rows = world.send(oco(*pair, client_list_id="mine"))
    assert result == Result.REPEATED
    assert [(type(row).__name__, row.list_id) for row in rows] == [
        ("OrderListRow", 1),
        ("OrderRow", 1),
    ]
    assert Shard.load(world.shard.dump()).dump() == world.shard.dump()
    asked = queries.QueryOrderList(account_id=1, list_id=1)
    assert world.must(asked) == rows
    world.must(order(2, "buy", 1, 50), c.CancelOrder(account_id=2, order_id=4))
    assert world.send(asked)[0] == Result.UNKNOWN_ORDER_LIST
    assert (venue.lists, venue.list_ids) == ({}, {})
    world.must(oco(*pair, client_list_id="mine"))
    assert Shard.load(world.shard.dump()).dump() == world.shard.dump()


def test_pending_orders_count_for_all_that_is_open() -> None:
    world = spot_world()
    most = limits.MAX_LOTS
    world.must(c.CreditFunds(account_id=1, asset_id=1, amount_units=10**30, reason=1))
    lead = order(1, "buy", 1, 1)
    for _ in range(1_999):
        follows = (order(1, "sell", most, 9), order(1, "sell", most, stop=5))
        world.must(otoco(lead, *follows))
    events = world.must(oto(lead, order(1, "sell", most, 9)))
    assert len(events) == 5
    over = otoco(lead, order(1, "sell", most, 9), order(1, "sell", most, stop=5))
    dumped = world.shard.dump()
    assert world.send(over)[0] == Result.ABOVE_MAXIMUM_QUANTITY
    # Nothing of the legs that were counted for the check is left.
    instrument = world.shard.venues[TENANT].instruments[1]
    assert instrument.open_lots == 3_999 * most + 2_000
    assert Shard.load(dumped).venues[TENANT].instruments[1].open_lots == instrument.open_lots
    assert instrument.waiting_orders == 3_999
    world.must(c.CancelAllOrders(account_id=1))
    assert (instrument.open_lots, instrument.waiting_orders, instrument.open_orders) == (0, 0, 0)


def test_a_snapshot_has_one_quote_a_side_and_none_that_ends_by_itself() -> None:
    world = spot_world()
    quotes = c.PlaceQuotes(account_id=1, instrument_id_1=1, bid_ticks_1=100, bid_lots_1=5)
    world.must(
        quotes, order(1, "buy", 5, 90), order(2, "buy", 5, 80, time_in_force=4, expire_ns=9**9)
    )
    dumped = world.shard.dump()
    assert Shard.load(dumped).dump() == dumped
    for order_id, account_id in ((2, 1), (3, 2)):
        number = order_at(dumped, order_id, account_id) + FROM_ORDER["terms"]
        forged = with_word(dumped, number, words_of(dumped)[number] | 1 << 28)
        with pytest.raises(ValueError):
            Shard.load(forged)


@pytest.mark.parametrize(
    ("from_end", "value"),
    [
        (1, 1),  # one fill more than there is
        (2, 2),
        (3, 2**63 - 1),
        (5, -1),
        (6, -1),
        (7, 0),
        (7, 60 * 10**9 + 1),
        (8, 7),
        (8, 0),  # lots over all instruments
        (9, 77),
        (10, 2),
        (10, -1),
    ],
)
def test_a_forged_protection_is_refused(from_end: int, value: int) -> None:
    world = spot_world()
    world.must(c.SetProtection(account_id=1, instrument_id=1, window_ns=9, lots=5, trades=2))
    dumped = world.shard.dump()
    assert Shard.load(dumped).dump() == dumped
    with pytest.raises(ValueError):
        Shard.load(with_word(dumped, len(dumped) // 8 - BEHIND_PROTECTIONS - from_end, value))


@pytest.mark.parametrize(("from_end", "value"), [(1, 7), (2, 77), (5, 7), (6, 77), (4, 0), (3, 9)])
def test_a_forged_timer_or_arming_is_refused(from_end: int, value: int) -> None:
    world = spot_world()
    world.must(
        c.SetCancelTimer(account_id=1, instrument_id=1, timeout_ns=9),
        c.ArmDisconnect(account_id=1, instrument_id=1, armed=1),
    )
    dumped = world.shard.dump()
    at = len(dumped) // 8 - BEHIND_PROTECTIONS - 1 - from_end  # and the number of protections
    with pytest.raises(ValueError):
        Shard.load(with_word(dumped, at, value))


def test_a_mass_quote_names_what_it_likes() -> None:
    """Instruments far outside of the tables, and every number at its ends."""
    world = spot_world()
    before = world.shard.dump()
    for instrument_id in (-1, 2, 2**31, 2**32 + 1, 2**62, -(2**63)):
        events = world.must(c.PlaceQuotes(account_id=1, instrument_id_8=instrument_id))
        assert [event.result for event in events] == [Result.UNKNOWN_INSTRUMENT] * 8
    for ticks, lots in ((2**62, 1), (-1, 1), (1, 2**62), (1, -1), (-(2**63), 2**63 - 1)):
        (event,) = world.must(
            c.PlaceQuotes(account_id=1, instrument_id_1=1, ask_ticks_1=ticks, ask_lots_1=lots)
        )
        assert event.result != Result.ACCEPTED
    after = world.shard.dump()
    assert before[24:] == after[24:]  # all but the seq and the time
