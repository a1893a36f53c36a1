"""Shapes of bodies, for the documentation: the code that makes them is `trading.orders.shapes`."""

from typing import Any

from rest_framework import serializers as fields

ORDER_TYPES = [
    "limit",
    "market",
    "stop",
    "stop_limit",
    "take_profit",
    "take_profit_limit",
    "trailing_stop",
    "trailing_stop_limit",
]
TRIGGER_SOURCES = ["last", "mark", "index"]
ORDER_STATUSES = [
    "open",
    "partially_filled",
    "filled",
    "canceled",
    "expired",
    "expired_in_match",
    "waiting",
    "rejected",
    "pending",
]
LIST_TYPES = ["oco", "oto", "otoco"]
LIST_STATUSES = ["open", "closed"]
TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "GTD", "DAY"]
SIDES = ["buy", "sell"]
ACCOUNT_STATES = ["active", "cancel_only", "suspended"]
INSTRUMENT_STATES = ["open", "cancel_only", "halted", "auction", "closed"]


def decimal(help_text: str, **options: Any) -> fields.CharField:
    return fields.CharField(help_text=f"{help_text} Decimal text.", **options)


class ErrorDetail(fields.Serializer[Any]):
    code = fields.CharField(help_text="Stable name, such as INSUFFICIENT_FUNDS.")
    number = fields.IntegerField(help_text="Stable number; below 1000 it is the engine's.")
    message = fields.CharField(help_text="What happened, for a person.")
    help = fields.CharField(help_text="What to do.")


class Error(fields.Serializer[Any]):
    error = ErrorDetail()


class Time(fields.Serializer[Any]):
    time = fields.IntegerField(help_text="Milliseconds since 1970, UTC.")


class Instrument(fields.Serializer[Any]):
    instrument = fields.CharField()
    base = fields.CharField()
    quote = fields.CharField()
    state = fields.ChoiceField(choices=INSTRUMENT_STATES)
    tick_size = decimal("Prices are multiples of it.")
    lot_size = decimal("Quantities are multiples of it.")
    min_quantity = decimal("Smallest order.")
    max_quantity = decimal("Largest order.")
    min_notional = decimal("Smallest price times quantity.")
    max_notional = decimal("Largest price times quantity.", allow_null=True)
    price_band_bp = fields.IntegerField(help_text="Allowed distance from the market; 0: any.")
    maker_fee_ppm = fields.IntegerField(help_text="Parts per million, where no schedule differs.")
    taker_fee_ppm = fields.IntegerField(help_text="Parts per million, where no schedule differs.")


class Instruments(fields.Serializer[Any]):
    results = Instrument(many=True)


class Level(fields.ListField):
    child = fields.CharField()
    min_length, max_length = 2, 2


class Depth(fields.Serializer[Any]):
    instrument = fields.CharField()
    seq = fields.IntegerField(help_text="The same numbers as on the depth stream.")
    bids = fields.ListField(child=Level(), help_text="[price, quantity], best first.")
    asks = fields.ListField(child=Level(), help_text="[price, quantity], best first.")


class Auction(fields.Serializer[Any]):
    instrument = fields.CharField()
    state = fields.ChoiceField(choices=INSTRUMENT_STATES)
    price = decimal("The one price all would trade at now; null: nothing would.", allow_null=True)
    quantity = decimal("How much would trade.", allow_null=True)
    surplus_side = fields.ChoiceField(
        choices=SIDES, allow_null=True, help_text="Who would be left over at this price."
    )
    surplus_quantity = decimal("How much of that side.", allow_null=True)
    reopens_at = fields.IntegerField(
        allow_null=True, help_text="When the circuit breaker's halt ends, milliseconds since 1970."
    )
    session_ends_at = fields.IntegerField(
        allow_null=True, help_text="When DAY orders end, milliseconds since 1970; null: midnight."
    )
    next_state = fields.ChoiceField(
        choices=INSTRUMENT_STATES, allow_null=True, help_text="What the calendar says comes next."
    )
    next_change_at = fields.IntegerField(
        allow_null=True, help_text="When, milliseconds since 1970; null: nothing is planned."
    )


class Trade(fields.Serializer[Any]):
    id = fields.CharField()
    price = decimal("Price.")
    quantity = decimal("Quantity.")
    side = fields.ChoiceField(choices=SIDES, help_text="The taker's side.")
    time = fields.IntegerField(help_text="Milliseconds since 1970, UTC.")


class Trades(fields.Serializer[Any]):
    results = Trade(many=True)


class Ticker(fields.Serializer[Any]):
    instrument = fields.CharField()
    last = decimal("Price of the last trade.", allow_null=True)
    open = decimal("First price of the last 24 hours.", allow_null=True)
    high = decimal("Highest price of the last 24 hours.", allow_null=True)
    low = decimal("Lowest price of the last 24 hours.", allow_null=True)
    volume = decimal("Traded in 24 hours, base asset.")
    quote_volume = decimal("Traded in 24 hours, quote asset.")
    change_bp = fields.IntegerField(help_text="Change over 24 hours in basis points.")
    bid = decimal("Best bid.", allow_null=True)
    ask = decimal("Best ask.", allow_null=True)


class Tickers(fields.Serializer[Any]):
    results = Ticker(many=True)


class Candles(fields.Serializer[Any]):
    instrument = fields.CharField()
    interval = fields.CharField()
    candles = fields.ListField(
        child=fields.ListField(child=fields.CharField()),
        help_text="[open time in ms, open, high, low, close, volume], oldest first.",
    )


class OwnAccount(fields.Serializer[Any]):
    account = fields.IntegerField()
    name = fields.CharField()
    state = fields.ChoiceField(choices=ACCOUNT_STATES)
    is_default = fields.BooleanField(help_text="Used where a request names no account.")


class Account(fields.Serializer[Any]):
    permissions = fields.ListField(child=fields.CharField())
    accounts = OwnAccount(many=True)


class Balance(fields.Serializer[Any]):
    account = fields.IntegerField()
    asset = fields.CharField()
    available = decimal("Free to use.")
    held = decimal("Held by open orders.")
    booked = decimal("available + held.")


class Balances(fields.Serializer[Any]):
    seq = fields.IntegerField(help_text="As of this engine journal seq.")
    results = Balance(many=True)


class Fill(fields.Serializer[Any]):
    trade_id = fields.CharField()
    order_id = fields.CharField()
    account = fields.IntegerField()
    instrument = fields.CharField()
    side = fields.ChoiceField(choices=SIDES)
    liquidity = fields.ChoiceField(choices=["maker", "taker"])
    price = decimal("Price.")
    quantity = decimal("Quantity.")
    quote_amount = decimal("Price times quantity.")
    fee = decimal("Taken from what was received.")
    fee_asset = fields.CharField()
    time = fields.IntegerField(help_text="Milliseconds since 1970, UTC.")


class Fills(fields.Serializer[Any]):
    results = Fill(many=True)
    next = fields.CharField(allow_null=True, help_text="Cursor of the next page; null: the end.")


class Order(fields.Serializer[Any]):
    order_id = fields.CharField()
    client_order_id = fields.CharField(allow_null=True)
    account = fields.IntegerField()
    instrument = fields.CharField()
    side = fields.ChoiceField(choices=SIDES)
    type = fields.ChoiceField(choices=ORDER_TYPES)
    time_in_force = fields.ChoiceField(choices=TIMES_IN_FORCE)
    post_only = fields.BooleanField()
    price = decimal("Limit price; null for a market order.", allow_null=True)
    trigger_price = decimal(
        "What a stop or take-profit order waits for; a trailing stop's present stop price, null "
        "before it follows the price.",
        allow_null=True,
    )
    trigger_when = fields.ChoiceField(
        choices=["at_or_above", "at_or_below"],
        allow_null=True,
        help_text="Where the price must be, seen from trigger_price, for it to fire.",
    )
    trigger_source = fields.ChoiceField(
        choices=TRIGGER_SOURCES, allow_null=True, help_text="Whose price it waits for."
    )
    trailing_distance_bp = fields.IntegerField(
        allow_null=True, help_text="Of a trailing stop: from the extreme, basis points."
    )
    activation_price = decimal("Where a trailing stop begins to follow.", allow_null=True)
    limit_offset = decimal(
        "How far behind its stop price a trailing stop's limit is.", allow_null=True
    )
    extreme_price = decimal(
        "What a trailing stop follows: the highest (selling) or lowest (buying) price since it "
        "became active; null if it is not, or no more.",
        allow_null=True,
    )
    trigger_time = fields.IntegerField(
        allow_null=True, help_text="Nothing happens before it, milliseconds since 1970, UTC."
    )
    quantity = decimal("Ordered; null for a market order by quote amount.", allow_null=True)
    display_quantity = decimal(
        "An iceberg shows so much of itself at a time; null: all of it is shown.", allow_null=True
    )
    quote_amount = decimal("To be spent by a market order, else null.", allow_null=True)
    filled_quantity = decimal("Done.")
    filled_quote_amount = decimal("Done, in the quote asset.")
    remaining_quantity = decimal("Not done.", allow_null=True)
    average_price = decimal("Of what is done; null if nothing is.", allow_null=True)
    status = fields.ChoiceField(
        choices=ORDER_STATUSES,
        help_text="waiting: for its trigger, nothing is held. pending: for the first order of its "
        "list to be filled, nothing is held. rejected: its time came, but then it was not allowed, "
        "for want of funds for instance.",
    )
    list_id = fields.CharField(allow_null=True, help_text="The order list it belongs to.")
    list_type = fields.ChoiceField(choices=LIST_TYPES, allow_null=True)
    linked_order_ids = fields.ListField(
        child=fields.CharField(), help_text="The other orders of its list."
    )
    ended_by_order_id = fields.CharField(
        allow_null=True,
        help_text=(
            "The order of its list whose fill, trigger or end ended it; null until that is in the "
            "histories, a moment later."
        ),
    )
    expires_at = fields.IntegerField(
        allow_null=True, help_text="End of a GTD or DAY order, milliseconds since 1970, UTC."
    )
    created_at = fields.IntegerField(allow_null=True, help_text="Milliseconds since 1970, UTC.")
    updated_at = fields.IntegerField(allow_null=True, help_text="Milliseconds since 1970, UTC.")


class Orders(fields.Serializer[Any]):
    results = Order(many=True)
    next = fields.CharField(allow_null=True, help_text="Cursor of the next page; null: the end.")


class PlaceOrder(fields.Serializer[Any]):
    instrument = fields.CharField(help_text="Such as BTC-USDT.")
    side = fields.ChoiceField(choices=SIDES)
    type = fields.ChoiceField(choices=ORDER_TYPES, required=False, default="limit")
    time_in_force = fields.ChoiceField(
        choices=TIMES_IN_FORCE,
        required=False,
        help_text="GTD with an expire_time, else GTC; orders without a limit price IOC. DAY ends "
        "with the session, or at midnight UTC.",
    )
    quantity = decimal("Base asset; a multiple of the lot size.", required=False)
    price = decimal("For limit orders; a multiple of the tick size.", required=False)
    trigger_price = decimal(
        "For stop and take-profit orders: the price at which it is sent on.", required=False
    )
    trigger_source = fields.ChoiceField(
        choices=TRIGGER_SOURCES,
        required=False,
        help_text="Whose price fires it: of the last trade (the default), mark or index.",
    )
    trailing_distance_bp = fields.IntegerField(
        required=False,
        min_value=1,
        max_value=5_000,
        help_text="For trailing stops: distance from the best price since, basis points.",
    )
    activation_price = decimal(
        "For trailing stops: the price from which it follows; at once where absent.",
        required=False,
    )
    limit_offset = decimal(
        "For trailing_stop_limit: how far behind its stop price the limit is; 0 where absent.",
        required=False,
    )
    trigger_time = fields.CharField(
        required=False,
        help_text="Nothing happens before it, and without a trigger it is sent on then: ISO 8601 "
        "with its zone, or a number: milliseconds since 1970. At most 366 days ahead.",
    )
    expire_time = fields.CharField(
        required=False,
        help_text="For GTD: ISO 8601 with its zone, or a number: milliseconds since 1970.",
    )
    display_quantity = decimal(
        "Iceberg: show only so much at a time, less than the quantity. Each next part goes behind "
        "the others at its price.",
        required=False,
    )
    quote_amount = decimal("Market orders: spend so much instead of a quantity.", required=False)
    post_only = fields.BooleanField(required=False, help_text="Refused if it would trade at once.")
    self_trade_prevention = fields.ChoiceField(
        choices=["none", "expire_taker", "expire_maker", "expire_both", "decrement"],
        required=False,
    )
    client_order_id = fields.CharField(
        required=False,
        max_length=36,
        help_text="Yours; a repeat gives the first order again. Made for you where absent.",
    )
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class PlacedOrder(Order):
    fills = Fill(many=True, help_text="What it traded at once.")
    repeated = fields.BooleanField(help_text="The client order id was used before.")
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class ReplaceOrder(fields.Serializer[Any]):
    remaining_quantity = decimal("What is to be open from now on.", required=False)
    price = decimal("New limit price.", required=False)
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class ReplacedOrder(Order):
    fills = Fill(many=True, help_text="What it traded at once.")
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class CanceledOrder(Order):
    seq = fields.IntegerField()


class PlaceBatch(fields.Serializer[Any]):
    orders = PlaceOrder(many=True, help_text="1 to 100 orders, each for itself.")


class BatchItem(fields.Serializer[Any]):
    ok = fields.BooleanField()
    result = PlacedOrder(required=False)
    error = ErrorDetail(required=False)


class PlacedBatch(fields.Serializer[Any]):
    results = BatchItem(many=True, help_text="In the order of the request.")


class ListedOrder(fields.Serializer[Any]):
    """An order of a list: as by itself, in the account and instrument of the list."""

    side = fields.ChoiceField(choices=["buy", "sell"])
    type = fields.ChoiceField(choices=ORDER_TYPES, required=False, default="limit")
    time_in_force = fields.ChoiceField(choices=TIMES_IN_FORCE, required=False)
    quantity = decimal("Base asset; a multiple of the lot size.")
    price = decimal("For limit orders; a multiple of the tick size.", required=False)
    trigger_price = decimal("For stop and take-profit orders.", required=False)
    trigger_source = fields.ChoiceField(choices=TRIGGER_SOURCES, required=False)
    trailing_distance_bp = fields.IntegerField(
        required=False,
        min_value=1,
        max_value=5_000,
        help_text="For trailing stops: from the best price since it follows, which a pending one "
        "does from when it comes.",
    )
    activation_price = decimal("For trailing stops: where it begins to follow.", required=False)
    limit_offset = decimal("For trailing_stop_limit.", required=False)
    trigger_time = fields.CharField(
        required=False,
        help_text="As in a single order. One that is pending until later is sent on when it comes.",
    )
    expire_time = fields.CharField(required=False, help_text="For GTD, as in a single order.")
    display_quantity = decimal("Iceberg: as in a single order.", required=False)
    post_only = fields.BooleanField(required=False)
    self_trade_prevention = fields.ChoiceField(
        choices=["none", "expire_taker", "expire_maker", "expire_both", "decrement"],
        required=False,
    )
    client_order_id = fields.CharField(required=False, max_length=36)


class PlaceOrderList(fields.Serializer[Any]):
    type = fields.ChoiceField(
        choices=LIST_TYPES,
        help_text="oco: a fill, trigger or end of one order ends the other. oto: the second comes "
        "when the first is wholly filled. otoco: then an OCO pair comes.",
    )
    instrument = fields.CharField(help_text="Such as BTC-USDT.")
    orders = ListedOrder(many=True, help_text="Two; for otoco three, the pair last.")
    client_list_id = fields.CharField(
        required=False,
        max_length=36,
        help_text="Yours; a repeat gives the first list again. Made for you where absent.",
    )
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class OrderList(fields.Serializer[Any]):
    list_id = fields.CharField(help_text="The id of its first order, too.")
    client_list_id = fields.CharField(allow_null=True)
    account = fields.IntegerField()
    instrument = fields.CharField()
    type = fields.ChoiceField(choices=LIST_TYPES)
    status = fields.ChoiceField(choices=LIST_STATUSES, help_text="open: one of its orders is.")
    orders = Order(many=True, help_text="In the order in which they were placed.")


class OrderLists(fields.Serializer[Any]):
    results = OrderList(many=True)
    next = fields.CharField(allow_null=True, help_text="Cursor of the next page; null: the end.")


class PlacedOrderList(OrderList):
    fills = Fill(many=True, help_text="What its orders traded at once.")
    repeated = fields.BooleanField(help_text="The client list id was used before.")
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class CanceledOrders(fields.Serializer[Any]):
    """All orders canceled; or, with client_order_id, the one order as it ended."""

    canceled = fields.ListField(child=fields.CharField(), help_text="Order ids.")
    count = fields.IntegerField()
    seq = fields.IntegerField()


class StatementLine(fields.Serializer[Any]):
    id = fields.CharField()
    time = fields.IntegerField(help_text="Milliseconds since 1970, UTC.")
    kind = fields.CharField()
    description = fields.CharField()
    asset = fields.CharField()
    amount = decimal("Signed: plus is yours.")
    balance = decimal("Booked balance after it.")
    reference = fields.CharField(help_text="Trade id, adjustment id, …")
    seq = fields.IntegerField(help_text="Engine journal seq of its cause.")


class PeriodBalance(fields.Serializer[Any]):
    asset = fields.CharField()
    opening = decimal("Booked balance when the period began.")
    closing = decimal("Booked balance when it ended, or now.")


class Statement(fields.Serializer[Any]):
    results = StatementLine(many=True)
    next = fields.CharField(allow_null=True, help_text="Cursor of the next page; null: the end.")
    balances = PeriodBalance(many=True)


class FeePaid(fields.Serializer[Any]):
    of = fields.CharField(help_text="A day such as 2026-03-14, or an instrument.")
    asset = fields.CharField(help_text="What the fees were taken in.")
    fills = fields.CharField(help_text="How many.")
    fees = decimal("Their sum.")


class FeesPaid(fields.Serializer[Any]):
    results = FeePaid(many=True)


class LiabilitiesRoot(fields.Serializer[Any]):
    asset = fields.CharField()
    root_hash = fields.CharField(help_text="SHA-256, hex.")
    total = decimal("All that is owed to customers.")
    total_units = fields.CharField(help_text="The same in whole units of the asset's scale.")
    scale = fields.IntegerField()
    leaves = fields.IntegerField(help_text="Leaves of the tree, empty ones included.")


class Publication(fields.Serializer[Any]):
    id = fields.IntegerField()
    seq = fields.IntegerField(help_text="The engine's seq that the balances are as of.")
    as_of = fields.DateTimeField()
    published_at = fields.DateTimeField()
    roots = LiabilitiesRoot(many=True)


class Publications(fields.Serializer[Any]):
    results = Publication(many=True)
