"""Declaring fee tiers, and telling an account's."""

from trading.engine import codec, codes, emit, limits, rows, volumes
from trading.engine.step import Step
from trading.engine.venue import Venue
from trading.engine.words import amount, copy_words, field, half, join


def set_valuation(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetValuation; what was counted in another asset is forgotten."""
    asset_id = field(data, at + codec.SET_VALUATION_ASSET_ID, end)
    asset = venue.assets.get(asset_id)
    if asset is None and asset_id != 0:
        return codes.UNKNOWN_ASSET
    fees = venue.fees
    if asset is not fees.asset and fees.ladders:
        return codes.FEE_TIERS_EXIST

    # From here it succeeds.
    if asset is not fees.asset:
        for account_id in venue.accounts:
            forget_volume(venue, venue.account(account_id))
        fees.asset = asset
        fees.counted = asset_id != 0
        volumes.change(venue)
    emit.valuation_set(step.out, asset_id)
    return codes.ACCEPTED


def forget_volume(venue: Venue, account: int) -> int:
    """An account begins with no volume, and in no tier."""
    words = venue.store.volumes
    at = account * rows.VOLUMES_BY_ACCOUNT
    if words[at + rows.VOLUME_DAY] == 0:
        return 0
    for place in range(rows.VOLUME_WIDTH):
        words[at + place] = 0
    accounts = venue.store.accounts
    group_id = accounts[account + rows.ACCOUNT_GROUP]
    accounts[account + rows.ACCOUNT_FEE_CLASS] = venue.fee_class(group_id, 0)
    return 0


def set_fee_tiers(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """Apply a SetFeeTiers: a whole ladder in the place of the group's old one."""
    group_id = field(data, at + codec.SET_FEE_TIERS_GROUP_ID, end)
    if group_id < 0:
        return codes.FIELD_OUT_OF_RANGE
    fees = venue.fees
    if not fees.counted:
        return codes.NO_VALUATION
    ladder: list[tuple[int, int, int, int]] = []
    ended = False
    for number in range(limits.MOST_FEE_TIERS):
        entry = at + codec.SET_FEE_TIERS_FROM_UNITS_1 + number * rows.FEE_TIER_BYTES
        from_units = amount(data, entry, end)
        maker_ppm = half(data, entry + 16, end)
        taker_ppm = half(data, entry + 20, end)
        if from_units == 0 and maker_ppm == 0 and taker_ppm == 0:
            ended = True
        elif ended or not fees.add_step(ladder, from_units, maker_ppm, taker_ppm):
            return codes.BAD_FEE_TIERS

    # From here it succeeds.
    if ladder:
        fees.ladders[group_id] = ladder
    else:
        fees.ladders.pop(group_id, None)
    volumes.change(venue)
    # The event says what the command does.
    count = (end - at) >> 3
    place = step.out.room(1 + count)
    words = step.out.words
    words[place] = codec.FEE_TIERS_SET_EVENT | (1 + count) << 35
    copy_words(words, place + 1, data, at, count)
    step.out.events += 1
    return step.out.cut_zeros(place)


def query_fee_tier(venue: Venue, data: bytes, at: int, end: int, step: Step) -> int:
    """An account's volume and tier on this day; account_id 0: of all that have a volume."""
    account_id = field(data, at + codec.QUERY_FEE_TIER_ACCOUNT_ID, end)
    if account_id != 0:
        if venue.account(account_id) == 0:
            return codes.UNKNOWN_ACCOUNT
        write_tier_row(venue, venue.account(account_id), step)
        return codes.ACCEPTED
    for number in sorted(venue.accounts):
        account = venue.account(number)
        at_row = account * rows.VOLUMES_BY_ACCOUNT
        if venue.store.volumes[at_row + rows.VOLUME_DAY] != 0:
            write_tier_row(venue, account, step)
    return codes.ACCEPTED


def write_tier_row(venue: Venue, account: int, step: Step) -> int:
    """An account's volume and tier as a row of an answer; nothing is changed by asking."""
    fees = venue.fees
    store = venue.store
    at = account * rows.VOLUMES_BY_ACCOUNT
    day = volumes.day_of(step.time_ns)
    today_lower = 0
    today_upper = 0
    if store.volumes[at + rows.VOLUME_DAY] == day:
        today_lower = store.volumes[at + rows.VOLUME_TODAY]
        today_upper = store.volumes[at + rows.VOLUME_TODAY + 1]
    volume = volumes.volume_before(venue, at, day)
    group_id = store.accounts[account + rows.ACCOUNT_GROUP]
    tier = fees.tier_of(group_id, volume)
    emit.fee_tier_row(
        step.out,
        store.accounts[account + rows.ACCOUNT_ID],
        asset_id_of(venue),
        day - 1,
        volume,
        join(today_lower, today_upper),
        tier,
        len(fees.ladder_of(group_id)),
        fees.from_units_of(group_id, tier),
        fees.from_units_of(group_id, tier + 1),
        fees.maker_ppm_of(group_id, tier),
        fees.taker_ppm_of(group_id, tier),
    )
    return 0


def asset_id_of(venue: Venue) -> int:
    """The asset that volume is valued in; 0: none is."""
    asset = venue.fees.asset
    return 0 if asset is None else asset.asset_id
