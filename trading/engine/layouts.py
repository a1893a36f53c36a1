"""The declared layout of every command, query and event: one table, all else is made from it.

Little endian, no padding, in words of 8 bytes: no field crosses a word, but amounts and texts fill
whole ones. Field types:

====== ======= =====================================================================
type   bytes   meaning
====== ======= =====================================================================
i64    8       signed integer (ids, lots, ticks, parts per million)
i128   16      signed integer (amounts in units of the asset's scale)
u32    4       unsigned integer, smaller ones side by side in one word
u16    2       the same
u8     1       the same
s<N>   N       ASCII text, zero-padded on the right
====== ======= =====================================================================

**Words at the end of a message that are all zero may be left out**, and encoders do so: what
nobody uses takes no room. So a field added at the end of a layout, with 0 meaning what was meant
before, changes no message that exists. Any other change is a new version beside the old one,
which is upcast on reading.

Frames on the wire and records in the engine journal carry these payloads:

Request, connection to engine (40-byte header)
    u32 length of what follows this field | u16 kind | u16 version | u64 request_id |
    u32 tenant_id | u32 source | u64 source_no | u64 trace_id | payload

Answer, engine to connection (40-byte header)
    u32 length of what follows this field | u16 kind (of the request) | u16 result |
    u64 request_id | i64 seq (0: not journaled) | i64 time_ns | u32 event_count | u32 zero | events

Record in the engine journal (56-byte header; always a multiple of 8)
    u32 length of the whole record | u16 kind | u16 result | i64 seq | i64 time_ns |
    u32 tenant_id | u32 source | u64 source_no | u64 trace_id | u16 command_length | u16 version |
    u32 event_count | command payload | events

Group in the engine journal (32-byte header): the records that became durable together
    u32 magic | u32 crc32 of the records | u32 their length | u32 how many | i64 first seq |
    u64 crc32 of the header up to here | records

Event, inside answers and records (8-byte header)
    u16 kind | u16 version | u32 length of the whole event with this header | fields
"""

from trading.engine import (
    fee_layouts,
    iceberg_layouts,
    ledger_layouts,
    list_layouts,
    maker_layouts,
    session_layouts,
)
from trading.engine.layout import Fields, Layout
from trading.engine.order_layouts import PLACE_ORDER_FIELDS
from trading.engine.query_layouts import QUERIES, ROWS

__all__ = [
    "ANSWER_HEADER_BYTES",
    "COMMANDS",
    "EVENTS",
    "EVENT_HEADER_BYTES",
    "GROUP_HEADER_BYTES",
    "QUERIES",
    "RECORD_HEADER_BYTES",
    "REQUEST_HEADER_BYTES",
    "Fields",
    "Layout",
]

REQUEST_HEADER_BYTES = 40
ANSWER_HEADER_BYTES = 40
RECORD_HEADER_BYTES = 56
GROUP_HEADER_BYTES = 32
EVENT_HEADER_BYTES = 8

_INSTRUMENT_FIELDS: Fields = (
    ("instrument_id", "i64"),
    ("base_asset_id", "i64"),
    ("quote_asset_id", "i64"),
    ("tick_units", "i128"),  # quote units for one tick of the price of one whole base asset
    ("lot_units", "i128"),  # base units in one lot
    ("min_lots", "i64"),
    ("max_lots", "i64"),
    ("min_notional_units", "i128"),  # quote units; 0: none
    ("max_notional_units", "i128"),  # quote units; 0: none
    ("price_band_bp", "i64"),  # allowed distance from the reference price, basis points; 0: none
    ("maker_ppm", "i64"),  # fee where no schedule says otherwise, parts per million
    ("taker_ppm", "i64"),
    ("state", "i64"),  # InstrumentState
    ("symbol", "s24"),
)

COMMANDS: tuple[Layout, ...] = (
    Layout(1, 1, "OpenVenue", (("code", "s24"),)),
    Layout(2, 1, "CreateAsset", (("asset_id", "i64"), ("scale", "i64"), ("code", "s16"))),
    Layout(3, 1, "CreateInstrument", _INSTRUMENT_FIELDS),
    # Tick, lot and assets can change only while no order is open in the instrument.
    Layout(4, 1, "ChangeInstrument", _INSTRUMENT_FIELDS),
    Layout(5, 1, "SetInstrumentState", (("instrument_id", "i64"), ("state", "i64"))),
    # Looked up as (group, instrument), (group, 0), (0, instrument), then the instrument's own
    # fees. 0 means all; a maker_ppm of -1 removes the line.
    Layout(
        6,
        1,
        "SetFees",
        (("group_id", "i64"), ("instrument_id", "i64"), ("maker_ppm", "i64"), ("taker_ppm", "i64")),
    ),
    Layout(
        7,
        1,
        "CreateAccount",
        (
            ("account_id", "i64"),
            ("group_id", "i64"),
            ("trade_group_id", "i64"),  # accounts that never trade with each other; 0: just itself
            ("role", "i64"),  # AccountRole
            ("state", "i64"),  # AccountState
        ),
    ),
    Layout(
        8,
        1,
        "ChangeAccount",
        (("account_id", "i64"), ("group_id", "i64"), ("trade_group_id", "i64"), ("state", "i64")),
    ),
    Layout(
        9,
        1,
        "CreditFunds",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),
            ("amount_units", "i128"),
            ("reason", "i64"),  # FundsReason
            ("reference_id", "i64"),  # id of the row that asked for it
            *ledger_layouts.AGAINST,
        ),
    ),
    Layout(
        10,
        1,
        "DebitFunds",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),
            ("amount_units", "i128"),
            ("reason", "i64"),
            ("reference_id", "i64"),
            *ledger_layouts.AGAINST,
        ),
    ),
    Layout(11, 1, "PlaceOrder", PLACE_ORDER_FIELDS),
    # By order_id, or with order_id 0 by client_key.
    Layout(
        12,
        1,
        "CancelOrder",
        (("account_id", "i64"), ("order_id", "i64"), ("client_key", "i64")),
    ),
    # instrument_id 0: all instruments; side 0: both.
    Layout(
        13,
        1,
        "CancelAllOrders",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("side", "i64"),
            ("cause", "i64"),  # CancelCause
            ("quotes_only", "i64"),  # 1: only what PlaceQuotes placed
        ),
    ),
    # Takes lots off an open order, keeping its time priority; taking all of it cancels it.
    Layout(
        14,
        1,
        "ReduceOrder",
        (("account_id", "i64"), ("order_id", "i64"), ("client_key", "i64"), ("lots", "i64")),
    ),
    # What price bands are measured from until the first trade.
    Layout(15, 1, "SetReferencePrice", (("instrument_id", "i64"), ("ticks", "i64"))),
    # New open lots and a new price (0: as it is) for a resting order, found as in CancelOrder.
    # Fewer lots at the same price keep the time priority; anything else is a new arrival.
    Layout(
        16,
        1,
        "ReplaceOrder",
        (
            ("account_id", "i64"),
            ("order_id", "i64"),
            ("lots", "i64"),
            ("ticks", "i64"),
            ("client_key", "i64"),
        ),
    ),
    # The shard's own, when a GTD order's time has come.
    Layout(17, 1, "ExpireOrder", (("order_id", "i64"),)),
    # The prices that orders with such a trigger source wait for; 0: as it was.
    Layout(
        30,
        1,
        "SetPrices",
        (("instrument_id", "i64"), ("mark_ticks", "i64"), ("index_ticks", "i64")),
    ),
    # The shard's own, when an order's trigger time has come.
    Layout(31, 1, "TriggerOrder", (("order_id", "i64"),)),
    *list_layouts.COMMANDS,
    *session_layouts.COMMANDS,
    *maker_layouts.COMMANDS,
    *fee_layouts.COMMANDS,
    *ledger_layouts.COMMANDS,
)

EVENTS: tuple[Layout, ...] = (
    Layout(1, 1, "VenueOpened", (("code", "s24"),)),
    Layout(2, 1, "AssetCreated", (("asset_id", "i64"), ("scale", "i64"), ("code", "s16"))),
    Layout(3, 1, "InstrumentCreated", _INSTRUMENT_FIELDS),
    Layout(4, 1, "InstrumentChanged", _INSTRUMENT_FIELDS),
    Layout(
        5,
        1,
        "InstrumentStateChanged",
        (
            ("instrument_id", "i64"),
            ("state", "i64"),
            ("reason", "i64"),  # StateReason
            ("reopen_ns", "i64"),  # when a halt of the breaker ends; else 0
        ),
    ),
    Layout(
        6,
        1,
        "FeesChanged",
        (("group_id", "i64"), ("instrument_id", "i64"), ("maker_ppm", "i64"), ("taker_ppm", "i64")),
    ),
    Layout(
        7,
        1,
        "AccountCreated",
        (
            ("account_id", "i64"),
            ("group_id", "i64"),
            ("trade_group_id", "i64"),
            ("role", "i64"),
            ("state", "i64"),
        ),
    ),
    Layout(
        8,
        1,
        "AccountChanged",
        (("account_id", "i64"), ("group_id", "i64"), ("trade_group_id", "i64"), ("state", "i64")),
    ),
    Layout(
        9,
        1,
        "FundsCredited",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),
            ("amount_units", "i128"),
            ("balance_units", "i128"),  # booked balance (available + held) after it
            ("reason", "i64"),
            ("reference_id", "i64"),
            *ledger_layouts.AGAINST,
        ),
    ),
    Layout(
        10,
        1,
        "FundsDebited",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),
            ("amount_units", "i128"),
            ("balance_units", "i128"),
            ("reason", "i64"),
            ("reference_id", "i64"),
            *ledger_layouts.AGAINST,
        ),
    ),
    Layout(
        11,
        1,
        "OrderAccepted",
        (
            ("order_id", "i64"),
            # As in the command.
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u8"),
            ("order_type", "u8"),
            ("time_in_force", "u8"),
            ("self_trade_prevention", "u8"),
            ("lots", "i64"),
            ("ticks", "i64"),
            ("flags", "i64"),
            ("client_key", "i64"),
            ("client_order_id", "s40"),
            ("quote_units", "i128"),
            ("trigger_ticks", "i64"),
            ("expire_ns", "i64"),
            ("trigger_source", "u32"),
            ("trailing_distance_bp", "u32"),
            ("activation_ticks", "i64"),
            ("limit_offset_ticks", "i64"),
            ("trigger_ns", "i64"),
            ("display_lots", "i64"),
        ),
    ),
    # What is left came to rest in the book. From here on, and only while it rests, funds are held:
    # a buy holds lots * ticks * k quote units, a sell lots * lot_units base units.
    Layout(
        12,
        1,
        "OrderRested",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),
            ("ticks", "i64"),
            ("reserve_lots", "i64"),  # of these an iceberg does not show; the level grows by less
        ),
    ),
    # One match. The buyer pays its fee in the base asset, the seller in the quote asset, each out
    # of what it receives. The maker's order rested at `ticks`.
    Layout(
        13,
        1,
        "Traded",
        (
            ("trade_id", "i64"),
            ("instrument_id", "u32"),
            ("taker_side", "u32"),
            ("base_asset_id", "u32"),
            ("quote_asset_id", "u32"),
            ("lots", "i64"),
            ("ticks", "i64"),
            ("maker_order_id", "i64"),
            ("taker_order_id", "i64"),
            ("maker_account_id", "i64"),
            ("taker_account_id", "i64"),
            ("fee_account_id", "i64"),
            ("base_units", "i128"),
            ("quote_units", "i128"),
            ("maker_fee_units", "i128"),
            ("taker_fee_units", "i128"),
            ("maker_leaves_lots", "i64"),
            ("taker_leaves_lots", "i64"),  # 0 for a market order by quote amount
        ),
    ),
    # Lots taken off an order without a trade, the order lives on.
    Layout(
        14,
        1,
        "OrderReduced",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u16"),
            ("rested", "u8"),  # 1: it was resting in the book, so the level shrinks by `lots`
            ("reason", "u8"),  # ReduceReason
            ("lots", "i64"),
            ("leaves_lots", "i64"),
            ("ticks", "i64"),
            ("reserve_lots", "i64"),  # so many of `lots` were not shown; the level has them not
        ),
    ),
    # The end of every order, filled ones included.
    Layout(
        15,
        1,
        "OrderClosed",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u16"),
            ("rested", "u8"),  # 1: the level shrinks by leaves_lots
            ("status", "u8"),  # OrderStatus, one of the closed ones
            ("ticks", "i64"),
            ("leaves_lots", "i64"),  # what was still open; 0 when filled
            ("cumulative_lots", "i64"),
            ("cumulative_quote_units", "i128"),
            ("by_order_id", "i64"),  # the order of its list that ended it; 0: none did
            ("reserve_lots", "i64"),  # so many of leaves_lots were not shown; as in OrderReduced
        ),
    ),
    Layout(16, 1, "ReferencePriceSet", (("instrument_id", "i64"), ("ticks", "i64"))),
    # A resting order left its level, with what it held, to arrive anew; what becomes of it follows.
    Layout(
        17,
        1,
        "OrderReplaced",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),  # open from now on
            ("ticks", "i64"),
            ("old_lots", "i64"),  # the level shrinks by these
            ("old_ticks", "i64"),
            ("old_reserve_lots", "i64"),  # but for so many that were not shown
        ),
    ),
    # An order waits outside the book for its time or its price; nothing is held.
    Layout(
        18,
        1,
        "OrderWaiting",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("trigger_ticks", "i64"),  # of a trailing stop: where it begins to follow
            ("trigger_ns", "i64"),  # not before; 0: the time has come, or does not matter
        ),
    ),
    # Its price, or its time, has come: it arrives now. What becomes of it follows.
    Layout(
        19,
        1,
        "OrderTriggered",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("trigger_ticks", "i64"),  # 0: its time has come
            ("last_ticks", "i64"),  # the price of its trigger source that did it
            ("ticks", "i64"),  # the limit price a trailing stop has from now on; else 0
        ),
    ),
    Layout(
        30,
        1,
        "PricesSet",
        (("instrument_id", "i64"), ("mark_ticks", "i64"), ("index_ticks", "i64")),
    ),
    # A trailing stop follows its source's price from now on.
    Layout(
        31,
        1,
        "OrderActivated",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("extreme_ticks", "i64"),  # the price it begins at
            ("trigger_ticks", "i64"),  # its stop price there
        ),
    ),
    *iceberg_layouts.EVENTS,
    *list_layouts.EVENTS,
    *session_layouts.EVENTS,
    *maker_layouts.EVENTS,
    *fee_layouts.EVENTS,
    *ledger_layouts.EVENTS,
    *ROWS,
)
