"""How much each account traded in the last 30 days, valued in one asset, and its tier by that.

An account's volume stands in a row of daily sums (UTC days of the commands' own time): today's,
and those of the 30 days before. The tier of a day is that of the 30 days before it; it is looked at
when the account first trades on that day.
"""

from trading.engine import emit, limits, rows
from trading.engine.book import Asset, Instrument
from trading.engine.fees import Fees
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import added, high, join, low, notional, valued, wide


def turn(venue: Venue, account: int, step: Step) -> int:
    """See that an account that is about to trade is in the tier of the day."""
    if step.time_ns >= venue.fees.day_ends_ns:
        begin_day(venue.fees, step.time_ns)
    at = account * rows.VOLUMES_BY_ACCOUNT
    if venue.store.volumes[at + rows.VOLUME_STAMP] == venue.fees.stamp:
        return 0
    return take_turn(venue, account, at, step)


def begin_day(fees: Fees, time_ns: int) -> int:
    """A day begins; every account is looked at anew."""
    number = day_of(time_ns)
    fees.day = number
    fees.day_ends_ns = number * limits.DAY_NS
    return stamp_anew(fees)


def day_of(time_ns: int) -> int:
    """The number of a time's day: those since 1970 and one."""
    return time_ns // limits.DAY_NS + 1


def change(venue: Venue) -> int:
    """Something that tiers or values depend on is not what it was: look at everything anew."""
    venue.fees.revision += 1
    stamp_anew(venue.fees)
    return venue.fees_changed()


def stamp_anew(fees: Fees) -> int:
    """No account's row bears the stamp from now on."""
    fees.stamp = fees.day << 32 | fees.revision
    return 0


def take_turn(venue: Venue, account: int, at: int, step: Step) -> int:
    """Begin an account's day, or look at its tier anew."""
    fees = venue.fees
    volumes = venue.store.volumes
    group_id = venue.store.accounts[account + rows.ACCOUNT_GROUP]
    volume = volume_before(venue, at, fees.day)
    shift(venue, at, fees.day)
    volumes[at + rows.VOLUME_STAMP] = fees.stamp
    tier = fees.tier_of(group_id, volume)
    old_tier = tier_in_force(venue, account)
    if tier == old_tier:
        return 0
    venue.store.accounts[account + rows.ACCOUNT_FEE_CLASS] = venue.fee_class(group_id, tier)
    emit.fee_tier_changed(
        step.out,
        venue.store.accounts[account + rows.ACCOUNT_ID],
        tier,
        old_tier,
        volume,
        fees.day - 1,
    )
    return 0


def move_group(venue: Venue, account: int, group_id: int) -> int:
    """An account belongs to another group: its tier is looked at anew before its next trade."""
    accounts = venue.store.accounts
    accounts[account + rows.ACCOUNT_GROUP] = group_id
    tier = tier_in_force(venue, account)
    accounts[account + rows.ACCOUNT_FEE_CLASS] = venue.fee_class(group_id, tier)
    venue.store.volumes[account * rows.VOLUMES_BY_ACCOUNT + rows.VOLUME_STAMP] = 0
    return 0


def tier_in_force(venue: Venue, account: int) -> int:
    """The tier that an account traded in last."""
    tier: int = venue.fees.class_tiers[venue.store.accounts[account + rows.ACCOUNT_FEE_CLASS]]
    return tier


def volume_before(venue: Venue, at: int, day: int) -> int:
    """What was traded in the 30 days before a day; the row may be of an earlier one."""
    volumes = venue.store.volumes
    last = volumes[at + rows.VOLUME_DAY]
    first = day - rows.VOLUME_DAYS
    total = wide(0)
    if last == 0:
        return total
    number = first if first > 1 else 1
    while number < last:
        place = bucket_of(at, number)
        total = added(total, join(volumes[place], volumes[place + 1]))
        number += 1
    if first <= last < day:
        place = at + rows.VOLUME_TODAY
        total = added(total, join(volumes[place], volumes[place + 1]))
    return total


def bucket_of(at: int, day: int) -> int:
    """Where a day's sum stands once the day is over, for 30 days."""
    return at + rows.VOLUME_BUCKETS + 2 * (day % rows.VOLUME_DAYS)


def shift(venue: Venue, at: int, day: int) -> int:
    """Let a day be the row's present one."""
    volumes = venue.store.volumes
    last = volumes[at + rows.VOLUME_DAY]
    if last == day:
        return 0
    if last != 0:
        place = bucket_of(at, last)
        volumes[place] = volumes[at + rows.VOLUME_TODAY]
        volumes[place + 1] = volumes[at + rows.VOLUME_TODAY + 1]
        # Nothing was traded on the days between; 30 of them are all there is room for.
        number = last + 1
        while number < day and number <= last + rows.VOLUME_DAYS:
            place = bucket_of(at, number)
            volumes[place] = 0
            volumes[place + 1] = 0
            number += 1
    volumes[at + rows.VOLUME_DAY] = day
    volumes[at + rows.VOLUME_TODAY] = 0
    volumes[at + rows.VOLUME_TODAY + 1] = 0
    return 0


def count(
    venue: Venue,
    instrument: Instrument,
    maker_account: int,
    taker_account: int,
    base_units: int,
    quote_units: int,
) -> int:
    """Count a trade for both sides, unless they are of one trade group."""
    accounts = venue.store.accounts
    party = accounts[maker_account + rows.ACCOUNT_PARTY]
    if party == accounts[taker_account + rows.ACCOUNT_PARTY]:
        return 0
    if instrument.valued_at != venue.fees.revision:
        find_value(venue, instrument)
    units = quote_units
    if instrument.value_rule != rows.VALUE_QUOTE:
        units = value_of(instrument, base_units, quote_units)
    add_volume(venue, maker_account, units)
    return add_volume(venue, taker_account, units)


def add_volume(venue: Venue, account: int, units: int) -> int:
    """Add to what an account traded today."""
    volumes = venue.store.volumes
    at = account * rows.VOLUMES_BY_ACCOUNT + rows.VOLUME_TODAY
    total = added(join(volumes[at], volumes[at + 1]), units)
    volumes[at] = low(total)
    volumes[at + 1] = high(total)
    return 0


def find_value(venue: Venue, instrument: Instrument) -> int:
    """How a trade in an instrument is valued: by its quote or base if that is the asset, else by
    the price of the oldest instrument that trades its quote, or its base, for the asset; else it
    comes to nothing.
    """
    instrument.valued_at = venue.fees.revision
    instrument.value_rule = rows.VALUE_NONE
    asset = venue.fees.asset
    if asset is instrument.quote:
        instrument.value_rule = rows.VALUE_QUOTE
    elif asset is instrument.base:
        instrument.value_rule = rows.VALUE_BASE
    else:
        by = instrument_for(venue, instrument.quote)
        if by is not None:
            instrument.value_rule = rows.VALUE_PRICED_QUOTE
            instrument.valued_by = by
            return 0
        by = instrument_for(venue, instrument.base)
        if by is not None:
            instrument.value_rule = rows.VALUE_PRICED_BASE
            instrument.valued_by = by
    return 0


def instrument_for(venue: Venue, traded: Asset) -> Instrument | None:
    """The oldest instrument that trades one asset for the one that volume is valued in."""
    for instrument in venue.instrument_list:
        if instrument.base is traded and instrument.quote is venue.fees.asset:
            found: Instrument = instrument
            return found
    return None


def value_of(instrument: Instrument, base_units: int, quote_units: int) -> int:
    """What a trade comes to, rounded down; at the last price, or before the first trade at the
    reference price, of the instrument that says it.
    """
    if instrument.value_rule == rows.VALUE_BASE:
        return base_units
    by = instrument.valued_by
    if instrument.value_rule == rows.VALUE_NONE or by is None:
        return wide(0)
    ticks = by.last_ticks if by.last_ticks != 0 else by.reference_ticks
    units = base_units
    if instrument.value_rule == rows.VALUE_PRICED_QUOTE:
        units = quote_units
    return valued(units, notional(1, ticks, by.tick_units), by.base.whole)
