"""Orders that show only a part of themselves at a time, and keep the rest in reserve.

Only what is shown stands in the level's lots. When it has been traded the next part is shown, at
the end of the level's queue: who hides pays with time priority.
"""

from trading.engine import codes, emit, limits, rows
from trading.engine.book import Instrument
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import added, affordable, min_of, notional


def check_display(sweep: Sweep) -> int:
    """Whether an order may show so much of itself at a time; a result code."""
    display = sweep.display_lots
    if (
        display <= 0
        or display >= sweep.leaves
        or display < sweep.instrument.min_lots
        or not may_hide(sweep.order_type, sweep.time_in_force)
    ):
        return codes.BAD_DISPLAY_QUANTITY
    result = check_refreshes(sweep.leaves, display)
    if result == codes.ACCEPTED and not has_room_for(sweep.instrument, sweep.leaves, display, 0):
        return codes.NO_ROOM
    return result


def may_hide(order_type: int, time_in_force: int) -> bool:
    """Whether such an order may show only a part of itself: it is placed with a price, and may
    rest.
    """
    return (
        (
            order_type == codes.ORDER_TYPE_LIMIT
            or order_type == codes.ORDER_TYPE_STOP_LIMIT
            or order_type == codes.ORDER_TYPE_TAKE_PROFIT_LIMIT
        )
        and time_in_force != codes.TIME_IN_FORCE_IOC
        and time_in_force != codes.TIME_IN_FORCE_FOK
    )


def check_refreshes(lots: int, display: int) -> int:
    """Whether an order of so many lots shows itself in few enough parts; a result code."""
    if (lots - 1) // display > limits.MAX_REFRESHES:
        return codes.TOO_MANY_REFRESHES
    return codes.ACCEPTED


def has_room(venue: Venue, order: int, instrument: Instrument, lots: int) -> bool:
    """Whether an order may come to rest with so many lots, as far as its refreshes go."""
    display = venue.hidden.display_of(order)
    if display == 0:
        return True
    own = (venue.hidden.of(order) + display - 1) // display
    return has_room_for(instrument, lots, display, own)


def has_room_for(instrument: Instrument, lots: int, display: int, own: int) -> bool:
    """Whether the instrument has room for the refreshes of an order; ``own`` are its already."""
    return instrument.refreshes - own + (lots - 1) // display <= limits.MAX_OPEN_REFRESHES


def refresh(venue: Venue, order: int, instrument: Instrument, step: Step) -> int:
    """Show the next part of an iceberg of which nothing is shown any more."""
    store = venue.store
    orders = store.orders
    level = orders[order + rows.ORDER_LEVEL]
    reserve = venue.hidden.of(order)
    shown = min_of(reserve, venue.hidden.display_of(order))
    # The level stays, even if it is without an order in between.
    store.unlink(level, order)
    orders[order + rows.ORDER_LEAVES] = shown
    venue.hidden.put(order, instrument, level, reserve - shown)
    store.append(level, order)
    emit.order_refreshed(
        step.out,
        orders[order + rows.ORDER_ID],
        store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        instrument.instrument_id,
        orders[order + rows.ORDER_TERMS] & 15,
        shown,
        orders[order + rows.ORDER_TICKS],
        reserve - shown,
    )
    return 0


def restore(venue: Venue, order: int, instrument: Instrument, reserve: int) -> bool:
    """Give a resting order its reserve as a snapshot has it; whether that can be."""
    store = venue.store
    display = venue.hidden.display_of(order)
    refreshes = (reserve + display - 1) // display
    if (
        store.orders[order + rows.ORDER_LEAVES] > display
        or refreshes > limits.MAX_REFRESHES
        or refreshes > limits.MAX_OPEN_REFRESHES - instrument.refreshes
    ):
        return False
    venue.hidden.put(order, instrument, store.orders[order + rows.ORDER_LEVEL], reserve)
    return True


def foresee_reserves(venue: Venue, level: int, sweep: Sweep) -> int:
    """What ``foresee`` does with what a level does not show, after it has gone through the rest.

    Each iceberg shows its next part at the end of the queue, so they come round and round in the
    order in which they stand now. Returns how the sweep would end, or that it goes on.
    """
    store = venue.store
    orders = store.orders
    mode = sweep.mode
    parts = []
    order = store.levels[level + rows.LEVEL_FIRST]
    while order != 0:
        owner = store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_PARTY]
        own = owner == sweep.party
        # Its own leave the book whole in this mode, and in the two others it would have ended.
        leaves_whole = own and mode == codes.SELF_TRADE_PREVENTION_EXPIRE_MAKER
        reserve = venue.hidden.of(order)
        if reserve > 0 and not leaves_whole:
            parts.append((own, reserve, venue.hidden.display_of(order)))
        order = orders[order + rows.ORDER_BEHIND]
    ticks = store.levels[level + rows.LEVEL_TICKS]
    while parts:
        left = []
        for own, reserve, display in parts:
            ended = foresee_part(own, min_of(reserve, display), ticks, sweep)
            if ended != rows.MATCHING_GOES_ON:
                return ended
            if reserve > display:
                left.append((own, reserve - display, display))
        parts = left
    return rows.MATCHING_GOES_ON


def foresee_part(own: bool, lots: int, ticks: int, sweep: Sweep) -> int:
    """What ``foresee`` does with one more part of an iceberg."""
    leaves = sweep.foreseen_leaves
    factor = sweep.instrument.factor
    if sweep.by_quote:
        leaves = affordable(sweep.foreseen_units, notional(1, ticks, factor), limits.MAX_OPEN_LOTS)
        if leaves == 0:
            return rows.MATCHING_DONE if sweep.lots > 0 else rows.MATCHING_BOOK_ENDED
    takes_all = lots >= leaves
    leaves_some = lots > leaves
    taken = min_of(lots, leaves)
    units = notional(taken, ticks, factor)
    sweep.foreseen_leaves = leaves - taken
    sweep.foreseen_units -= units
    if own:
        if takes_all or sweep.time_in_force == codes.TIME_IN_FORCE_FOK:
            return rows.MATCHING_PREVENTED
        return rows.MATCHING_GOES_ON
    sweep.lots += taken
    sweep.quote_units = added(sweep.quote_units, units)
    if sweep.by_quote:
        if leaves_some or sweep.foreseen_units == 0:
            return rows.MATCHING_DONE
    elif takes_all:
        return rows.MATCHING_DONE
    return rows.MATCHING_GOES_ON
