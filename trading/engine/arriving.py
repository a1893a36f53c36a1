"""An order arrives at the book: new, replaced, or because its price has come."""

from trading.engine import (
    auctions,
    breaking,
    codes,
    emit,
    icebergs,
    limits,
    linking,
    matching,
    protecting,
    rows,
    rules,
    waiting,
)
from trading.engine.book import Instrument
from trading.engine.order_list import OrderList
from trading.engine.step import Step, Sweep
from trading.engine.trailing import Condition
from trading.engine.venue import Venue
from trading.engine.words import beyond, min_of, notional, units_of, wide


def check_funds(venue: Venue, sweep: Sweep, held_units: int, time_ns: int) -> int:
    """Whether the account can pay for what would come of an order now; a result code.

    ``held_units`` are held for the order already. Sets what is foreseen in the sweep.
    """
    instrument = sweep.instrument
    sweep.limit_ticks = sweep.ticks
    if not sweep.is_limit:
        # A market order goes as far as the price band.
        highest = rules.highest_ticks(instrument)
        sweep.limit_ticks = highest if sweep.is_buy else rules.lowest_ticks(instrument)
    sweep.held_back = False
    if instrument.breaker_bp != 0 and instrument.state == codes.INSTRUMENT_STATE_OPEN:
        breaking.hold_back(instrument, sweep, time_ns)
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
    """Match an accepted order whose funds were checked, and let what is left rest or end; then
    pull the quotes of which it took too much.
    """
    settle(venue, order, sweep, step)
    if step.pulls:
        protecting.pull_quotes(venue, step)
    return 0


def settle(venue: Venue, order: int, sweep: Sweep, step: Step) -> int:
    """The same but for the quotes."""
    instrument = sweep.instrument
    orders = venue.store.orders
    if sweep.kills:
        leaves = orders[order + rows.ORDER_LEAVES]
        return end_order(venue, order, sweep, leaves, codes.ORDER_STATUS_EXPIRED, step)
    rests = sweep.is_limit and (
        sweep.time_in_force != codes.TIME_IN_FORCE_IOC
        and sweep.time_in_force != codes.TIME_IN_FORCE_FOK
    )
    if instrument.state == codes.INSTRUMENT_STATE_AUCTION:
        ended = auctions.collect(venue, order, sweep, step)
    else:
        if instrument.breaker_bp != 0:
            breaking.enter_window(instrument, step.time_ns)
        ended = matching.match(venue, order, sweep, step)
        if (
            sweep.held_back
            and ended == rows.MATCHING_BOOK_ENDED
            and breaking.goes_further(venue, sweep)
        ):
            breaking.halt(venue, instrument, step)
            if rests:
                ended = auctions.collect(venue, order, sweep, step)
    leaves = orders[order + rows.ORDER_LEAVES]
    if ended == rows.MATCHING_DONE:
        return end_order(venue, order, sweep, 0, codes.ORDER_STATUS_FILLED, step)
    if ended == rows.MATCHING_PREVENTED:
        return end_order(venue, order, sweep, leaves, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    if rests:
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
    """Let an accepted or released order wait outside the book for its time or its price."""
    instrument = sweep.instrument
    orders = venue.store.orders
    order_id = orders[order + rows.ORDER_ID]
    orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_WAITING
    trigger_ticks = waiting.awaited_ticks(sweep)
    waiting.remember_condition(venue, order_id, sweep, trigger_ticks)
    if not sweep.is_counted:
        venue.enter(order, instrument)
    instrument.open_lots += sweep.leaves
    instrument.waiting_orders += 1
    waiting.write_waiting(venue, order, instrument, trigger_ticks, sweep.trigger_ns, step)
    if sweep.trigger_ns == 0:
        return waiting.stand(venue, order, instrument, trigger_ticks, step)
    waiting.stand_aside(venue, order, instrument)
    return venue.set_alarm(order_id, sweep.trigger_ns)


def fire_triggers(venue: Venue, instrument: Instrument, step: Step) -> int:
    """Let arrive what time and prices have set free, one order after another.

    Each may move the last price again, so what is next is looked at anew before each; and before
    each, the orders are released whose lists' first ones have been filled. Nothing fires while the
    instrument is not open.
    """
    while True:
        if step.due_count != 0:
            release_lists(venue, instrument, step)
        if instrument.waiting_orders == 0 or instrument.state != codes.INSTRUMENT_STATE_OPEN:
            return 0
        order = waiting.next_met(venue, instrument)
        if order == 0:
            return 0
        condition = venue.condition_of(order)
        if condition is not None and condition.distance_bp != 0 and condition.trail is None:
            waiting.begin_to_trail(venue, order, instrument, condition, step)
        else:
            fire(venue, order, instrument, condition, step)


def fire(
    venue: Venue, order: int, instrument: Instrument, condition: Condition | None, step: Step
) -> int:
    """Let a waiting order arrive."""
    store = venue.store
    orders = store.orders
    trigger_ticks = waiting.trigger_of(venue, order)
    price = 0
    limit_ticks = 0
    if trigger_ticks != 0:
        source = codes.TRIGGER_SOURCE_LAST
        if condition is not None:
            source = condition.source
            limit_ticks = trailing_limit(venue, order, condition, trigger_ticks)
        price = instrument.price_of(source)
    venue.stop_waiting(order, instrument)
    if limit_ticks != 0:
        orders[order + rows.ORDER_TICKS] = limit_ticks
    sweep = step.sweep
    sweep_of(venue, order, instrument, sweep)
    place = emit.order_triggered(
        step.out,
        orders[order + rows.ORDER_ID],
        store.accounts[sweep.account + rows.ACCOUNT_ID],
        instrument.instrument_id,
        sweep.side,
        trigger_ticks,
        price,
        limit_ticks,
    )
    step.out.cut_zeros(place)
    instrument.open_lots -= sweep.leaves
    if orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED != 0:
        # What the other one of the pair held is there for this one.
        linking.end_partner(venue, order, step)
    result = check_again(venue, order, sweep)
    if result == codes.ACCEPTED:
        result = check_funds(venue, sweep, wide(0), step.time_ns)
    if result != codes.ACCEPTED:
        return end_order(venue, order, sweep, sweep.leaves, codes.ORDER_STATUS_REJECTED, step)
    return arrive(venue, order, sweep, step)


def trailing_limit(venue: Venue, order: int, condition: Condition, stop_ticks: int) -> int:
    """The limit price of a trailing stop that fires at ``stop_ticks``; 0: it has none."""
    terms = venue.store.orders[order + rows.ORDER_TERMS]
    if terms >> rows.TERMS_TYPE_SHIFT & 255 != codes.ORDER_TYPE_TRAILING_STOP_LIMIT:
        return 0
    # A limit beyond all prices is one that every price keeps to.
    if terms & 15 == codes.SIDE_BUY:
        return min_of(stop_ticks + condition.offset_ticks, limits.MAX_TICKS)
    limit_ticks = stop_ticks - condition.offset_ticks
    return limit_ticks if limit_ticks > 0 else 1


def check_again(venue: Venue, order: int, sweep: Sweep) -> int:
    """Whether an order that has waited is still allowed, but for its funds; a result code."""
    store = venue.store
    if not store.has_room():
        return codes.NO_ROOM
    if not icebergs.has_room(venue, order, sweep.instrument, sweep.leaves):
        return codes.NO_ROOM
    if store.accounts[sweep.account + rows.ACCOUNT_STATE] != codes.ACCOUNT_STATE_ACTIVE:
        return codes.ACCOUNT_SUSPENDED
    result = check_state_again(venue, sweep)
    return result if result != codes.ACCEPTED else rules.check_size(sweep.instrument, sweep)


def check_state_again(venue: Venue, sweep: Sweep) -> int:
    """Whether an order that comes now may, in its instrument's state; a result code.

    The command that set it free may have led into an auction, or have closed the instrument: then
    an order that would trade at once is not allowed, and all others rest or wait.
    """
    instrument = sweep.instrument
    if instrument.state == codes.INSTRUMENT_STATE_OPEN or sweep.waits:
        return codes.ACCEPTED
    if instrument.state == codes.INSTRUMENT_STATE_AUCTION:
        return auctions.check_for_auction(sweep)
    rests = sweep.is_limit and (
        sweep.time_in_force != codes.TIME_IN_FORCE_IOC
        and sweep.time_in_force != codes.TIME_IN_FORCE_FOK
    )
    return codes.ACCEPTED if rests and not would_take(venue, sweep) else codes.INSTRUMENT_CLOSED


def release_lists(venue: Venue, instrument: Instrument, step: Step) -> int:
    """Let arrive what waited for the first order of its list, in the order in which those were
    filled. One that arrives may fill the first order of another list, which comes last then.
    """
    at = 0
    while at < step.due_count:
        release_list(venue, due_list(step, at), instrument, step)
        at += 1
    step.due.clear()
    step.due_count = 0
    return 0


def due_list(step: Step, at: int) -> OrderList:
    """One of the lists whose first order was filled."""
    return step.due[at]


def release_list(venue: Venue, order_list: OrderList, instrument: Instrument, step: Step) -> int:
    """Let those of a list arrive that still wait for its first order, one after another."""
    store = venue.store
    orders = store.orders
    for position in range(1, order_list.legs()):
        order = venue.order(order_list.list_id + position)
        if order == 0 or orders[order + rows.ORDER_STATUS] != codes.ORDER_STATUS_PENDING:
            continue  # it ended, before or by the one before it
        trigger_ticks = order_list.trigger(position)
        place = emit.order_released(
            step.out,
            orders[order + rows.ORDER_ID],
            store.accounts[order_list.account + rows.ACCOUNT_ID],
            instrument.instrument_id,
            orders[order + rows.ORDER_TERMS] & 15,
            orders[order + rows.ORDER_LEAVES],
            trigger_ticks,
        )
        step.out.cut_zeros(place)
        set_free(venue, order, instrument, trigger_ticks, step)
    return 0


def set_free(
    venue: Venue, order: int, instrument: Instrument, trigger_ticks: int, step: Step
) -> int:
    """Let a pending order arrive, or wait for its price or its time, if it is still allowed.

    A plain one whose time has come meanwhile fires like any whose time comes, so that it ends the
    other one of its pair before it arrives: never are both of a pair in the book.
    """
    orders = venue.store.orders
    sweep = step.sweep
    sweep_of(venue, order, instrument, sweep)
    waiting.recall_condition(venue, order, sweep, trigger_ticks, step.time_ns)
    instrument.open_lots -= sweep.leaves
    instrument.waiting_orders -= 1
    orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_OPEN
    result = check_again(venue, order, sweep)
    if result == codes.ACCEPTED and not sweep.waits:
        result = check_funds(venue, sweep, wide(0), step.time_ns)
    if result != codes.ACCEPTED:
        return end_order(venue, order, sweep, sweep.leaves, codes.ORDER_STATUS_REJECTED, step)
    if sweep.waits:
        return wait(venue, order, sweep, step)
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
    sweep.trigger_source = codes.TRIGGER_SOURCE_LAST
    sweep.distance_bp = 0
    sweep.activation_ticks = 0
    sweep.offset_ticks = 0
    sweep.trigger_ns = 0
    sweep.waits = False
    sweep.expire_ns = 0
    sweep.budget_units = wide(0)
    sweep.is_buy = sweep.side == codes.SIDE_BUY
    sweep.is_limit = sweep.ticks != 0
    sweep.by_quote = False
    sweep.post_only = terms & rows.TERMS_POST_ONLY != 0
    sweep.is_counted = True
    return 0
