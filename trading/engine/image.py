"""The state as bytes: what snapshots hold and what the state hash is taken of.

Equal states give equal bytes, however they came about: everything stands in the order of its id,
resting orders in the order in which they trade, closed ones in the order in which they closed.
"""

from trading.engine import codes, linking, rows, tiering, volumes
from trading.engine.book import Instrument, Ladder
from trading.engine.closed import Closed
from trading.engine.output import Output
from trading.engine.quotes import Protection
from trading.engine.trailing import Condition, root_of
from trading.engine.venue import Venue
from trading.engine.words import copy_words, high, low


class Writer:
    """Writes a dump from front to back."""

    def __init__(self) -> None:
        self.out = Output(rows.OUTPUT_FIRST_WORDS)

    def number(self, value: int) -> int:
        place = self.out.room(1)
        self.out.words[place] = value
        return 0

    def amount(self, units: int) -> int:
        place = self.out.room(2)
        self.out.words[place] = low(units)
        self.out.words[place + 1] = high(units)
        return 0

    def text(self, data: bytes) -> int:
        count = len(data) >> 3
        place = self.out.room(count)
        copy_words(self.out.words, place, data, 0, count)
        return 0


def dump_state(
    seq: int, time_ns: int, venues: dict[int, Venue], source_numbers: dict[int, int]
) -> bytes:
    """The state as bytes."""
    out = Writer()
    out.number(rows.DUMP_MAGIC)
    out.number(seq)
    out.number(time_ns)
    out.number(len(source_numbers))
    for key in sorted(source_numbers):
        out.number(key)
        out.number(source_numbers[key])
    out.number(len(venues))
    for tenant_id in sorted(venues):
        dump_venue(venues[tenant_id], out)
    return out.out.piece(0, out.out.at)


def dump_venue(venue: Venue, out: Writer) -> int:
    """All of one tenant."""
    out.number(venue.tenant_id)
    out.text(venue.code)
    out.number(venue.last_order_id)
    out.number(venue.last_trade_id)
    out.number(venue.keyed_kept)
    out.number(venue.keyed_kept_per_account)
    out.number(venue.unkeyed_kept)
    out.number(len(venue.asset_list))
    for asset in venue.asset_list:
        out.number(asset.asset_id)
        out.number(asset.scale)
        out.text(asset.code)
        out.amount(asset.supply_units)
    out.number(len(venue.instrument_list))
    for instrument in venue.instrument_list:
        dump_instrument(instrument, out)
    out.number(len(venue.fees.lines))
    for line in sorted(venue.fees.lines):
        out.number(line[0])
        out.number(line[1])
        out.number(venue.fees.lines[line][0])
        out.number(venue.fees.lines[line][1])
    out.number(len(venue.accounts))
    for account_id in sorted(venue.accounts):
        dump_account(venue, venue.account(account_id), out)
    out.number(len(venue.conditions))
    for order_id in sorted(venue.conditions):
        out.number(order_id)
        dump_condition(venue.conditions[order_id], out)
    for instrument in venue.instrument_list:
        for ladder in ladders_of(instrument):
            dump_ladder(venue, ladder, out)
    dump_pending(venue, out)
    out.number(len(venue.expiries))
    for order_id in sorted(venue.expiries):
        out.number(order_id)
        out.number(venue.expiries[order_id])
    dump_closed(venue, venue.unkeyed, out)
    dump_closed(venue, venue.keyed, out)
    dump_lists(venue, out)
    return dump_guards(venue, out)


def dump_guards(venue: Venue, out: Writer) -> int:
    """What cancels orders by itself."""
    out.number(len(venue.cancel_timers))
    for key in sorted(venue.cancel_timers):
        out.number(key[0])
        out.number(key[1])
        out.number(venue.cancel_timers[key])
    out.number(len(venue.armed))
    for key in sorted(venue.armed):
        out.number(key[0])
        out.number(key[1])
    out.number(len(venue.protections))
    for key in sorted(venue.protections):
        out.number(key[0])
        out.number(key[1])
        dump_protection(venue.protections[key], out)
    return dump_fees(venue, out)


def dump_fees(venue: Venue, out: Writer) -> int:
    """Ladders of fee tiers, and what counts for them."""
    fees = venue.fees
    out.number(tiering.asset_id_of(venue))
    out.number(len(fees.ladders))
    for group_id in sorted(fees.ladders):
        out.number(group_id)
        out.number(len(fees.ladders[group_id]))
        for step in fees.ladders[group_id]:
            for number in step:
                out.number(number)
    for account_id in sorted(venue.accounts):
        dump_volume(venue, venue.account(account_id), out)
    return out.number(0)


def dump_volume(venue: Venue, account: int, out: Writer) -> int:
    """What an account traded by day, if it ever did since that is counted."""
    words = venue.store.volumes
    at = account * rows.VOLUMES_BY_ACCOUNT
    day = words[at + rows.VOLUME_DAY]
    if day == 0:
        return 0
    out.number(venue.store.accounts[account + rows.ACCOUNT_ID])
    out.number(day)
    out.number(volumes.tier_in_force(venue, account))
    out.number(words[at + rows.VOLUME_TODAY])
    out.number(words[at + rows.VOLUME_TODAY + 1])
    number = day - rows.VOLUME_DAYS if day > rows.VOLUME_DAYS else 1
    while number < day:
        place = volumes.bucket_of(at, number)
        if words[place] != 0 or words[place + 1] != 0:
            out.number(number)
            out.number(words[place])
            out.number(words[place + 1])
        number += 1
    return out.number(0)


def dump_protection(protection: Protection, out: Writer) -> int:
    """A market maker's protection and what it counts."""
    out.number(protection.window_ns)
    out.number(protection.most_lots)
    out.number(protection.most_trades)
    out.amount(protection.most_notional_units)
    out.number(protection.tripped)
    out.number(len(protection.fills))
    for fill in protection.fills:
        out.number(fill[0])
        out.number(fill[1])
        out.number(fill[2])
        out.number(fill[3])
    return 0


def dump_pending(venue: Venue, out: Writer) -> int:
    """Orders that wait for the first of their list, by id, each behind a 1; 0 ends the list."""
    for order_id in sorted(venue.lists):
        order = venue.order(order_id)
        if venue.store.orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING:
            out.number(1)
            dump_order(venue, order, out)
    return out.number(0)


def dump_lists(venue: Venue, out: Writer) -> int:
    """Order lists by id, each behind a 1; 0 ends the list."""
    list_id = 0
    for order_id in sorted(venue.lists):
        order_list = linking.list_of(venue, order_id)
        if order_list.list_id == list_id:
            continue
        list_id = order_list.list_id
        out.number(1)
        out.number(list_id)
        out.number(order_list.list_type)
        out.number(venue.store.accounts[order_list.account + rows.ACCOUNT_ID])
        out.number(order_list.client_key)
        for position in range(order_list.legs()):
            out.number(order_list.trigger(position))
    return out.number(0)


def dump_instrument(instrument: Instrument, out: Writer) -> int:
    """The rules and prices of an instrument."""
    out.number(instrument.instrument_id)
    out.number(instrument.base.asset_id)
    out.number(instrument.quote.asset_id)
    out.amount(instrument.tick_units)
    out.amount(instrument.lot_units)
    out.number(instrument.min_lots)
    out.number(instrument.max_lots)
    out.amount(instrument.min_notional_units)
    out.amount(instrument.max_notional_units)
    out.number(instrument.price_band_bp)
    out.number(instrument.maker_ppm)
    out.number(instrument.taker_ppm)
    out.number(instrument.state)
    out.text(instrument.symbol)
    out.number(instrument.last_ticks)
    out.number(instrument.reference_ticks)
    out.number(instrument.session_ends_ns)
    out.number(instrument.reopen_ns)
    out.number(instrument.breaker_bp)
    out.number(instrument.breaker_window_ns)
    out.number(instrument.breaker_halt_ns)
    out.number(instrument.breaker_window)
    out.number(instrument.breaker_ticks)
    out.number(instrument.mark_watch.ticks)
    out.number(instrument.index_watch.ticks)
    return 0


def dump_condition(condition: Condition, out: Writer) -> int:
    """What one order waits for beyond a last price."""
    out.number(condition.source)
    out.number(condition.trigger_ticks)
    out.number(condition.trigger_ns)
    out.number(condition.distance_bp)
    out.number(condition.offset_ticks)
    trail = condition.trail
    # Which extreme it follows; the trails come of that.
    return out.number(0 if trail is None else root_of(trail).ticks)


def ladders_of(instrument: Instrument) -> tuple[Ladder, ...]:
    """All queues that an open order of an instrument can stand in."""
    return (
        instrument.bids,
        instrument.asks,
        instrument.rising,
        instrument.falling,
        instrument.mark_watch.rising,
        instrument.mark_watch.falling,
        instrument.index_watch.rising,
        instrument.index_watch.falling,
        instrument.aside,
        instrument.due,
    )


def dump_account(venue: Venue, account: int, out: Writer) -> int:
    """An account and its balances that are not nothing."""
    store = venue.store
    accounts = store.accounts
    out.number(accounts[account + rows.ACCOUNT_ID])
    out.number(accounts[account + rows.ACCOUNT_GROUP])
    out.number(accounts[account + rows.ACCOUNT_TRADE_GROUP])
    out.number(accounts[account + rows.ACCOUNT_ROLE])
    out.number(accounts[account + rows.ACCOUNT_STATE])
    at = accounts[account + rows.ACCOUNT_BALANCES]
    end = at + accounts[account + rows.ACCOUNT_BALANCE_COUNT] * rows.BALANCE_WIDTH
    while at < end:
        available = store.amount_at(at + rows.BALANCE_AVAILABLE)
        held = store.amount_at(at + rows.BALANCE_HELD)
        if available != 0 or held != 0:
            # By index, that is in the order of the assets' making; 0 ends the list.
            out.number(store.balances[at + rows.BALANCE_ASSET] + 1)
            out.amount(available)
            out.amount(held)
        at += rows.BALANCE_WIDTH
    return out.number(0)


def dump_ladder(venue: Venue, ladder: Ladder, out: Writer) -> int:
    """The orders of one side as they would trade, or fire, level by level; 0 ends the list."""
    store = venue.store
    level = ladder.best
    while level != 0:
        out.number(store.levels[level + rows.LEVEL_ORDERS])
        out.number(store.levels[level + rows.LEVEL_TICKS])
        order = store.levels[level + rows.LEVEL_FIRST]
        while order != 0:
            dump_order(venue, order, out)
            order = store.orders[order + rows.ORDER_BEHIND]
        level = store.levels[level + rows.LEVEL_WORSE]
    return out.number(0)


def dump_closed(venue: Venue, closed: Closed, out: Writer) -> int:
    """Lately closed orders, the oldest first."""
    out.number(closed.count)
    order = closed.oldest
    while order != 0:
        dump_order(venue, order, out)
        order = venue.store.orders[order + rows.ORDER_BEHIND]
    return 0


def dump_order(venue: Venue, order: int, out: Writer) -> int:
    """One order."""
    orders = venue.store.orders
    out.number(orders[order + rows.ORDER_ID])
    out.number(venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID])
    # Without the venue's number, which depends on the order in which venues came.
    out.number(orders[order + rows.ORDER_TERMS] & rows.TERMS_OF_ORDER)
    out.number(orders[order + rows.ORDER_STATUS])
    out.number(orders[order + rows.ORDER_LOTS])
    out.number(orders[order + rows.ORDER_LEAVES])
    out.number(orders[order + rows.ORDER_TICKS])
    out.number(venue.client_key_of(order))
    out.number(orders[order + rows.ORDER_SEQ])
    out.number(orders[order + rows.ORDER_CUMULATIVE_LOTS])
    out.number(orders[order + rows.ORDER_CUMULATIVE_QUOTE])
    out.number(orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1])
    if orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
        out.number(venue.hidden.display_of(order))
        out.number(venue.hidden.of(order))
    return 0
