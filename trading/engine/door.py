"""The check at the door: is a request a whole, known, well-formed message?"""

from librt.strings import read_i32_le, read_i64_le
from mypy_extensions import i64

from trading.engine import codec, codes

_HIGH_BITS = 0x80808080


def check_request(data: bytes, at: i64, payload_bytes: i64, kind: i64, version: i64) -> i64:
    """ACCEPTED, or the 1xx code; ``at`` is where the payload starts."""
    if kind == codec.PLACE_ORDER:
        # Nearly all requests; what follows asks the same of the other kinds.
        if version != 1:
            return codes.UNSUPPORTED_VERSION
        if payload_bytes != codec.PLACE_ORDER_BYTES:
            return codes.BAD_FRAME
        if not is_text(data, at + codec.PLACE_ORDER_CLIENT_ORDER_ID, 36):
            return codes.FIELD_OUT_OF_RANGE
        return codes.ACCEPTED
    if kind == codec.CANCEL_ORDER and version == 1 and payload_bytes == codec.CANCEL_ORDER_BYTES:
        return codes.ACCEPTED
    expected = codec.VERSION_OF.get(kind)
    if expected is None:
        return codes.UNKNOWN_KIND
    if version != expected:
        return codes.UNSUPPORTED_VERSION
    if payload_bytes != codec.PAYLOAD_BYTES_OF[kind]:
        return codes.BAD_FRAME
    well_formed = True
    if kind == codec.OPEN_VENUE:
        well_formed = is_text(data, at + codec.OPEN_VENUE_CODE, 24)
    elif kind == codec.CREATE_ASSET:
        well_formed = is_text(data, at + codec.CREATE_ASSET_CODE, 16)
    elif kind == codec.CREATE_INSTRUMENT or kind == codec.CHANGE_INSTRUMENT:
        well_formed = is_text(data, at + codec.CREATE_INSTRUMENT_SYMBOL, 24)
    return codes.ACCEPTED if well_formed else codes.FIELD_OUT_OF_RANGE


def is_text(data: bytes, at: i64, width: i64) -> bool:
    """Whether a field holds printable ASCII without spaces, padded with zeros; may be empty.

    Looks at four bytes at a time; ``width`` is a multiple of four.
    """
    end: i64 = at + width
    ended = False
    if width == 36 and is_zero_36(data, at):
        return True
    while at < end:
        word: i64 = i64(read_i32_le(data, at)) & 0xFFFFFFFF
        at += 4
        if word == 0:
            ended = True
            continue
        if ended or word & _HIGH_BITS != 0:
            return False
        # No high bit is set, so these sums carry nothing from one byte to the next.
        if (word + 0x01010101) & _HIGH_BITS != 0:
            return False  # a DEL
        if (word + 0x5F5F5F5F) & _HIGH_BITS != _HIGH_BITS:
            # Some byte is below "!": only zeros up to the end may be.
            ended = True
            while word != 0:
                if word & 0xFF < 0x21:
                    return False
                word >>= 8
    return True


def is_zero_36(data: bytes, at: i64) -> bool:
    """Whether 36 bytes are all zero: no client order id."""
    return (
        read_i64_le(data, at)
        | read_i64_le(data, at + 8)
        | read_i64_le(data, at + 16)
        | read_i64_le(data, at + 24)
        | read_i64_le(data, at + 28)
    ) == 0
