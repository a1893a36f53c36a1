"""What the API says of cancels by themselves, quotes and their protection: shapes for OpenAPI."""

from typing import Any

from rest_framework import serializers as fields

from api.serializers import ErrorDetail, Fill, decimal


class QuoteEntry(fields.Serializer[Any]):
    instrument = fields.CharField(help_text="Such as BTC-USDT.")
    bid_price = decimal("A multiple of the tick size.", required=False)
    bid_quantity = decimal("To be open from now on; 0 or absent: no bid.", required=False)
    ask_price = decimal("A multiple of the tick size.", required=False)
    ask_quantity = decimal("To be open from now on; 0 or absent: no ask.", required=False)


class PlaceQuotes(fields.Serializer[Any]):
    quotes = QuoteEntry(many=True, help_text="1 to 8, each for itself and as a whole.")
    post_only = fields.BooleanField(
        required=False, help_text="An entry is refused if a side of it would trade at once."
    )
    self_trade_prevention = fields.ChoiceField(
        choices=["none", "expire_taker", "expire_maker", "expire_both", "decrement"],
        required=False,
        help_text="Of quotes that are new; one that is moved keeps its own.",
    )
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class StandingQuote(fields.Serializer[Any]):
    instrument = fields.CharField()
    bid_order_id = fields.CharField(allow_null=True, help_text="The order that stands; null: none.")
    ask_order_id = fields.CharField(allow_null=True, help_text="The order that stands; null: none.")
    fills = Fill(many=True, help_text="What it traded at once.")


class QuoteItem(fields.Serializer[Any]):
    ok = fields.BooleanField()
    result = StandingQuote(required=False)
    error = ErrorDetail(required=False)


class PlacedQuotes(fields.Serializer[Any]):
    results = QuoteItem(many=True, help_text="In the order of the request.")
    seq = fields.IntegerField(help_text="Of the engine journal; 0 if nothing could be sent.")


class ResetProtection(fields.Serializer[Any]):
    instrument = fields.CharField(required=False, help_text="The protection of this instrument.")
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class ResetProtectionAnswer(fields.Serializer[Any]):
    instrument = fields.CharField(allow_null=True, help_text="null: all.")
    tripped = fields.BooleanField()
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class SetProtection(ResetProtection):
    window_ms = fields.IntegerField(required=False, min_value=0, max_value=60_000)
    quantity = decimal("Most that may be filled; with an instrument only.", required=False)
    notional = decimal("The same in the quote asset.", required=False)
    trades = fields.IntegerField(required=False, min_value=0, help_text="Most fills.")


class Protection(fields.Serializer[Any]):
    instrument = fields.CharField(allow_null=True, help_text="null: all.")
    window_ms = fields.IntegerField()
    quantity = decimal("null: no such limit.", allow_null=True)
    notional = decimal("null: no such limit.", allow_null=True)
    trades = fields.IntegerField(allow_null=True, help_text="null: no such limit.")


class SetProtectionAnswer(Protection):
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class ListedProtection(Protection):
    tripped = fields.BooleanField(help_text="Quotes are refused until it is reset.")


class Protections(fields.Serializer[Any]):
    results = ListedProtection(many=True)


class CancelAllAfter(fields.Serializer[Any]):
    seconds = fields.IntegerField(min_value=0, max_value=86_400, help_text="0 takes it away.")
    instrument = fields.CharField(required=False, help_text="Only orders in this instrument.")
    account = fields.IntegerField(required=False, help_text="Your default account where absent.")


class CancelTimer(fields.Serializer[Any]):
    account = fields.IntegerField()
    instrument = fields.CharField(allow_null=True, help_text="null: all.")
    cancels_at = fields.IntegerField(
        allow_null=True, help_text="Milliseconds since 1970, UTC; null: it is taken away."
    )
    seq = fields.IntegerField(help_text="Of the engine journal: durable before this answer.")


class ArmedCancel(fields.Serializer[Any]):
    instrument = fields.CharField(allow_null=True, help_text="null: all.")
    on_disconnect = fields.BooleanField(help_text="A connection has armed it; see Streams.")
    cancels_at = fields.IntegerField(
        allow_null=True, help_text="When the cancel timer runs out; null: there is none."
    )


class ArmedCancels(fields.Serializer[Any]):
    results = ArmedCancel(many=True)
