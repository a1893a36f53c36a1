"""NASDAQ TotalView-ITCH 5.0 files: messages about every displayed order of every stock.

A file is a run of messages, each behind its length (two bytes, big-endian). Prices are whole
1/10 000 dollars, sizes shares, times nanoseconds after midnight. Messages that say nothing of a
displayed order are passed over by their length.
Source: Nasdaq TotalView-ITCH 5.0 specification, sections 1.1 to 1.6.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from trading.replay.book_messages import BookMessage, MessageType

_LENGTH = struct.Struct(">H")
# Type, stock locate, tracking number, and the time in six bytes begin every message.
_HEAD_BYTES = 11
_ADD = struct.Struct(">QcI8sI")
_EXECUTED = struct.Struct(">QI")
_CANCELED = struct.Struct(">QI")
_DELETED = struct.Struct(">Q")
_REPLACED = struct.Struct(">QQII")
_TRADE = struct.Struct(">QcI8sI")
# Lengths of whole messages as specified; other types carry nothing of displayed orders.
_BYTES = {b"A": 36, b"F": 40, b"E": 31, b"C": 36, b"X": 23, b"D": 19, b"U": 35, b"P": 44}


class ItchError(ValueError):
    """Bytes that are no ITCH 5.0; the message names file and place."""


@dataclass(slots=True)
class _Order:
    stock: str
    is_buy: bool
    price: int
    leaves: int


@dataclass(slots=True)
class ItchReader:
    """Reads one file; knows the open orders, as most messages name nothing but an order.

    `unknown` counts messages about orders that the file never added: they are left out.
    `types` counts all messages by their type.
    """

    path: Path
    unknown: int = 0
    types: Counter[str] = field(default_factory=Counter)
    _orders: dict[int, _Order] = field(default_factory=dict)

    def messages(self) -> Iterator[tuple[str, BookMessage]]:
        """(stock, message) in file order; a replacement is a deletion and a submission.

        Raises ItchError naming the offset of the first message that cannot be read.
        """
        data = _bytes_of(self.path)
        at = 0
        while at < len(data):
            if at + _LENGTH.size > len(data):
                raise self._error(at, "the file ends inside of a length")
            (length,) = _LENGTH.unpack_from(data, at)
            body = data[at + _LENGTH.size : at + _LENGTH.size + length]
            if length < _HEAD_BYTES or len(body) < length:
                raise self._error(at, f"a message of {length} bytes, of which {len(body)} are here")
            kind = body[:1]
            if kind in _BYTES and length != _BYTES[kind]:
                raise self._error(at, f"{kind.decode()} in {length} bytes, {_BYTES[kind]} belong")
            self.types[kind.decode("latin-1")] += 1
            time_ns = int.from_bytes(body[5:_HEAD_BYTES], "big")
            try:
                yield from self._read(kind, time_ns, body)
            except (ValueError, UnicodeDecodeError) as error:
                raise self._error(at, str(error)) from error
            at += _LENGTH.size + length

    def _error(self, at: int, what: str) -> ItchError:
        return ItchError(f"{self.path.name}, byte {at}: not ITCH 5.0: {what}")

    def _read(self, kind: bytes, time_ns: int, body: bytes) -> Iterator[tuple[str, BookMessage]]:
        if kind in (b"A", b"F"):
            order_id, side, size, stock, price = _ADD.unpack_from(body, _HEAD_BYTES)
            yield self._added(time_ns, order_id, _Order(_name(stock), _is_buy(side), price, size))
        elif kind == b"E":
            order_id, size = _EXECUTED.unpack_from(body, _HEAD_BYTES)
            yield from self._taken(time_ns, MessageType.VISIBLE_EXECUTION, order_id, size)
        elif kind in (b"C", b"X"):
            # C trades at a price that is not the order's: its book only shows that it shrank.
            order_id, size = _CANCELED.unpack_from(body, _HEAD_BYTES)
            yield from self._taken(time_ns, MessageType.PARTIAL_CANCEL, order_id, size)
        elif kind == b"D":
            yield from self._deleted(time_ns, _DELETED.unpack_from(body, _HEAD_BYTES)[0])
        elif kind == b"U":
            order_id, new_id, size, price = _REPLACED.unpack_from(body, _HEAD_BYTES)
            old = self._orders.get(order_id)
            yield from self._deleted(time_ns, order_id)
            if old is not None:
                new = _Order(old.stock, old.is_buy, price, size)
                yield self._added(time_ns, new_id, new)
        elif kind == b"P":
            order_id, side, size, stock, price = _TRADE.unpack_from(body, _HEAD_BYTES)
            order = _Order(_name(stock), _is_buy(side), price, size)
            yield _message(time_ns, MessageType.HIDDEN_EXECUTION, order_id, order, size)

    def _added(self, time_ns: int, order_id: int, order: _Order) -> tuple[str, BookMessage]:
        if order.price == 0 or order.leaves == 0:
            raise ValueError(f"order {order_id} without price or size")
        self._orders[order_id] = order
        return _message(time_ns, MessageType.SUBMISSION, order_id, order, order.leaves)

    def _taken(
        self, time_ns: int, kind: MessageType, order_id: int, size: int
    ) -> Iterator[tuple[str, BookMessage]]:
        order = self._orders.get(order_id)
        if order is None:
            self.unknown += 1
            return
        if not 0 < size <= order.leaves:
            raise ValueError(f"{size} shares taken of order {order_id}, which has {order.leaves}")
        order.leaves -= size
        if order.leaves == 0:
            del self._orders[order_id]
        yield _message(time_ns, kind, order_id, order, size)

    def _deleted(self, time_ns: int, order_id: int) -> Iterator[tuple[str, BookMessage]]:
        order = self._orders.pop(order_id, None)
        if order is None:
            self.unknown += 1
            return
        yield _message(time_ns, MessageType.DELETION, order_id, order, order.leaves)


def _message(
    time_ns: int, kind: MessageType, order_id: int, order: _Order, size: int
) -> tuple[str, BookMessage]:
    return order.stock, BookMessage(time_ns, kind, order_id, size, order.price, order.is_buy)


def _name(stock: bytes) -> str:
    return stock.decode("ascii").rstrip()


def _is_buy(side: bytes) -> bool:
    if side not in (b"B", b"S"):
        raise ValueError(f"side {side!r} is neither B nor S")
    return side == b"B"


def _bytes_of(path: Path) -> bytes:
    if path.suffix != ".zst":
        return path.read_bytes()
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as reader:
        return reader.read()
