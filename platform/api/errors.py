"""What can go wrong, in one table: code, number, HTTP status, a sentence, and what to do.

Every engine result has a line, and every refusal of the API itself. REST, WebSocket and the
fast path all answer `{"error": {code, number, message, help}}` from here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

from trading.engine.results import Result
from trading.orders.errors import explain as explain_result


class Refusal(IntEnum):
    """Refusals that never reach the engine. Numbers above 1000 keep clear of engine results."""

    BAD_REQUEST = 1000
    BAD_JSON = 1001
    BODY_TOO_LARGE = 1002
    NOT_FOUND = 1003
    METHOD_NOT_ALLOWED = 1004
    UNKNOWN_INTERVAL = 1005
    BAD_CURSOR = 1006
    BATCH_TOO_LARGE = 1007
    UNKNOWN_OPERATION = 1008
    UNKNOWN_CHANNEL = 1009
    TOO_MANY_SUBSCRIPTIONS = 1010

    NOT_SIGNED_IN = 1100
    UNKNOWN_KEY = 1101
    BAD_SIGNATURE = 1102
    BAD_TIMESTAMP = 1103
    STALE_TIMESTAMP = 1104
    BAD_NONCE = 1105
    NONCE_USED = 1106
    ADDRESS_NOT_ALLOWED = 1107
    PERMISSION_MISSING = 1108
    BAD_ORIGIN = 1109
    CSRF_FAILED = 1110
    SEEN_AS_SOMEBODY_ELSE = 1111

    UNKNOWN_HOST = 1200
    TENANT_SUSPENDED = 1201
    FEATURE_OFF = 1202

    RATE_LIMITED = 1300
    TOO_MANY_CONNECTIONS = 1301
    TOO_MANY_WRONG_CREDENTIALS = 1302

    ENGINE_UNAVAILABLE = 1400
    ORDER_UNKNOWN = 1401
    SERVICE_UNAVAILABLE = 1402
    INTERNAL_ERROR = 1403

    RULE_REFUSES = 1500
    ACCOUNT_REFUSED = 1501
    TRANSFER_REFUSED = 1502


class Explanation(NamedTuple):
    """How a code is told: HTTP status, what happened, what to do."""

    status: int
    message: str
    help: str


_ASK_SUPPORT = "Ask the support of this exchange."
_ASK_AGAIN = "Nothing was done. Send the request again in a moment."

# HTTP status by engine result; the words are those of `trading.orders.errors`.
STATUS: dict[Result, int] = {
    Result.ACCEPTED: 200,
    Result.REPEATED: 200,
    Result.BAD_FRAME: 500,
    Result.UNSUPPORTED_VERSION: 500,
    Result.UNKNOWN_KIND: 500,
    Result.FIELD_OUT_OF_RANGE: 400,
    Result.OVERLOADED: 503,
    Result.UNKNOWN_TENANT: 503,
    Result.TENANT_EXISTS: 409,
    Result.UNKNOWN_ACCOUNT: 404,
    Result.ACCOUNT_EXISTS: 409,
    Result.ACCOUNT_SUSPENDED: 403,
    Result.ACCOUNT_CANCEL_ONLY: 403,
    Result.NO_TIMER_DUE: 409,
    Result.NOT_ARMED: 409,
    Result.UNKNOWN_ASSET: 404,
    Result.ASSET_EXISTS: 409,
    Result.UNKNOWN_INSTRUMENT: 404,
    Result.INSTRUMENT_EXISTS: 409,
    Result.BAD_INSTRUMENT_RULES: 400,
    Result.OPEN_ORDERS_EXIST: 409,
    Result.INSTRUMENT_HALTED: 409,
    Result.INSTRUMENT_CANCEL_ONLY: 409,
    Result.INSTRUMENT_CLOSED: 409,
    Result.BAD_BREAKER: 400,
    Result.NOTHING_TO_REOPEN: 409,
    Result.BAD_FEE: 400,
    Result.NO_VALUATION: 409,
    Result.BAD_FEE_TIERS: 400,
    Result.FEE_TIERS_EXIST: 409,
    Result.NO_FEE_ACCOUNT: 503,
    Result.BAD_SIDE: 400,
    Result.BAD_ORDER_TYPE: 400,
    Result.BAD_TIME_IN_FORCE: 400,
    Result.BAD_SELF_TRADE_PREVENTION: 400,
    Result.BAD_FLAGS: 400,
    Result.BAD_QUANTITY: 400,
    Result.BELOW_MINIMUM_QUANTITY: 400,
    Result.ABOVE_MAXIMUM_QUANTITY: 400,
    Result.BAD_PRICE: 400,
    Result.OUTSIDE_PRICE_BAND: 400,
    Result.BELOW_MINIMUM_NOTIONAL: 400,
    Result.ABOVE_MAXIMUM_NOTIONAL: 400,
    Result.BAD_CLIENT_ORDER_ID: 400,
    Result.BAD_TRIGGER: 400,
    Result.TRIGGER_WOULD_FIRE: 409,
    Result.BAD_EXPIRY: 400,
    Result.BAD_TRIGGER_SOURCE: 400,
    Result.BAD_TRAILING_DISTANCE: 400,
    Result.BAD_ACTIVATION_PRICE: 400,
    Result.BAD_LIMIT_OFFSET: 400,
    Result.BAD_TRIGGER_TIME: 400,
    Result.BAD_DISPLAY_QUANTITY: 400,
    Result.TOO_MANY_REFRESHES: 400,
    Result.NOTHING_TO_CHANGE: 400,
    Result.NOT_FOR_AUCTION: 409,
    Result.SESSION_OVER: 409,
    Result.BAD_ORDER_LIST: 400,
    Result.CLIENT_ORDER_ID_TAKEN: 409,
    Result.ORDER_IS_LINKED: 409,
    Result.BAD_TIMEOUT: 400,
    Result.NO_PROTECTION: 404,
    Result.NO_QUOTES: 400,
    Result.PROTECTION_TRIPPED: 409,
    Result.BAD_PROTECTION: 400,
    Result.NO_ROOM: 503,
    Result.BAD_ENTRY_LEGS: 400,
    Result.NOT_A_HOUSE_LINE: 400,
    Result.ENTRY_UNBALANCED: 400,
    Result.BAD_VALUE_TIME: 400,
    Result.INSUFFICIENT_FUNDS: 400,
    Result.BAD_AMOUNT: 400,
    Result.POST_ONLY_WOULD_TAKE: 409,
    Result.UNKNOWN_ORDER: 404,
    Result.ORDER_ALREADY_CLOSED: 409,
    Result.UNKNOWN_ORDER_LIST: 404,
    Result.ORDER_LIST_ALREADY_CLOSED: 409,
}

REFUSALS: dict[Refusal, Explanation] = {
    Refusal.BAD_REQUEST: Explanation(
        400, "The request cannot be understood.", "See the documentation at /api/docs/."
    ),
    Refusal.BAD_JSON: Explanation(
        400, "The body is not a JSON object.", 'Send UTF-8 JSON such as {"instrument": "BTC-USDT"}.'
    ),
    Refusal.BODY_TOO_LARGE: Explanation(
        413, "The request is too large.", "Send at most 100 orders in a batch."
    ),
    Refusal.NOT_FOUND: Explanation(
        404, "There is nothing at this address.", "See the documentation at /api/docs/."
    ),
    Refusal.METHOD_NOT_ALLOWED: Explanation(
        405, "This address does not take this method.", "See the documentation at /api/docs/."
    ),
    Refusal.UNKNOWN_INTERVAL: Explanation(
        400, "There is no such candle interval.", "Use 1m, 5m, 30m, 1h, 4h, 1d or 1w."
    ),
    Refusal.BAD_CURSOR: Explanation(
        400, "The cursor is not one of ours.", "Leave it out to begin with the newest page."
    ),
    Refusal.BATCH_TOO_LARGE: Explanation(
        400, "A batch holds 1 to 100 orders.", "Send the orders in several batches."
    ),
    Refusal.UNKNOWN_OPERATION: Explanation(
        400, "There is no such operation.", "See the documentation at /api/docs/."
    ),
    Refusal.UNKNOWN_CHANNEL: Explanation(
        404,
        "There is no such channel.",
        "Channels: depth:SYMBOL, trades:SYMBOL, auction:SYMBOL, candles:SYMBOL:INTERVAL, "
        "tickers, private.",
    ),
    Refusal.TOO_MANY_SUBSCRIPTIONS: Explanation(
        400,
        "This connection has too many subscriptions.",
        "Unsubscribe from some, or open another connection.",
    ),
    Refusal.NOT_SIGNED_IN: Explanation(
        401, "This needs a sign-in or an API key.", "Sign the request with an API key, or sign in."
    ),
    Refusal.UNKNOWN_KEY: Explanation(
        401,
        "There is no such API key here.",
        "Check X-MARQUE-KEY and the host; the key may have been revoked.",
    ),
    Refusal.BAD_SIGNATURE: Explanation(
        401,
        "The signature does not fit the request.",
        "Sign timestamp + nonce + METHOD + path?query + body with HMAC-SHA256, as hex.",
    ),
    Refusal.BAD_TIMESTAMP: Explanation(
        401, "The timestamp is not milliseconds since 1970.", "Send 13 digits."
    ),
    Refusal.STALE_TIMESTAMP: Explanation(
        401,
        "The timestamp is too far from the server's time.",
        "Set your clock by GET /api/v1/time, or send X-MARQUE-RECV-WINDOW (at most 60000 ms).",
    ),
    Refusal.BAD_NONCE: Explanation(
        401, "The nonce is not possible.", "Send 8 to 64 letters, digits, '-' or '_'."
    ),
    Refusal.NONCE_USED: Explanation(
        401, "This nonce was used before.", "Make a new nonce and signature for every request."
    ),
    Refusal.ADDRESS_NOT_ALLOWED: Explanation(
        403, "The API key does not allow this address.", "Add the address to the key's list."
    ),
    Refusal.PERMISSION_MISSING: Explanation(
        403, "This is not permitted.", "Use an API key with the permission that is needed."
    ),
    Refusal.BAD_ORIGIN: Explanation(
        403, "This page may not use the session.", "Sign in with an API key instead."
    ),
    Refusal.CSRF_FAILED: Explanation(
        403, "The request did not come from a page of this site.", "Load the page again."
    ),
    Refusal.SEEN_AS_SOMEBODY_ELSE: Explanation(
        403,
        "You see this as somebody else: nothing can be changed that way.",
        "End it with the button on top of the page.",
    ),
    Refusal.UNKNOWN_HOST: Explanation(
        404, "There is no exchange at this host.", "Check the host name."
    ),
    Refusal.TENANT_SUSPENDED: Explanation(
        503, "This exchange is suspended.", "Ask the support of this exchange."
    ),
    Refusal.FEATURE_OFF: Explanation(
        403, "This exchange does not offer this.", "Ask the support of this exchange."
    ),
    Refusal.RATE_LIMITED: Explanation(
        429, "Too many requests.", "Wait as long as Retry-After says."
    ),
    Refusal.TOO_MANY_CONNECTIONS: Explanation(
        429, "Too many connections from this address.", "Close some first."
    ),
    Refusal.TOO_MANY_WRONG_CREDENTIALS: Explanation(
        429,
        "Too many wrong keys, signatures or sessions came from your address.",
        "Mend or stop what sends them, then wait as many seconds as Retry-After says.",
    ),
    Refusal.ENGINE_UNAVAILABLE: Explanation(
        503, "The trading engine cannot be reached.", _ASK_AGAIN
    ),
    Refusal.ORDER_UNKNOWN: Explanation(
        504,
        "The request was sent, but its answer was lost: it may or may not have been done.",
        "Do not send it anew: ask GET /api/v1/orders?client_order_id=",
    ),
    Refusal.SERVICE_UNAVAILABLE: Explanation(
        503, "A part of the exchange cannot be reached.", _ASK_AGAIN
    ),
    Refusal.INTERNAL_ERROR: Explanation(
        500, "Something went wrong on our side.", f"{_ASK_SUPPORT} It has been recorded."
    ),
    Refusal.ACCOUNT_REFUSED: Explanation(
        409, "The account was not opened.", "The message says what is in the way."
    ),
    Refusal.TRANSFER_REFUSED: Explanation(
        409, "The transfer was not made: nothing was moved.", "The message says why."
    ),
    Refusal.RULE_REFUSES: Explanation(
        403, "A rule of this exchange refuses the order.", f"Nothing was done. {_ASK_SUPPORT}"
    ),
}


def explain(code: Result | Refusal) -> Explanation:
    """Status, sentence and what to do for a code."""
    if isinstance(code, Refusal):
        return REFUSALS[code]
    if code is Result.ACCEPTED:
        return Explanation(STATUS[code], "Done.", "Nothing needs to be done.")
    message, help_text = explain_result(code)
    return Explanation(STATUS[code], message, help_text)


class ApiError(Exception):
    """A refusal on its way to the caller. ``message`` and ``help`` replace the usual words."""

    def __init__(
        self,
        code: Result | Refusal,
        message: str = "",
        *,
        help: str = "",
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        explanation = explain(code)
        super().__init__(message or explanation.message)
        self.code = code
        self.status = explanation.status
        self.message = message or explanation.message
        self.help = help or explanation.help
        self.headers = headers or {}
        self.extra = extra or {}

    def as_dict(self) -> dict[str, Any]:
        """The `error` object: code, number, message, help, and what else was given."""
        return {
            "code": self.code.name,
            "number": int(self.code),
            "message": self.message,
            "help": self.help,
            **self.extra,
        }

    def as_body(self) -> dict[str, Any]:
        """The whole JSON body."""
        return {"error": self.as_dict()}
