"""What an exchange's feed tells of its visible book, order by order, whatever its file format."""

from dataclasses import dataclass
from enum import IntEnum


class MessageType(IntEnum):
    """What became of a resting order; the numbers are LOBSTER's."""

    SUBMISSION = 1
    PARTIAL_CANCEL = 2
    DELETION = 3
    VISIBLE_EXECUTION = 4
    HIDDEN_EXECUTION = 5
    CROSS_TRADE = 6
    TRADING_HALT = 7


@dataclass(frozen=True, slots=True)
class BookMessage:
    """One message; `price` in the format's own steps, `is_buy` of the resting order."""

    time_ns: int
    type: MessageType
    order_id: int
    size: int
    price: int
    is_buy: bool
