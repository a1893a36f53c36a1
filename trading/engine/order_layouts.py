"""What an order is asked for with; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Fields

PLACE_ORDER_FIELDS: Fields = (
    ("account_id", "i64"),
    ("instrument_id", "u32"),
    ("side", "u8"),  # Side
    ("order_type", "u8"),  # OrderType
    ("time_in_force", "u8"),  # TimeInForce
    ("self_trade_prevention", "u8"),  # SelfTradePrevention
    ("lots", "i64"),  # 0 for a market order by quote amount
    ("ticks", "i64"),  # limit price; 0 for a market order
    ("flags", "i64"),  # OrderFlag
    ("client_key", "i64"),  # client_order_key(client_order_id); 0: none
    ("client_order_id", "s40"),
    ("quote_units", "i128"),  # market order by quote amount; else 0
    ("trigger_ticks", "i64"),  # stop and take-profit orders wait for this price
    ("expire_ns", "i64"),  # GTD: when it ends, nanoseconds since 1970
    # Whose price fires it, and how far from the extreme a trailing stop is, basis points.
    ("trigger_source", "u32"),  # TriggerSource
    ("trailing_distance_bp", "u32"),
    ("activation_ticks", "i64"),  # where a trailing stop begins to follow; 0: at once
    ("limit_offset_ticks", "i64"),  # limit price of a trailing stop, behind its trigger
    ("trigger_ns", "i64"),  # not before this time, nanoseconds since 1970; 0: no matter
    ("display_lots", "i64"),  # an iceberg shows so many at a time; 0: all of it
)
