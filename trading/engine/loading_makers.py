"""The part of ``loading`` that market makers need; nothing is believed here either."""

from typing import TYPE_CHECKING

from trading.engine import guarding, limits, protecting, rows
from trading.engine.book import Instrument
from trading.engine.venue import Venue
from trading.engine.words import MASK_63, OVER

if TYPE_CHECKING:
    from trading.engine.loading import Reader


def load_guards(venue: Venue, reader: "Reader") -> int:
    """What cancels orders by itself."""
    for _ in range(reader.count()):
        account_id = reader.within(1, MASK_63)
        instrument_id = reader.within(0, limits.MAX_ID)
        check_scope(venue, account_id, instrument_id)
        guarding.start_timer(venue, account_id, instrument_id, reader.within(1, MASK_63))
    for _ in range(reader.count()):
        account_id = reader.within(1, MASK_63)
        instrument_id = reader.within(0, limits.MAX_ID)
        check_scope(venue, account_id, instrument_id)
        venue.armed[(account_id, instrument_id)] = 1
    for _ in range(reader.count()):
        load_protection(venue, reader)
    return 0


def load_protection(venue: Venue, reader: "Reader") -> int:
    """A market maker's protection and what it counts."""
    account_id = reader.within(1, MASK_63)
    instrument_id = reader.within(0, limits.MAX_ID)
    check_scope(venue, account_id, instrument_id)
    protection = protecting.new_protection(venue, account_id, instrument_id)
    protection.window_ns = reader.within(1, limits.MAX_WINDOW_NS)
    protection.most_lots = reader.within(0, MASK_63)
    protection.most_trades = reader.within(0, MASK_63)
    protection.most_notional_units = reader.units()
    protection.tripped = reader.within(0, 1)
    if not protecting.are_limits(
        instrument_id,
        protection.window_ns,
        protection.most_lots,
        protection.most_trades,
        protection.most_notional_units,
    ):
        raise KeyError
    for _ in range(reader.count()):
        time_ns = reader.within(0, MASK_63)
        lots = reader.within(1, limits.MAX_LOTS)
        protecting.take_fill(protection, time_ns, lots, reader.units_within(OVER))
    return 0


def check_scope(venue: Venue, account_id: int, instrument_id: int) -> int:
    """Whether an account and an instrument (0: all) are there; raises KeyError."""
    if venue.account(account_id) == 0:
        raise KeyError
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        raise KeyError
    return 0


def load_quote(venue: Venue, instrument: Instrument, order: int) -> int:
    """Make a resting quote findable; raises KeyError if the account has one there already."""
    orders = venue.store.orders
    terms = orders[order + rows.ORDER_TERMS]
    if terms & rows.TERMS_QUOTE == 0:
        return 0
    if venue.quotes.find(orders[order + rows.ORDER_ACCOUNT], instrument.index, terms & 15) != 0:
        raise KeyError
    return venue.quotes.note(order)
