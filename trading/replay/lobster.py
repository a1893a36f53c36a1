"""LOBSTER files: order messages and the order book they lead to.

A message row is ``time, type, order id, size, price, direction`` (seconds after midnight; price in
dollars times 10 000; direction 1 buy, -1 sell, always of the *resting* order). A book row is
``ask price, ask size, bid price, bid size`` a level; row i is the book after message i. A level
that does not exist stands as price 9999999999 (ask) or -9999999999 (bid) with size 0.
Source: LOBSTER's own note, LOBSTER_SampleFiles_ReadMe.txt.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import zstandard

from trading.replay.book_messages import BookMessage, MessageType

NO_ASK = 9_999_999_999
NO_BID = -9_999_999_999
PRICE_SCALE = 4


class LobsterError(ValueError):
    """A row that is no LOBSTER row; the message names file and line."""


@dataclass(frozen=True, slots=True)
class BookRow:
    """One row of an orderbook file: levels from the best on, (price, size)."""

    asks: list[tuple[int, int]]
    bids: list[tuple[int, int]]


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered non-empty lines of a text file, plain or `.zst`."""
    with path.open("rb") as raw:
        if path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(raw) as reader:
                yield from _numbered(io.TextIOWrapper(reader, encoding="ascii"))
        else:
            yield from _numbered(io.TextIOWrapper(raw, encoding="ascii"))


def _numbered(lines: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line.strip()


def read_messages(path: Path) -> Iterator[BookMessage]:
    """The messages of a file in order; raises LobsterError naming the line of a bad row."""
    for number, line in read_lines(path):
        try:
            yield parse_message(line)
        except (ValueError, InvalidOperation) as error:
            raise LobsterError(
                f"{path.name}, line {number}: not a LOBSTER message: {error}"
            ) from error


def parse_message(line: str) -> BookMessage:
    """One message row; columns past the sixth (some files carry an owner) are ignored."""
    columns = line.split(",")
    if len(columns) < 6:
        raise ValueError(f"{len(columns)} columns where 6 belong")
    direction = int(columns[5])
    if direction not in (1, -1):
        raise ValueError(f"direction {direction} is neither 1 nor -1")
    message = BookMessage(
        time_ns=int(Decimal(columns[0]).scaleb(9)),
        type=MessageType(int(columns[1])),
        order_id=int(columns[2]),
        size=int(columns[3]),
        price=int(columns[4]),
        is_buy=direction == 1,
    )
    if message.type <= MessageType.VISIBLE_EXECUTION and (message.size <= 0 or message.price <= 0):
        raise ValueError("size and price must be above zero")
    return message


def read_book_rows(path: Path) -> Iterator[BookRow]:
    """The rows of an orderbook file in order; raises LobsterError naming the line of a bad row."""
    for number, line in read_lines(path):
        try:
            yield parse_book_row(line)
        except ValueError as error:
            raise LobsterError(
                f"{path.name}, line {number}: not a LOBSTER orderbook row: {error}"
            ) from error


def parse_book_row(line: str) -> BookRow:
    """One orderbook row of any number of levels; levels that do not exist are left out."""
    numbers = [int(column) for column in line.split(",")]
    if len(numbers) % 4:
        raise ValueError(f"{len(numbers)} columns are no whole number of levels")
    asks, bids = [], []
    for i in range(0, len(numbers), 4):
        ask_price, ask_size, bid_price, bid_size = numbers[i : i + 4]
        if ask_size > 0:
            asks.append((ask_price, ask_size))
        if bid_size > 0:
            bids.append((bid_price, bid_size))
    return BookRow(asks, bids)


def format_book_row(asks: list[tuple[int, int]], bids: list[tuple[int, int]], levels: int) -> str:
    """A row in LOBSTER's layout, padded to `levels`."""
    columns: list[int] = []
    for i in range(levels):
        columns += asks[i] if i < len(asks) else (NO_ASK, 0)
        columns += bids[i] if i < len(bids) else (NO_BID, 0)
    return ",".join(map(str, columns))
