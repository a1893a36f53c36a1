"""What every command, query and event has in common: packing itself after its declared layout.

The classes themselves stand in ``commands``, ``queries`` and ``events``, generated from
:mod:`trading.engine.layouts`. These are for everybody around the engine; the core parses and
writes the same bytes by itself (``codec``).
"""

import struct
from typing import Any, ClassVar, Self

import msgspec

from trading.engine.layouts import EVENT_HEADER_BYTES, Fields

MASK_64 = (1 << 64) - 1
EVENT_HEADER = struct.Struct("<HHI")
WORD_BYTES = 8
# How ``struct`` packs a field; a text of N bytes is "Ns".
CODES = {"i64": "q", "i128": "Qq", "u32": "I", "u16": "H", "u8": "B"}


class LayoutError(ValueError):
    """Bytes that are no message of the declared layouts, or values that fit none."""


def field_bytes(field_type: str) -> int:
    """Width of one field type in bytes."""
    if field_type.startswith("s"):
        return int(field_type[1:])
    return int(field_type[1:]) // 8


def struct_of(fields: Fields) -> struct.Struct:
    """The packer of a layout; an i128 takes two items (low unsigned, high signed)."""
    return struct.Struct("<" + "".join(CODES.get(kind) or f"{kind[1:]}s" for _, kind in fields))


class Message(msgspec.Struct, kw_only=True, frozen=True, gc=False):
    """Base of the generated message classes; integers default to 0, text to ""."""

    KIND: ClassVar[int]
    VERSION: ClassVar[int]
    FIELDS: ClassVar[Fields]
    STRUCT: ClassVar[struct.Struct]

    def encode(self) -> bytes:
        """The payload, without zero words at its end; raises LayoutError if a value does not
        fit its field.
        """
        try:
            packed = self._pack()
        except struct.error as error:
            raise LayoutError(f"{type(self).__name__}: {error}") from error
        used = len(packed.rstrip(b"\0"))
        return packed[: used + -used % WORD_BYTES]

    @classmethod
    def decode(cls, data: bytes | memoryview, version: int = 1) -> Self:
        """The message with this payload; raises LayoutError if it is none."""
        if version != cls.VERSION:
            raise LayoutError(f"{cls.__name__} has no version {version}.")
        missing = cls.STRUCT.size - len(data)
        if missing < 0 or missing % WORD_BYTES:
            raise LayoutError(f"{cls.__name__} can't have a payload of {len(data)} bytes.")
        if missing:
            data = bytes(data) + bytes(missing)
        return cls._of(cls.STRUCT.unpack(data))

    # Generated for every class that has fields.

    def _pack(self) -> bytes:
        return b""

    @classmethod
    def _of(cls, items: tuple[Any, ...]) -> Self:
        return cls()


def encode_event(event: Message) -> bytes:
    """The event with its header, as it stands in answers and records."""
    payload = event.encode()
    header = EVENT_HEADER.pack(event.KIND, event.VERSION, EVENT_HEADER_BYTES + len(payload))
    return header + payload


def encode_text(name: str, text: str, width: int) -> bytes:
    """ASCII bytes of a text field; raises LayoutError if it does not fit."""
    try:
        data = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise LayoutError(f"{name} must be ASCII text.") from error
    if len(data) > width or b"\0" in data:
        raise LayoutError(f"{name} must be at most {width} characters.")
    return data


def decode_text(message_name: str, data: bytes) -> str:
    """A text field without its padding; raises LayoutError if it is not ASCII."""
    try:
        return data.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError as error:
        raise LayoutError(f"{message_name}: text that is not ASCII.") from error
