"""Finds the whole frames in what has arrived and the whole records in what was read; compiled.

The engine process and the followers look at nothing but lengths, kinds, seqs and checksums; the
rest of a frame or record is the core's business.
"""

import zlib
from typing import Final

from librt.strings import (
    BytesWriter,
    read_i16_le,
    read_i32_le,
    read_i64_le,
    write_i16_le,
    write_i32_le,
    write_i64_le,
)
from mypy_extensions import i16, i32, i64

from trading.engine import codec, codes
from trading.engine.layouts import (
    ANSWER_HEADER_BYTES,
    EVENT_HEADER_BYTES,
    RECORD_HEADER_BYTES,
    REQUEST_HEADER_BYTES,
)

_MASK_32: Final = 0xFFFFFFFF

# Why scan_requests stopped.
INCOMPLETE: Final = 0  # at the end of the data or inside a frame
SPECIAL: Final = 1  # before a frame that the process answers itself
BAD_LENGTH: Final = 2  # before a frame that is too short or too long to be one

# Why scan_records stopped.
END: Final = 0  # the data ends here, with a record or inside one
ZERO: Final = 1  # nothing was written from here on
BAD: Final = 2  # no sound record stands here
LIMIT: Final = 3  # the next record is later than asked for


def scan_requests(
    data: bytes, start: i64, special_kind: i64, max_bytes: i64
) -> tuple[i64, i64, i64]:
    """(end, frames, why): where the whole request frames from ``start`` on end, and how many.

    Stops before a frame of ``special_kind``.
    """
    min_bytes: i64 = REQUEST_HEADER_BYTES
    end: i64 = len(data)
    at: i64 = start
    frames: i64 = 0
    while end - at >= 4:
        size: i64 = (i64(read_i32_le(data, at)) & _MASK_32) + 4
        if size < min_bytes or size > max_bytes:
            return at, frames, BAD_LENGTH
        if end - at < size:
            break
        if (i64(read_i16_le(data, at + 4)) & 0xFFFF) == special_kind:
            return at, frames, SPECIAL
        at += size
        frames += 1
    return at, frames, INCOMPLETE


def refuse_requests(data: bytes, start: i64, end: i64, result: i64, out: BytesWriter) -> None:
    """Write one answer with ``result`` for each whole request frame in ``data[start:end]``."""
    at: i64 = start
    while at < end:
        write_i32_le(out, i32(ANSWER_HEADER_BYTES - 4))
        write_i16_le(out, read_i16_le(data, at + 4))
        write_i16_le(out, i16(result))
        write_i64_le(out, read_i64_le(data, at + 8))
        write_i64_le(out, 0)
        write_i64_le(out, 0)
        write_i64_le(out, 0)
        at += (i64(read_i32_le(data, at)) & _MASK_32) + 4


def refuse_rest(rest: bytes) -> bytes:
    """The answer BAD_FRAME to what begins like a request but cannot be one."""
    out = BytesWriter()
    write_i32_le(out, i32(ANSWER_HEADER_BYTES - 4))
    write_i16_le(out, read_i16_le(rest, 4) if len(rest) >= 6 else i16(0))
    write_i16_le(out, i16(codes.BAD_FRAME))
    write_i64_le(out, read_i64_le(rest, 8) if len(rest) >= 16 else i64(0))
    write_i64_le(out, 0)
    write_i64_le(out, 0)
    write_i64_le(out, 0)
    return out.getvalue()


def durable_notice(request_id: i64, seq: i64, time_ns: i64) -> bytes:
    """The answer to a Follow request: everything up to ``seq`` is durable."""
    out = BytesWriter()
    write_i32_le(out, i32(ANSWER_HEADER_BYTES - 4 + EVENT_HEADER_BYTES + 8))
    write_i16_le(out, i16(codec.FOLLOW))
    write_i16_le(out, i16(codes.ACCEPTED))
    write_i64_le(out, request_id)
    write_i64_le(out, seq)
    write_i64_le(out, time_ns)
    write_i64_le(out, 1)
    codec.write_durable_seq(out, seq)
    return out.getvalue()


def scan_records(
    data: bytes, start: i64, expected_seq: i64, last_seq: i64
) -> tuple[i64, i64, i64, i64]:
    """(end, next_seq, time_ns, why): where the sound records from ``start`` on end.

    Records must carry ``expected_seq`` and the seqs after it. Nothing behind the record with
    ``last_seq`` is even looked at (0: no limit). ``time_ns`` is that of the last sound record,
    0 if there is none.
    """
    min_length: i64 = RECORD_HEADER_BYTES - 8
    end: i64 = len(data)
    at: i64 = start
    expected: i64 = expected_seq
    time_ns: i64 = 0
    while True:
        if last_seq != 0 and expected > last_seq:
            return at, expected, time_ns, LIMIT
        if end - at < 8:
            return at, expected, time_ns, END
        length: i64 = i64(read_i32_le(data, at)) & _MASK_32
        if length == 0 and read_i32_le(data, at + 4) == 0:
            return at, expected, time_ns, ZERO
        if length < min_length:
            return at, expected, time_ns, BAD
        size: i64 = 8 + length + (-length & 7)
        if end - at < size:
            return at, expected, time_ns, END
        checksum: i64 = i64(read_i32_le(data, at + 4)) & _MASK_32
        if zlib.crc32(data[at + 8 : at + 8 + length]) != checksum:
            return at, expected, time_ns, BAD
        if read_i64_le(data, at + 8) != expected:
            return at, expected, time_ns, BAD
        time_ns = read_i64_le(data, at + 16)
        expected += 1
        at += size


def find_record(data: bytes, start: i64, after_seq: i64) -> i64:
    """Where the next sound record later than ``after_seq`` stands at or behind ``start``, or -1.

    Looks at every multiple of 8: for judging what lies behind a damaged place.
    """
    min_length: i64 = RECORD_HEADER_BYTES - 8
    end: i64 = len(data)
    at: i64 = (start + 7) & ~7
    while end - at >= min_length + 8:
        length: i64 = i64(read_i32_le(data, at)) & _MASK_32
        if (
            length >= min_length
            and length <= end - at - 8
            and read_i64_le(data, at + 8) > after_seq
        ):
            checksum: i64 = i64(read_i32_le(data, at + 4)) & _MASK_32
            if zlib.crc32(data[at + 8 : at + 8 + length]) == checksum:
                return at
        at += 8
    return -1
