"""Orders and trades, written by clearing from the engine's journal; nothing else writes here.

Ids are the engine's. No foreign keys in the database: rows come in bulk from a journal that
was checked by the engine, and each key would cost a lookup a row.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.engine import enums
from trading.instruments.fields import UnitsField
from trading.instruments.models import Instrument


class Side(models.IntegerChoices):
    BUY = int(enums.Side.BUY), _("Buy")
    SELL = int(enums.Side.SELL), _("Sell")


class OrderType(models.IntegerChoices):
    LIMIT = int(enums.OrderType.LIMIT), _("Limit")
    MARKET = int(enums.OrderType.MARKET), _("Market")
    STOP_MARKET = int(enums.OrderType.STOP_MARKET), _("Stop market")
    STOP_LIMIT = int(enums.OrderType.STOP_LIMIT), _("Stop limit")
    TAKE_PROFIT_MARKET = int(enums.OrderType.TAKE_PROFIT_MARKET), _("Take-profit market")
    TAKE_PROFIT_LIMIT = int(enums.OrderType.TAKE_PROFIT_LIMIT), _("Take-profit limit")
    TRAILING_STOP_MARKET = int(enums.OrderType.TRAILING_STOP_MARKET), _("Trailing stop market")
    TRAILING_STOP_LIMIT = int(enums.OrderType.TRAILING_STOP_LIMIT), _("Trailing stop limit")


class TriggerSource(models.IntegerChoices):
    LAST = int(enums.TriggerSource.LAST), _("Last price")
    MARK = int(enums.TriggerSource.MARK), _("Mark price")
    INDEX = int(enums.TriggerSource.INDEX), _("Index price")


class TimeInForce(models.IntegerChoices):
    """Terms that traders write alike in every language."""

    GTC = int(enums.TimeInForce.GTC), "GTC"
    IOC = int(enums.TimeInForce.IOC), "IOC"
    FOK = int(enums.TimeInForce.FOK), "FOK"
    GTD = int(enums.TimeInForce.GTD), "GTD"
    DAY = int(enums.TimeInForce.DAY), "DAY"


class Status(models.IntegerChoices):
    OPEN = int(enums.OrderStatus.OPEN), pgettext_lazy("state of an order", "Open")
    PARTIALLY_FILLED = (
        int(enums.OrderStatus.PARTIALLY_FILLED),
        pgettext_lazy("state of an order", "Partially filled"),
    )
    FILLED = int(enums.OrderStatus.FILLED), pgettext_lazy("state of an order", "Filled")
    CANCELED = int(enums.OrderStatus.CANCELED), pgettext_lazy("state of an order", "Canceled")
    EXPIRED = int(enums.OrderStatus.EXPIRED), pgettext_lazy("state of an order", "Expired")
    EXPIRED_IN_MATCH = (
        int(enums.OrderStatus.EXPIRED_IN_MATCH),
        pgettext_lazy("state of an order", "Expired in match"),
    )
    WAITING = int(enums.OrderStatus.WAITING), pgettext_lazy("state of an order", "Waiting")
    REJECTED = int(enums.OrderStatus.REJECTED), pgettext_lazy("state of an order", "Rejected")
    PENDING = int(enums.OrderStatus.PENDING), pgettext_lazy("state of an order", "Pending")


class ListType(models.IntegerChoices):
    OCO = int(enums.OrderListType.OCO), _("One cancels the other")
    OTO = int(enums.OrderListType.OTO), _("One triggers the other")
    OTOCO = int(enums.OrderListType.OTOCO), _("One triggers a pair")


# In the book, with funds held for them.
RESTING_STATUSES = (Status.OPEN, Status.PARTIALLY_FILLED)
# These, and those that wait outside the book, with nothing held, for their price or for the
# first order of their list.
OPEN_STATUSES = (*RESTING_STATUSES, Status.WAITING, Status.PENDING)


class Order(models.Model):
    """An order as it stands at the clearing checkpoint.

    Orders of the house's market maker appear with their first trade only: it quotes hundreds
    of times a second, and an untraded quote says nothing about anybody's money.
    """

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="orders",
    )
    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    client_order_id = models.CharField(max_length=36, blank=True)
    side = models.SmallIntegerField(choices=Side.choices)
    order_type = models.SmallIntegerField(choices=OrderType.choices)
    time_in_force = models.SmallIntegerField(choices=TimeInForce.choices)
    self_trade_prevention = models.SmallIntegerField()
    flags = models.SmallIntegerField()
    lots = models.BigIntegerField(help_text="0: market order by quote amount.")
    ticks = models.BigIntegerField(help_text="0: market order, also one that waits.")
    trigger_ticks = models.BigIntegerField(
        default=0,
        help_text="The price a stop or take-profit order waits or waited for; else 0. A trailing "
        "stop's when it became active, and from when it fires the one it fired at.",
    )
    expire_ns = models.BigIntegerField(
        default=0, help_text="GTD and DAY: when it ends, nanoseconds since 1970; else 0."
    )
    trigger_source = models.SmallIntegerField(
        choices=TriggerSource.choices, default=0, help_text="Whose price it waits for."
    )
    trailing_distance_bp = models.IntegerField(
        default=0, help_text="How far a trailing stop is from the extreme it follows; else 0."
    )
    activation_ticks = models.BigIntegerField(
        default=0, help_text="Where a trailing stop begins to follow; 0: at once."
    )
    limit_offset_ticks = models.BigIntegerField(
        default=0, help_text="How far behind its trigger a trailing stop's limit price is."
    )
    trigger_ns = models.BigIntegerField(
        default=0, help_text="Not before this time, nanoseconds since 1970; 0: no matter."
    )
    display_lots = models.BigIntegerField(
        default=0, help_text="An iceberg shows so many lots at a time; 0: all of them."
    )
    quote_units = UnitsField(help_text="Market order by quote amount; else 0.")
    list_id = models.BigIntegerField(default=0, help_text="The order list it belongs to, or 0.")
    list_type = models.SmallIntegerField(default=0, help_text="0: it belongs to none.")
    ended_by_order_id = models.BigIntegerField(
        default=0, help_text="The order of its list that ended it; 0: none did."
    )
    leaves_lots = models.BigIntegerField()
    cumulative_lots = models.BigIntegerField()
    cumulative_quote_units = UnitsField()
    status = models.SmallIntegerField(choices=Status.choices)
    placed_seq = models.BigIntegerField()
    # 0: it did not. An order can begin to wait twice: for its time, and then for its price.
    waiting_seq = models.BigIntegerField(default=0, help_text="When it began to wait last.")
    activated_seq = models.BigIntegerField(default=0, help_text="When it began to follow.")
    triggered_seq = models.BigIntegerField(default=0, help_text="When it was sent on.")
    updated_seq = models.BigIntegerField()
    placed_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "id"], name="order_account"),
            models.Index(
                fields=["account", "instrument"],
                condition=Q(status__in=[1, 2, 7, 9]),
                name="order_open",
            ),
            models.Index(fields=["list_id"], condition=Q(list_id__gt=0), name="order_list_members"),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"


class Replacement(models.Model):
    """One time that an order was given another price or remaining quantity."""

    order_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    time = models.DateTimeField()
    lots = models.BigIntegerField(help_text="Remaining from then on.")
    ticks = models.BigIntegerField()
    old_lots = models.BigIntegerField(help_text="Remaining before.")
    old_ticks = models.BigIntegerField()

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["order_id", "seq"], name="replacement_order")]

    def __str__(self) -> str:
        return f"replacement of order {self.order_id} at seq {self.seq}"


class OrderList(models.Model):
    """Orders placed as a whole that depend on each other; its id is that of the first of them,
    the others' follow it."""

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    list_type = models.SmallIntegerField(choices=ListType.choices)
    legs = models.SmallIntegerField()
    client_list_id = models.CharField(max_length=36, blank=True)
    placed_seq = models.BigIntegerField()
    placed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "id"], name="order_list_account")]

    def __str__(self) -> str:
        return f"order list {self.pk}"


class Trade(models.Model):
    """One match of a maker's and a taker's order. A fill is this seen from one side."""

    id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    event_index = models.IntegerField()
    time = models.DateTimeField()
    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    taker_side = models.SmallIntegerField(choices=Side.choices)
    lots = models.BigIntegerField()
    ticks = models.BigIntegerField()
    base_units = UnitsField()
    quote_units = UnitsField()
    maker_order_id = models.BigIntegerField()
    taker_order_id = models.BigIntegerField()
    maker_account_id = models.BigIntegerField()
    taker_account_id = models.BigIntegerField()
    maker_fee_units = UnitsField()
    taker_fee_units = UnitsField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["maker_account_id", "id"], name="trade_maker"),
            models.Index(fields=["taker_account_id", "id"], name="trade_taker"),
        ]

    def __str__(self) -> str:
        return f"trade {self.pk}"
