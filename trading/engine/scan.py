"""Scans chunks of engine journal records into rows of fixed width; compiled with the core."""

from trading.engine import sizes
from trading.engine.output import Output
from trading.engine.rows import RECORD_HEADER_BYTES, SCAN_FIRST_WORDS
from trading.engine.words import MASK_16, MASK_32, copy_words, word


def end_of_record(chunk: bytes, at: int, end: int) -> int:
    """Where the record that starts at ``at`` ends; raises ValueError unless all of it is there."""
    if end - at < RECORD_HEADER_BYTES:
        raise ValueError("A record's header is cut off.")
    record_end = at + (word(chunk, at) & MASK_32)
    payload = word(chunk, at + 48) & MASK_16
    if record_end > end or record_end < at + RECORD_HEADER_BYTES + payload:
        raise ValueError("A record is cut off.")
    return record_end


class Rows:
    """The rows of one kind of event, being collected."""

    def __init__(self, width: int) -> None:
        self.out = Output(SCAN_FIRST_WORDS)
        self.width = width


def split_events(chunk: bytes) -> dict[int, bytes]:
    """Events of whole records, by ``tenant_id << 16 | event kind``.

    Each row is ``seq i64 | time_ns i64 | index i64 | the event's fields``; index is the event's
    place in its record. Raises ValueError if the lengths in the chunk do not fit together, and
    KeyError on a kind that this version does not know.
    """
    found: dict[int, Rows] = {}
    end = len(chunk)
    at = 0
    while at < end:
        record_end = end_of_record(chunk, at, end)
        tenant = word(chunk, at + 24) & MASK_32
        seq = word(chunk, at + 8)
        event = at + RECORD_HEADER_BYTES + (word(chunk, at + 48) & MASK_16)
        index = 0
        while event < record_end:
            if record_end - event < 8:
                raise ValueError(f"An event is cut off in the record with seq {seq}.")
            head = word(chunk, event)
            event_end = event + (head >> 32 & MASK_32)
            if event_end < event + 8 or event_end > record_end:
                raise ValueError(f"An event is cut off in the record with seq {seq}.")
            rows = rows_of(found, tenant << 16 | head & MASK_16)
            out = rows.out
            count = (event_end - event - 8) >> 3
            if count > rows.width:
                raise ValueError(f"An event is too long in the record with seq {seq}.")
            place = out.room(3 + rows.width)
            words = out.words
            words[place] = seq
            words[place + 1] = word(chunk, at + 16)
            words[place + 2] = index
            copy_words(words, place + 3, chunk, event + 8, count)
            # What the event left out is zero.
            while count < rows.width:
                words[place + 3 + count] = 0
                count += 1
            event = event_end
            index += 1
        at = record_end
    return {key: take(rows) for key, rows in found.items()}


def rows_of(found: dict[int, Rows], key: int) -> Rows:
    """The rows of a kind, made on demand."""
    rows = found.get(key)
    if rows is None:
        rows = Rows(sizes.EVENT_BYTES_OF[key & MASK_16] >> 3)
        found[key] = rows
    return rows


def take(rows: Rows) -> bytes:
    """The collected rows."""
    return rows.out.piece(0, rows.out.at)


def split_headers(chunk: bytes) -> bytes:
    """Headers of whole records, eight i64 a row.

    seq, time_ns, tenant_id, kind, source, result, source_no, trace_id. Raises ValueError if the
    chunk does not end with a record.
    """
    out = Output(SCAN_FIRST_WORDS)
    end = len(chunk)
    at = 0
    while at < end:
        record_end = end_of_record(chunk, at, end)
        head = word(chunk, at)
        parties = word(chunk, at + 24)
        place = out.room(8)
        words = out.words
        words[place] = word(chunk, at + 8)
        words[place + 1] = word(chunk, at + 16)
        words[place + 2] = parties & MASK_32
        words[place + 3] = head >> 32 & MASK_16
        words[place + 4] = parties >> 32 & MASK_32
        words[place + 5] = head >> 48 & MASK_16
        words[place + 6] = word(chunk, at + 32)
        words[place + 7] = word(chunk, at + 40)
        at = record_end
    return out.piece(0, out.at)
