"""The layouts of icebergs; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Layout

EVENTS: tuple[Layout, ...] = (
    # What an iceberg showed has been traded, or was prevented: it shows its next part, at the end
    # of its level's queue. The level grows by `lots`; nothing is held anew.
    Layout(
        20,
        1,
        "OrderRefreshed",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),
            ("ticks", "i64"),
            ("reserve_lots", "i64"),  # still not shown
        ),
    ),
)
