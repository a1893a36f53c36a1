"""The declared layouts of queries and of the rows that answer them; see layouts."""

from trading.engine import fee_layouts, list_layouts, maker_layouts, session_layouts
from trading.engine.layout import Layout

# Answered from the durable state, never journaled; seq in the answer says as of when.
QUERIES: tuple[Layout, ...] = (
    Layout(1000, 1, "QueryStatus", ()),
    Layout(1001, 1, "QueryBalances", (("account_id", "i64"),)),  # 0: every account of the venue
    Layout(1002, 1, "QueryOpenOrders", (("account_id", "i64"), ("instrument_id", "i64"))),  # 0: all
    # One order, open or lately closed, by order_id or (order_id 0) by client_key.
    Layout(
        1003, 1, "QueryOrder", (("account_id", "i64"), ("order_id", "i64"), ("client_key", "i64"))
    ),
    Layout(1004, 1, "QueryDepth", (("instrument_id", "i64"), ("levels", "i64"))),
    # The last number applied from a source of the tenant; 0 if there is none, or no venue yet.
    Layout(1005, 1, "QuerySource", (("source", "i64"),)),
    *list_layouts.QUERIES,
    *maker_layouts.QUERIES,
    *fee_layouts.QUERIES,
    *session_layouts.QUERIES,
    # Answered with FollowStarted events when durable_seq moves; see trading.engine.follower.
    Layout(1010, 1, "Follow", (("from_seq", "i64"),)),
)

ROWS: tuple[Layout, ...] = (
    Layout(
        1000,
        1,
        "StatusRow",
        (
            ("seq", "i64"),
            ("durable_seq", "i64"),
            ("snapshot_seq", "i64"),
            ("open_orders", "i64"),
            ("accounts", "i64"),
            ("commands_applied", "i64"),
            ("started_ns", "i64"),
            ("compiled", "i64"),
        ),
    ),
    Layout(
        1001,
        1,
        "BalanceRow",
        (
            ("account_id", "i64"),
            ("asset_id", "i64"),
            ("available_units", "i128"),
            ("held_units", "i128"),
        ),
    ),
    Layout(
        1002,
        1,
        "OrderRow",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("lots", "i64"),
            ("leaves_lots", "i64"),
            ("cumulative_lots", "i64"),
            ("cumulative_quote_units", "i128"),
            ("ticks", "i64"),
            ("side", "i64"),
            ("order_type", "i64"),
            ("time_in_force", "i64"),
            ("status", "i64"),
            ("client_key", "i64"),
            ("placed_seq", "i64"),
            # While it waits or pends. The trigger of a trailing stop is its present stop price, 0
            # before it follows an extreme.
            ("trigger_ticks", "i64"),
            ("trigger_source", "u32"),
            ("trailing_distance_bp", "u32"),
            ("activation_ticks", "i64"),
            ("limit_offset_ticks", "i64"),
            ("extreme_ticks", "i64"),  # 0: it follows none yet
            ("trigger_ns", "i64"),
            # The list it belongs to, or 0. Its orders are list_id and the list_legs - 1 behind it.
            ("list_id", "i64"),
            ("list_type", "u32"),
            ("list_legs", "u32"),
            ("display_lots", "i64"),
            ("reserve_lots", "i64"),  # of leaves_lots, while it rests: not shown
            ("flags", "u32"),
            ("self_trade_prevention", "u32"),
        ),
    ),
    Layout(
        1004,
        1,
        "DepthRow",
        (("side", "i64"), ("ticks", "i64"), ("lots", "i64"), ("orders", "i64")),
    ),
    Layout(1005, 1, "SourceRow", (("source", "i64"), ("last_no", "i64"))),
    Layout(1010, 1, "DurableSeq", (("seq", "i64"),)),
    *list_layouts.ROWS,
    *maker_layouts.ROWS,
    *fee_layouts.ROWS,
    *session_layouts.ROWS,
)
