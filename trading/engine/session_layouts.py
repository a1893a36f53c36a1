"""The layouts of sessions, auctions and circuit breakers; a part of the table in
:mod:`trading.engine.layouts`.
"""

from trading.engine.layout import Layout

COMMANDS: tuple[Layout, ...] = (
    # When the session ends, for DAY orders from now on; 0: they end at midnight UTC.
    Layout(35, 1, "SetSession", (("instrument_id", "i64"), ("ends_ns", "i64"))),
    # A trade further than breaker_bp from the window's first price halts the instrument; 0: none.
    Layout(
        36,
        1,
        "SetBreaker",
        (
            ("instrument_id", "i64"),
            ("breaker_bp", "i64"),
            ("window_ns", "i64"),
            ("halt_ns", "i64"),
        ),
    ),
    # The shard's own, when the halt of a breaker is over.
    Layout(37, 1, "ReopenInstrument", (("instrument_id", "i64"),)),
)

QUERIES: tuple[Layout, ...] = (
    # What an instrument's auction would come to now.
    Layout(1035, 1, "QueryAuction", (("instrument_id", "i64"),)),
)

EVENTS: tuple[Layout, ...] = (
    Layout(35, 1, "SessionSet", (("instrument_id", "i64"), ("ends_ns", "i64"))),
    Layout(
        36,
        1,
        "BreakerSet",
        (
            ("instrument_id", "i64"),
            ("breaker_bp", "i64"),
            ("window_ns", "i64"),
            ("halt_ns", "i64"),
        ),
    ),
    # An auction ended in trades, all at one price; they follow.
    Layout(
        37,
        1,
        "AuctionUncrossed",
        (
            ("instrument_id", "i64"),
            ("ticks", "i64"),
            ("lots", "i64"),  # all that trades
            ("surplus_lots", "i64"),  # left at this price: above 0 to buy, below 0 to sell
        ),
    ),
    # Lots of a resting order are about to trade in an uncrossing: they leave its own price, with
    # what was held for them, for the auction's (as a maker's), or for none (a taker's: its funds
    # are available then, as those of any taker).
    Layout(
        38,
        1,
        "OrderUncrossed",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),
            ("ticks", "i64"),  # the level that shrinks
            ("to_ticks", "i64"),  # the level that grows; 0: none
        ),
    ),
)

ROWS: tuple[Layout, ...] = (
    Layout(
        1035,
        1,
        "AuctionRow",
        (
            ("instrument_id", "i64"),
            ("state", "i64"),  # InstrumentState
            ("ticks", "i64"),  # what it would uncross at now; 0: nothing would trade
            ("lots", "i64"),
            ("surplus_lots", "i64"),
            ("reference_ticks", "i64"),  # the last price, or what stands in for it
            ("last_ticks", "i64"),  # 0: no trade yet
            ("session_ends_ns", "i64"),
            ("reopen_ns", "i64"),
        ),
    ),
)
