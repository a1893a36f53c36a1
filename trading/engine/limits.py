"""Bounds checked at the door, so that no 64-bit sum inside the core can overflow."""

from typing import Final

# Amounts fit numeric(38, 0). No asset's total supply in a venue can pass this, so no balance can.
MAX_UNITS: Final = 10**38 - 1
MAX_LOTS: Final = 10**15
MAX_TICKS: Final = 10**15
# Sum of what rests in one instrument: every level's and every sweep's total stays below 2**63.
MAX_OPEN_LOTS: Final = 4 * 10**18
MAX_PRICE_BAND_BP: Final = 1_000_000
MAX_SCALE: Final = 18
PPM: Final = 1_000_000
BASIS_POINTS: Final = 10_000
# Waiting orders of one instrument: one command may set all of them free.
MAX_WAITING_ORDERS: Final = 250_000
# Open orders of an instrument in an auction: one command uncrosses them all.
MAX_AUCTION_ORDERS: Final = 250_000
# Window and halt of a circuit breaker: a week.
MAX_BREAKER_NS: Final = 604_800_000_000_000
DAY_NS: Final = 86_400_000_000_000
# How far a trailing stop may be from the extreme it follows, and the farthest trigger time.
MAX_TRAILING_BP: Final = 5_000
MAX_TRIGGER_AHEAD_NS: Final = 366 * 86_400 * 10**9
# How often one order may show a new part of itself, and all those of one instrument together: one
# command may trade all of it, part by part.
MAX_REFRESHES: Final = 1_000
MAX_OPEN_REFRESHES: Final = 500_000
# How far ahead a cancel timer may be set.
MAX_TIMEOUT_NS: Final = 86_400 * 10**9
# How far back a market maker's protection may count.
MAX_WINDOW_NS: Final = 60 * 10**9
# Entries of one PlaceQuotes.
MOST_QUOTES: Final = 8
# Steps of one ladder of fee tiers.
MOST_FEE_TIERS: Final = 12
# Legs of one RecordEntry, its largest amount, and the largest number of its kind.
MOST_ENTRY_LEGS: Final = 8
MAX_ENTRY_UNITS: Final = 10**32
MAX_ENTRY_KIND: Final = 2**15 - 1
# A house line is the line's number << 16 with the number of its part.
LINE_SHIFT: Final = 16
MAX_ID: Final = 2**31 - 1  # of instruments and assets
# How many lately closed orders a venue remembers, for repeats and for asking what became of them:
# without a client order id, with one, and with one of the same account.
UNKEYED_ORDERS_KEPT: Final = 100_000
KEYED_ORDERS_KEPT: Final = 250_000
KEYED_ORDERS_KEPT_PER_ACCOUNT: Final = 1_000
