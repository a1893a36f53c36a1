"""Scans chunks of engine journal records into rows of fixed width; compiled with the core."""

from librt.strings import BytesWriter, read_i16_le, read_i32_le, read_i64_le, write_i64_le
from mypy_extensions import i64

_MASK_16 = 0xFFFF
_MASK_32 = 0xFFFFFFFF


def split_events(chunk: bytes) -> dict[int, bytes]:
    """Events of whole records, by ``tenant_id << 16 | event kind``.

    Each row is ``seq i64 | time_ns i64 | index i64 | the event's fields``; index is the event's
    place in its record. Raises ValueError if the lengths in the chunk do not fit together.
    """
    writers: dict[int, BytesWriter] = {}
    end: i64 = len(chunk)
    offset: i64 = 0
    while offset < end:
        if end - offset < 64:
            raise ValueError("A record's header is cut off.")
        length: i64 = i64(read_i32_le(chunk, offset)) & _MASK_32
        record_end: i64 = offset + 8 + length
        seq = read_i64_le(chunk, offset + 8)
        time_ns = read_i64_le(chunk, offset + 16)
        tenant_id: i64 = i64(read_i32_le(chunk, offset + 24)) & _MASK_32
        command_length: i64 = i64(read_i32_le(chunk, offset + 56)) & _MASK_32
        at: i64 = offset + 64 + command_length
        if record_end > end or at > record_end:
            raise ValueError(f"The record with seq {seq} is cut off.")
        index: i64 = 0
        while at < record_end:
            if record_end - at < 8:
                raise ValueError(f"An event's header is cut off in the record with seq {seq}.")
            event_length: i64 = i64(read_i32_le(chunk, at + 4)) & _MASK_32
            if event_length < 8 or at + event_length > record_end:
                raise ValueError(f"An event is cut off in the record with seq {seq}.")
            key: i64 = tenant_id << 16 | (i64(read_i16_le(chunk, at)) & _MASK_16)
            writer = writers.get(key)
            if writer is None:
                writer = BytesWriter()
                writers[key] = writer
            write_i64_le(writer, seq)
            write_i64_le(writer, time_ns)
            write_i64_le(writer, index)
            writer.write(chunk[at + 8 : at + event_length])
            at += event_length
            index += 1
        offset = record_end + (-length & 7)
    return {key: writer.getvalue() for key, writer in writers.items()}


def split_headers(chunk: bytes) -> bytes:
    """Headers of whole records, eight i64 a row.

    seq, time_ns, tenant_id, kind, source, result, source_no, trace_id.
    """
    out = BytesWriter()
    end: i64 = len(chunk)
    offset: i64 = 0
    while offset < end:
        if end - offset < 64:
            raise ValueError("A record's header is cut off.")
        length: i64 = i64(read_i32_le(chunk, offset)) & _MASK_32
        if length < 56 or offset + 8 + length > end:
            raise ValueError("A record is cut off.")
        write_i64_le(out, read_i64_le(chunk, offset + 8))
        write_i64_le(out, read_i64_le(chunk, offset + 16))
        write_i64_le(out, i64(read_i32_le(chunk, offset + 24)) & _MASK_32)
        write_i64_le(out, i64(read_i16_le(chunk, offset + 28)) & _MASK_16)
        write_i64_le(out, i64(read_i32_le(chunk, offset + 32)) & _MASK_32)
        write_i64_le(out, i64(read_i16_le(chunk, offset + 36)) & _MASK_16)
        write_i64_le(out, read_i64_le(chunk, offset + 40))
        write_i64_le(out, read_i64_le(chunk, offset + 48))
        offset += 8 + length + (-length & 7)
    return out.getvalue()
