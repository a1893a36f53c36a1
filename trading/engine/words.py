"""The machine words that the core is made of: memory, reading and writing, exact arithmetic.

This is what these functions mean; the compiled core has the same ones in ``words.pxd``, where each
is a few instructions. Amounts are whole numbers within +-(10**38 - 1), which 128 bits hold;
products that could pass that saturate at ``OVER``, which is more than anybody can have.
"""

from array import array
from typing import Final

OVER: Final = (1 << 127) - 1
MASK_16: Final = (1 << 16) - 1
MASK_31: Final = (1 << 31) - 1
MASK_32: Final = (1 << 32) - 1
MASK_62: Final = (1 << 62) - 1
MASK_63: Final = (1 << 63) - 1
FETCHES: Final = False  # whether looking ahead is worth while
_MASK_64: Final = (1 << 64) - 1
_SIGN_64: Final = 1 << 63
_PPM: Final = 1_000_000


def pointer(room: memoryview) -> memoryview:
    """What to index; the room must be kept for as long as this is used."""
    return room


def word(data: bytes | bytearray, at: int) -> int:
    """The signed word at ``at``."""
    return int.from_bytes(data[at : at + 8], "little", signed=True)


def field(data: bytes, at: int, end: int) -> int:
    """The same; 0 where the payload has ended before."""
    return int.from_bytes(data[at : at + 8], "little", signed=True) if at < end else 0


def half(data: bytes, at: int, end: int) -> int:
    """The unsigned 4 bytes at ``at``; 0 where the payload has ended before."""
    return int.from_bytes(data[at : at + 4], "little") if at < end else 0


def octet(data: bytes, at: int, end: int) -> int:
    """The byte at ``at``; 0 where the payload has ended before."""
    return data[at] if at < end else 0


def amount(data: bytes, at: int, end: int) -> int:
    """The signed 16 bytes at ``at``; 0 where the payload has ended before."""
    return int.from_bytes(data[at : min(at + 16, end)].ljust(16, b"\0"), "little", signed=True)


def copy_words(words: memoryview, place: int, data: bytes, at: int, count: int) -> int:
    """Copy words out of bytes; returns the place behind them."""
    for number in range(count):
        words[place + number] = word(data, at + 8 * number)
    return place + count


def same_words(words: memoryview, data: bytes, at: int, count: int) -> bool:
    """Whether the first words are those that stand in bytes from ``at`` on."""
    return words[:count].cast("B") == data[at : at + 8 * count]


def move_words(target: memoryview, place: int, source: memoryview, start: int, count: int) -> int:
    """Copy words from one place to another, which may overlap; returns the place behind them."""
    target[place : place + count] = array("q", source[start : start + count])
    return place + count


def transfer_words(
    target: memoryview, place: int, source: memoryview, start: int, count: int
) -> int:
    """The same for few words as a rule, from one table to another."""
    return move_words(target, place, source, start, count)


def touch(words: memoryview, place: int) -> int:
    """Have the memory around a word brought near, for later; changes nothing."""
    return 0


def wide(value: int) -> int:
    """A number whose sums and products are exact."""
    return value


def low(value: int) -> int:
    """The lower word of an amount."""
    return ((value & _MASK_64) ^ _SIGN_64) - _SIGN_64


def high(value: int) -> int:
    """The upper word of an amount."""
    return value >> 64


def join(lower: int, upper: int) -> int:
    """The amount of two words."""
    return (upper << 64) | (lower & _MASK_64)


def units_of(lots: int, lot_units: int) -> int:
    """lots * lot_units, neither negative; at most ``OVER``."""
    return min(lots * lot_units, OVER)


def notional(lots: int, ticks: int, factor: int) -> int:
    """lots * ticks * factor, none negative; at most ``OVER``."""
    return min(lots * ticks * factor, OVER)


def added(one: int, other: int) -> int:
    """one + other, neither negative; at most ``OVER``."""
    return min(one + other, OVER)


def fee_units(amount_units: int, ppm: int) -> int:
    """The fee on an amount, rounded up to a whole unit: ``money.units.fee_units``."""
    return (amount_units * ppm + (_PPM - 1)) // _PPM


def valued(amount_units: int, price_units: int, whole: int) -> int:
    """What units come to at a price of ``whole`` of them, neither negative, rounded down; at most
    ``OVER``.
    """
    return min(amount_units * price_units // whole, OVER)


def affordable(budget_units: int, lot_price_units: int, most: int) -> int:
    """How many whole lots a budget pays for, at most ``most``."""
    return min(budget_units // lot_price_units, most)


def min_of(one: int, other: int) -> int:
    """The smaller of two words."""
    return one if one < other else other


def step_if_less(one: int, other: int, step: int) -> int:
    """``step`` if one is less than the other, else 0; compiled, without a branch."""
    return step if one < other else 0


def beyond(ticks: int, limit_ticks: int, is_buy: bool) -> bool:
    """Whether a price on the other side is worse than the limit."""
    return ticks > limit_ticks if is_buy else ticks < limit_ticks


def exact(value: int) -> int:
    """A number as Python's own, for arithmetic that may pass 128 bits."""
    return value


def text(data: bytes, at: int, end: int, width: int) -> bytes:
    """A text field with its padding, also where the payload has ended before or inside it."""
    return data[at : min(end, at + width)].ljust(width, b"\0") if at < end else bytes(width)
