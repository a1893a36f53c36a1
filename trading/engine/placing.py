"""PlaceOrder: the checks in their order of precedence, then hold, match, rest."""

from trading.engine import codec, codes, limits, matching, rows
from trading.engine.book import Instrument
from trading.engine.step import Step, Sweep
from trading.engine.venue import Venue
from trading.engine.words import (
    amount,
    beyond,
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
    store = venue.store
    account = venue.account(field(data, at + codec.PLACE_ORDER_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    client_key = field(data, at + codec.PLACE_ORDER_CLIENT_KEY, end)
    if client_key != 0:
        earlier = venue.order_by_client_key(account, client_key)
        if earlier != 0:
            venue.write_order_row(earlier, step)
            return codes.REPEATED
    state = store.accounts[account + rows.ACCOUNT_STATE]
    if state != codes.ACCOUNT_STATE_ACTIVE:
        if state == codes.ACCOUNT_STATE_SUSPENDED:
            return codes.ACCOUNT_SUSPENDED
        return codes.ACCOUNT_CANCEL_ONLY
    instrument = venue.instrument(half(data, at + codec.PLACE_ORDER_INSTRUMENT_ID, end))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if instrument.state != codes.INSTRUMENT_STATE_OPEN:
        if instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
        return codes.INSTRUMENT_CANCEL_ONLY
    if venue.fee_account == 0:
        return codes.NO_FEE_ACCOUNT

    side = octet(data, at + codec.PLACE_ORDER_SIDE, end)
    order_type = octet(data, at + codec.PLACE_ORDER_ORDER_TYPE, end)
    time_in_force = octet(data, at + codec.PLACE_ORDER_TIME_IN_FORCE, end)
    mode = octet(data, at + codec.PLACE_ORDER_SELF_TRADE_PREVENTION, end)
    lots = field(data, at + codec.PLACE_ORDER_LOTS, end)
    ticks = field(data, at + codec.PLACE_ORDER_TICKS, end)
    flags = field(data, at + codec.PLACE_ORDER_FLAGS, end)
    quote_units = amount(data, at + codec.PLACE_ORDER_QUOTE_UNITS, end)
    if side != codes.SIDE_BUY and side != codes.SIDE_SELL:
        return codes.BAD_SIDE
    if order_type != codes.ORDER_TYPE_LIMIT and order_type != codes.ORDER_TYPE_MARKET:
        return codes.BAD_ORDER_TYPE
    if time_in_force < codes.TIME_IN_FORCE_GTC or time_in_force > codes.TIME_IN_FORCE_FOK:
        return codes.BAD_TIME_IN_FORCE
    if mode > codes.LAST_SELF_TRADE_PREVENTION:
        return codes.BAD_SELF_TRADE_PREVENTION
    is_buy = side == codes.SIDE_BUY
    is_limit = order_type == codes.ORDER_TYPE_LIMIT
    by_quote = not is_limit and lots == 0
    if flags != 0 and (
        flags != codes.ORDER_FLAG_POST_ONLY
        or not is_limit
        or time_in_force != codes.TIME_IN_FORCE_GTC
    ):
        return codes.BAD_FLAGS
    result = check_size(instrument, lots, ticks, quote_units, is_limit, by_quote)
    if result != codes.ACCEPTED:
        return result
    has_text = octet(data, at + codec.PLACE_ORDER_CLIENT_ORDER_ID, end) != 0
    if client_key < 0 or (client_key != 0) != has_text:
        return codes.BAD_CLIENT_ORDER_ID
    if not store.has_room():
        return codes.NO_ROOM

    sweep = step.sweep
    sweep.instrument = instrument
    sweep.account = account
    sweep.party = store.accounts[account + rows.ACCOUNT_PARTY]
    sweep.is_buy = is_buy
    sweep.leaves = lots
    sweep.mode = mode
    sweep.limit_ticks = ticks if is_limit else sweep_limit(instrument, is_buy)
    sweep.by_quote = by_quote
    sweep.all_or_nothing = time_in_force == codes.TIME_IN_FORCE_FOK
    sweep.budget_units = quote_units
    sweep.lots = 0
    sweep.quote_units = wide(0)
    foreseen = rows.MATCHING_DONE
    if time_in_force == codes.TIME_IN_FORCE_FOK or (not is_limit and is_buy != by_quote):
        foreseen = matching.foresee(venue, sweep)
    kills = time_in_force == codes.TIME_IN_FORCE_FOK and foreseen != rows.MATCHING_DONE
    needed = wide(0)
    if is_buy:
        if is_limit:
            needed = notional(lots, ticks, instrument.factor)
        elif by_quote:
            needed = quote_units
        elif not kills:
            needed = sweep.quote_units
        available = store.available(account, instrument.quote.index)
    else:
        if not by_quote:
            needed = units_of(lots, instrument.lot_units)
        elif not kills:
            needed = units_of(sweep.lots, instrument.lot_units)
        available = store.available(account, instrument.base.index)
    if available < needed:
        return codes.INSUFFICIENT_FUNDS
    if flags != 0 and would_take(venue, instrument, ticks, is_buy):
        return codes.POST_ONLY_WOULD_TAKE

    # From here it succeeds.
    order = new_order(venue, sweep, lots, ticks, side, order_type, time_in_force, client_key)
    store.orders[order + rows.ORDER_SEQ] = step.seq
    write_accepted(store.orders[order + rows.ORDER_ID], data, at, end, step)
    if kills:
        venue.close(order, instrument, lots, 0, codes.ORDER_STATUS_EXPIRED, step)
        return codes.ACCEPTED
    ended = matching.match(venue, order, sweep, step)
    leaves = store.orders[order + rows.ORDER_LEAVES]
    if ended == rows.MATCHING_DONE:
        venue.close(order, instrument, 0, 0, codes.ORDER_STATUS_FILLED, step)
    elif ended == rows.MATCHING_PREVENTED:
        venue.close(order, instrument, leaves, 0, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    elif is_limit and time_in_force == codes.TIME_IN_FORCE_GTC:
        if store.orders[order + rows.ORDER_CUMULATIVE_LOTS] > 0:
            store.orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_PARTIALLY_FILLED
        venue.rest(order, instrument, step)
    else:
        venue.close(order, instrument, leaves, 0, codes.ORDER_STATUS_EXPIRED, step)
    return codes.ACCEPTED


def new_order(
    venue: Venue,
    sweep: Sweep,
    lots: int,
    ticks: int,
    side: int,
    order_type: int,
    time_in_force: int,
    client_key: int,
) -> int:
    """The row of an order that is accepted now, findable from now on."""
    store = venue.store
    order = store.new_order()
    orders = store.orders
    terms = (
        side
        | order_type << rows.TERMS_TYPE_SHIFT
        | time_in_force << rows.TERMS_TIME_IN_FORCE_SHIFT
        | sweep.instrument.index << rows.TERMS_INSTRUMENT_SHIFT
    )
    if client_key != 0:
        terms |= rows.TERMS_KEYED
    venue.last_order_id += 1
    orders[order + rows.ORDER_ACCOUNT] = sweep.account
    orders[order + rows.ORDER_TERMS] = terms
    orders[order + rows.ORDER_LEAVES] = lots
    orders[order + rows.ORDER_TICKS] = ticks
    orders[order + rows.ORDER_LEVEL] = 0
    orders[order + rows.ORDER_ID] = venue.last_order_id
    orders[order + rows.ORDER_STATUS] = codes.ORDER_STATUS_OPEN
    orders[order + rows.ORDER_LOTS] = lots
    orders[order + rows.ORDER_CUMULATIVE_LOTS] = 0
    orders[order + rows.ORDER_CUMULATIVE_QUOTE] = 0
    orders[order + rows.ORDER_CUMULATIVE_QUOTE + 1] = 0
    venue.remember(order, client_key)
    return order


def write_accepted(order_id: int, data: bytes, at: int, end: int, step: Step) -> int:
    """The event OrderAccepted: the order's id, then all that the command said."""
    count = (end - at) >> 3
    place = step.out.room(count + 2)
    words = step.out.words
    words[place] = codec.ORDER_ACCEPTED_EVENT | (count + 2) << 35
    words[place + 1] = order_id
    copy_words(words, place + 2, data, at, count)
    step.out.events += 1
    return 0


def check_size(
    instrument: Instrument, lots: int, ticks: int, quote_units: int, is_limit: bool, by_quote: bool
) -> int:
    """The instrument's rules for quantity, price and notional."""
    if lots < 0 or quote_units < 0:
        return codes.BAD_QUANTITY
    if by_quote:
        if quote_units == 0:
            return codes.BAD_QUANTITY
    elif lots == 0 or quote_units != 0:
        return codes.BAD_QUANTITY
    else:
        if lots < instrument.min_lots:
            return codes.BELOW_MINIMUM_QUANTITY
        if lots > instrument.lots_cap or lots > limits.MAX_OPEN_LOTS - instrument.open_lots:
            return codes.ABOVE_MAXIMUM_QUANTITY
    if is_limit:
        if ticks <= 0 or ticks > limits.MAX_TICKS:
            return codes.BAD_PRICE
        if instrument.price_band_bp > 0 and (
            ticks > highest_ticks(instrument) or ticks < lowest_ticks(instrument)
        ):
            return codes.OUTSIDE_PRICE_BAND
    elif ticks != 0:
        return codes.BAD_PRICE
    # A market order by quantity is measured at the reference price; unmeasured without one.
    notional_units = quote_units
    if not by_quote:
        price = ticks if is_limit else reference_price(instrument)
        if price == 0:
            return codes.ACCEPTED
        notional_units = notional(lots, price, instrument.factor)
    if notional_units < instrument.min_notional_units:
        return codes.BELOW_MINIMUM_NOTIONAL
    if notional_units > instrument.notional_cap:
        return codes.ABOVE_MAXIMUM_NOTIONAL
    return codes.ACCEPTED


def reference_price(instrument: Instrument) -> int:
    """The last trade's price in ticks, else the set reference price, else 0."""
    if instrument.last_ticks != 0:
        return instrument.last_ticks
    return instrument.reference_ticks


def highest_ticks(instrument: Instrument) -> int:
    """The upper end of the price band, in ticks."""
    reference = reference_price(instrument)
    if instrument.price_band_bp == 0 or reference == 0:
        return limits.MAX_TICKS
    band = limits.BASIS_POINTS + instrument.price_band_bp
    highest = wide(reference) * band // limits.BASIS_POINTS
    if highest > limits.MAX_TICKS:
        return limits.MAX_TICKS
    return highest


def lowest_ticks(instrument: Instrument) -> int:
    """The lower end of the price band, in ticks."""
    reference = reference_price(instrument)
    if instrument.price_band_bp >= limits.BASIS_POINTS or instrument.price_band_bp == 0:
        return 1
    if reference == 0:
        return 1
    band = limits.BASIS_POINTS - instrument.price_band_bp
    return (wide(reference) * band + (limits.BASIS_POINTS - 1)) // limits.BASIS_POINTS


def sweep_limit(instrument: Instrument, is_buy: bool) -> int:
    """How far a market order may sweep: to the end of the price band."""
    return highest_ticks(instrument) if is_buy else lowest_ticks(instrument)


def would_take(venue: Venue, instrument: Instrument, ticks: int, is_buy: bool) -> bool:
    """Whether a limit order at this price would trade at once."""
    best = instrument.asks.best if is_buy else instrument.bids.best
    if best == 0:
        return False
    return not beyond(venue.store.levels[best + rows.LEVEL_TICKS], ticks, is_buy)
