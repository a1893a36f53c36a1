"""The layouts of fee tiers; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Fields, Layout
from trading.engine.limits import MOST_FEE_TIERS

# The steps of a ladder from the lowest on; the first one from nothing ends it.
_LADDER_FIELDS: Fields = (
    ("group_id", "i64"),  # 0: all groups that have no ladder of their own
    *(
        (f"{name}_{n}", kind)
        for n in range(1, MOST_FEE_TIERS + 1)
        for name, kind in (("from_units", "i128"), ("maker_ppm", "u32"), ("taker_ppm", "u32"))
    ),
)

COMMANDS: tuple[Layout, ...] = (
    # In which asset the venue values what is traded, to count each account's volume; 0: not at
    # all. Another one than before forgets what was counted, and needs all ladders to be gone.
    Layout(45, 1, "SetValuation", (("asset_id", "i64"),)),
    # From a volume of 30 days on (units of the valuation's asset), rates that hold where an
    # account's fee line is not lower anyway. No step at all removes the ladder.
    Layout(46, 1, "SetFeeTiers", _LADDER_FIELDS),
)

QUERIES: tuple[Layout, ...] = (
    # An account's volume and tier today; account_id 0: those of all that have traded.
    Layout(1045, 1, "QueryFeeTier", (("account_id", "i64"),)),
)

EVENTS: tuple[Layout, ...] = (
    Layout(45, 1, "ValuationSet", (("asset_id", "i64"),)),
    Layout(46, 1, "FeeTiersSet", _LADDER_FIELDS),
    # An account trades in another tier from here on. It is told at its first trade of a day (UTC),
    # or after its ladder or group was changed; before that, nothing depends on it.
    Layout(
        47,
        1,
        "FeeTierChanged",
        (
            ("account_id", "i64"),
            ("tier", "u32"),  # the number of the ladder's step; 0: below the first
            ("old_tier", "u32"),
            ("volume_units", "i128"),  # of the 30 days before this one
            ("day", "i64"),  # days since 1970
        ),
    ),
)

# Rows of query answers.
ROWS: tuple[Layout, ...] = (
    Layout(
        1045,
        1,
        "FeeTierRow",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),  # what it is valued in; 0: nothing is counted
            ("day", "i64"),
            ("volume_units", "i128"),  # of the 30 days before this one
            ("today_units", "i128"),
            ("tier", "u32"),
            ("tiers", "u32"),  # how many steps its ladder has
            ("from_units", "i128"),  # where its tier begins
            ("next_from_units", "i128"),  # where the next one begins; 0: there is none
            ("maker_ppm", "u32"),  # of the tier; without one, a million
            ("taker_ppm", "u32"),
        ),
    ),
)
