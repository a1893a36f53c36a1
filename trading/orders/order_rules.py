"""Facts of an order before it is sent, and the rules a firm starts with: none.

Worked out without SQL, from the command that is about to be sent, the instrument, its last price
and how often the account has sent orders. Amounts are hundredths of a whole unit of the quote
asset, distances hundredths of a percent.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from riskrules.kinds import Kind
from riskrules.rulesets import MOST, Fact, Unit
from trading.engine import commands, events
from trading.engine.enums import Side
from trading.engine.limits import MOST_QUOTES
from trading.instruments.rules import InstrumentInfo
from trading.orders.order_types import LIMIT_TYPES

NAME = "orders"

KIND = Kind(
    name=NAME,
    title=_("Orders"),
    explanation=_(
        "Asked at every door before an order, a change of one, a list or a quote goes to the "
        "engine. Hard limits stand in the engine and hold besides."
    ),
    facts=(
        Fact("instrument", _("the instrument"), Unit.INSTRUMENT),
        Fact("account", _("the account"), Unit.ACCOUNT),
        Fact("is_buy", _("it buys"), Unit.FLAG),
        Fact("is_market", _("it has no price of its own"), Unit.FLAG),
        Fact("is_by_key", _("it was sent by a program with an API key"), Unit.FLAG),
        Fact("is_quote", _("it is a market maker's quote"), Unit.FLAG),
        Fact("is_change", _("it changes an order that rests"), Unit.FLAG),
        Fact("worth", _("worth of the order in the quote asset"), Unit.AMOUNT),
        Fact("is_price_known", _("the last price of the instrument is known"), Unit.FLAG),
        Fact("distance", _("distance of its price from the last one"), Unit.PERCENT),
        Fact("orders_this_second", _("orders of the account in this second, at one web process")),
        Fact(
            "orders_last_minute", _("orders of the account in the last minute, at one web process")
        ),
    ),
)


class Asked(NamedTuple):
    """One order that is about to be sent, whatever command carries it."""

    info: InstrumentInfo
    account_id: int
    is_buy: bool
    is_market: bool
    lots: int
    ticks: int  # 0: it has no price
    quote_units: int = 0  # instead of lots
    is_quote: bool = False
    is_change: bool = False


def asked_of_order(info: InstrumentInfo, command: commands.PlaceOrder) -> list[Asked]:
    return [_asked(info, command, "")]


def asked_of_list(info: InstrumentInfo, command: commands.PlaceOrderList) -> list[Asked]:
    """The legs of an order list; a leg that is not there has no account."""
    return [
        _asked(info, command, f"{which}_")
        for which in ("first", "second", "third")
        if getattr(command, f"{which}_account_id")
    ]


def asked_of_quotes(infos: dict[int, InstrumentInfo], command: commands.PlaceQuotes) -> list[Asked]:
    """Both sides of each entry that have a quantity."""
    found = []
    for number in range(1, MOST_QUOTES + 1):
        info = infos.get(getattr(command, f"instrument_id_{number}"))
        if info is None:
            continue
        for side in ("bid", "ask"):
            lots = getattr(command, f"{side}_lots_{number}")
            if lots:
                ticks = getattr(command, f"{side}_ticks_{number}")
                found.append(
                    Asked(
                        info, command.account_id, side == "bid", False, lots, ticks, is_quote=True
                    )
                )
    return found


def asked_of_change(
    info: InstrumentInfo, row: events.OrderRow, command: commands.ReplaceOrder
) -> list[Asked]:
    """The resting order as it would be."""
    return [
        Asked(
            info,
            command.account_id,
            row.side == Side.BUY,
            False,
            command.lots or row.leaves_lots,
            command.ticks or row.ticks,
            is_change=True,
        )
    ]


def _asked(info: InstrumentInfo, command: Any, prefix: str) -> Asked:
    def field(name: str) -> int:
        return int(getattr(command, f"{prefix}{name}"))

    return Asked(
        info,
        field("account_id"),
        field("side") == Side.BUY,
        field("order_type") not in LIMIT_TYPES,
        field("lots"),
        # A stop has no price, but one from which on it trades.
        field("ticks") or field("trigger_ticks"),
        field("quote_units"),
    )


def facts_of(
    asked: Asked, *, last_ticks: int, by_key: bool, this_second: int, last_minute: int
) -> dict[str, int]:
    """What the rules look at; `last_ticks` 0: no trade yet, so its distance is 0 as well."""
    info, ticks = asked.info, asked.ticks
    units = asked.quote_units or asked.lots * (ticks or last_ticks) * info.factor
    worth = units * 100 // 10**info.quote_scale
    distance = abs(ticks - last_ticks) * 10_000 // last_ticks if ticks and last_ticks else 0
    return {
        "instrument": info.id,
        "account": asked.account_id,
        "is_buy": 1 if asked.is_buy else 0,
        "is_market": 1 if asked.is_market else 0,
        "is_by_key": 1 if by_key else 0,
        "is_quote": 1 if asked.is_quote else 0,
        "is_change": 1 if asked.is_change else 0,
        "worth": worth if worth < MOST else MOST,
        "is_price_known": 1 if last_ticks else 0,
        "distance": distance if distance < MOST else MOST,
        "orders_this_second": this_second,
        "orders_last_minute": last_minute,
    }
