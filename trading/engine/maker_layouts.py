"""The layouts of what market makers need; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Layout
from trading.engine.limits import MOST_QUOTES

# One entry of a mass quote; see PlaceQuotes.
_QUOTE_FIELDS = ("instrument_id", "bid_ticks", "bid_lots", "ask_ticks", "ask_lots")

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
    # Two-sided quotes, each in the place of the account's quote of that instrument: 0 lots withdraw
    # a side, the same price and lots change nothing, fewer lots at the same price keep the time
    # priority, anything else is a new arrival. Each entry is applied or refused as a whole.
    Layout(
        42,
        1,
        "PlaceQuotes",
        (
            ("account_id", "i64"),
            ("flags", "u32"),  # OrderFlag.POST_ONLY or none
            ("self_trade_prevention", "u32"),
            *((f"{name}_{n}", "i64") for n in range(1, MOST_QUOTES + 1) for name in _QUOTE_FIELDS),
        ),
    ),
    # When so much was filled of an account's quotes as maker within the window, all of them in the
    # scope are pulled and new ones refused until ResetProtection. 0: no such limit; three of them
    # take the protection away. Over all instruments (instrument_id 0) only trades can be counted.
    Layout(
        43,
        1,
        "SetProtection",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("window_ns", "i64"),
            ("lots", "i64"),
            ("trades", "i64"),
            ("notional_units", "i128"),
        ),
    ),
    Layout(44, 1, "ResetProtection", (("account_id", "i64"), ("instrument_id", "i64"))),
)

QUERIES: tuple[Layout, ...] = (
    # What will cancel an account's orders by itself; account_id 0: every account's.
    Layout(1040, 1, "QueryArmed", (("account_id", "i64"),)),
    # The protections of an account's quotes; account_id 0: every account's.
    Layout(1041, 1, "QueryProtections", (("account_id", "i64"),)),
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
    # What became of an entry of PlaceQuotes, and which orders stand for it now.
    Layout(
        42,
        1,
        "QuoteAnswered",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("entry", "u32"),  # counted from 0
            ("result", "u16"),
            ("side", "u16"),  # which one was refused; 0: neither, or the entry as such
            ("bid_order_id", "i64"),  # 0: there is none
            ("ask_order_id", "i64"),
        ),
    ),
    Layout(
        43,
        1,
        "ProtectionSet",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("window_ns", "i64"),
            ("lots", "i64"),
            ("trades", "i64"),
            ("notional_units", "i128"),
        ),
    ),
    # tripped 1: so much was filled within the window, the quotes in the scope are pulled when the
    # order that met them is done. 0: quotes are taken again.
    Layout(
        44,
        1,
        "ProtectionChanged",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("tripped", "i64"),
            ("lots", "i64"),
            ("trades", "i64"),
            ("notional_units", "i128"),
        ),
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
    Layout(
        1041,
        1,
        "ProtectionRow",
        (
            ("account_id", "i64"),
            ("instrument_id", "i64"),  # 0: all
            ("window_ns", "i64"),
            ("lots", "i64"),
            ("trades", "i64"),
            ("notional_units", "i128"),
            ("tripped", "i64"),
        ),
    ),
)
