"""The check at the door: is a request a whole, known, well-formed message?"""

from trading.engine import codec, codes, rows, sizes
from trading.engine.words import MASK_32, low, word


def check_request(data: bytes, at: int, end: int, kind: int, version: int) -> int:
    """ACCEPTED, or the 1xx code; the payload stands from ``at`` to ``end``."""
    if kind == codec.PLACE_ORDER:
        # Nearly all requests; what follows asks the same of the other kinds.
        if version != 1:
            return codes.UNSUPPORTED_VERSION
        if end - at > codec.PLACE_ORDER_BYTES or (end - at) & 7 != 0:
            return codes.BAD_FRAME
        if at + codec.PLACE_ORDER_CLIENT_ORDER_ID >= end:
            return codes.ACCEPTED
        if not is_text(data, at + codec.PLACE_ORDER_CLIENT_ORDER_ID, end, 40):
            return codes.FIELD_OUT_OF_RANGE
        return codes.ACCEPTED
    if kind == codec.CANCEL_ORDER and version == 1:
        if end - at > codec.CANCEL_ORDER_BYTES or (end - at) & 7 != 0:
            return codes.BAD_FRAME
        return codes.ACCEPTED
    expected = sizes.VERSION_OF.get(kind)
    if expected is None:
        return codes.UNKNOWN_KIND
    if version != expected:
        return codes.UNSUPPORTED_VERSION
    if end - at > sizes.PAYLOAD_BYTES_OF[kind] or (end - at) & 7 != 0:
        return codes.BAD_FRAME
    well_formed = True
    if kind == codec.OPEN_VENUE:
        well_formed = is_text(data, at + codec.OPEN_VENUE_CODE, end, 24)
    elif kind == codec.CREATE_ASSET:
        well_formed = is_text(data, at + codec.CREATE_ASSET_CODE, end, 16)
    elif kind == codec.CREATE_INSTRUMENT or kind == codec.CHANGE_INSTRUMENT:
        well_formed = is_text(data, at + codec.CREATE_INSTRUMENT_SYMBOL, end, 24)
    elif kind == codec.PLACE_ORDER_LIST:
        well_formed = (
            is_text(data, at + codec.PLACE_ORDER_LIST_CLIENT_LIST_ID, end, 40)
            and is_text(data, at + codec.PLACE_ORDER_LIST_FIRST_CLIENT_ORDER_ID, end, 40)
            and is_text(data, at + codec.PLACE_ORDER_LIST_SECOND_CLIENT_ORDER_ID, end, 40)
            and is_text(data, at + codec.PLACE_ORDER_LIST_THIRD_CLIENT_ORDER_ID, end, 40)
        )
    return codes.ACCEPTED if well_formed else codes.FIELD_OUT_OF_RANGE


def is_text(data: bytes, at: int, end: int, width: int) -> bool:
    """Whether a field holds printable ASCII without spaces, padded with zeros; may be empty.

    Looks at four bytes at a time; ``width`` is a multiple of eight, and ``end`` where the payload
    may end before the field does.
    """
    last = at + width if at + width < end else end
    ended = False
    while at < last:
        both = word(data, at)
        at += 8
        if both == 0:
            ended = True
            continue
        if not ended and is_printable(both):
            continue
        shift = 0
        while shift < 64:
            four = both >> shift & MASK_32
            shift += 32
            if four == 0:
                ended = True
                continue
            if ended or four & rows.TEXT_HIGH_BITS != 0:
                return False
            # No high bit is set, so these sums carry nothing from one byte to the next.
            if (four + rows.TEXT_ONES) & rows.TEXT_HIGH_BITS != 0:
                return False  # a DEL
            if (four + rows.TEXT_BELOW_PRINTABLE) & rows.TEXT_HIGH_BITS != rows.TEXT_HIGH_BITS:
                # Some byte is below "!": only zeros up to the end may be.
                ended = True
                while four != 0:
                    if four & 255 < 33:
                        return False
                    four >>= 8
    return True


def is_printable(both: int) -> bool:
    """Whether eight characters are all printable ASCII and no space: a quick look at what most
    texts consist of.
    """
    if both & rows.EIGHT_HIGH_BITS != 0:
        return False
    # No high bit is set, so these sums carry nothing from one byte to the next.
    if low(both + rows.EIGHT_ONES) & rows.EIGHT_HIGH_BITS != 0:
        return False  # a DEL
    below = low(both + rows.EIGHT_BELOW_PRINTABLE)
    return below & rows.EIGHT_HIGH_BITS == rows.EIGHT_HIGH_BITS
