"""Where the fields of the core's table rows stand: offsets in words of 8 bytes.

A row is known by its handle, the offset of its first word in its table; 0 stands for none. So
``orders[order + ORDER_TICKS]`` is a field, in Python and in C alike.
"""

from typing import Final

# An order, from its acceptance until the venue forgets it some time after its end.
ORDER_ACCOUNT: Final = 0  # handle
ORDER_TERMS: Final = 1  # see TERMS_…
ORDER_LEAVES: Final = 2  # lots still open; of a resting iceberg those shown
ORDER_TICKS: Final = 3
ORDER_LEVEL: Final = 4  # handle of the level it rests at; 0: it does not rest
# While it rests: its neighbours in its level's queue, by time priority. Once it is closed: its
# neighbours among the venue's lately closed orders.
ORDER_AHEAD: Final = 5
ORDER_BEHIND: Final = 6
# While it rests: its neighbours among its account's resting orders. Once it is closed, and if it
# has a client key: its neighbours among its account's lately closed ones.
ORDER_OLDER: Final = 7
ORDER_NEWER: Final = 8
ORDER_ID: Final = 9
ORDER_STATUS: Final = 10
ORDER_LOTS: Final = 11
ORDER_CUMULATIVE_LOTS: Final = 12
ORDER_CUMULATIVE_QUOTE: Final = 13  # two words
ORDER_SEQ: Final = 15  # of the command that placed it
ORDER_WIDTH: Final = 16

# What ORDER_TERMS holds, by shift.
TERMS_TYPE_SHIFT: Final = 4  # below it the side
TERMS_TIME_IN_FORCE_SHIFT: Final = 12
TERMS_KEYED: Final = 1 << 20  # has a client key
TERMS_POST_ONLY: Final = 1 << 21
TERMS_ICEBERG: Final = 1 << 22  # shows only a part of itself at a time
TERMS_LISTED: Final = 1 << 23  # a leg of an order list, which says more; see Venue.lists
TERMS_MODE_SHIFT: Final = 24  # self-trade prevention, 4 bits
TERMS_QUOTE: Final = 1 << 28  # one side of a market maker's quote
TERMS_INSTRUMENT_SHIFT: Final = 32  # the instrument's index in its venue, 16 bits
TERMS_OF_ORDER: Final = (1 << 48) - 1  # all but the venue's number
TERMS_VENUE_SHIFT: Final = 48  # the venue's number, 15 bits

# All orders resting at one price on one side.
LEVEL_TICKS: Final = 0
LEVEL_LOTS: Final = 1  # shown
LEVEL_FIRST: Final = 2  # the orders in which they trade
LEVEL_LAST: Final = 3
LEVEL_ORDERS: Final = 4
LEVEL_BETTER: Final = 5  # the neighbouring levels of the side
LEVEL_WORSE: Final = 6
LEVEL_RESERVE: Final = 7  # lots of its icebergs that are not shown; 0 again when all have left
LEVEL_WIDTH: Final = 8

# Up to 64 neighbouring levels of a side, sorted by key.
BLOCK_COUNT: Final = 0
BLOCK_KEYS: Final = 2
BLOCK_LEVELS: Final = 66
BLOCK_WIDTH: Final = 130
BLOCK_ROOM: Final = 64
BLOCK_FEW: Final = 8  # so few levels, and a block is merged with its neighbour

# A trading account.
ACCOUNT_ID: Final = 0
ACCOUNT_STATE: Final = 1
ACCOUNT_FEE_CLASS: Final = 2  # index; see Fees
ACCOUNT_PARTY: Final = 3  # index of those who never trade with each other
ACCOUNT_BALANCES: Final = 4  # where its balances stand, sorted by asset index
ACCOUNT_BALANCE_COUNT: Final = 5
ACCOUNT_BALANCE_ROOM: Final = 6
ACCOUNT_OLDEST: Final = 7  # its resting orders, by age
ACCOUNT_NEWEST: Final = 8
ACCOUNT_CLOSED_OLDEST: Final = 9  # its lately closed orders with a client key
ACCOUNT_CLOSED_NEWEST: Final = 10
ACCOUNT_CLOSED_COUNT: Final = 11
ACCOUNT_GROUP: Final = 12  # id
ACCOUNT_TRADE_GROUP: Final = 13  # id; 0: none
ACCOUNT_ROLE: Final = 14
ACCOUNT_VENUE: Final = 15  # the venue's number
ACCOUNT_WIDTH: Final = 16

# Units of one asset of one account; booked is available plus held. Amounts take two words.
BALANCE_ASSET: Final = 0  # index of the asset
BALANCE_AVAILABLE: Final = 1
BALANCE_HELD: Final = 3
BALANCE_WIDTH: Final = 8  # more than it needs: so none lies across two lines of memory

# How much the account with the same row number traded, by day; see volumes. Four words of it for
# each of the account's own.
VOLUME_STAMP: Final = 0  # Fees.stamp, if its tier is that of the day
VOLUME_DAY: Final = 1  # the day that is today in this row, counted from 1; 0: it never traded
VOLUME_TODAY: Final = 2  # two words
VOLUME_BUCKETS: Final = 4  # those of the days before, two words each, by day modulo 30
VOLUME_DAYS: Final = 30
VOLUME_WIDTH: Final = 64
VOLUMES_BY_ACCOUNT: Final = 4
VOLUMES_READY: Final = 1 << 20  # words made memory ahead, for accounts that may never trade
# How a trade in an instrument is valued.
VALUE_NONE: Final = 0
VALUE_QUOTE: Final = 1
VALUE_BASE: Final = 2
VALUE_PRICED_QUOTE: Final = 3
VALUE_PRICED_BASE: Final = 4

# The client key of the order with the same row number.
CLIENT_KEY: Final = 0
CLIENT_SCOPE: Final = 1  # the account's row number
CLIENT_WIDTH: Final = 2

# A command that is looked at before its turn; see ahead.
AHEAD_VENUE: Final = 0  # the venue's number
AHEAD_ACCOUNT: Final = 1  # the account's id, later its handle
AHEAD_ORDER: Final = 2  # the same of the order
AHEAD_CLIENT_KEY: Final = 3
AHEAD_WIDTH: Final = 4
AHEAD_STEP: Final = 3  # commands from one look at a command to the next
AHEAD_COMMANDS: Final = 14  # from the first look to its turn
AHEAD_ROOM: Final = 32  # a power of two, above four steps
AHEAD_LEAST_BYTES: Final = 1024  # a batch below this is not worth it
LINE: Final = 8  # words that come from memory together

# How the indexes and outputs begin; see there.
INDEX_LEAST_SHIFT: Final = 10
# So many from the start on that most engines never split a bucket: the addresses cost nothing.
INDEX_FIRST_BUCKETS: Final = 1 << 20
INDEX_READY: Final = 1 << 14  # rows from which on its buckets are made memory ahead
INDEX_SPREAD: Final = 0x9E3779B1  # Knuth's multiplicative hashing, 32 bits
OUTPUT_FIRST_WORDS: Final = 1 << 24
EVENT_WORD: Final = 1 << 35  # one word more in an event's first word, which has its size in bytes
SCAN_FIRST_WORDS: Final = 1 << 15
TIMERS_FIRST_MOST: Final = 1024  # timers, before those without an order are looked for
TRAILS_SPARE: Final = 16  # entries of orders gone, before they are looked for

# Headers of requests, answers and records; see layouts.
REQUEST_HEADER_BYTES: Final = 40
ANSWER_HEADER_WORDS: Final = 5
RECORD_HEADER_BYTES: Final = 56
RECORD_HEADER_WORDS: Final = 7

# Most rows of a shard: what its tables have addresses for.
MOST_ORDERS: Final = 1 << 25
MOST_LEVELS: Final = 1 << 25  # each order may have one of its own
MOST_BLOCKS: Final = 1 << 22  # neighbouring blocks that are nearly empty are merged
MOST_VENUES: Final = (1 << 15) - 1
MOST_INSTRUMENTS: Final = (1 << 16) - 1  # of one venue
NEAR_INSTRUMENTS: Final = 4096  # ids below this are looked up in a list
MOST_ACCOUNTS: Final = 1 << 22
MOST_BALANCE_WORDS: Final = 1 << 28
# One command can add two balances to each account, which doubles its room at most.
BALANCE_ROOM_WORDS: Final = 4 * MOST_BALANCE_WORDS
LADDER_FIRST_BLOCKS: Final = 8

# How matching ended.
MATCHING_DONE: Final = 0  # nothing is left: filled, or the quote amount buys no further lot
MATCHING_BOOK_ENDED: Final = 1  # nothing more on the other side within the limit
MATCHING_PREVENTED: Final = 2  # self-trade prevention ended the order
MATCHING_GOES_ON: Final = 3  # it has not ended yet

# What a leg can be in an OCO pair; 0: no part of one.
PAIR_STOP: Final = 1
PAIR_GAIN: Final = 2
PAIR_EITHER: Final = 3  # it waits for a time only

# For looking at four characters at once; see door.is_text.
TEXT_HIGH_BITS: Final = 0x80808080
TEXT_ONES: Final = 0x01010101
TEXT_BELOW_PRINTABLE: Final = 0x5F5F5F5F
# The same for eight, as signed words.
EIGHT_HIGH_BITS: Final = -0x7F7F7F7F7F7F7F80
EIGHT_ONES: Final = 0x0101010101010101
EIGHT_BELOW_PRINTABLE: Final = 0x5F5F5F5F5F5F5F5F

QUOTE_ENTRY_BYTES: Final = 40  # of PlaceQuotes
# What such an entry means for one side.
QUOTE_KEEP: Final = 0  # as it is, or nothing as before
QUOTE_WITHDRAW: Final = 1
QUOTE_REDUCE: Final = 2
QUOTE_ARRIVE: Final = 3
FEE_TIER_BYTES: Final = 24  # a step of SetFeeTiers
FIRST_QUERY: Final = 1000  # kinds from here on are queries
MAX_TENANT: Final = 2**31 - 1
DUMP_MAGIC: Final = 0x34455441_54534D51  # b"QMSTATE4"; its last byte is the layout's version

# Why frames.Frames.scan stopped.
SCAN_INCOMPLETE: Final = 0  # at the end of the data or inside a frame
SCAN_SPECIAL: Final = 1  # before a frame that the process answers itself
SCAN_BAD_LENGTH: Final = 2  # before a frame that is too short or too long to be one
