"""The part of ``loading`` that fee tiers need; nothing is believed here either."""

from typing import TYPE_CHECKING

from trading.engine import limits, rows, volumes
from trading.engine.venue import Venue
from trading.engine.words import MASK_31, MASK_63, OVER, high, low

if TYPE_CHECKING:
    from trading.engine.reading import Reader


def load_fees(venue: Venue, reader: "Reader") -> int:
    """Ladders of fee tiers, and what counts for them."""
    fees = venue.fees
    asset_id = reader.within(0, limits.MAX_ID)
    if asset_id != 0:
        fees.asset = venue.assets[asset_id]
        fees.counted = True
    for _ in range(reader.count()):
        load_ladder_of_fees(venue, reader)
    account_id = reader.within(0, MASK_63)
    while account_id != 0:
        load_volume(venue, venue.account(account_id), reader)
        account_id = reader.within(0, MASK_63)
    return 0


def load_ladder_of_fees(venue: Venue, reader: "Reader") -> int:
    """The ladder of one group."""
    group_id = reader.within(0, MASK_63)
    if not venue.fees.counted or venue.fees.ladders.get(group_id) is not None:
        raise KeyError
    ladder: list[tuple[int, int, int, int]] = []
    for _ in range(reader.within(1, limits.MOST_FEE_TIERS)):
        from_units = reader.units()
        maker_ppm = reader.within(0, limits.PPM)
        taker_ppm = reader.within(0, limits.PPM)
        if not venue.fees.add_step(ladder, from_units, maker_ppm, taker_ppm):
            raise KeyError
    venue.fees.ladders[group_id] = ladder
    return 0


def load_volume(venue: Venue, account: int, reader: "Reader") -> int:
    """What one account traded by day, and the tier it traded in last."""
    words = venue.store.volumes
    at = account * rows.VOLUMES_BY_ACCOUNT
    if account == 0 or not venue.fees.counted or words[at + rows.VOLUME_DAY] != 0:
        raise KeyError
    day = reader.within(1, volumes.day_of(reader.time_ns))
    words[at + rows.VOLUME_DAY] = day
    group_id = venue.store.accounts[account + rows.ACCOUNT_GROUP]
    venue.store.accounts[account + rows.ACCOUNT_FEE_CLASS] = venue.fee_class(
        group_id, reader.within(0, limits.MOST_FEE_TIERS)
    )
    today = reader.units_within(OVER)
    words[at + rows.VOLUME_TODAY] = low(today)
    words[at + rows.VOLUME_TODAY + 1] = high(today)
    first = day - rows.VOLUME_DAYS if day > rows.VOLUME_DAYS else 1
    number = reader.within(0, MASK_31)
    while number != 0:
        if number < first or number >= day:
            raise KeyError
        units = reader.units_within(OVER)
        place = volumes.bucket_of(at, number)
        if units == 0 or words[place] != 0 or words[place + 1] != 0:
            raise KeyError
        words[place] = low(units)
        words[place + 1] = high(units)
        number = reader.within(0, MASK_31)
    return 0
