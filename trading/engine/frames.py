"""Where frames end, in what was read of a socket or is about to be sent; compiled for the loop.

Layouts stand in :mod:`trading.engine.layouts`.
"""

from trading.engine import codec, rows
from trading.engine.words import MASK_16, MASK_32, half, word


class Frames:
    """What ``scan`` found: ``count`` whole request frames up to ``end``, and why it stopped there.

    ``why`` is one of rows.SCAN_….
    """

    def __init__(self) -> None:
        self.end = 0
        self.count = 0
        self.why = rows.SCAN_INCOMPLETE

    def scan(
        self, data: bytes | bytearray, start: int, end: int, special_kind: int, max_bytes: int
    ) -> None:
        """Look at ``data[start:end]``; stop before ``special_kind`` and before ArmDisconnect."""
        at = start
        count = 0
        why = rows.SCAN_INCOMPLETE
        while end - at >= 8:
            head = word(data, at)
            size = (head & MASK_32) + 4
            if size < rows.REQUEST_HEADER_BYTES or size > max_bytes:
                why = rows.SCAN_BAD_LENGTH
                break
            if end - at < size:
                break
            kind = head >> 32 & MASK_16
            if kind == special_kind or kind == codec.ARM_DISCONNECT:
                why = rows.SCAN_SPECIAL
                break
            at += size
            count += 1
        self.end = at
        self.count = count
        self.why = why


def scan_requests(
    data: bytes, start: int, special_kind: int, max_bytes: int
) -> tuple[int, int, int]:
    """(end, count, why) of a scan of all data from ``start`` on."""
    found = Frames()
    found.scan(data, start, len(data), special_kind, max_bytes)
    return found.end, found.count, found.why


def end_of_answers(answers: bytes, start: int, count: int) -> int:
    """Where the ``count`` answers from ``start`` on end."""
    end = len(answers)
    at = start
    while count > 0:
        at += half(answers, at, end) + 4
        count -= 1
    return at
