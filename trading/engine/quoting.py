"""PlaceQuotes: two-sided quotes of one account, each in the place of the one before."""

from trading.engine import (
    arriving,
    codec,
    codes,
    emit,
    guarding,
    limits,
    placing,
    protecting,
    rows,
    rules,
)
from trading.engine.book import Instrument
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import beyond, field, half, notional, units_of, wide


def apply_of_maker(venue: Venue, kind: int, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply one of the commands that market makers need."""
    if kind == codec.PLACE_QUOTES:
        return place_quotes(venue, data, at, end, step)
    if kind == codec.SET_CANCEL_TIMER:
        return guarding.set_cancel_timer(venue, data, at, end, step)
    if kind == codec.ARM_DISCONNECT:
        return guarding.arm_disconnect(venue, data, at, end, step)
    if kind == codec.SET_PROTECTION:
        return protecting.set_protection(venue, data, at, end, step)
    return protecting.reset_protection(venue, data, at, end, step)


def place_quotes(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a PlaceQuotes: accepted as such, each of its entries is answered by an event."""
    store = venue.store
    account = venue.account(field(data, at + codec.PLACE_QUOTES_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if store.accounts[account + rows.ACCOUNT_STATE] != codes.ACCOUNT_STATE_ACTIVE:
        if store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
            return codes.ACCOUNT_SUSPENDED
        return codes.ACCOUNT_CANCEL_ONLY
    if venue.fee_account == 0:
        return codes.NO_FEE_ACCOUNT
    mode = half(data, at + codec.PLACE_QUOTES_SELF_TRADE_PREVENTION, end)
    if mode > codes.LAST_SELF_TRADE_PREVENTION:
        return codes.BAD_SELF_TRADE_PREVENTION
    flags = half(data, at + codec.PLACE_QUOTES_FLAGS, end)
    if flags > codes.ORDER_FLAG_POST_ONLY:
        return codes.BAD_FLAGS
    entry_at = at + codec.PLACE_QUOTES_INSTRUMENT_ID_1
    # Zeros at the end may be left out, so they are nothing where they are not.
    while end > entry_at and field(data, end - 8, end) == 0:
        end -= 8
    if entry_at >= end:
        return codes.NO_QUOTES

    # From here it succeeds, each entry for itself.
    entry = 0
    while entry_at < end:
        place_quote(venue, account, flags, mode, entry, data, entry_at, end, step)
        entry_at += rows.QUOTE_ENTRY_BYTES
        entry += 1
    return codes.ACCEPTED


def place_quote(
    venue: Venue,
    account: int,
    flags: int,
    mode: int,
    entry: int,
    data: bytes,
    at: int,
    end: int,
    step: Step,
) -> int:
    """Apply one entry, both sides or neither, and answer it."""
    instrument_id = field(data, at, end)
    instrument = venue.instrument(instrument_id)
    if instrument is None:
        result = codes.UNKNOWN_INSTRUMENT
        return write_quote_answered(venue, account, instrument_id, entry, result, 0, 0, 0, step)
    bid = venue.quotes.find(account, instrument.index, codes.SIDE_BUY)
    ask = venue.quotes.find(account, instrument.index, codes.SIDE_SELL)
    bid_ticks = field(data, at + 8, end)
    bid_lots = field(data, at + 16, end)
    ask_ticks = field(data, at + 24, end)
    ask_lots = field(data, at + 32, end)
    bid_change = change_of_quote(venue, bid, bid_ticks, bid_lots)
    ask_change = change_of_quote(venue, ask, ask_ticks, ask_lots)
    result = check_quote(venue, instrument, bid_ticks, bid_lots, ask_ticks, ask_lots)
    arrives = bid_change == rows.QUOTE_ARRIVE or ask_change == rows.QUOTE_ARRIVE
    if result == codes.ACCEPTED and arrives and protecting.has_tripped(venue, account, instrument):
        result = codes.PROTECTION_TRIPPED
    side = 0
    post_only = flags & codes.ORDER_FLAG_POST_ONLY != 0
    sweep = step.sweep
    if result == codes.ACCEPTED:
        # What both have open makes room for what they will.
        lifted = lots_lifted(venue, bid, bid_change) + lots_lifted(venue, ask, ask_change)
        added = 0
        instrument.open_lots -= lifted
        if bid_change == rows.QUOTE_ARRIVE:
            fill_quote_sweep(
                venue, account, instrument, codes.SIDE_BUY, mode, bid_lots, bid_ticks, sweep
            )
            other = (
                ask if ask_change == rows.QUOTE_ARRIVE or ask_change == rows.QUOTE_WITHDRAW else 0
            )
            result = check_quote_side(venue, bid, other, post_only, sweep)
            side = codes.SIDE_BUY
            added = bid_lots
        if result == codes.ACCEPTED and ask_change == rows.QUOTE_ARRIVE:
            instrument.open_lots += added
            fill_quote_sweep(
                venue, account, instrument, codes.SIDE_SELL, mode, ask_lots, ask_ticks, sweep
            )
            other = (
                bid if bid_change == rows.QUOTE_ARRIVE or bid_change == rows.QUOTE_WITHDRAW else 0
            )
            result = check_quote_side(venue, ask, other, post_only, sweep)
            side = codes.SIDE_SELL
            instrument.open_lots -= added
        instrument.open_lots += lifted
    if result != codes.ACCEPTED:
        return answer_quote(venue, account, instrument, entry, result, side, step)

    # From here it succeeds: out of the book first, so that it meets nothing of its own.
    change_quote(venue, bid, instrument, bid_change, bid_lots, bid_ticks, step)
    change_quote(venue, ask, instrument, ask_change, ask_lots, ask_ticks, step)
    if bid_change == rows.QUOTE_ARRIVE:
        fill_quote_sweep(
            venue, account, instrument, codes.SIDE_BUY, mode, bid_lots, bid_ticks, sweep
        )
        arrive_quote(venue, bid, flags, sweep, step)
    if ask_change == rows.QUOTE_ARRIVE:
        fill_quote_sweep(
            venue, account, instrument, codes.SIDE_SELL, mode, ask_lots, ask_ticks, sweep
        )
        arrive_quote(venue, ask, flags, sweep, step)
    if instrument.waiting_orders != 0 or step.due_count != 0:
        arriving.fire_triggers(venue, instrument, step)
    return answer_quote(venue, account, instrument, entry, codes.ACCEPTED, 0, step)


def change_of_quote(venue: Venue, order: int, ticks: int, lots: int) -> int:
    """What becomes of a side whose quote is ``order`` (0: none) when this is wanted."""
    if order == 0:
        return rows.QUOTE_KEEP if lots == 0 else rows.QUOTE_ARRIVE
    if lots == 0:
        return rows.QUOTE_WITHDRAW
    orders = venue.store.orders
    if ticks == orders[order + rows.ORDER_TICKS]:
        if lots == orders[order + rows.ORDER_LEAVES]:
            return rows.QUOTE_KEEP
        if lots < orders[order + rows.ORDER_LEAVES]:
            return rows.QUOTE_REDUCE
    return rows.QUOTE_ARRIVE


def lots_lifted(venue: Venue, order: int, change: int) -> int:
    """What a quote that is to arrive anew has open now."""
    if order == 0 or change != rows.QUOTE_ARRIVE:
        return 0
    return venue.store.orders[order + rows.ORDER_LEAVES]


def check_quote(
    venue: Venue,
    instrument: Instrument,
    bid_ticks: int,
    bid_lots: int,
    ask_ticks: int,
    ask_lots: int,
) -> int:
    """Whether an entry as such is possible here and now; a result code."""
    if instrument.state != codes.INSTRUMENT_STATE_OPEN:
        if instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
        return codes.INSTRUMENT_CANCEL_ONLY
    if bid_lots < 0 or ask_lots < 0:
        return codes.BAD_QUANTITY
    if bid_lots != 0 and ask_lots != 0 and bid_ticks >= ask_ticks:
        return codes.BAD_PRICE
    if not venue.store.has_room_for_list():
        return codes.NO_ROOM
    return codes.ACCEPTED


def fill_quote_sweep(
    venue: Venue,
    account: int,
    instrument: Instrument,
    side: int,
    mode: int,
    lots: int,
    ticks: int,
    sweep: Sweep,
) -> int:
    """One side of a quote on its way into the book: a limit order until it is withdrawn."""
    sweep.instrument = instrument
    sweep.account = account
    sweep.party = venue.store.accounts[account + rows.ACCOUNT_PARTY]
    sweep.side = side
    sweep.order_type = codes.ORDER_TYPE_LIMIT
    sweep.time_in_force = codes.TIME_IN_FORCE_GTC
    sweep.mode = mode
    sweep.leaves = lots
    sweep.ticks = ticks
    sweep.limit_ticks = ticks
    sweep.trigger_ticks = 0
    sweep.trigger_source = codes.TRIGGER_SOURCE_LAST
    sweep.distance_bp = 0
    sweep.activation_ticks = 0
    sweep.offset_ticks = 0
    sweep.trigger_ns = 0
    sweep.waits = False
    sweep.expire_ns = 0
    sweep.client_key = 0
    sweep.budget_units = wide(0)
    sweep.is_buy = side == codes.SIDE_BUY
    sweep.is_limit = True
    sweep.by_quote = False
    sweep.post_only = False  # looked at by would_take
    sweep.is_counted = False
    sweep.kills = False
    return 0


def check_quote_side(venue: Venue, order: int, other: int, post_only: bool, sweep: Sweep) -> int:
    """Whether a side may arrive; ``other`` is the account's quote across that leaves, or 0."""
    instrument = sweep.instrument
    orders = venue.store.orders
    held_units = wide(0)
    if order != 0:
        old_lots = orders[order + rows.ORDER_LEAVES]
        if sweep.leaves - old_lots > limits.MAX_OPEN_LOTS - orders[order + rows.ORDER_LOTS]:
            return codes.ABOVE_MAXIMUM_QUANTITY
        held_units = units_of(old_lots, instrument.lot_units)
        if sweep.is_buy:
            held_units = notional(old_lots, orders[order + rows.ORDER_TICKS], instrument.factor)
    result = rules.check_size(instrument, sweep)
    if result == codes.ACCEPTED:
        result = arriving.check_funds(venue, sweep, held_units)
    if result == codes.ACCEPTED and post_only and quote_would_take(venue, other, sweep):
        return codes.POST_ONLY_WOULD_TAKE
    return result


def quote_would_take(venue: Venue, other: int, sweep: Sweep) -> bool:
    """Whether a side would trade at once, ``other`` being out of the book by then."""
    levels = venue.store.levels
    best = sweep.instrument.asks.best if sweep.is_buy else sweep.instrument.bids.best
    alone = best != 0 and levels[best + rows.LEVEL_ORDERS] == 1
    if alone and other != 0 and venue.store.orders[other + rows.ORDER_LEVEL] == best:
        best = levels[best + rows.LEVEL_WORSE]
    if best == 0:
        return False
    return not beyond(levels[best + rows.LEVEL_TICKS], sweep.ticks, sweep.is_buy)


def change_quote(
    venue: Venue, order: int, instrument: Instrument, kind: int, lots: int, ticks: int, step: Step
) -> int:
    """What happens to a quote that is there before anything arrives."""
    if order == 0 or kind == rows.QUOTE_KEEP:
        return 0
    if kind == rows.QUOTE_WITHDRAW:
        return venue.close_open(order, instrument, codes.ORDER_STATUS_CANCELED, step)
    if kind == rows.QUOTE_REDUCE:
        taken = venue.store.orders[order + rows.ORDER_LEAVES] - lots
        reason = codes.REDUCE_REASON_REQUESTED
        return venue.reduce_open(order, instrument, taken, reason, step)
    return placing.move(venue, order, instrument, lots, ticks, step)


def arrive_quote(venue: Venue, order: int, flags: int, sweep: Sweep, step: Step) -> int:
    """Let a side arrive: under the id of the quote that was there, or as a new order."""
    orders = venue.store.orders
    if order != 0:
        # It keeps the terms it was placed on.
        sweep.mode = orders[order + rows.ORDER_TERMS] >> rows.TERMS_MODE_SHIFT & 15
        sweep.is_counted = True
        return arriving.arrive(venue, order, sweep, step)
    sweep.post_only = flags & codes.ORDER_FLAG_POST_ONLY != 0
    order = placing.new_order(venue, sweep, step.seq)
    orders[order + rows.ORDER_TERMS] |= rows.TERMS_QUOTE
    write_quote_accepted(venue, flags | codes.ORDER_FLAG_QUOTE, sweep, step)
    arriving.arrive(venue, order, sweep, step)
    if orders[order + rows.ORDER_LEVEL] != 0:
        venue.quotes.note(order)
    return 0


def write_quote_accepted(venue: Venue, flags: int, sweep: Sweep, step: Step) -> int:
    """The event OrderAccepted up to its flags; behind them a quote has nothing."""
    place = step.out.room(7)
    words = step.out.words
    words[place] = codec.ORDER_ACCEPTED_EVENT | 7 << 35
    words[place + 1] = venue.last_order_id
    words[place + 2] = venue.store.accounts[sweep.account + rows.ACCOUNT_ID]
    words[place + 3] = (
        sweep.instrument.instrument_id
        | sweep.side << 32
        | sweep.order_type << 40
        | sweep.time_in_force << 48
        | sweep.mode << 56
    )
    words[place + 4] = sweep.leaves
    words[place + 5] = sweep.ticks
    words[place + 6] = flags
    step.out.events += 1
    return 0


def answer_quote(
    venue: Venue,
    account: int,
    instrument: Instrument,
    entry: int,
    result: int,
    side: int,
    step: Step,
) -> int:
    """Answer an entry with the quotes that stand now."""
    orders = venue.store.orders
    bid = venue.quotes.find(account, instrument.index, codes.SIDE_BUY)
    ask = venue.quotes.find(account, instrument.index, codes.SIDE_SELL)
    bid_id = orders[bid + rows.ORDER_ID] if bid != 0 else 0
    ask_id = orders[ask + rows.ORDER_ID] if ask != 0 else 0
    number = instrument.instrument_id
    return write_quote_answered(venue, account, number, entry, result, side, bid_id, ask_id, step)


def write_quote_answered(
    venue: Venue,
    account: int,
    instrument_id: int,
    entry: int,
    result: int,
    side: int,
    bid_id: int,
    ask_id: int,
    step: Step,
) -> int:
    """The event QuoteAnswered."""
    place = emit.quote_answered(
        step.out,
        venue.store.accounts[account + rows.ACCOUNT_ID],
        instrument_id,
        entry,
        result,
        side,
        bid_id,
        ask_id,
    )
    return step.out.cut_zeros(place)
