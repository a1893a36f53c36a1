"""From the fields of a mass quote to an engine command: checked, pure, the same at every door."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from trading.engine import commands, enums
from trading.engine.results import Result
from trading.instruments.rules import InstrumentInfo
from trading.orders import placing
from trading.orders.placing import OrderError

_FIELDS = frozenset({"account", "quotes", "post_only", "self_trade_prevention"})
_QUOTE_FIELDS = frozenset({"instrument", "bid_price", "bid_quantity", "ask_price", "ask_quantity"})


class Quote(NamedTuple):
    """A two-sided quote in ticks and lots; 0 lots: no such side."""

    instrument_id: int
    bid_ticks: int
    bid_lots: int
    ask_ticks: int
    ask_lots: int


def build_quote(info: InstrumentInfo, fields: Mapping[str, Any]) -> Quote:
    """One entry of a request: decimal text; a side without a quantity, or with "0", is withdrawn.
    Raises OrderError.
    """
    placing.check_known(fields, _QUOTE_FIELDS)
    bid = _side(info, fields, "bid")
    ask = _side(info, fields, "ask")
    if bid[1] and ask[1] and bid[0] >= ask[0]:
        raise OrderError(Result.BAD_PRICE, "The bid_price must be below the ask_price.")
    return Quote(info.id, *bid, *ask)


def build_place_quotes(
    account_id: int, fields: Mapping[str, Any], quotes: list[Quote]
) -> commands.PlaceQuotes:
    """The command for checked entries; raises OrderError if the request's own fields are wrong."""
    placing.check_known(fields, _FIELDS)
    post_only = fields.get("post_only", False)
    if type(post_only) is not bool:
        raise OrderError(Result.BAD_FLAGS, "post_only must be true or false.")
    mode = fields.get("self_trade_prevention", "expire_taker")
    if mode not in placing.SELF_TRADE_PREVENTIONS:
        raise OrderError(Result.BAD_SELF_TRADE_PREVENTION, "There is no such prevention.")
    entries = {
        f"{name}_{number}": value
        for number, quote in enumerate(quotes, 1)
        for name, value in quote._asdict().items()
    }
    return commands.PlaceQuotes(
        account_id=account_id,
        flags=int(enums.OrderFlag.POST_ONLY) if post_only else 0,
        self_trade_prevention=placing.SELF_TRADE_PREVENTIONS[mode],
        **entries,
    )


def _side(info: InstrumentInfo, fields: Mapping[str, Any], side: str) -> tuple[int, int]:
    quantity, price = fields.get(f"{side}_quantity"), fields.get(f"{side}_price")
    if quantity is None:
        if price is not None:
            raise OrderError(
                Result.BAD_QUANTITY, f"{side}_price needs a {side}_quantity; leave out both."
            )
        return 0, 0
    lots = placing.number_of(info.lots_of, quantity, f"{side}_quantity", Result.BAD_QUANTITY)
    if lots < 0:
        raise OrderError(Result.BAD_QUANTITY, f"{side}_quantity must not be below zero.")
    if lots == 0:
        return 0, 0
    return placing.price_ticks(info, price, f"{side}_price", Result.BAD_PRICE), lots
