"""Which order types have what in common."""

from trading.engine import enums

LIMIT_TYPES = frozenset(
    {
        int(enums.OrderType.LIMIT),
        int(enums.OrderType.STOP_LIMIT),
        int(enums.OrderType.TAKE_PROFIT_LIMIT),
    }
)
TRAILING_TYPES = frozenset(
    {int(enums.OrderType.TRAILING_STOP_MARKET), int(enums.OrderType.TRAILING_STOP_LIMIT)}
)
# At a price of their own, or one worked out when they fire: they may rest then.
RESTING_TYPES = LIMIT_TYPES | {int(enums.OrderType.TRAILING_STOP_LIMIT)}
TRIGGERED_TYPES = TRAILING_TYPES | frozenset(
    {
        int(enums.OrderType.STOP_MARKET),
        int(enums.OrderType.STOP_LIMIT),
        int(enums.OrderType.TAKE_PROFIT_MARKET),
        int(enums.OrderType.TAKE_PROFIT_LIMIT),
    }
)
