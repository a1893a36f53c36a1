"""CancelOrder, CancelAllOrders, ReduceOrder and ExpireOrder."""

from trading.engine import codec, codes, guarding, linking, rows
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import field


def find_order(venue: Venue, account: int, order_id: int, client_key: int) -> int:
    """An account's order by its id, or with order_id 0 by client key; or 0."""
    if order_id == 0:
        return venue.order_by_client_key(account, client_key) if client_key != 0 else 0
    order = venue.order(order_id)
    if order == 0 or venue.store.orders[order + rows.ORDER_ACCOUNT] != account:
        return 0
    return order


def check_open(venue: Venue, order: int) -> int:
    """Why an order can't be canceled or reduced now; ACCEPTED if it can."""
    if order == 0:
        return codes.UNKNOWN_ORDER
    if not linking.is_open(venue, order):
        return codes.ORDER_ALREADY_CLOSED
    if venue.instrument_of(order).state == codes.INSTRUMENT_STATE_HALTED:
        return codes.INSTRUMENT_HALTED
    return codes.ACCEPTED


def cancel_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CancelOrder; a filled or unknown order is a clear answer."""
    account = venue.account(field(data, at + codec.CANCEL_ORDER_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if venue.store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    order = find_order(
        venue,
        account,
        field(data, at + codec.CANCEL_ORDER_ORDER_ID, end),
        field(data, at + codec.CANCEL_ORDER_CLIENT_KEY, end),
    )
    result = check_open(venue, order)
    if result != codes.ACCEPTED:
        return result

    # From here it succeeds.
    venue.close_open(order, venue.instrument_of(order), codes.ORDER_STATUS_CANCELED, step)
    return codes.ACCEPTED


def cancel_all_orders(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a CancelAllOrders, oldest order first; orders in halted instruments stay.

    The exchange's own (see CancelCause) end those too, and a suspended account's.
    """
    store = venue.store
    cause = field(data, at + codec.CANCEL_ALL_ORDERS_CAUSE, end)
    if cause < codes.CANCEL_CAUSE_REQUESTED or cause > codes.LAST_CANCEL_CAUSE:
        return codes.FIELD_OUT_OF_RANGE
    quotes_only = field(data, at + codec.CANCEL_ALL_ORDERS_QUOTES_ONLY, end)
    if quotes_only < 0 or quotes_only > 1:
        return codes.FIELD_OUT_OF_RANGE
    is_requested = cause == codes.CANCEL_CAUSE_REQUESTED
    account_id = field(data, at + codec.CANCEL_ALL_ORDERS_ACCOUNT_ID, end)
    account = venue.account(account_id)
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    state = store.accounts[account + rows.ACCOUNT_STATE]
    if is_requested and state == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    instrument_id = field(data, at + codec.CANCEL_ALL_ORDERS_INSTRUMENT_ID, end)
    if instrument_id != 0:
        instrument = venue.instrument(instrument_id)
        if instrument is None:
            return codes.UNKNOWN_INSTRUMENT
        if is_requested and instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
    side = field(data, at + codec.CANCEL_ALL_ORDERS_SIDE, end)
    if side < 0 or side > codes.SIDE_SELL:
        return codes.BAD_SIDE
    if not is_requested:
        result = guarding.check_cause(venue, account_id, instrument_id, cause, step)
        if result != codes.ACCEPTED:
            return result

    # From here it succeeds.
    if cause == codes.CANCEL_CAUSE_TIMER:
        guarding.take_timer(venue, account_id, instrument_id, step)
    order = store.accounts[account + rows.ACCOUNT_OLDEST]
    while order != 0:
        newer = store.orders[order + rows.ORDER_NEWER]
        meant = venue.instrument_of(order)
        if (
            (instrument_id == 0 or meant.instrument_id == instrument_id)
            and (side == 0 or store.orders[order + rows.ORDER_TERMS] & 15 == side)
            and (quotes_only == 0 or store.orders[order + rows.ORDER_TERMS] & rows.TERMS_QUOTE != 0)
            and not (is_requested and meant.state == codes.INSTRUMENT_STATE_HALTED)
        ):
            if store.orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED != 0:
                newer = beyond_its_list(venue, order)
            venue.close_open(order, meant, codes.ORDER_STATUS_CANCELED, step)
        order = newer
    return codes.ACCEPTED


def beyond_its_list(venue: Venue, order: int) -> int:
    """The next newer order of the account that does not end with this one; or 0.

    The end of a leg ends every newer one of its list that is open.
    """
    orders = venue.store.orders
    order_list = linking.list_of(venue, orders[order + rows.ORDER_ID])
    while order != 0:
        if orders[order + rows.ORDER_TERMS] & rows.TERMS_LISTED == 0:
            return order
        if linking.list_of(venue, orders[order + rows.ORDER_ID]) is not order_list:
            return order
        order = orders[order + rows.ORDER_NEWER]
    return 0


def reduce_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ReduceOrder; taking all that is open cancels the order."""
    account = venue.account(field(data, at + codec.REDUCE_ORDER_ACCOUNT_ID, end))
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    if venue.store.accounts[account + rows.ACCOUNT_STATE] == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    lots = field(data, at + codec.REDUCE_ORDER_LOTS, end)
    if lots <= 0:
        return codes.BAD_QUANTITY
    order = find_order(
        venue,
        account,
        field(data, at + codec.REDUCE_ORDER_ORDER_ID, end),
        field(data, at + codec.REDUCE_ORDER_CLIENT_KEY, end),
    )
    result = check_open(venue, order)
    if result != codes.ACCEPTED:
        return result
    if linking.is_linked(venue, order):
        return codes.ORDER_IS_LINKED

    # From here it succeeds.
    instrument = venue.instrument_of(order)
    if lots >= venue.store.orders[order + rows.ORDER_LEAVES]:
        venue.close_open(order, instrument, codes.ORDER_STATUS_CANCELED, step)
    else:
        venue.reduce_open(order, instrument, lots, codes.REDUCE_REASON_REQUESTED, step)
    return codes.ACCEPTED


def expire_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply an ExpireOrder, which the shard gives itself: the end of a GTD order."""
    order_id = field(data, at + codec.EXPIRE_ORDER_ORDER_ID, end)
    order = venue.order(order_id)
    if order == 0:
        return codes.UNKNOWN_ORDER
    if not linking.is_open(venue, order):
        return codes.ORDER_ALREADY_CLOSED
    expire_ns = venue.expiries.get(order_id)
    if expire_ns is None or expire_ns > step.time_ns:
        return codes.BAD_EXPIRY

    # From here it succeeds.
    venue.close_open(order, venue.instrument_of(order), codes.ORDER_STATUS_EXPIRED, step)
    return codes.ACCEPTED
