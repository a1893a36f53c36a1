"""What can be wrong with an order, and what to do about it, in words for the sender."""

from trading.engine.results import Result
from trading.orders.placing import OrderError

__all__ = ["OrderError", "explain", "refused"]

# (sentence, what to do)
_TEXTS: dict[Result, tuple[str, str]] = {
    Result.REPEATED: (
        "This client order id was used before; nothing was done now.",
        "The order in this answer is the earlier one. Use a new client order id for a new order.",
    ),
    Result.BAD_FRAME: ("The message could not be read.", "Report this: it is not your fault."),
    Result.UNSUPPORTED_VERSION: (
        "The message has an unknown version.",
        "Report this: it is not your fault.",
    ),
    Result.UNKNOWN_KIND: (
        "The message is of an unknown kind.",
        "Report this: it is not your fault.",
    ),
    Result.FIELD_OUT_OF_RANGE: (
        "A value is outside its range.",
        "Check the fields against the documentation.",
    ),
    Result.OVERLOADED: (
        "The exchange is busy; nothing was done.",
        "Send it again after a short while.",
    ),
    Result.UNKNOWN_TENANT: (
        "This exchange is not open yet.",
        "Try again in a moment; if it stays so, ask support.",
    ),
    Result.TENANT_EXISTS: ("The venue is open already.", "Nothing needs to be done."),
    Result.UNKNOWN_ACCOUNT: (
        "The account is not known to the exchange yet.",
        "A new account takes a moment to open: try again, or choose another account.",
    ),
    Result.ACCOUNT_EXISTS: ("The account exists already.", "Nothing needs to be done."),
    Result.ACCOUNT_SUSPENDED: ("The account is suspended.", "Ask support."),
    Result.ACCOUNT_CANCEL_ONLY: (
        "The account can only cancel orders.",
        "Cancel what is open, or ask support why.",
    ),
    Result.NO_TIMER_DUE: (
        "No cancel timer of the account has run out.",
        "The exchange fires timers by itself: nothing needs to be done.",
    ),
    Result.NOT_ARMED: (
        "No connection has armed this.",
        "Arm it over the connection that is to keep the orders.",
    ),
    Result.UNKNOWN_ASSET: ("There is no such asset.", "See the list of instruments."),
    Result.ASSET_EXISTS: ("The asset exists already.", "Nothing needs to be done."),
    Result.UNKNOWN_INSTRUMENT: ("There is no such instrument.", "See the list of instruments."),
    Result.INSTRUMENT_EXISTS: ("The instrument exists already.", "Nothing needs to be done."),
    Result.BAD_INSTRUMENT_RULES: (
        "These rules of an instrument do not fit together.",
        "Check tick, lot and limits.",
    ),
    Result.OPEN_ORDERS_EXIST: (
        "Orders are open in this instrument.",
        "Cancel them first, or leave tick and lot as they are.",
    ),
    Result.INSTRUMENT_HALTED: ("Trading is halted.", "Wait until it is open again."),
    Result.INSTRUMENT_CANCEL_ONLY: (
        "Orders can only be cancelled here now.",
        "Wait until it is open again.",
    ),
    Result.INSTRUMENT_CLOSED: (
        "Trading is closed until the next session; orders can only be cancelled.",
        "Wait until it opens.",
    ),
    Result.BAD_BREAKER: (
        "This circuit breaker is not possible.",
        "Give distance, window and halt, each above zero, or none of them.",
    ),
    Result.NOTHING_TO_REOPEN: ("There is no halt to end.", "Nothing needs to be done."),
    Result.NO_VALUATION: (
        "The volume of accounts is not counted.",
        "Choose the currency that volume is counted in first.",
    ),
    Result.BAD_FEE_TIERS: (
        "These volume tiers are not possible.",
        "Each tier begins at a higher volume than the one before and takes no more.",
    ),
    Result.FEE_TIERS_EXIST: (
        "There are volume tiers in the present currency.",
        "Remove all of them first.",
    ),
    Result.BAD_FEE: ("The fee is out of range.", "Choose between 0 and 1,000,000 ppm."),
    Result.NO_FEE_ACCOUNT: ("This exchange is not set up yet.", "Ask support."),
    Result.BAD_SIDE: ("The side is unknown.", "Send buy or sell."),
    Result.BAD_ORDER_TYPE: (
        "The order type is unknown.",
        "Send limit, market, stop, stop_limit, take_profit, take_profit_limit, trailing_stop or "
        "trailing_stop_limit; "
        "an order that waits for its price cannot be replaced: cancel it and place another.",
    ),
    Result.BAD_TIME_IN_FORCE: (
        "This time in force is not possible here.",
        "Send GTC, IOC, FOK, GTD or DAY; a plain market order takes IOC or FOK.",
    ),
    Result.BAD_SELF_TRADE_PREVENTION: (
        "The self-trade prevention is unknown.",
        "Send none, expire_taker, expire_maker, expire_both or decrement.",
    ),
    Result.BAD_FLAGS: (
        "These options do not go together.",
        "post_only is for plain limit orders with GTC, GTD or DAY.",
    ),
    Result.BAD_QUANTITY: ("The quantity is not possible.", "Use whole lots above zero."),
    Result.BELOW_MINIMUM_QUANTITY: (
        "The quantity is below the smallest.",
        "Send at least the instrument's min_quantity.",
    ),
    Result.ABOVE_MAXIMUM_QUANTITY: (
        "The quantity is above the largest.",
        "Split the order.",
    ),
    Result.BAD_PRICE: ("The price is not possible.", "Use whole ticks above zero."),
    Result.OUTSIDE_PRICE_BAND: (
        "The price is too far from the market.",
        "Bring the price closer to the last trade.",
    ),
    Result.BELOW_MINIMUM_NOTIONAL: (
        "The order is worth too little.",
        "Raise the quantity to the instrument's min_notional.",
    ),
    Result.ABOVE_MAXIMUM_NOTIONAL: ("The order is worth too much.", "Split the order."),
    Result.BAD_CLIENT_ORDER_ID: (
        "The client order id is not possible.",
        "Use at most 36 printable ASCII characters without spaces.",
    ),
    Result.BAD_TRIGGER: (
        "The trigger price is not possible.",
        "Stop and take-profit orders need one of whole ticks above zero, other orders have none.",
    ),
    Result.BAD_TRIGGER_SOURCE: (
        "The trigger source is not possible.",
        "Send last, mark or index; orders that wait for no price have none.",
    ),
    Result.BAD_TRAILING_DISTANCE: (
        "The trailing distance is not possible.",
        "A trailing stop needs 1 to 5000 basis points, other orders have none.",
    ),
    Result.BAD_ACTIVATION_PRICE: (
        "The activation price is not possible.",
        "A trailing stop may have one of whole ticks above zero, other orders have none.",
    ),
    Result.BAD_LIMIT_OFFSET: (
        "The limit offset is not possible.",
        "A trailing_stop_limit may have one of whole ticks, other orders have none.",
    ),
    Result.BAD_TRIGGER_TIME: (
        "The trigger time is not possible.",
        "It must lie ahead, by at most 366 days.",
    ),
    Result.TRIGGER_WOULD_FIRE: (
        "The price has reached the trigger already.",
        "A stop buys above and sells below the price of its source, a take-profit the other way "
        "round; "
        "to trade now, send a market or limit order.",
    ),
    Result.BAD_EXPIRY: (
        "The expiry is not possible.",
        "A GTD order needs an expire_time to come, other orders have none.",
    ),
    Result.BAD_DISPLAY_QUANTITY: (
        "Such a part cannot be shown.",
        "display_quantity is for limit orders with GTC or GTD: at least the instrument's "
        "min_quantity and less than the quantity.",
    ),
    Result.TOO_MANY_REFRESHES: (
        "The order would be shown in too many parts.",
        "Show more at a time, or split the order.",
    ),
    Result.NOTHING_TO_CHANGE: (
        "The order is like that already.",
        "Send another quantity or price.",
    ),
    Result.NO_PROTECTION: (
        "The account has no such protection.",
        "See the list of its protections; each instrument has its own.",
    ),
    Result.PROTECTION_TRIPPED: (
        "Too much was filled of your quotes at once: they were pulled.",
        "Look at your position, then reset the protection and quote again.",
    ),
    Result.BAD_PROTECTION: (
        "These limits of a protection are not possible.",
        "Send window_ms from 1 to 60000 and quantity, notional or trades; without an instrument "
        "only trades.",
    ),
    Result.NO_QUOTES: (
        "A mass quote has 1 to 8 quotes.",
        "Send quotes: a list of objects, each with its instrument.",
    ),
    Result.BAD_ORDER_LIST: (
        "These orders do not make such a list.",
        "All are of one account and instrument. An OCO pair has one side and one quantity: a stop "
        "or a trailing stop, and beyond the price a limit that rests or a take-profit; in the "
        "place of either one may stand an order that waits for a trigger_time only.",
    ),
    Result.CLIENT_ORDER_ID_TAKEN: (
        "A client order id of the list names another order already; nothing was done.",
        "Give each order of the list an id of its own, or none.",
    ),
    Result.ORDER_IS_LINKED: (
        "The order belongs to a list whose other orders are open; it can't be changed by itself.",
        "Cancel the list and place another.",
    ),
    Result.NOT_FOR_AUCTION: (
        "An auction takes only orders that can rest until it ends.",
        "Send a limit order with GTC, GTD or DAY, without post_only, or wait until it is open.",
    ),
    Result.SESSION_OVER: (
        "The session of this instrument is over.",
        "Send a DAY order in the next session, or another time in force.",
    ),
    Result.BAD_TIMEOUT: (
        "The time of a cancel timer is not possible.",
        "Send whole seconds from 0, which takes it away, to 86400.",
    ),
    Result.NO_ROOM: (
        "The exchange is full; nothing was done.",
        "Cancel orders that are not needed, or ask support.",
    ),
    Result.INSUFFICIENT_FUNDS: (
        "The account does not have that much available.",
        "Lower the quantity, cancel open orders that hold funds, or pay in.",
    ),
    Result.BAD_ENTRY_LEGS: (
        "The journal entry's legs are not possible.",
        "Name two to eight legs, each with a line, an asset and an amount other than zero.",
    ),
    Result.NOT_A_HOUSE_LINE: (
        "The journal entry names a line that is not the firm's own.",
        "Accounts of customers and of the house are moved by credits and debits.",
    ),
    Result.ENTRY_UNBALANCED: (
        "The journal entry does not sum to zero in every asset.",
        "Make debits and credits of each asset equal.",
    ),
    Result.BAD_VALUE_TIME: (
        "The journal entry's value time is not possible.",
        "Use a time that is not ahead of now.",
    ),
    Result.BAD_AMOUNT: ("The amount is not possible.", "Use an amount above zero."),
    Result.POST_ONLY_WOULD_TAKE: (
        "A post-only order would have traded at once.",
        "Move the price away from the other side, or leave post_only out.",
    ),
    Result.UNKNOWN_ORDER: (
        "There is no such order in this account.",
        "Check the id; orders closed long ago are in the order history.",
    ),
    Result.ORDER_ALREADY_CLOSED: (
        "The order is closed already.",
        "Nothing needs to be done; see its fills.",
    ),
    Result.UNKNOWN_ORDER_LIST: (
        "There is no such order list in this account.",
        "Check the id; lists closed long ago are in the order history.",
    ),
    Result.ORDER_LIST_ALREADY_CLOSED: (
        "All orders of the list are closed already.",
        "Nothing needs to be done; see their fills.",
    ),
}


def explain(result: Result) -> tuple[str, str]:
    """(what is wrong, what to do) for a result that is not ACCEPTED."""
    return _TEXTS[result]


def refused(result: Result) -> OrderError:
    """The engine's refusal as an error for the sender."""
    sentence, help_text = explain(result)
    return OrderError(result, sentence, help_text)
