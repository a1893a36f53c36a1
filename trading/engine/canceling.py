"""CancelOrder, CancelAllOrders and ReduceOrder."""

from librt.strings import read_i64_le
from mypy_extensions import i64

from trading.engine import codec, codes
from trading.engine.book import Account, Order
from trading.engine.placing import order_by_client_key
from trading.engine.step import Step
from trading.engine.venue import Venue


def find_order(venue: Venue, account: Account, order_id: i64, client_key: i64) -> Order | None:
    """An account's order by its id, or with order_id 0 by client key."""
    if order_id == 0:
        return order_by_client_key(account, client_key) if client_key != 0 else None
    order = venue.order(order_id)
    if order is None or order.account is not account:
        return None
    return order


def check_open(order: Order | None) -> i64:
    """Why an order can't be canceled or reduced now; ACCEPTED if it can."""
    if order is None:
        return codes.UNKNOWN_ORDER
    if order.level is None:
        return codes.ORDER_ALREADY_CLOSED
    if order.instrument.state == codes.INSTRUMENT_STATE_HALTED:
        return codes.INSTRUMENT_HALTED
    return codes.ACCEPTED


def cancel_order(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CancelOrder; a filled or unknown order is a clear answer."""
    account = venue.account(read_i64_le(data, at + codec.CANCEL_ORDER_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    if account.state == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    order = find_order(
        venue,
        account,
        read_i64_le(data, at + codec.CANCEL_ORDER_ORDER_ID),
        read_i64_le(data, at + codec.CANCEL_ORDER_CLIENT_KEY),
    )
    result = check_open(order)
    if order is None or result != codes.ACCEPTED:
        return result

    # From here it succeeds.
    venue.close_resting(order, codes.ORDER_STATUS_CANCELED, step)
    return codes.ACCEPTED


def cancel_all_orders(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a CancelAllOrders, oldest order first; orders in halted instruments stay."""
    account = venue.account(read_i64_le(data, at + codec.CANCEL_ALL_ORDERS_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    if account.state == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    instrument_id = read_i64_le(data, at + codec.CANCEL_ALL_ORDERS_INSTRUMENT_ID)
    if instrument_id != 0:
        instrument = venue.instrument(instrument_id)
        if instrument is None:
            return codes.UNKNOWN_INSTRUMENT
        if instrument.state == codes.INSTRUMENT_STATE_HALTED:
            return codes.INSTRUMENT_HALTED
    side = read_i64_le(data, at + codec.CANCEL_ALL_ORDERS_SIDE)
    if side < 0 or side > codes.SIDE_SELL:
        return codes.BAD_SIDE

    # From here it succeeds.
    order = account.oldest
    while order is not None:
        newer = order.newer
        if (
            (instrument_id == 0 or order.instrument.instrument_id == instrument_id)
            and (side == 0 or order.side == side)
            and order.instrument.state != codes.INSTRUMENT_STATE_HALTED
        ):
            venue.close_resting(order, codes.ORDER_STATUS_CANCELED, step)
        order = newer
    return codes.ACCEPTED


def reduce_order(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Apply a ReduceOrder; taking all that is open cancels the order."""
    account = venue.account(read_i64_le(data, at + codec.REDUCE_ORDER_ACCOUNT_ID))
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    if account.state == codes.ACCOUNT_STATE_SUSPENDED:
        return codes.ACCOUNT_SUSPENDED
    lots = read_i64_le(data, at + codec.REDUCE_ORDER_LOTS)
    if lots <= 0:
        return codes.BAD_QUANTITY
    order = find_order(
        venue,
        account,
        read_i64_le(data, at + codec.REDUCE_ORDER_ORDER_ID),
        read_i64_le(data, at + codec.REDUCE_ORDER_CLIENT_KEY),
    )
    result = check_open(order)
    if order is None or result != codes.ACCEPTED:
        return result

    # From here it succeeds.
    if lots >= order.leaves_lots:
        venue.close_resting(order, codes.ORDER_STATUS_CANCELED, step)
    else:
        venue.reduce_resting(order, lots, codes.REDUCE_REASON_REQUESTED, step)
    return codes.ACCEPTED
