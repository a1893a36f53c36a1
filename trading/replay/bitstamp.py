"""Bitstamp's live streams as recorded: one line an event, `<receive time in ms> <event> <JSON>`.

Orders are told as they arrive (`order_created`), trade (`order_changed`, with what is left) and
end (`order_deleted`, with what was left: nothing if all of it traded); trades and the twenty
best levels of each side come in streams of their own, some events earlier or later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from trading.replay.lobster import BookRow, read_lines

PRICE_SCALE = 2  # dollars
SIZE_SCALE = 8  # bitcoin


class BitstampError(ValueError):
    """A line that is no recorded event; the message names file and line."""


class OrderEventType(Enum):
    CREATED = "order_created"
    CHANGED = "order_changed"
    DELETED = "order_deleted"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What became of an order: `size` is what is left of it, in 1e-8 bitcoin; `price` in cents."""

    type: OrderEventType
    order_id: int
    is_buy: bool
    price: int
    size: int


@dataclass(frozen=True, slots=True)
class PublishedTrade:
    price: int
    size: int


Event = OrderEvent | PublishedTrade | BookRow


def read_events(path: Path) -> Iterator[Event]:
    """The events of a file, plain or `.zst`, in order; raises BitstampError naming a bad line."""
    for number, line in read_lines(path):
        try:
            yield parse_event(line)
        except (ValueError, KeyError, TypeError, InvalidOperation) as error:
            raise BitstampError(
                f"{path.name}, line {number}: not a recorded Bitstamp event: {error}"
            ) from error


def parse_event(line: str) -> Event:
    _, kind, text = line.split(" ", 2)
    body: dict[str, Any] = msgspec.json.decode(text)
    if kind == "trade":
        return PublishedTrade(_price(body["price"]), _size(body["amount"]))
    if kind == "order_book":
        return BookRow(_levels(body["asks"]), _levels(body["bids"]))
    event = OrderEvent(
        OrderEventType(kind),
        int(body["id"]),
        _is_buy(body["order_type"]),
        _price(body["price"]),
        _size(body["amount"]),
    )
    if event.type is OrderEventType.CREATED and event.size == 0:
        raise ValueError("an order of nothing")
    return event


def _is_buy(order_type: int) -> bool:
    if order_type not in (0, 1):
        raise ValueError(f"order_type {order_type} is neither 0 nor 1")
    return order_type == 0


def _levels(levels: list[list[str]]) -> list[tuple[int, int]]:
    return [(_price(price), _size(size)) for price, size in levels]


def _price(text: str | float) -> int:
    """Whole cents; raises ValueError for anything else."""
    cents = Decimal(str(text)).scaleb(PRICE_SCALE)
    if cents <= 0 or cents != cents.to_integral_value():
        raise ValueError(f"price {text} is not in whole cents")
    return int(cents)


def _size(text: str | float) -> int:
    """Rounded to 1e-8: trades are recorded as binary floating point numbers."""
    size = int(Decimal(str(text)).scaleb(SIZE_SCALE).to_integral_value())
    if size < 0:
        raise ValueError(f"size {text} is negative")
    return size
