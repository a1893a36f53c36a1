"""An order arrives at the book: new, replaced, or because its price has come."""

from trading.engine import codes, emit, icebergs, matching, rows, rules
from trading.engine.book import Instrument, Ladder
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import beyond, notional, units_of, wide


def check_funds(venue: Venue, sweep: Sweep, held_units: int) -> int:
    """Whether the account can pay for what would come of an order; a result code.

    ``held_units`` are held for the order already. Sets what is foreseen in the sweep.
    """
    instrument = sweep.instrument
    sweep.limit_ticks = sweep.ticks
    if not sweep.is_limit:
        # A market order goes as far as the price band.
        highest = rules.highest_ticks(instrument)
        sweep.limit_ticks = highest if sweep.is_buy else rules.lowest_ticks(instrument)
    sweep.lots = 0
    sweep.quote_units = wide(0)
    sweep.kills = False
    all_or_nothing = sweep.time_in_force == codes.TIME_IN_FORCE_FOK
    if all_or_nothing or (not sweep.is_limit and sweep.is_buy != sweep.by_quote):
        foreseen = matching.foresee(venue, sweep)
        sweep.kills = all_or_nothing and foreseen != rows.MATCHING_DONE
    needed = wide(0)
    asset = instrument.base.index
    if sweep.is_buy:
        asset = instrument.quote.index
        if sweep.is_limit:
            needed = notional(sweep.leaves, sweep.ticks, instrument.factor)
        elif sweep.by_quote:
            needed = sweep.budget_units
        elif not sweep.kills:
            needed = sweep.quote_units
    elif not sweep.by_quote:
        needed = units_of(sweep.leaves, instrument.lot_units)
    elif not sweep.kills:
        needed = units_of(sweep.lots, instrument.lot_units)
    if venue.store.available(sweep.account, asset) + held_units < needed:
        return codes.INSUFFICIENT_FUNDS
    if sweep.post_only and would_take(venue, sweep):
        return codes.POST_ONLY_WOULD_TAKE
    return codes.ACCEPTED


def would_take(venue: Venue, sweep: Sweep) -> bool:
    """Whether a limit order would trade at once."""
    instrument = sweep.instrument
    best = instrument.asks.best if sweep.is_buy else instrument.bids.best
    if best == 0:
        return False
    return not beyond(venue.store.levels[best + rows.LEVEL_TICKS], sweep.ticks, sweep.is_buy)


def arrive(venue: Venue, order: int, sweep: Sweep, step: Step) -> int:
    """Match an accepted order whose funds were checked, and let what is left rest or end."""
    instrument = sweep.instrument
    orders = venue.store.orders
    if sweep.kills:
        leaves = orders[order + rows.ORDER_LEAVES]
        return end_order(venue, order, sweep, leaves, codes.ORDER_STATUS_EXPIRED, step)
    ended = matching.match(venue, order, sweep, step)
    leaves = orders[order + rows.ORDER_LEAVES]
    if ended == rows.MATCHING_DONE:
        return end_order(venue, order, sweep, 0, codes.ORDER_STATUS_FILLED, step)
    if ended == rows.MATCHING_PREVENTED:
        return end_order(venue, order, sweep, leaves, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    if sweep.is_limit and (
        sweep.time_in_force == codes.TIME_IN_FORCE_GTC
        or sweep.time_in_force == codes.TIME_IN_FORCE_GTD
    ):
        orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_OPEN
        if orders[order + rows.ORDER_CUMULATIVE_LOTS] > 0:
            orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_PARTIALLY_FILLED
        if not sweep.is_counted:
            venue.enter(order, instrument)
        return venue.rest(order, instrument, step)
    return end_order(venue, order, sweep, leaves, codes.ORDER_STATUS_EXPIRED, step)


def end_order(venue: Venue, order: int, sweep: Sweep, leaves: int, status: int, step: Step) -> int:
    """The end of an order that does not rest."""
    if sweep.is_counted:
        venue.leave(order, sweep.instrument)
    return venue.close(order, sweep.instrument, leaves, 0, 0, status, step)


def wait(venue: Venue, order: int, sweep: Sweep, step: Step) -> int:
    """Let an accepted order wait outside the book for its price."""
    store = venue.store
    instrument = sweep.instrument
    store.orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_WAITING
    terms = store.orders[order + rows.ORDER_TERMS]
    ladder = instrument.rising if rules.waits_for_rise(terms) else instrument.falling
    store.append(ladder.level_at(sweep.trigger_ticks), order)
    venue.enter(order, instrument)
    instrument.open_lots += sweep.leaves
    instrument.waiting_orders += 1
    emit.order_waiting(
        step.out,
        store.orders[order + rows.ORDER_ID],
        store.accounts[sweep.account + rows.ACCOUNT_ID],
        instrument.instrument_id,
        sweep.side,
        sweep.trigger_ticks,
    )
    return 0


def fire_triggers(venue: Venue, instrument: Instrument, step: Step) -> int:
    """Let arrive what the last price has set free, one order after another.

    Of those that waited for a rise the lowest price first, then of those that waited for a fall
    the highest; at one price in the order in which they came. Each may move the price again.
    """
    while True:
        last = instrument.last_ticks
        if last == 0:
            return 0  # there was no trade yet, which is not a price of 0
        level = instrument.rising.best
        ladder = instrument.rising
        if level == 0 or venue.store.levels[level + rows.LEVEL_TICKS] > last:
            level = instrument.falling.best
            ladder = instrument.falling
            if level == 0 or venue.store.levels[level + rows.LEVEL_TICKS] < last:
                return 0
        fire(venue, instrument, ladder, level, step)


def fire(venue: Venue, instrument: Instrument, ladder: Ladder, level: int, step: Step) -> int:
    """Let the first order of a level of waiting ones arrive."""
    store = venue.store
    orders = store.orders
    order = store.levels[level + rows.LEVEL_FIRST]
    trigger_ticks = store.levels[level + rows.LEVEL_TICKS]
    ladder.take(level, order)
    sweep = step.sweep
    sweep_of(venue, order, instrument, sweep)
    emit.order_triggered(
        step.out,
        orders[order + rows.ORDER_ID],
        store.accounts[sweep.account + rows.ACCOUNT_ID],
        instrument.instrument_id,
        sweep.side,
        trigger_ticks,
        instrument.last_ticks,
    )
    instrument.open_lots -= sweep.leaves
    instrument.waiting_orders -= 1
    result = rules.check_size(instrument, sweep)
    if store.accounts[sweep.account + rows.ACCOUNT_STATE] != codes.ACCOUNT_STATE_ACTIVE:
        result = codes.ACCOUNT_SUSPENDED
    if not store.has_room() or not icebergs.has_room(venue, order, instrument, sweep.leaves):
        result = codes.NO_ROOM
    if result == codes.ACCEPTED:
        result = check_funds(venue, sweep, wide(0))
    if result != codes.ACCEPTED:
        return end_order(venue, order, sweep, sweep.leaves, codes.ORDER_STATUS_REJECTED, step)
    return arrive(venue, order, sweep, step)


def sweep_of(venue: Venue, order: int, instrument: Instrument, sweep: Sweep) -> int:
    """The sweep of an order that stands in its account's queue already."""
    store = venue.store
    orders = store.orders
    terms = orders[order + rows.ORDER_TERMS]
    sweep.instrument = instrument
    sweep.account = orders[order + rows.ORDER_ACCOUNT]
    sweep.party = store.accounts[sweep.account + rows.ACCOUNT_PARTY]
    sweep.side = terms & 15
    sweep.order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    sweep.time_in_force = terms >> rows.TERMS_TIME_IN_FORCE_SHIFT & 255
    sweep.mode = terms >> rows.TERMS_MODE_SHIFT & 15
    sweep.leaves = orders[order + rows.ORDER_LEAVES]
    sweep.ticks = orders[order + rows.ORDER_TICKS]
    sweep.trigger_ticks = 0
    sweep.expire_ns = 0
    sweep.budget_units = wide(0)
    sweep.is_buy = sweep.side == codes.SIDE_BUY
    sweep.is_limit = sweep.ticks != 0
    sweep.by_quote = False
    sweep.post_only = terms & rows.TERMS_POST_ONLY != 0
    sweep.is_counted = True
    return 0
