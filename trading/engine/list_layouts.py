"""The layouts of order lists; a part of the table in :mod:`trading.engine.layouts`."""

from trading.engine.layout import Fields, Layout
from trading.engine.order_layouts import PLACE_ORDER_FIELDS


def _leg(which: str) -> Fields:
    """A PlaceOrder inside of a list."""
    return tuple((f"{which}_{name}", kind) for name, kind in PLACE_ORDER_FIELDS)


COMMANDS: tuple[Layout, ...] = (
    # Two or three orders of one account in one instrument, taken as a whole or not at all. Each
    # leg is a PlaceOrder as it is; a list of two legs has nothing in the third. What is added to
    # PlaceOrder makes a new version of this one.
    #
    # ``any_trigger`` 1: its legs may wait for all that an order can wait for by itself; 0: for last
    # prices only. What was journaled before there was more to wait for says 0, and is refused as it
    # was.
    Layout(
        25,
        1,
        "PlaceOrderList",
        (
            ("list_type", "i64"),  # OrderListType
            ("client_key", "i64"),  # client_order_key(client_list_id); 0: none
            ("client_list_id", "s40"),
            *_leg("first"),
            *_leg("second"),
            *_leg("third"),
            ("any_trigger", "i64"),
        ),
    ),
    # All that is open of a list, found by list_id, or with list_id 0 by client_key.
    Layout(
        26,
        1,
        "CancelOrderList",
        (("account_id", "i64"), ("list_id", "i64"), ("client_key", "i64")),
    ),
)

QUERIES: tuple[Layout, ...] = (
    # A list and those of its orders that are remembered, found as in CancelOrderList.
    Layout(
        1025,
        1,
        "QueryOrderList",
        (("account_id", "i64"), ("list_id", "i64"), ("client_key", "i64")),
    ),
)

EVENTS: tuple[Layout, ...] = (
    # Comes before the OrderAccepted of its legs, whose ids are list_id and those that follow it.
    Layout(
        25,
        1,
        "OrderListPlaced",
        (
            ("list_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("list_type", "u16"),  # OrderListType
            ("legs", "u16"),
            ("client_key", "i64"),
            ("client_list_id", "s40"),
        ),
    ),
    # An order waits, with nothing held, for the first of its list to be wholly filled.
    Layout(
        26,
        1,
        "OrderPending",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),
        ),
    ),
    # It was filled: the order arrives now, or waits for its price. What becomes of it follows.
    Layout(
        27,
        1,
        "OrderReleased",
        (
            ("order_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "u32"),
            ("side", "u32"),
            ("lots", "i64"),
            ("trigger_ticks", "i64"),
        ),
    ),
)

ROWS: tuple[Layout, ...] = (
    Layout(
        1025,
        1,
        "OrderListRow",
        (
            ("list_id", "i64"),
            ("account_id", "i64"),
            ("instrument_id", "i64"),
            ("list_type", "i64"),
            ("legs", "i64"),
            ("client_key", "i64"),
        ),
    ),
)
