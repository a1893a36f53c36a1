"""PlaceOrder and ReplaceOrder: the checks in their order of precedence, then the order arrives."""

from trading.engine import (
    arriving,
    auctions,
    canceling,
    codec,
    codes,
    emit,
    icebergs,
    limits,
    linking,
    rows,
    rules,
    telling,
    waiting,
)
from trading.engine.book import Instrument
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import (
    MASK_62,
    amount,
    copy_words,
    field,
    half,
    notional,
    octet,
    units_of,
    wide,
)


def place_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a PlaceOrder whose payload stands from ``at`` to ``end``; returns the result code.

    A repeated client order id is answered with what became of the first order and changes
    nothing.
    """
    account = venue.account(field(data, at + codec.PLACE_ORDER_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    client_key = field(data, at + codec.PLACE_ORDER_CLIENT_KEY, end)
    if client_key != 0:
        earlier = venue.order_by_client_key(account, client_key)
        if earlier != 0:
            telling.write_order_row(venue, earlier, step)
            return codes.REPEATED
    instrument = venue.instrument(half(data, at + codec.PLACE_ORDER_INSTRUMENT_ID, end))
    result = check_may_place(venue, account, instrument)
    if instrument is None or result != codes.ACCEPTED:
        return result

    sweep = step.sweep
    sweep.instrument = instrument
    sweep.account = account
    sweep.party = venue.store.accounts[account + rows.ACCOUNT_PARTY]
    sweep.is_counted = False
    result = check_order(sweep, data, at, end, False, step)
    if result != codes.ACCEPTED:
        return result
    if not venue.store.has_room() or not auctions.has_auction_room(instrument):
        return codes.NO_ROOM
    if sweep.waits:
        if instrument.waiting_orders >= limits.MAX_WAITING_ORDERS:
            return codes.NO_ROOM
    else:
        result = arriving.check_funds(venue, sweep, wide(0), step.time_ns)
        if result != codes.ACCEPTED:
            return result

    # From here it succeeds.
    order = new_order(venue, sweep, step.seq)
    write_accepted(venue.last_order_id, data, at, end, step)
    if sweep.time_in_force == codes.TIME_IN_FORCE_DAY:
        write_day_end(sweep.expire_ns, (end - at) >> 3, step)
    if sweep.waits:
        arriving.wait(venue, order, sweep, step)
        return codes.ACCEPTED
    arriving.arrive(venue, order, sweep, step)
    if instrument.waiting_orders != 0 or step.due_count != 0:
        arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED


def check_state(instrument: Instrument) -> int:
    """Whether an instrument takes orders in its state; a result code."""
    state = instrument.state
    if state == codes.INSTRUMENT_STATE_OPEN or state == codes.INSTRUMENT_STATE_AUCTION:
        return codes.ACCEPTED
    if state == codes.INSTRUMENT_STATE_HALTED:
        return codes.INSTRUMENT_HALTED
    if state == codes.INSTRUMENT_STATE_CLOSED:
        return codes.INSTRUMENT_CLOSED
    return codes.INSTRUMENT_CANCEL_ONLY


def day_end(instrument: Instrument, time_ns: int) -> int:
    """When a DAY order ends: with the session, or without sessions at the next midnight UTC.

    0: the session is over already.
    """
    if time_ns > MASK_62:
        return 0
    if instrument.session_ends_ns == 0:
        return (time_ns // limits.DAY_NS + 1) * limits.DAY_NS
    return instrument.session_ends_ns if instrument.session_ends_ns > time_ns else 0


def check_may_place(venue: Venue, account: int, instrument: Instrument | None) -> int:
    """Whether the account may place orders now, and in this instrument; a result code."""
    state = venue.store.accounts[account + rows.ACCOUNT_STATE]
    if state != codes.ACCOUNT_STATE_ACTIVE:
        if state == codes.ACCOUNT_STATE_SUSPENDED:
            return codes.ACCOUNT_SUSPENDED
        return codes.ACCOUNT_CANCEL_ONLY
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    result = check_state(instrument)
    if result != codes.ACCEPTED:
        return result
    if venue.fee_account == 0:
        return codes.NO_FEE_ACCOUNT
    return codes.ACCEPTED


def check_order(sweep: Sweep, data: bytes, at: int, end: int, pends: bool, step: Step) -> int:
    """Read a PlaceOrder, and say whether what it says goes together and keeps to the rules of
    its instrument; a result code. ``pends``: it waits for another order first.
    """
    read_terms(sweep, data, at, end)
    result = check_terms(sweep, field(data, at + codec.PLACE_ORDER_FLAGS, end))
    if (
        result == codes.ACCEPTED
        and sweep.instrument.state == codes.INSTRUMENT_STATE_AUCTION
        and not (pends or sweep.waits)
    ):
        result = auctions.check_for_auction(sweep)
    if result == codes.ACCEPTED:
        result = rules.check_size(sweep.instrument, sweep)
    if result != codes.ACCEPTED:
        return result
    has_text = octet(data, at + codec.PLACE_ORDER_CLIENT_ORDER_ID, end) != 0
    if sweep.client_key < 0 or (sweep.client_key != 0) != has_text:
        return codes.BAD_CLIENT_ORDER_ID
    # What stands behind is said of triggers only.
    if sweep.waits or sweep.trigger_ticks != 0 or end - at > codec.PLACE_ORDER_TRIGGER_SOURCE:
        result = waiting.check_trigger(sweep, pends, step.time_ns)
        if result != codes.ACCEPTED:
            return result
    if sweep.time_in_force == codes.TIME_IN_FORCE_GTD:
        if sweep.expire_ns <= step.time_ns or sweep.expire_ns <= sweep.trigger_ns:
            return codes.BAD_EXPIRY
    elif sweep.expire_ns != 0:
        return codes.BAD_EXPIRY
    if sweep.time_in_force == codes.TIME_IN_FORCE_DAY:
        sweep.expire_ns = day_end(sweep.instrument, step.time_ns)
        if sweep.expire_ns <= sweep.trigger_ns:
            return codes.SESSION_OVER
    if sweep.display_lots != 0:
        return icebergs.check_display(sweep)
    return codes.ACCEPTED


def read_terms(sweep: Sweep, data: bytes, at: int, end: int) -> int:
    """What a PlaceOrder says."""
    head = field(data, at + codec.PLACE_ORDER_INSTRUMENT_ID, end)
    sweep.side = head >> 32 & 255
    sweep.order_type = head >> 40 & 255
    sweep.time_in_force = head >> 48 & 255
    sweep.mode = head >> 56 & 255
    sweep.leaves = field(data, at + codec.PLACE_ORDER_LOTS, end)
    sweep.ticks = field(data, at + codec.PLACE_ORDER_TICKS, end)
    sweep.client_key = field(data, at + codec.PLACE_ORDER_CLIENT_KEY, end)
    sweep.post_only = field(data, at + codec.PLACE_ORDER_FLAGS, end) != 0
    sweep.is_buy = sweep.side == codes.SIDE_BUY
    if end - at > codec.PLACE_ORDER_QUOTE_UNITS:
        sweep.budget_units = amount(data, at + codec.PLACE_ORDER_QUOTE_UNITS, end)
        sweep.expire_ns = field(data, at + codec.PLACE_ORDER_EXPIRE_NS, end)
        sweep.display_lots = field(data, at + codec.PLACE_ORDER_DISPLAY_LOTS, end)
        waiting.read_condition(sweep, data, at, end)
    else:
        # As most orders do, it says nothing of all that.
        sweep.budget_units = wide(0)
        sweep.expire_ns = 0
        sweep.display_lots = 0
        waiting.forget_condition(sweep)
    # The limit price of a trailing stop is worked out when it fires.
    sweep.is_limit = (
        sweep.order_type == codes.ORDER_TYPE_LIMIT
        or sweep.order_type == codes.ORDER_TYPE_STOP_LIMIT
        or sweep.order_type == codes.ORDER_TYPE_TAKE_PROFIT_LIMIT
    )
    sweep.by_quote = (
        sweep.leaves == 0 and sweep.order_type == codes.ORDER_TYPE_MARKET and not sweep.waits
    )
    return 0


def check_terms(sweep: Sweep, flags: int) -> int:
    """Whether side, type, time in force, mode and flags are such, and go together."""
    if sweep.side < codes.SIDE_BUY or sweep.side > codes.SIDE_SELL:
        return codes.BAD_SIDE
    if sweep.order_type == 0 or sweep.order_type > codes.LAST_ORDER_TYPE:
        return codes.BAD_ORDER_TYPE
    if sweep.time_in_force == 0 or sweep.time_in_force > codes.LAST_TIME_IN_FORCE:
        return codes.BAD_TIME_IN_FORCE
    if sweep.mode > codes.LAST_SELF_TRADE_PREVENTION:
        return codes.BAD_SELF_TRADE_PREVENTION
    if flags != 0 and (
        flags != codes.ORDER_FLAG_POST_ONLY
        or sweep.order_type != codes.ORDER_TYPE_LIMIT
        or sweep.time_in_force == codes.TIME_IN_FORCE_IOC
        or sweep.time_in_force == codes.TIME_IN_FORCE_FOK
    ):
        return codes.BAD_FLAGS
    return codes.ACCEPTED


def new_order(venue: Venue, sweep: Sweep, seq: int) -> int:
    """The row of an order that is accepted now, findable from now on."""
    order = venue.store.new_order()
    orders = venue.store.orders
    terms = (
        sweep.side
        | sweep.order_type << rows.TERMS_TYPE_SHIFT
        | sweep.time_in_force << rows.TERMS_TIME_IN_FORCE_SHIFT
        | sweep.mode << rows.TERMS_MODE_SHIFT
        | sweep.instrument.index << rows.TERMS_INSTRUMENT_SHIFT
        | venue.number << rows.TERMS_VENUE_SHIFT
    )
    if sweep.client_key != 0:
        terms |= rows.TERMS_KEYED
    if sweep.post_only:
        terms |= rows.TERMS_POST_ONLY
    if sweep.display_lots != 0:
        terms |= rows.TERMS_ICEBERG
    order_id = venue.last_order_id + 1
    venue.last_order_id = order_id
    orders[order + rows.ORDER_ACCOUNT] = sweep.account
    orders[order + rows.ORDER_TERMS] = terms
    orders[order + rows.ORDER_LEAVES] = sweep.leaves
    orders[order + rows.ORDER_TICKS] = sweep.ticks
    orders[order + rows.ORDER_LEVEL] = 0
    orders[order + rows.ORDER_ID] = order_id
    orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_OPEN
    orders[order + rows.ORDER_LOTS] = sweep.leaves
    orders[order + rows.ORDER_CUMULATIVE_LOTS] = 0
    orders[order + rows.ORDER_CUMULATIVE_QUOTE] = 0
    orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1] = 0
    orders[order + rows.ORDER_SEQ] = seq
    venue.remember(order, sweep.client_key)
    if sweep.expire_ns != 0:
        venue.set_timer(order_id, sweep.expire_ns)
    if sweep.display_lots != 0:
        venue.hidden.remember(order, sweep.display_lots)
    return order


def write_accepted(order_id: int, data: bytes, at: int, end: int, step: Step) -> int:
    """The event OrderAccepted: the order's id, then all that the command said. Returns where it
    begins.
    """
    count = (end - at) >> 3
    place = step.out.room(count + 2)
    words = step.out.words
    words[place] = codec.ORDER_ACCEPTED_EVENT | (count + 2) << 35
    words[place + 1] = order_id
    copy_words(words, place + 2, data, at, count)
    step.out.events += 1
    return place


def write_day_end(expire_ns: int, count: int, step: Step) -> int:
    """Let the OrderAccepted that was just written, of a command of ``count`` words, tell when the
    order ends: its command left that to the engine.
    """
    out = step.out
    place = out.at - count - 2
    wanted = (codec.PLACE_ORDER_EXPIRE_NS >> 3) + 1
    if count < wanted:
        more = out.room(wanted - count)
        for number in range(wanted - count):
            out.words[more + number] = 0
        out.words[place] += (wanted - count) << 35
    out.words[place + 1 + wanted] = expire_ns
    return 0


def replace_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ReplaceOrder; fewer lots at the same price only reduce the order."""
    store = venue.store
    orders = store.orders
    account = venue.account(field(data, at + codec.REPLACE_ORDER_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if store.accounts[account + rows.ACCOUNT_STATE] != codes.ACCOUNT_STATE_ACTIVE:
        if store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
            return codes.ACCOUNT_SUSPENDED
        return codes.ACCOUNT_CANCEL_ONLY
    order = canceling.find_order(
        venue,
        account,
        field(data, at + codec.REPLACE_ORDER_ORDER_ID, end),
        field(data, at + codec.REPLACE_ORDER_CLIENT_KEY, end),
    )
    result = canceling.check_open(venue, order)
    if result != codes.ACCEPTED:
        return result
    instrument = venue.instrument_of(order)
    result = check_state(instrument)
    if result != codes.ACCEPTED:
        return result
    if linking.is_linked(venue, order):
        return codes.ORDER_IS_LINKED
    if orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_WAITING:
        return codes.BAD_ORDER_TYPE
    old_lots = venue.hidden.leaves_of(order)
    old_ticks = orders[order + rows.ORDER_TICKS]
    lots = field(data, at + codec.REPLACE_ORDER_LOTS, end)
    ticks = field(data, at + codec.REPLACE_ORDER_TICKS, end)
    if lots == 0:
        lots = old_lots
    if ticks == 0:
        ticks = old_ticks
    if lots < 0:
        return codes.BAD_QUANTITY
    if ticks == old_ticks and lots == old_lots:
        return codes.NOTHING_TO_CHANGE
    if ticks == old_ticks and lots < old_lots:
        reason = codes.REDUCE_REASON_REQUESTED
        venue.reduce_open(order, instrument, old_lots - lots, reason, step)
        return codes.ACCEPTED
    if lots - old_lots > limits.MAX_OPEN_LOTS - orders[order + rows.ORDER_LOTS]:
        # All that was ever asked of one order stays a word, however often it is replaced.
        return codes.ABOVE_MAXIMUM_QUANTITY
    sweep = step.sweep
    arriving.sweep_of(venue, order, instrument, sweep)
    if instrument.state == codes.INSTRUMENT_STATE_AUCTION:
        result = auctions.check_for_auction(sweep)
        if result != codes.ACCEPTED:
            return result
    sweep.leaves = lots
    sweep.ticks = ticks
    # What it has open makes room for what it will.
    instrument.open_lots -= old_lots
    result = rules.check_size(instrument, sweep)
    instrument.open_lots += old_lots
    if result == codes.ACCEPTED and orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG != 0:
        result = icebergs.check_refreshes(lots, venue.hidden.display_of(order))
    if result != codes.ACCEPTED:
        return result
    if not store.has_room() or not icebergs.has_room(venue, order, instrument, lots):
        return codes.NO_ROOM
    held_units = units_of(old_lots, instrument.lot_units)
    if sweep.is_buy:
        held_units = notional(old_lots, old_ticks, instrument.factor)
    result = arriving.check_funds(venue, sweep, held_units, step.time_ns)
    if result != codes.ACCEPTED:
        return result

    # From here it succeeds.
    move(venue, order, instrument, lots, ticks, step)
    arriving.arrive(venue, order, sweep, step)
    if instrument.waiting_orders != 0:
        arriving.fire_triggers(venue, instrument, step)
    return codes.ACCEPTED


def move(
    venue: Venue, order: int, instrument: Instrument, lots: int, ticks: int, step: Step
) -> int:
    """Take a resting order off its level, with its hold, to arrive anew."""
    store = venue.store
    orders = store.orders
    old_lots = venue.hidden.leaves_of(order)
    old_ticks = orders[order + rows.ORDER_TICKS]
    old_reserve = venue.hidden.take(order, instrument, old_lots)
    side = orders[order + rows.ORDER_TERMS] & 15
    venue.release(order, instrument, old_lots)
    ladder = instrument.bids if side == codes.SIDE_BUY else instrument.asks
    ladder.take(orders[order + rows.ORDER_LEVEL], order)
    instrument.open_lots -= old_lots
    orders[order + rows.ORDER_LEAVES] = lots
    orders[order + rows.ORDER_TICKS] = ticks
    orders[order + rows.ORDER_LOTS] += lots - old_lots
    place = emit.order_replaced(
        step.out,
        orders[order + rows.ORDER_ID],
        store.accounts[orders[order + rows.ORDER_ACCOUNT] + rows.ACCOUNT_ID],
        instrument.instrument_id,
        side,
        lots,
        ticks,
        old_lots,
        old_ticks,
        old_reserve,
    )
    return step.out.cut_last(place)
