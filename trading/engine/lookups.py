"""Queries, answered from a venue's state without changing it."""

from trading.engine import administration, auctions, codec, codes, emit, rows, rules, telling
from trading.engine.book import Ladder
from trading.engine.canceling import find_order
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import field


def query_balances(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Balances that are not nothing, by account id and asset id; account_id 0: all accounts."""
    account_id = field(data, at + codec.QUERY_BALANCES_ACCOUNT_ID, end)
    if account_id == 0:
        for number in sorted(venue.accounts):
            write_balances(venue, venue.account(number), step)
        return codes.ACCEPTED
    account = venue.account(account_id)
    if account == 0:
        return codes.UNKNOWN_ACCOUNT
    return write_balances(venue, account, step)


def write_balances(venue: Venue, account: int, step: Step) -> int:
    """The balance rows of one account."""
    store = venue.store
    for number in sorted(venue.assets):
        asset = administration.asset_of(venue, number)
        at = store.find_balance(account, asset.index)
        if at == 0:
            continue
        available = store.amount_at(at + rows.BALANCE_AVAILABLE)
        held = store.amount_at(at + rows.BALANCE_HELD)
        if available != 0 or held != 0:
            account_id = store.accounts[account + rows.ACCOUNT_ID]
            emit.balance_row(step.out, account_id, asset.asset_id, available, held)
    return codes.ACCEPTED


def query_open_orders(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Resting orders of one account (oldest first) or of all; instrument_id 0: everywhere."""
    account_id = field(data, at + codec.QUERY_OPEN_ORDERS_ACCOUNT_ID, end)
    instrument_id = field(data, at + codec.QUERY_OPEN_ORDERS_INSTRUMENT_ID, end)
    if account_id != 0 and venue.account(account_id) == 0:
        return codes.UNKNOWN_ACCOUNT
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    if account_id != 0:
        return write_open_orders(venue, venue.account(account_id), instrument_id, step)
    for number in sorted(venue.accounts):
        write_open_orders(venue, venue.account(number), instrument_id, step)
    return codes.ACCEPTED


def write_open_orders(venue: Venue, account: int, instrument_id: int, step: Step) -> int:
    """The order rows of one account."""
    store = venue.store
    order = store.accounts[account + rows.ACCOUNT_OLDEST]
    while order != 0:
        if instrument_id == 0 or venue.instrument_of(order).instrument_id == instrument_id:
            telling.write_order_row(venue, order, step)
        order = store.orders[order + rows.ORDER_NEWER]
    return codes.ACCEPTED


def query_order(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """One order, resting or lately closed; account_id 0 finds anybody's by its order id."""
    account_id = field(data, at + codec.QUERY_ORDER_ACCOUNT_ID, end)
    order_id = field(data, at + codec.QUERY_ORDER_ORDER_ID, end)
    if account_id == 0:
        order = venue.order(order_id)
    else:
        account = venue.account(account_id)
        if account == 0:
            return codes.UNKNOWN_ACCOUNT
        client_key = field(data, at + codec.QUERY_ORDER_CLIENT_KEY, end)
        order = find_order(venue, account, order_id, client_key)
    if order == 0:
        return codes.UNKNOWN_ORDER
    telling.write_order_row(venue, order, step)
    return codes.ACCEPTED


def query_depth(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """The best levels of both sides, bids first, best first; levels 0: all."""
    instrument = venue.instrument(field(data, at + codec.QUERY_DEPTH_INSTRUMENT_ID, end))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    levels = field(data, at + codec.QUERY_DEPTH_LEVELS, end)
    if levels < 0:
        return codes.FIELD_OUT_OF_RANGE
    write_depth(instrument.bids, codes.SIDE_BUY, levels, step)
    write_depth(instrument.asks, codes.SIDE_SELL, levels, step)
    return codes.ACCEPTED


def query_auction(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """What an auction would come to if it ended now, whatever the instrument's state."""
    instrument = venue.instrument(field(data, at + codec.QUERY_AUCTION_INSTRUMENT_ID, end))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    found = auctions.find_price(instrument)
    emit.auction_row(
        step.out,
        instrument.instrument_id,
        instrument.state,
        found.ticks,
        found.lots,
        found.surplus_lots,
        rules.reference_price(instrument),
        instrument.last_ticks,
        instrument.session_ends_ns,
        instrument.reopen_ns,
    )
    return codes.ACCEPTED


def write_depth(ladder: Ladder, side: int, most: int, step: Step) -> int:
    """The depth rows of one side."""
    levels = ladder.store.levels
    level = ladder.best
    written = 0
    while level != 0 and (most == 0 or written < most):
        emit.depth_row(
            step.out,
            side,
            levels[level + rows.LEVEL_TICKS],
            levels[level + rows.LEVEL_LOTS],
            levels[level + rows.LEVEL_ORDERS],
        )
        written += 1
        level = levels[level + rows.LEVEL_WORSE]
    return codes.ACCEPTED
