"""Queries, answered from a venue's state without changing it."""

from librt.strings import read_i64_le
from mypy_extensions import i64

from trading.engine import codec, codes
from trading.engine.book import Account, Ladder
from trading.engine.canceling import find_order
from trading.engine.step import Step
from trading.engine.venue import Venue, write_order_row


def query_balances(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Balances that are not nothing, by account id and asset id; account_id 0: all accounts."""
    account_id = read_i64_le(data, at + codec.QUERY_BALANCES_ACCOUNT_ID)
    if account_id == 0:
        for number in sorted(venue.accounts):
            write_balances(venue, venue.accounts[number], step)
        return codes.ACCEPTED
    account = venue.account(account_id)
    if account is None:
        return codes.UNKNOWN_ACCOUNT
    write_balances(venue, account, step)
    return codes.ACCEPTED


def write_balances(venue: Venue, account: Account, step: Step) -> None:
    """The balance rows of one account."""
    for number in sorted(venue.assets):
        asset = venue.assets[number]
        if account.index >= len(asset.balances):
            continue
        balance = asset.balances[account.index]
        if balance is None or (balance.available_units == 0 and balance.held_units == 0):
            continue
        codec.write_balance_row(
            step.out,
            account.account_id,
            asset.asset_id,
            balance.available_units,
            balance.held_units,
        )
        step.event_count += 1


def query_open_orders(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """Resting orders of one account (oldest first) or of all; instrument_id 0: everywhere."""
    account_id = read_i64_le(data, at + codec.QUERY_OPEN_ORDERS_ACCOUNT_ID)
    instrument_id = read_i64_le(data, at + codec.QUERY_OPEN_ORDERS_INSTRUMENT_ID)
    if account_id != 0 and venue.account(account_id) is None:
        return codes.UNKNOWN_ACCOUNT
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    numbers = sorted(venue.accounts) if account_id == 0 else [int(account_id)]
    for number in numbers:
        order = venue.accounts[number].oldest
        while order is not None:
            if instrument_id == 0 or order.instrument.instrument_id == instrument_id:
                write_order_row(order, step)
            order = order.newer
    return codes.ACCEPTED


def query_order(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """One order, resting or lately closed; account_id 0 finds anybody's by its order id."""
    account_id = read_i64_le(data, at + codec.QUERY_ORDER_ACCOUNT_ID)
    order_id = read_i64_le(data, at + codec.QUERY_ORDER_ORDER_ID)
    if account_id == 0:
        order = venue.order(order_id)
    else:
        account = venue.account(account_id)
        if account is None:
            return codes.UNKNOWN_ACCOUNT
        client_key = read_i64_le(data, at + codec.QUERY_ORDER_CLIENT_KEY)
        order = find_order(venue, account, order_id, client_key)
    if order is None:
        return codes.UNKNOWN_ORDER
    write_order_row(order, step)
    return codes.ACCEPTED


def query_depth(venue: Venue, data: bytes, at: i64, step: Step) -> i64:
    """The best levels of both sides, bids first, best first; levels 0: all."""
    instrument = venue.instrument(read_i64_le(data, at + codec.QUERY_DEPTH_INSTRUMENT_ID))
    if instrument is None:
        return codes.UNKNOWN_INSTRUMENT
    levels = read_i64_le(data, at + codec.QUERY_DEPTH_LEVELS)
    if levels < 0:
        return codes.FIELD_OUT_OF_RANGE
    write_depth(instrument.bids, codes.SIDE_BUY, levels, step)
    write_depth(instrument.asks, codes.SIDE_SELL, levels, step)
    return codes.ACCEPTED


def write_depth(ladder: Ladder, side: i64, levels: i64, step: Step) -> None:
    """The depth rows of one side."""
    level = ladder.best
    written: i64 = 0
    while level is not None and (levels == 0 or written < levels):
        codec.write_depth_row(step.out, side, level.ticks, level.lots, level.orders)
        step.event_count += 1
        written += 1
        level = level.worse
