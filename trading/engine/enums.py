"""Enumerations of the engine's messages. Numbers are permanent: they stand in engine journals."""

from enum import IntEnum, IntFlag


class Side(IntEnum):
    BUY = 1
    SELL = 2


class OrderType(IntEnum):
    """A stop buys when the price has risen to its trigger and sells when it has fallen to it; a
    take-profit the other way round. A trailing stop's trigger follows the price at a distance.
    Then it is a market or limit order.
    """

    LIMIT = 1
    MARKET = 2
    STOP_MARKET = 3
    STOP_LIMIT = 4
    TAKE_PROFIT_MARKET = 5
    TAKE_PROFIT_LIMIT = 6
    TRAILING_STOP_MARKET = 7
    TRAILING_STOP_LIMIT = 8


class TimeInForce(IntEnum):
    GTC = 1
    IOC = 2
    FOK = 3
    GTD = 4  # until a time
    DAY = 5  # until the session's end


class TriggerSource(IntEnum):
    """Whose price a triggered order looks at."""

    LAST = 0
    MARK = 1
    INDEX = 2


class SelfTradePrevention(IntEnum):
    """What happens when an order would meet its own account or trade group; the taker's rules."""

    NONE = 0
    EXPIRE_TAKER = 1
    EXPIRE_MAKER = 2
    EXPIRE_BOTH = 3
    DECREMENT = 4


class OrderFlag(IntFlag):
    POST_ONLY = 1
    QUOTE = 2  # placed by PlaceQuotes; no order asks for it


class OrderStatus(IntEnum):
    OPEN = 1  # resting, nothing filled yet
    PARTIALLY_FILLED = 2  # resting, something filled
    FILLED = 3
    CANCELED = 4
    EXPIRED = 5  # what an IOC, FOK or market order could not fill; or its time was over
    EXPIRED_IN_MATCH = 6  # self-trade prevention
    WAITING = 7  # outside the book, for its trigger
    REJECTED = 8  # triggered or released, but then not allowed: no funds, say
    PENDING = 9  # a leg of a list, for the first one to be filled


class OrderListType(IntEnum):
    """OCO: two orders; a trigger, a fill or the end of one ends the other. OTO: the second comes
    when the first is wholly filled. OTOCO: then a second and a third come, which are an OCO.
    """

    OCO = 1
    OTO = 2
    OTOCO = 3


class ReduceReason(IntEnum):
    REQUESTED = 1
    SELF_TRADE_PREVENTED = 2


class CancelCause(IntEnum):
    """Why all orders of an account are canceled. All but the first are the exchange's own acts:
    they work in any state of account and instrument, as an expiry does.
    """

    REQUESTED = 0
    DISCONNECTED = 1  # the connection that was to keep them is gone
    TIMER = 2  # the account's cancel timer ran out


class InstrumentState(IntEnum):
    OPEN = 1
    CANCEL_ONLY = 2
    HALTED = 3  # neither orders nor cancels
    AUCTION = 4  # orders gather, the book may be crossed, nothing trades
    CLOSED = 5  # cancels only, until the next session


class StateReason(IntEnum):
    """Why an instrument changed its state."""

    REQUESTED = 0
    BREAKER = 1  # a price was too far from the window's: the engine's own
    REOPENED = 2  # the breaker's halt is over: the engine's own


class AccountState(IntEnum):
    ACTIVE = 1
    CANCEL_ONLY = 2
    SUSPENDED = 3  # neither orders nor cancels by the customer


class AccountRole(IntEnum):
    CUSTOMER = 0
    HOUSE_FEES = 1  # one per venue: receives every trading fee
    HOUSE_MARKET_MAKER = 2
    HOUSE_OTHER = 3


class FundsReason(IntEnum):
    DEPOSIT = 1
    WITHDRAWAL = 2
    ADJUSTMENT = 3  # by staff, with a reason and a second person
    HOUSE_FUNDING = 4  # the tenant's own capital put into a house account
    TRANSFER = 5  # received or paid outside, booked by staff with a second person
    REBATE = 6  # a part of the fees given back
    BONUS = 7
    FEE_DISCOUNT = 8
    INTEREST = 9  # paid to the customer, or charged
    SWAP = 10  # overnight financing, either way
    INSURANCE = 11  # a deficit covered; debited: a contribution
    WRITE_OFF = 12  # a debt let go; debited: a dormant rest taken in
    LIQUIDATION_FEE = 13  # charged; credited: given back
