"""The layouts of what market makers need; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Layout

COMMANDS: tuple[Layout, ...] = (
    # All orders of an account, or (instrument_id not 0) those in one instrument, are canceled
    # after this time unless the timer is set again; 0 takes it away. The shard fires it with a
    # CancelAllOrders of its own.
    Layout(
        40,
        1,
        "SetCancelTimer",
        (("account_id", "i64"), ("instrument_id", "i64"), ("timeout_ns", "i64")),
    ),
    # The same when the connection that this came over is gone; armed 0 takes it back. The server
    # keeps who armed what, and gives the CancelAllOrders; the state keeps it over its restart.
    Layout(
        41,
        1,
        "ArmDisconnect",
        (("account_id", "i64"), ("instrument_id", "i64"), ("armed", "i64")),
    ),
)

QUERIES: tuple[Layout, ...] = (
    # What will cancel an account's orders by itself; account_id 0: every account's.
    Layout(1040, 1, "QueryArmed", (("account_id", "i64"),)),
)

EVENTS: tuple[Layout, ...] = (
    # deadline_ns 0: the timer is gone; with a CancelAllOrders because it has run out.
    Layout(
        40,
        1,
        "CancelTimerSet",
        (("account_id", "i64"), ("instrument_id", "i64"), ("deadline_ns", "i64")),
    ),
    Layout(
        41,
        1,
        "DisconnectArmed",
        (("account_id", "i64"), ("instrument_id", "i64"), ("armed", "i64")),
    ),
)

# Rows of query answers.
ROWS: tuple[Layout, ...] = (
    Layout(
        1040,
        1,
        "ArmedRow",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),  # 0: all
            ("on_disconnect", "i64"),
            ("deadline_ns", "i64"),  # of the cancel timer; 0: none
        ),
    ),
)
