"""What the API says of fees and volume tiers: shapes for OpenAPI."""

from typing import Any

from rest_framework import serializers as fields

from api.serializers import decimal


class FeeTier(fields.Serializer[Any]):
    tier = fields.IntegerField(help_text="Its number, from 1.")
    from_volume = decimal("The 30-day volume from which on it holds.")
    maker_fee_ppm = fields.IntegerField(help_text="Parts per million of what is received.")
    taker_fee_ppm = fields.IntegerField(help_text="Parts per million of what is received.")


class NextTier(FeeTier):
    missing_volume = decimal("What is missing in the 30 days before today.")


class InstrumentFee(fields.Serializer[Any]):
    instrument = fields.CharField()
    maker_fee_ppm = fields.IntegerField(help_text="What you pay now, parts per million.")
    taker_fee_ppm = fields.IntegerField(help_text="What you pay now, parts per million.")


class FeeStanding(fields.Serializer[Any]):
    account = fields.IntegerField()
    volume_asset = fields.CharField(
        allow_null=True, help_text="What volume is valued in; null: this firm counts none."
    )
    day = fields.DateField(help_text="The UTC day that the tier holds for.")
    volume_30d = decimal("Of the 30 UTC days before that day.")
    volume_today = decimal("Of that day so far; it counts from the next day on.")
    tier = fields.IntegerField(help_text="Your tier on that day; 0: below the first.")
    next_tier = NextTier(allow_null=True, help_text="null: there is none above.")
    tiers = FeeTier(many=True, help_text="All of them, from the lowest on.")
    fees = InstrumentFee(many=True, help_text="By instrument, your tier included.")
    seq = fields.IntegerField(help_text="Of the engine journal: as of when.")
