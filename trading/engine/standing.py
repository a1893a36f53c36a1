"""Whether the waiting orders of a snapshot stand where they belong; nothing is believed."""

from trading.engine import codes, limits, rows, rules
from trading.engine.book import Instrument, Ladder
from trading.engine.venue import Venue
from trading.engine.words import notional, units_of


def check_waiting(
    venue: Venue, instrument: Instrument, ladder: Ladder, order: int, ticks: int
) -> int:
    """Whether a waiting order can stand in this queue at this price; raises KeyError."""
    terms = venue.store.orders[order + rows.ORDER_TERMS]
    order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    condition = venue.condition_of(order)
    if ladder is instrument.aside or ladder is instrument.due:
        # What is due waits for nothing, what stands aside for something.
        if ticks != 1 or (condition is None) != (ladder is instrument.due):
            raise KeyError
        if condition is None and order_type > codes.ORDER_TYPE_MARKET:
            raise KeyError
        return 0
    if order_type <= codes.ORDER_TYPE_MARKET:
        raise KeyError
    rises = rules.waits_for_rise(terms)
    if condition is not None:
        expected = condition.trigger_ticks
        if expected == 0:
            expected = 1 if rises else limits.MAX_TICKS
        if ticks != expected or condition.trigger_ns != 0:
            raise KeyError
    elif rules.is_trailing(order_type):
        raise KeyError
    if ladder is not instrument.queue_of(order_type, rises, condition):
        raise KeyError
    return 0


def set_waiting(venue: Venue, extremes: dict[int, int]) -> int:
    """Set the alarms, and let the active trailing stops follow; raises KeyError.

    ``extremes`` are those of the active ones, by order id.
    """
    for order_id in venue.conditions:
        check_condition(venue, order_id, extremes.get(order_id, 0))
    # From the lowest up the buying ones, from the highest down the selling ones: so each comes at
    # a price that was there after those of the ones before it.
    active = sorted([(extremes[order_id], order_id) for order_id in extremes])
    for extreme, order_id in active:
        follow(venue, order_id, extreme, codes.SIDE_BUY)
    active.reverse()
    for extreme, order_id in active:
        follow(venue, order_id, extreme, codes.SIDE_SELL)
    return 0


def check_condition(venue: Venue, order_id: int, extreme: int) -> int:
    """Whether an order waits like this, or will, and stands where it then does; raises KeyError."""
    orders = venue.store.orders
    order = venue.order(order_id)
    condition = venue.conditions[order_id]
    if order == 0:
        raise KeyError
    pends = orders[order + rows.ORDER_STATUS] == codes.ORDER_STATUS_PENDING
    if not pends and orders[order + rows.ORDER_STATUS] != codes.ORDER_STATUS_WAITING:
        raise KeyError
    terms = orders[order + rows.ORDER_TERMS]
    order_type = terms >> rows.TERMS_TYPE_SHIFT & 255
    trails = rules.is_trailing(order_type)
    by_price = order_type > codes.ORDER_TYPE_MARKET
    if (condition.distance_bp != 0) != trails or (extreme != 0 and not trails):
        raise KeyError
    if condition.offset_ticks != 0 and order_type != codes.ORDER_TYPE_TRAILING_STOP_LIMIT:
        raise KeyError
    if not trails and (condition.trigger_ticks != 0) != by_price:
        raise KeyError
    if condition.source != codes.TRIGGER_SOURCE_LAST and not by_price:
        raise KeyError
    if pends:
        # It stands nowhere and follows nothing until it is released.
        if extreme != 0:
            raise KeyError
        return 0
    # All that stand aside are on one level.
    stands_aside = orders[order + rows.ORDER_LEVEL] == venue.instrument_of(order).aside.best
    if stands_aside != (condition.trigger_ns != 0 or extreme != 0):
        raise KeyError
    if condition.trigger_ns != 0:
        return venue.set_alarm(order_id, condition.trigger_ns)
    return 0


def follow(venue: Venue, order_id: int, extreme: int, side: int) -> int:
    """Let an order, if it is of this side, follow its extreme, which no price can have passed."""
    order = venue.order(order_id)
    if venue.store.orders[order + rows.ORDER_TERMS] & 15 != side:
        return 0
    condition = venue.conditions[order_id]
    instrument = venue.instrument_of(order)
    price = instrument.price_of(condition.source)
    is_buy = side == codes.SIDE_BUY
    if price == 0 or (extreme > price if is_buy else extreme < price):
        raise KeyError
    return instrument.begin_trailing(condition, order_id, is_buy, extreme)


def check_standing(
    venue: Venue, instrument: Instrument, ladder: Ladder, order: int, ticks: int, reserve: int
) -> int:
    """Whether an open order belongs where it stands; raises KeyError. It holds its funds then,
    also for its ``reserve``, which only what rests can have.
    """
    store = ladder.store
    orders = store.orders
    account = orders[order + rows.ORDER_ACCOUNT]
    terms = orders[order + rows.ORDER_TERMS]
    status = orders[order + rows.ORDER_STATUS]
    lots = orders[order + rows.ORDER_LEAVES]
    is_buy = terms & 15 == codes.SIDE_BUY
    if (terms & rows.TERMS_OF_ORDER) >> rows.TERMS_INSTRUMENT_SHIFT != instrument.index:
        raise KeyError
    if lots == 0 or lots + reserve > limits.MAX_OPEN_LOTS - instrument.open_lots:
        raise KeyError
    if ladder is not instrument.bids and ladder is not instrument.asks:
        if status != codes.ORDER_STATUS_WAITING or reserve != 0:
            raise KeyError
        return check_waiting(venue, instrument, ladder, order, ticks)
    if status != codes.ORDER_STATUS_OPEN and status != codes.ORDER_STATUS_PARTIALLY_FILLED:
        raise KeyError
    if orders[order + rows.ORDER_TICKS] != ticks or is_buy != (ladder is instrument.bids):
        raise KeyError
    asset = instrument.quote.index if is_buy else instrument.base.index
    units = units_of(lots + reserve, instrument.lot_units)
    if is_buy:
        units = notional(lots + reserve, ticks, instrument.factor)
    if not store.has_room() or units > limits.MAX_UNITS:
        raise KeyError
    at = store.balance(account, asset)
    if units > limits.MAX_UNITS - store.amount_at(at + rows.BALANCE_HELD):
        raise KeyError
    return store.add_held(account, asset, units)
