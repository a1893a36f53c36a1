"""The engine's numbers in words: results, reasons, what its messages are called.

One line a member, in the words of its name; a number the engine does not know yet is told as such.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from trading.engine import enums
from trading.engine.results import Result

RESULTS: dict[Result, Any] = {
    Result.ACCEPTED: pgettext_lazy("result", "accepted"),
    Result.REPEATED: pgettext_lazy("result", "repeated"),
    Result.BAD_FRAME: pgettext_lazy("result", "bad frame"),
    Result.UNSUPPORTED_VERSION: pgettext_lazy("result", "unsupported version"),
    Result.UNKNOWN_KIND: pgettext_lazy("result", "unknown kind"),
    Result.FIELD_OUT_OF_RANGE: pgettext_lazy("result", "field out of range"),
    Result.OVERLOADED: pgettext_lazy("result", "overloaded"),
    Result.NO_ROOM: pgettext_lazy("result", "no room"),
    Result.UNKNOWN_TENANT: pgettext_lazy("result", "unknown tenant"),
    Result.TENANT_EXISTS: pgettext_lazy("result", "tenant exists"),
    Result.UNKNOWN_ACCOUNT: pgettext_lazy("result", "unknown account"),
    Result.ACCOUNT_EXISTS: pgettext_lazy("result", "account exists"),
    Result.ACCOUNT_SUSPENDED: pgettext_lazy("result", "account suspended"),
    Result.ACCOUNT_CANCEL_ONLY: pgettext_lazy("result", "account cancel only"),
    Result.NO_TIMER_DUE: pgettext_lazy("result", "no timer due"),
    Result.NOT_ARMED: pgettext_lazy("result", "not armed"),
    Result.NO_PROTECTION: pgettext_lazy("result", "no protection"),
    Result.UNKNOWN_ASSET: pgettext_lazy("result", "unknown asset"),
    Result.ASSET_EXISTS: pgettext_lazy("result", "asset exists"),
    Result.UNKNOWN_INSTRUMENT: pgettext_lazy("result", "unknown instrument"),
    Result.INSTRUMENT_EXISTS: pgettext_lazy("result", "instrument exists"),
    Result.BAD_INSTRUMENT_RULES: pgettext_lazy("result", "bad instrument rules"),
    Result.OPEN_ORDERS_EXIST: pgettext_lazy("result", "open orders exist"),
    Result.INSTRUMENT_HALTED: pgettext_lazy("result", "instrument halted"),
    Result.INSTRUMENT_CANCEL_ONLY: pgettext_lazy("result", "instrument cancel only"),
    Result.BAD_FEE: pgettext_lazy("result", "bad fee"),
    Result.NO_FEE_ACCOUNT: pgettext_lazy("result", "no fee account"),
    Result.INSTRUMENT_CLOSED: pgettext_lazy("result", "instrument closed"),
    Result.BAD_BREAKER: pgettext_lazy("result", "bad breaker"),
    Result.NOTHING_TO_REOPEN: pgettext_lazy("result", "nothing to reopen"),
    Result.BAD_SIDE: pgettext_lazy("result", "bad side"),
    Result.BAD_ORDER_TYPE: pgettext_lazy("result", "bad order type"),
    Result.BAD_TIME_IN_FORCE: pgettext_lazy("result", "bad time in force"),
    Result.BAD_SELF_TRADE_PREVENTION: pgettext_lazy("result", "bad self trade prevention"),
    Result.BAD_FLAGS: pgettext_lazy("result", "bad flags"),
    Result.BAD_QUANTITY: pgettext_lazy("result", "bad quantity"),
    Result.BELOW_MINIMUM_QUANTITY: pgettext_lazy("result", "below minimum quantity"),
    Result.ABOVE_MAXIMUM_QUANTITY: pgettext_lazy("result", "above maximum quantity"),
    Result.BAD_PRICE: pgettext_lazy("result", "bad price"),
    Result.OUTSIDE_PRICE_BAND: pgettext_lazy("result", "outside price band"),
    Result.BELOW_MINIMUM_NOTIONAL: pgettext_lazy("result", "below minimum notional"),
    Result.ABOVE_MAXIMUM_NOTIONAL: pgettext_lazy("result", "above maximum notional"),
    Result.BAD_CLIENT_ORDER_ID: pgettext_lazy("result", "bad client order id"),
    Result.BAD_TRIGGER: pgettext_lazy("result", "bad trigger"),
    Result.TRIGGER_WOULD_FIRE: pgettext_lazy("result", "trigger would fire"),
    Result.BAD_EXPIRY: pgettext_lazy("result", "bad expiry"),
    Result.NOTHING_TO_CHANGE: pgettext_lazy("result", "nothing to change"),
    Result.BAD_DISPLAY_QUANTITY: pgettext_lazy("result", "bad display quantity"),
    Result.TOO_MANY_REFRESHES: pgettext_lazy("result", "too many refreshes"),
    Result.BAD_ORDER_LIST: pgettext_lazy("result", "bad order list"),
    Result.CLIENT_ORDER_ID_TAKEN: pgettext_lazy("result", "client order id taken"),
    Result.ORDER_IS_LINKED: pgettext_lazy("result", "order is linked"),
    Result.BAD_TRIGGER_SOURCE: pgettext_lazy("result", "bad trigger source"),
    Result.BAD_TRAILING_DISTANCE: pgettext_lazy("result", "bad trailing distance"),
    Result.BAD_ACTIVATION_PRICE: pgettext_lazy("result", "bad activation price"),
    Result.BAD_LIMIT_OFFSET: pgettext_lazy("result", "bad limit offset"),
    Result.BAD_TRIGGER_TIME: pgettext_lazy("result", "bad trigger time"),
    Result.NOT_FOR_AUCTION: pgettext_lazy("result", "not for auction"),
    Result.SESSION_OVER: pgettext_lazy("result", "session over"),
    Result.BAD_TIMEOUT: pgettext_lazy("result", "bad timeout"),
    Result.NO_QUOTES: pgettext_lazy("result", "no quotes"),
    Result.PROTECTION_TRIPPED: pgettext_lazy("result", "protection tripped"),
    Result.BAD_PROTECTION: pgettext_lazy("result", "bad protection"),
    Result.NO_VALUATION: pgettext_lazy("result", "no valuation"),
    Result.BAD_FEE_TIERS: pgettext_lazy("result", "bad fee tiers"),
    Result.FEE_TIERS_EXIST: pgettext_lazy("result", "fee tiers exist"),
    Result.BAD_ENTRY_LEGS: pgettext_lazy("result", "bad entry legs"),
    Result.NOT_A_HOUSE_LINE: pgettext_lazy("result", "not a house line"),
    Result.ENTRY_UNBALANCED: pgettext_lazy("result", "entry unbalanced"),
    Result.BAD_VALUE_TIME: pgettext_lazy("result", "bad value time"),
    Result.INSUFFICIENT_FUNDS: pgettext_lazy("result", "insufficient funds"),
    Result.BAD_AMOUNT: pgettext_lazy("result", "bad amount"),
    Result.POST_ONLY_WOULD_TAKE: pgettext_lazy("result", "post only would take"),
    Result.UNKNOWN_ORDER: pgettext_lazy("result", "unknown order"),
    Result.ORDER_ALREADY_CLOSED: pgettext_lazy("result", "order already closed"),
    Result.UNKNOWN_ORDER_LIST: pgettext_lazy("result", "unknown order list"),
    Result.ORDER_LIST_ALREADY_CLOSED: pgettext_lazy("result", "order list already closed"),
}

FUNDS_REASONS: dict[int, Any] = {
    enums.FundsReason.DEPOSIT: pgettext_lazy("reason of funds", "deposit"),
    enums.FundsReason.WITHDRAWAL: pgettext_lazy("reason of funds", "withdrawal"),
    enums.FundsReason.ADJUSTMENT: pgettext_lazy("reason of funds", "adjustment"),
    enums.FundsReason.HOUSE_FUNDING: pgettext_lazy("reason of funds", "house funding"),
    enums.FundsReason.TRANSFER: pgettext_lazy("reason of funds", "transfer"),
    enums.FundsReason.REBATE: pgettext_lazy("reason of funds", "rebate"),
    enums.FundsReason.BONUS: pgettext_lazy("reason of funds", "bonus"),
    enums.FundsReason.FEE_DISCOUNT: pgettext_lazy("reason of funds", "fee discount"),
    enums.FundsReason.INTEREST: pgettext_lazy("reason of funds", "interest"),
    enums.FundsReason.SWAP: pgettext_lazy("reason of funds", "swap"),
    enums.FundsReason.INSURANCE: pgettext_lazy("reason of funds", "insurance"),
    enums.FundsReason.WRITE_OFF: pgettext_lazy("reason of funds", "write off"),
    enums.FundsReason.LIQUIDATION_FEE: pgettext_lazy("reason of funds", "liquidation fee"),
}

REDUCE_REASONS: dict[int, Any] = {
    enums.ReduceReason.REQUESTED: pgettext_lazy("why an order was reduced", "requested"),
    enums.ReduceReason.SELF_TRADE_PREVENTED: pgettext_lazy(
        "why an order was reduced", "self trade prevented"
    ),
}

SELF_TRADE_PREVENTION: dict[int, Any] = {
    enums.SelfTradePrevention.NONE: pgettext_lazy("self-trade prevention", "none"),
    enums.SelfTradePrevention.EXPIRE_TAKER: pgettext_lazy("self-trade prevention", "expire taker"),
    enums.SelfTradePrevention.EXPIRE_MAKER: pgettext_lazy("self-trade prevention", "expire maker"),
    enums.SelfTradePrevention.EXPIRE_BOTH: pgettext_lazy("self-trade prevention", "expire both"),
    enums.SelfTradePrevention.DECREMENT: pgettext_lazy("self-trade prevention", "decrement"),
}


def result_words(code: int) -> str:
    """A result without its number: ``insufficient funds``."""
    found = RESULTS.get(code)  # type: ignore[call-overload]
    return _("unknown result") if found is None else str(found)


def funds_reason(number: int) -> str:
    """Why money came or went: ``deposit``."""
    return _of(FUNDS_REASONS, number)


def reduce_reason(number: int) -> str:
    """Why a part of an order was taken away."""
    return _of(REDUCE_REASONS, number)


def self_trade_prevention(number: int) -> str:
    """What happens when an order would meet its own account."""
    return _of(SELF_TRADE_PREVENTION, number)


def _of(words: dict[int, Any], number: int) -> str:
    return str(words.get(number, number))
