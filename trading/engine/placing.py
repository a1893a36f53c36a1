"""PlaceOrder: the checks in their order of precedence, then hold, match, rest."""

from librt.strings import read_i64_le
from mypy_extensions import i64

from trading.engine import codec, codes, limits, matching
from trading.engine.book import Account, Instrument, Order
from trading.engine.step import Step
from trading.engine.venue import Venue, write_order_row


def place_order(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a PlaceOrder whose payload starts at ``at``; returns the result code.

    A repeated client order id is answered with what became of the first order and changes
    nothing.
    """
    account = venue.account(read_i64_le(data, at + codec.PLACE_ORDER_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    client_key = read_i64_le(data, at + codec.PLACE_ORDER_CLIENT_KEY)
    if client_key != 0:
        earlier = order_by_client_key(account, client_key)
        if earlier is not None:
            write_order_row(earlier, step)
            return codes.REPEATED
    if account.state != codes.ACCOUNT_STATE_ACTIVE:
        if account.state == codes.ACCOUNT_STATE_SUSPENDED:
            return codes.ACCOUNT_SUSPENDED
        return codes.ACCOUNT_CANCEL_ONLY
    instrument = venue.instrument(read_i64_le(data, at + codec.PLACE_ORDER_INSTRUMENT_ID))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    if instrument.state != codes.INSTRUMENT_STATE_OPEN:
        if instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
        return codes.INSTRUMENT_CANCEL_ONLY
    if venue.fee_account is None:
        return codes.NO_FEE_ACCOUNT

    lots = read_i64_le(data, at + codec.PLACE_ORDER_LOTS)
    ticks = read_i64_le(data, at + codec.PLACE_ORDER_TICKS)
    quote_units = codec.read_i128(data, at + codec.PLACE_ORDER_QUOTE_UNITS)
    side = read_i64_le(data, at + codec.PLACE_ORDER_SIDE)
    order_type = read_i64_le(data, at + codec.PLACE_ORDER_ORDER_TYPE)
    time_in_force = read_i64_le(data, at + codec.PLACE_ORDER_TIME_IN_FORCE)
    mode = read_i64_le(data, at + codec.PLACE_ORDER_SELF_TRADE_PREVENTION)
    flags = read_i64_le(data, at + codec.PLACE_ORDER_FLAGS)
    if side != codes.SIDE_BUY and side != codes.SIDE_SELL:
        return codes.BAD_SIDE
    if order_type != codes.ORDER_TYPE_LIMIT and order_type != codes.ORDER_TYPE_MARKET:
        return codes.BAD_ORDER_TYPE
    if time_in_force < codes.TIME_IN_FORCE_GTC or time_in_force > codes.TIME_IN_FORCE_FOK:
        return codes.BAD_TIME_IN_FORCE
    if mode < codes.SELF_TRADE_PREVENTION_NONE or mode > codes.SELF_TRADE_PREVENTION_DECREMENT:
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
    has_text = data[at + codec.PLACE_ORDER_CLIENT_ORDER_ID] != 0
    if client_key < 0 or (client_key != 0) != has_text:
        return codes.BAD_CLIENT_ORDER_ID

    order = Order(
        venue.last_order_id + 1,
        account,
        instrument,
        lots,
        ticks,
        side,
        order_type | time_in_force << 8,
        client_key,
        step.seq,
    )
    limit_ticks: i64 = ticks if is_limit else sweep_limit(instrument, is_buy)
    sweep = step.sweep
    sweep.mode = mode
    sweep.limit_ticks = limit_ticks
    sweep.by_quote = by_quote
    sweep.all_or_nothing = time_in_force == codes.TIME_IN_FORCE_FOK
    sweep.budget_units = quote_units
    sweep.lots = 0
    sweep.quote_units = 0
    foreseen: i64 = matching.DONE
    if time_in_force == codes.TIME_IN_FORCE_FOK or (not is_limit and is_buy != by_quote):
        foreseen = matching.foresee(order, sweep)
    kills = time_in_force == codes.TIME_IN_FORCE_FOK and foreseen != matching.DONE
    if is_buy:
        if is_limit:
            needed = int(lots) * int(ticks) * instrument.factor
        elif by_quote:
            needed = quote_units
        else:
            needed = 0 if kills else sweep.quote_units
        available = account.balance(instrument.quote).available_units
    else:
        if by_quote:
            needed = 0 if kills else int(sweep.lots) * instrument.lot_units
        else:
            needed = int(lots) * instrument.lot_units
        available = account.balance(instrument.base).available_units
    if available < needed:
        return codes.INSUFFICIENT_FUNDS
    if flags != 0 and would_take(instrument, ticks, is_buy):
        return codes.POST_ONLY_WOULD_TAKE

    # From here it succeeds.
    venue.last_order_id += 1
    venue.remember(order)
    codec.write_order_accepted(
        step.out,
        order.order_id,
        account.account_id,
        instrument.instrument_id,
        lots,
        ticks,
        quote_units,
        side,
        order_type,
        time_in_force,
        mode,
        flags,
        client_key,
        data,
        at + codec.PLACE_ORDER_CLIENT_ORDER_ID,
    )
    step.event_count += 1
    if kills:
        venue.close(order, lots, 0, codes.ORDER_STATUS_EXPIRED, step)
        return codes.ACCEPTED
    ended = matching.match(venue, order, sweep, step)
    if ended == matching.DONE:
        venue.close(order, 0, 0, codes.ORDER_STATUS_FILLED, step)
    elif ended == matching.PREVENTED:
        venue.close(order, order.leaves_lots, 0, codes.ORDER_STATUS_EXPIRED_IN_MATCH, step)
    elif is_limit and time_in_force == codes.TIME_IN_FORCE_GTC:
        if order.cumulative_lots > 0:
            order.status = codes.ORDER_STATUS_PARTIALLY_FILLED
        venue.rest(order, step)
    else:
        venue.close(order, order.leaves_lots, 0, codes.ORDER_STATUS_EXPIRED, step)
    return codes.ACCEPTED


def check_size(
    instrument: Instrument, lots: i64, ticks: i64, quote_units: int, is_limit: bool, by_quote: bool
) -> i64:
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
    if by_quote:
        notional_units = quote_units
    else:
        price: i64 = ticks if is_limit else reference_price(instrument)
        if price == 0:
            return codes.ACCEPTED
        notional_units = int(lots) * int(price) * instrument.factor
    if notional_units < instrument.min_notional_units:
        return codes.BELOW_MINIMUM_NOTIONAL
    # Compared with the large bound only if it is large itself: that comparison is slow.
    if notional_units > instrument.small_cap_units and (
        instrument.max_notional_units > 0 or notional_units > limits.MAX_UNITS
    ):
        return codes.ABOVE_MAXIMUM_NOTIONAL
    return codes.ACCEPTED


def reference_price(instrument: Instrument) -> i64:
    """The last trade's price in ticks, else the set reference price, else 0."""
    if instrument.last_ticks != 0:
        return instrument.last_ticks
    return instrument.reference_ticks


def highest_ticks(instrument: Instrument) -> i64:
    """The upper end of the price band, in ticks."""
    reference = int(reference_price(instrument))
    if instrument.price_band_bp == 0 or reference == 0:
        return limits.MAX_TICKS
    band = limits.BASIS_POINTS + int(instrument.price_band_bp)
    highest = reference * band // limits.BASIS_POINTS
    if highest > limits.MAX_TICKS:
        return limits.MAX_TICKS
    return i64(highest)


def lowest_ticks(instrument: Instrument) -> i64:
    """The lower end of the price band, in ticks."""
    reference = int(reference_price(instrument))
    if instrument.price_band_bp >= limits.BASIS_POINTS or instrument.price_band_bp == 0:
        return 1
    if reference == 0:
        return 1
    band = limits.BASIS_POINTS - int(instrument.price_band_bp)
    return i64((reference * band + (limits.BASIS_POINTS - 1)) // limits.BASIS_POINTS)


def sweep_limit(instrument: Instrument, is_buy: bool) -> i64:
    """How far a market order may sweep: to the end of the price band."""
    return highest_ticks(instrument) if is_buy else lowest_ticks(instrument)


def would_take(instrument: Instrument, ticks: i64, is_buy: bool) -> bool:
    """Whether a limit order at this price would trade at once."""
    best = instrument.asks.best if is_buy else instrument.bids.best
    return best is not None and not matching.beyond(best.ticks, ticks, is_buy)


def order_by_client_key(account: Account, client_key: i64) -> Order | None:
    """The account's order with this client key, resting or lately closed."""
    client_orders = account.client_orders
    if client_orders is None:
        return None
    return client_orders.get(client_key)
