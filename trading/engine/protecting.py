"""A market maker's protection: quotes that are pulled when too much of them is filled at once."""

from trading.engine import codec, codes, emit, limits, rows
from trading.engine.book import Instrument
from trading.engine.quotes import Protection
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import added, amount, field, high, join, low, wide


def set_protection(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetProtection: counting begins anew, but what has tripped stays so."""
    account_id = field(data, at + codec.SET_PROTECTION_ACCOUNT_ID, end)
    if venue.account(account_id) == 0:
        return codes.UNKNOWN_ACCOUNT
    instrument_id = field(data, at + codec.SET_PROTECTION_INSTRUMENT_ID, end)
    if instrument_id != 0 and venue.instrument(instrument_id) is None:
        return codes.UNKNOWN_INSTRUMENT
    window_ns = field(data, at + codec.SET_PROTECTION_WINDOW_NS, end)
    lots = field(data, at + codec.SET_PROTECTION_LOTS, end)
    trades = field(data, at + codec.SET_PROTECTION_TRADES, end)
    notional_units = amount(data, at + codec.SET_PROTECTION_NOTIONAL_UNITS, end)
    if not are_limits(instrument_id, window_ns, lots, trades, notional_units):
        return codes.BAD_PROTECTION

    # From here it succeeds.
    key = (account_id, instrument_id)
    if lots == 0 and trades == 0 and notional_units == 0:
        venue.protections.pop(key, None)
    else:
        protection = new_protection(venue, account_id, instrument_id)
        protection.window_ns = window_ns
        protection.most_lots = lots
        protection.most_trades = trades
        protection.most_notional_units = notional_units
        begin_anew(protection)
    place = emit.protection_set(
        step.out, account_id, instrument_id, window_ns, lots, trades, notional_units
    )
    return step.out.cut_zeros(place)


def are_limits(
    instrument_id: int, window_ns: int, lots: int, trades: int, notional_units: int
) -> bool:
    """Whether a protection can be like this."""
    if window_ns < 0 or window_ns > limits.MAX_WINDOW_NS:
        return False
    if lots < 0 or trades < 0 or notional_units < 0 or notional_units > limits.MAX_UNITS:
        return False
    if instrument_id == 0 and (lots != 0 or notional_units != 0):
        return False  # of different assets: they come to nothing together
    return window_ns > 0 or (lots == 0 and trades == 0 and notional_units == 0)


def new_protection(venue: Venue, account_id: int, instrument_id: int) -> Protection:
    """The protection of this scope, made on demand."""
    found = protection_of(venue, account_id, instrument_id)
    if found is None:
        found = Protection()
        venue.protections[(account_id, instrument_id)] = found
    return found


def protection_of(venue: Venue, account_id: int, instrument_id: int) -> Protection | None:
    """The protection of this very scope."""
    return venue.protections.get((account_id, instrument_id))


def begin_anew(protection: Protection) -> int:
    """Nothing is counted yet."""
    protection.fills = []
    protection.lots = wide(0)
    protection.notional_units = wide(0)
    return 0


def reset_protection(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a ResetProtection: quotes are taken again, and counting begins anew."""
    account_id = field(data, at + codec.RESET_PROTECTION_ACCOUNT_ID, end)
    if venue.account(account_id) == 0:
        return codes.UNKNOWN_ACCOUNT
    instrument_id = field(data, at + codec.RESET_PROTECTION_INSTRUMENT_ID, end)
    protection = protection_of(venue, account_id, instrument_id)
    if protection is None:
        return codes.NO_PROTECTION

    # From here it succeeds.
    protection.tripped = 0
    begin_anew(protection)
    place = emit.protection_changed(step.out, account_id, instrument_id, 0, 0, 0, wide(0))
    return step.out.cut_zeros(place)


def has_tripped(venue: Venue, account: int, instrument: Instrument) -> bool:
    """Whether an account's quotes are refused in an instrument until it is reset."""
    if not venue.protections:
        return False
    account_id = venue.store.accounts[account + rows.ACCOUNT_ID]
    own = protection_of(venue, account_id, instrument.instrument_id)
    if own is not None and own.tripped != 0:
        return True
    over_all = protection_of(venue, account_id, 0)
    return over_all is not None and over_all.tripped != 0


def count_fill(
    venue: Venue, maker: int, instrument: Instrument, lots: int, quote_units: int, step: Step
) -> int:
    """A quote was filled: count it wherever its account is protected."""
    if not venue.protections:
        return 0
    account = venue.store.orders[maker + rows.ORDER_ACCOUNT]
    count_in(venue, account, instrument.instrument_id, lots, quote_units, step)
    return count_in(venue, account, 0, lots, quote_units, step)


def count_in(
    venue: Venue, account: int, instrument_id: int, lots: int, quote_units: int, step: Step
) -> int:
    """The same in one scope."""
    account_id = venue.store.accounts[account + rows.ACCOUNT_ID]
    protection = protection_of(venue, account_id, instrument_id)
    if protection is None or protection.tripped != 0:
        return 0
    forget_fills(protection, step.time_ns - protection.window_ns)
    take_fill(protection, step.time_ns, lots, quote_units)
    trades = len(protection.fills)
    if not (
        (protection.most_lots != 0 and protection.lots >= protection.most_lots)
        or (protection.most_trades != 0 and trades >= protection.most_trades)
        or (
            protection.most_notional_units != 0
            and protection.notional_units >= protection.most_notional_units
        )
    ):
        return 0
    protection.tripped = 1
    step.pulls.append((account, instrument_id))
    told = protection.lots if protection.lots < limits.MAX_OPEN_LOTS else limits.MAX_OPEN_LOTS
    place = emit.protection_changed(
        step.out, account_id, instrument_id, 1, told, trades, protection.notional_units
    )
    return step.out.cut_zeros(place)


def forget_fills(protection: Protection, until_ns: int) -> int:
    """What lies outside of the window counts no more."""
    fills = protection.fills
    gone = 0
    for when, lots, lower, upper in fills:
        if when > until_ns:
            break
        protection.lots -= wide(lots)
        protection.notional_units -= join(lower, upper)
        gone += 1
    if gone > 0:
        del fills[:gone]
    return 0


def take_fill(protection: Protection, time_ns: int, lots: int, quote_units: int) -> int:
    """Count one fill."""
    protection.fills.append((time_ns, lots, low(quote_units), high(quote_units)))
    protection.lots = added(protection.lots, wide(lots))
    protection.notional_units = added(protection.notional_units, quote_units)
    return 0


def pull_quotes(venue: Venue, step: Step) -> int:
    """Cancel the quotes of what has tripped, the oldest first, in any state of the instrument."""
    store = venue.store
    for account, instrument_id in step.pulls:
        order = store.accounts[account + rows.ACCOUNT_OLDEST]
        while order != 0:
            newer = store.orders[order + rows.ORDER_NEWER]
            meant = venue.instrument_of(order)
            if (
                store.orders[order + rows.ORDER_TERMS] & rows.TERMS_QUOTE != 0
                and store.orders[order + rows.ORDER_LEVEL] != 0
                and (instrument_id == 0 or meant.instrument_id == instrument_id)
            ):
                venue.close_open(order, meant, codes.ORDER_STATUS_CANCELED, step)
            order = newer
    step.pulls = []
    return 0


def query_protections(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """The protections of an account, by instrument; account_id 0: everybody's."""
    account_id = field(data, at + codec.QUERY_PROTECTIONS_ACCOUNT_ID, end)
    if account_id != 0 and venue.account(account_id) == 0:
        return codes.UNKNOWN_ACCOUNT
    for key in sorted(venue.protections):
        if account_id == 0 or key[0] == account_id:
            write_protection_row(venue, key[0], key[1], step)
    return codes.ACCEPTED


def write_protection_row(venue: Venue, account_id: int, instrument_id: int, step: Step) -> int:
    """One protection, as a row of an answer."""
    protection = new_protection(venue, account_id, instrument_id)
    return emit.protection_row(
        step.out,
        account_id,
        instrument_id,
        protection.window_ns,
        protection.most_lots,
        protection.most_trades,
        protection.most_notional_units,
        protection.tripped,
    )
