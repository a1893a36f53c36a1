"""Orders that wait outside the book: for what, where, and which of them is next.

Each source (the last price, mark, index) has its own queues by price, so a price that moves
touches only what it sets free. At no price wait the active trailing stops and what waits for its
time: they stand *aside*; and *due* is a plain order whose time has come.
"""

from trading.engine import codec, codes, emit, limits, rows, rules
from trading.engine.book import Instrument, Watch
from trading.engine.step import Step, Sweep
from trading.engine.trailing import Condition, root_of, stop_of
from trading.engine.venue import Venue
from trading.engine.words import field, half


def read_condition(sweep: Sweep, data: bytes, at: int, end: int) -> int:
    """What a PlaceOrder says of its trigger."""
    sweep.trigger_ticks = field(data, at + codec.PLACE_ORDER_TRIGGER_TICKS, end)
    sweep.trigger_source = half(data, at + codec.PLACE_ORDER_TRIGGER_SOURCE, end)
    sweep.distance_bp = half(data, at + codec.PLACE_ORDER_TRAILING_DISTANCE_BP, end)
    sweep.activation_ticks = field(data, at + codec.PLACE_ORDER_ACTIVATION_TICKS, end)
    sweep.offset_ticks = field(data, at + codec.PLACE_ORDER_LIMIT_OFFSET_TICKS, end)
    sweep.trigger_ns = field(data, at + codec.PLACE_ORDER_TRIGGER_NS, end)
    sweep.waits = sweep.order_type > codes.ORDER_TYPE_MARKET or sweep.trigger_ns != 0
    return 0


def forget_condition(sweep: Sweep) -> int:
    """The same of one that says nothing of it."""
    sweep.trigger_ticks = 0
    sweep.trigger_source = codes.TRIGGER_SOURCE_LAST
    sweep.distance_bp = 0
    sweep.activation_ticks = 0
    sweep.offset_ticks = 0
    sweep.trigger_ns = 0
    sweep.waits = sweep.order_type > codes.ORDER_TYPE_MARKET
    return 0


def check_trigger(sweep: Sweep, pends: bool, time_ns: int) -> int:
    """Whether an order's trigger goes with its type, and lies ahead; a result code.

    Where the price will be when a pending one begins to wait, nobody knows: it may fire at once
    then.
    """
    order_type = sweep.order_type
    by_price = order_type > codes.ORDER_TYPE_MARKET
    trails = rules.is_trailing(order_type)
    if sweep.trigger_source > codes.LAST_TRIGGER_SOURCE or (
        sweep.trigger_source != codes.TRIGGER_SOURCE_LAST and not by_price
    ):
        return codes.BAD_TRIGGER_SOURCE
    if sweep.distance_bp > limits.MAX_TRAILING_BP or (sweep.distance_bp != 0) != trails:
        return codes.BAD_TRAILING_DISTANCE
    activation = sweep.activation_ticks
    if activation < 0 or activation > limits.MAX_TICKS or (activation != 0 and not trails):
        return codes.BAD_ACTIVATION_PRICE
    offset = sweep.offset_ticks
    if (
        offset < 0
        or offset > limits.MAX_TICKS
        or (offset != 0 and order_type != codes.ORDER_TYPE_TRAILING_STOP_LIMIT)
    ):
        return codes.BAD_LIMIT_OFFSET
    trigger = sweep.trigger_ticks
    if trigger < 0 or trigger > limits.MAX_TICKS or (trigger != 0) != (by_price and not trails):
        return codes.BAD_TRIGGER
    trigger_ns = sweep.trigger_ns
    if trigger_ns != 0:
        if trigger_ns <= time_ns or trigger_ns - time_ns > limits.MAX_TRIGGER_AHEAD_NS:
            return codes.BAD_TRIGGER_TIME
    elif trigger != 0 and not pends:
        price = sweep.instrument.price_of(sweep.trigger_source)
        rises = rules.waits_for_rise(sweep.side | order_type << rows.TERMS_TYPE_SHIFT)
        if price != 0 and (trigger <= price if rises else trigger >= price):
            return codes.TRIGGER_WOULD_FIRE
    return codes.ACCEPTED


def awaited_ticks(sweep: Sweep) -> int:
    """The price an order waits for first: of a trailing stop where it begins to follow; 0: none."""
    return sweep.trigger_ticks if sweep.distance_bp == 0 else sweep.activation_ticks


def remember_condition(venue: Venue, order_id: int, sweep: Sweep, trigger_ticks: int) -> int:
    """Keep what an order waits for beyond a last price."""
    if sweep.trigger_source == 0 and sweep.distance_bp == 0 and sweep.trigger_ns == 0:
        return 0
    venue.conditions[order_id] = Condition(
        sweep.trigger_source,
        trigger_ticks,
        sweep.trigger_ns,
        sweep.distance_bp,
        sweep.offset_ticks,
    )
    return 0


def recall_condition(venue: Venue, order: int, sweep: Sweep, trigger_ticks: int, now: int) -> int:
    """What an order of a list waits for from ``now`` on, as it was placed with; it is forgotten
    until it waits. A time that has passed while the order was pending is no matter any more.
    """
    sweep.trigger_ticks = trigger_ticks
    sweep.waits = trigger_ticks != 0
    condition = venue.condition_of(order)
    if condition is None:
        return 0
    sweep.waits = True
    sweep.trigger_source = condition.source
    sweep.distance_bp = condition.distance_bp
    sweep.offset_ticks = condition.offset_ticks
    if condition.distance_bp != 0:
        sweep.activation_ticks = condition.trigger_ticks
    if condition.trigger_ns > now:
        sweep.trigger_ns = condition.trigger_ns
    venue.conditions.pop(venue.store.orders[order + rows.ORDER_ID], None)
    return 0


def stand_aside(venue: Venue, order: int, instrument: Instrument) -> int:
    """Let an order wait at no price."""
    venue.store.append(instrument.aside.level_at(1), order)
    return 0


def stand(venue: Venue, order: int, instrument: Instrument, trigger_ticks: int, step: Step) -> int:
    """Let an order that stands nowhere wait for its price; a plain one is due."""
    terms = venue.store.orders[order + rows.ORDER_TERMS]
    if terms >> rows.TERMS_TYPE_SHIFT & 255 <= codes.ORDER_TYPE_MARKET:
        venue.store.append(instrument.due.level_at(1), order)
        return 0
    condition = venue.condition_of(order)
    rises = rules.waits_for_rise(terms)
    if condition is not None and condition.distance_bp != 0:
        price = instrument.price_of(condition.source)
        if price != 0 and is_active_at(rises, trigger_ticks, price):
            return activate(venue, order, instrument, condition, price, step)
        if trigger_ticks == 0:
            # The first price that there is makes it active.
            trigger_ticks = 1 if rises else limits.MAX_TICKS
    ladder = instrument.queue_of(terms >> rows.TERMS_TYPE_SHIFT & 255, rises, condition)
    venue.store.append(ladder.level_at(trigger_ticks), order)
    return 0


def is_active_at(rises: bool, activation_ticks: int, price: int) -> bool:
    """Whether a trailing stop begins to follow at once."""
    if activation_ticks == 0:
        return True
    return price >= activation_ticks if rises else price <= activation_ticks


def activate(
    venue: Venue,
    order: int,
    instrument: Instrument,
    condition: Condition,
    price: int,
    step: Step,
) -> int:
    """A trailing stop that stands nowhere follows its source's price from now on."""
    orders = venue.store.orders
    is_buy = orders[order + rows.ORDER_TERMS] & 15 == codes.SIDE_BUY
    stand_aside(venue, order, instrument)
    instrument.begin_trailing(condition, orders[order + rows.ORDER_ID], is_buy, price)
    emit.order_activated(
        step.out,
        orders[order + rows.ORDER_ID],
        venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        instrument.instrument_id,
        orders[order + rows.ORDER_TERMS] & 15,
        price,
        stop_of(price, condition.distance_bp, is_buy),
    )
    return 0


def begin_to_trail(
    venue: Venue, order: int, instrument: Instrument, condition: Condition, step: Step
) -> int:
    """The price a trailing stop waited for has come: it becomes active."""
    store = venue.store
    if not store.has_room():
        return venue.close_open(order, instrument, codes.ORDER_STATUS_REJECTED, step)
    terms = store.orders[order + rows.ORDER_TERMS]
    order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    ladder = instrument.queue_of(order_type, rules.waits_for_rise(terms), condition)
    ladder.take(store.orders[order + rows.ORDER_LEVEL], order)
    price = instrument.price_of(condition.source)
    return activate(venue, order, instrument, condition, price, step)


def wake(venue: Venue, order: int, instrument: Instrument, condition: Condition, step: Step) -> int:
    """An order's time has come: a plain one is due, another waits for its price from now on."""
    store = venue.store
    orders = store.orders
    if not store.has_room():
        return venue.close_open(order, instrument, codes.ORDER_STATUS_REJECTED, step)
    condition.trigger_ns = 0
    trigger_ticks = condition.trigger_ticks
    if condition.source == codes.TRIGGER_SOURCE_LAST and condition.distance_bp == 0:
        venue.conditions.pop(orders[order + rows.ORDER_ID], None)
    instrument.aside.take(orders[order + rows.ORDER_LEVEL], order)
    write_waiting(venue, order, instrument, trigger_ticks, 0, step)
    return stand(venue, order, instrument, trigger_ticks, step)


def write_waiting(
    venue: Venue,
    order: int,
    instrument: Instrument,
    trigger_ticks: int,
    trigger_ns: int,
    step: Step,
) -> int:
    """Tell what an order waits for."""
    orders = venue.store.orders
    place = emit.order_waiting(
        step.out,
        orders[order + rows.ORDER_ID],
        venue.store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        instrument.instrument_id,
        orders[order + rows.ORDER_TERMS] & 15,
        trigger_ticks,
        trigger_ns,
    )
    return step.out.cut_zeros(place)


def trigger_of(venue: Venue, order: int) -> int:
    """The present trigger of a waiting order; 0: it has none, or none yet."""
    orders = venue.store.orders
    condition = venue.condition_of(order)
    terms = orders[order + rows.ORDER_TERMS]
    if condition is None:
        if terms >> rows.TERMS_TYPE_SHIFT & 255 <= codes.ORDER_TYPE_MARKET:
            return 0
        return venue.store.levels[orders[order + rows.ORDER_LEVEL] + rows.LEVEL_TICKS]
    if condition.distance_bp == 0:
        return condition.trigger_ticks
    trail = condition.trail
    if trail is None:
        return 0
    is_buy = terms & 15 == codes.SIDE_BUY
    return stop_of(root_of(trail).ticks, condition.distance_bp, is_buy)


def next_met(venue: Venue, instrument: Instrument) -> int:
    """The waiting order that is to fire, or to become active, next; 0: there is none now.

    First what is due, the earliest first. Then source by source: of those that waited for a rise
    the lowest price first, then of those that waited for a fall the highest; at one price those
    with no trailing distance in the order in which they came, then the smallest distance.
    """
    store = venue.store
    if instrument.due.best != 0:
        return store.levels[instrument.due.best + rows.LEVEL_FIRST]
    found = 0
    if instrument.last_ticks != 0:  # there was a trade, so this is a price
        found = next_of(venue, instrument.last_watch, instrument.last_ticks)
    if found == 0 and instrument.mark_watch.ticks != 0:
        found = next_of(venue, instrument.mark_watch, instrument.mark_watch.ticks)
    if found == 0 and instrument.index_watch.ticks != 0:
        found = next_of(venue, instrument.index_watch, instrument.index_watch.ticks)
    return found


def next_of(venue: Venue, watch: Watch, price: int) -> int:
    """The next of one source's, whose price this is."""
    levels = venue.store.levels
    level = watch.rising.best
    trailing = watch.lows.first() if watch.lows.live != 0 else 0
    ticks = levels[level + rows.LEVEL_TICKS]
    if level != 0 and ticks <= price and (trailing == 0 or ticks <= watch.lows.stop_ticks):
        return levels[level + rows.LEVEL_FIRST]
    if trailing != 0 and watch.lows.stop_ticks <= price:
        return venue.order(trailing)
    level = watch.falling.best
    trailing = watch.highs.first() if watch.highs.live != 0 else 0
    ticks = levels[level + rows.LEVEL_TICKS]
    if level != 0 and ticks >= price and (trailing == 0 or ticks >= watch.highs.stop_ticks):
        return levels[level + rows.LEVEL_FIRST]
    if trailing != 0 and watch.highs.stop_ticks >= price:
        return venue.order(trailing)
    return 0


def timed_kind(venue: Venue, time_ns: int, order_id: int) -> int:
    """The command that a timer of an order stands for; 0: it has ended, or been triggered."""
    if venue.expiries.get(order_id) == time_ns:
        return codec.EXPIRE_ORDER
    # A pending one has no alarm: its time says only from when on it may be sent on.
    condition = venue.conditions.get(order_id)
    if condition is not None and condition.trigger_ns == time_ns:
        return codec.TRIGGER_ORDER
    return 0
