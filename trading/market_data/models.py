"""Stored candles, written by clearing in the transaction that writes the trades."""

from django.db import models

from trading.instruments.fields import UnitsField
from trading.instruments.models import Instrument


class Candle(models.Model):
    """One candle of a stored interval; `intervals` says which those are.

    Prices are quote units per one whole base asset: they stay true when the tick changes.
    """

    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    interval_seconds = models.IntegerField()
    open_second = models.BigIntegerField(help_text="Unix second at which the candle begins.")
    open_price_units = UnitsField()
    high_price_units = UnitsField()
    low_price_units = UnitsField()
    close_price_units = UnitsField()
    base_units = UnitsField()
    quote_units = UnitsField()
    trades = models.BigIntegerField()
    last_seq = models.BigIntegerField(help_text="Engine journal seq of the last trade in it.")

    class Meta:
        ordering = ["open_second"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "interval_seconds", "open_second"], name="candle_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interval_seconds}s candle from {self.open_second}"
