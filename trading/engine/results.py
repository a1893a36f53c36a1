"""Result codes of the engine: one enum, grouped by the stage that refused.

The number alone tells which room said no: 1xx the door (frames), 2xx the venue,
3xx the account, 4xx assets and instruments, 5xx the order's own rules, 6xx funds,
7xx matching, 8xx looking up an order.
"""

from enum import IntEnum


class Result(IntEnum):
    ACCEPTED = 0
    # The same client order id or source number was applied before; nothing was applied now.
    REPEATED = 1

    BAD_FRAME = 100
    UNSUPPORTED_VERSION = 101
    UNKNOWN_KIND = 102
    FIELD_OUT_OF_RANGE = 103
    OVERLOADED = 104
    # The shard's tables are full; nothing was applied.
    NO_ROOM = 105

    UNKNOWN_TENANT = 200
    TENANT_EXISTS = 201

    UNKNOWN_ACCOUNT = 300
    ACCOUNT_EXISTS = 301
    ACCOUNT_SUSPENDED = 302
    ACCOUNT_CANCEL_ONLY = 303
    # The shard's or the server's own: no cancel timer is due, nothing is armed.
    NO_TIMER_DUE = 310
    NOT_ARMED = 311
    NO_PROTECTION = 312

    UNKNOWN_ASSET = 400
    ASSET_EXISTS = 401
    UNKNOWN_INSTRUMENT = 402
    INSTRUMENT_EXISTS = 403
    BAD_INSTRUMENT_RULES = 404
    OPEN_ORDERS_EXIST = 405
    INSTRUMENT_HALTED = 406
    INSTRUMENT_CANCEL_ONLY = 407
    BAD_FEE = 408
    NO_FEE_ACCOUNT = 409
    INSTRUMENT_CLOSED = 410
    BAD_BREAKER = 411
    NOTHING_TO_REOPEN = 412

    BAD_SIDE = 500
    BAD_ORDER_TYPE = 501
    BAD_TIME_IN_FORCE = 502
    BAD_SELF_TRADE_PREVENTION = 503
    BAD_FLAGS = 504
    BAD_QUANTITY = 505
    BELOW_MINIMUM_QUANTITY = 506
    ABOVE_MAXIMUM_QUANTITY = 507
    BAD_PRICE = 508
    OUTSIDE_PRICE_BAND = 509
    BELOW_MINIMUM_NOTIONAL = 510
    ABOVE_MAXIMUM_NOTIONAL = 511
    BAD_CLIENT_ORDER_ID = 512
    BAD_TRIGGER = 513
    TRIGGER_WOULD_FIRE = 514
    BAD_EXPIRY = 515
    NOTHING_TO_CHANGE = 516
    # What an iceberg would show: not below the minimum, less than the whole, of a limit order.
    BAD_DISPLAY_QUANTITY = 520
    TOO_MANY_REFRESHES = 521
    # The legs of an order list do not go together.
    BAD_ORDER_LIST = 530
    # A leg's client order id names another order already; nothing was applied.
    CLIENT_ORDER_ID_TAKEN = 531
    # Neither reduced nor replaced while another order of its list is open.
    ORDER_IS_LINKED = 532
    BAD_TRIGGER_SOURCE = 540
    BAD_TRAILING_DISTANCE = 541
    BAD_ACTIVATION_PRICE = 542
    BAD_LIMIT_OFFSET = 543
    BAD_TRIGGER_TIME = 544
    # Only orders that can rest take part in an auction.
    NOT_FOR_AUCTION = 550
    SESSION_OVER = 551
    BAD_TIMEOUT = 560
    NO_QUOTES = 561
    PROTECTION_TRIPPED = 562
    BAD_PROTECTION = 563
    # Fee tiers: no asset to value volume in; steps that do not rise; the asset is in use.
    NO_VALUATION = 570
    BAD_FEE_TIERS = 571
    FEE_TIERS_EXIST = 572
    # An entry between house lines: two legs or more, one behind the other, each of a house line;
    # their sum is nothing in each asset; its time is not ahead.
    BAD_ENTRY_LEGS = 580
    NOT_A_HOUSE_LINE = 581
    ENTRY_UNBALANCED = 582
    BAD_VALUE_TIME = 583

    INSUFFICIENT_FUNDS = 600
    BAD_AMOUNT = 601

    POST_ONLY_WOULD_TAKE = 700

    UNKNOWN_ORDER = 800
    ORDER_ALREADY_CLOSED = 801
    UNKNOWN_ORDER_LIST = 810
    ORDER_LIST_ALREADY_CLOSED = 811
