"""Which handler a command or query goes to."""

from trading.engine import (
    administration,
    canceling,
    codec,
    codes,
    guarding,
    listing,
    lookups,
    placing,
    protecting,
    quoting,
    recording,
    sessions,
    tiering,
    triggering,
)
from trading.engine.step import Step
from trading.engine.venue import Venue


def carry_out(venue: Venue, kind: int, data: bytes, at: int, end: int, step: Step) -> int:
    """Hand a command to its handler; returns the result code."""
    if kind == codec.PLACE_ORDER:
        return placing.place_order(venue, data, at, end, step)
    if kind == codec.CANCEL_ORDER:
        return canceling.cancel_order(venue, data, at, end, step)
    if kind == codec.REPLACE_ORDER:
        return placing.replace_order(venue, data, at, end, step)
    if kind == codec.EXPIRE_ORDER:
        return canceling.expire_order(venue, data, at, end, step)
    if kind == codec.CANCEL_ALL_ORDERS:
        return canceling.cancel_all_orders(venue, data, at, end, step)
    if codec.SET_CANCEL_TIMER <= kind <= codec.RESET_PROTECTION:
        return quoting.apply_of_maker(venue, kind, data, at, end, step)
    if kind == codec.PLACE_ORDER_LIST:
        return listing.place_order_list(venue, data, at, end, step)
    if kind == codec.CANCEL_ORDER_LIST:
        return listing.cancel_order_list(venue, data, at, end, step)
    if kind == codec.REDUCE_ORDER:
        return canceling.reduce_order(venue, data, at, end, step)
    if kind == codec.SET_PRICES:
        return triggering.set_prices(venue, data, at, end, step)
    if kind == codec.TRIGGER_ORDER:
        return triggering.trigger_order(venue, data, at, end, step)
    if kind == codec.CREDIT_FUNDS:
        return administration.credit_funds(venue, data, at, end, step)
    if kind == codec.DEBIT_FUNDS:
        return administration.debit_funds(venue, data, at, end, step)
    if kind == codec.RECORD_ENTRY:
        return recording.record_entry(venue, data, at, end, step)
    if kind == codec.CREATE_ACCOUNT:
        return administration.create_account(venue, data, at, end, step)
    if kind == codec.CHANGE_ACCOUNT:
        return administration.change_account(venue, data, at, end, step)
    if kind == codec.SET_FEES:
        return administration.set_fees(venue, data, at, end, step)
    if kind == codec.SET_FEE_TIERS:
        return tiering.set_fee_tiers(venue, data, at, end, step)
    if kind == codec.SET_VALUATION:
        return tiering.set_valuation(venue, data, at, end, step)
    if kind == codec.SET_REFERENCE_PRICE:
        return administration.set_reference_price(venue, data, at, end, step)
    if kind == codec.SET_INSTRUMENT_STATE:
        return administration.set_instrument_state(venue, data, at, end, step)
    if kind == codec.SET_SESSION:
        return sessions.set_session(venue, data, at, end, step)
    if kind == codec.SET_BREAKER:
        return sessions.set_breaker(venue, data, at, end, step)
    if kind == codec.REOPEN_INSTRUMENT:
        return sessions.reopen_instrument(venue, data, at, end, step)
    if kind == codec.CHANGE_INSTRUMENT:
        return administration.change_instrument(venue, data, at, end, step)
    if kind == codec.CREATE_INSTRUMENT:
        return administration.create_instrument(venue, data, at, end, step)
    if kind == codec.CREATE_ASSET:
        return administration.create_asset(venue, data, at, end, step)
    if kind == codec.OPEN_VENUE:
        return codes.TENANT_EXISTS
    return codes.UNKNOWN_KIND


def look_up(venue: Venue, kind: int, data: bytes, at: int, end: int, step: Step) -> int:
    """Hand a query to its handler; returns the result code."""
    if kind == codec.QUERY_BALANCES:
        return lookups.query_balances(venue, data, at, end, step)
    if kind == codec.QUERY_OPEN_ORDERS:
        return lookups.query_open_orders(venue, data, at, end, step)
    if kind == codec.QUERY_ORDER:
        return lookups.query_order(venue, data, at, end, step)
    if kind == codec.QUERY_ORDER_LIST:
        return listing.query_order_list(venue, data, at, end, step)
    if kind == codec.QUERY_AUCTION:
        return lookups.query_auction(venue, data, at, end, step)
    if kind == codec.QUERY_DEPTH:
        return lookups.query_depth(venue, data, at, end, step)
    if kind == codec.QUERY_ARMED:
        return guarding.query_armed(venue, data, at, end, step)
    if kind == codec.QUERY_PROTECTIONS:
        return protecting.query_protections(venue, data, at, end, step)
    if kind == codec.QUERY_FEE_TIER:
        return tiering.query_fee_tier(venue, data, at, end, step)
    # Follow is the process's affair: it never hands it to the core.
    return codes.UNKNOWN_KIND
