"""Frames on the wire and records in the engine journal, as the headers in ``layouts`` say.

For everybody around the core: clients, the process, followers, tools.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from isal.isal_zlib import crc32

from trading.engine import commands, events, queries
from trading.engine.layouts import (
    ANSWER_HEADER_BYTES,
    GROUP_HEADER_BYTES,
    RECORD_HEADER_BYTES,
    REQUEST_HEADER_BYTES,
)
from trading.engine.message import LayoutError, Message
from trading.engine.results import Result

_REQUEST = struct.Struct("<IHHQIIQQ")
_ANSWER = struct.Struct("<IHHQqqII")
_RECORD = struct.Struct("<IHHqqIIQQHHI")
_GROUP = struct.Struct("<IIIIq")
_SEAL = struct.Struct("<Q")
_LENGTH_BYTES = 4
GROUP_MAGIC = 0x3247514D  # b"MQG2"; its last byte is the version of groups and records

MAX_REQUEST_BYTES = 65_536  # nothing declared comes near; longer frames are refused unread


class Request(NamedTuple):
    """A request frame taken apart. ``size`` is the whole frame with its length field."""

    kind: int
    version: int
    request_id: int
    tenant_id: int
    source: int
    source_no: int
    trace_id: int
    payload: bytes
    size: int


class Answer(NamedTuple):
    """An answer frame taken apart; ``events`` is the blob for ``events.decode_events``."""

    kind: int
    result: int
    request_id: int
    seq: int
    time_ns: int
    event_count: int
    events: bytes
    size: int


class Record(NamedTuple):
    """A record of the engine journal taken apart."""

    seq: int
    time_ns: int
    tenant_id: int
    kind: int
    version: int
    source: int
    result: int
    source_no: int
    trace_id: int
    event_count: int
    payload: bytes
    events: bytes
    size: int


class TornRecord(LayoutError):
    """The data ends inside a record."""


class BadRecord(LayoutError):
    """A record whose lengths are wrong."""


def encode_request(
    request_id: int,
    tenant_id: int,
    kind: int,
    version: int,
    payload: bytes,
    source: int = 0,
    source_no: int = 0,
    trace_id: int = 0,
) -> bytes:
    """One request frame."""
    length = REQUEST_HEADER_BYTES - _LENGTH_BYTES + len(payload)
    header = _REQUEST.pack(
        length, kind, version, request_id, tenant_id, source, source_no, trace_id
    )
    return header + payload


def request_of(
    message: Message,
    tenant_id: int,
    request_id: int = 0,
    source: int = 0,
    source_no: int = 0,
    trace_id: int = 0,
) -> bytes:
    """One request frame of a command or query object."""
    return encode_request(
        request_id,
        tenant_id,
        message.KIND,
        message.VERSION,
        message.encode(),
        source,
        source_no,
        trace_id,
    )


def decode_request(data: bytes | memoryview, offset: int = 0) -> Request:
    """The request frame at ``offset``; raises LayoutError if it is cut off."""
    if len(data) - offset < REQUEST_HEADER_BYTES:
        raise LayoutError("A request's header is cut off.")
    length, kind, version, request_id, tenant_id, source, source_no, trace_id = (
        _REQUEST.unpack_from(data, offset)
    )
    end = offset + _LENGTH_BYTES + length
    if length < REQUEST_HEADER_BYTES - _LENGTH_BYTES or end > len(data):
        raise LayoutError("A request is cut off.")
    payload = bytes(data[offset + REQUEST_HEADER_BYTES : end])
    return Request(
        kind,
        version,
        request_id,
        tenant_id,
        source,
        source_no,
        trace_id,
        payload,
        end - offset,
    )


def encode_answer(
    kind: int,
    result: int,
    request_id: int,
    seq: int = 0,
    time_ns: int = 0,
    event_count: int = 0,
    event_blob: bytes = b"",
) -> bytes:
    """One answer frame."""
    length = ANSWER_HEADER_BYTES - _LENGTH_BYTES + len(event_blob)
    header = _ANSWER.pack(length, kind, result, request_id, seq, time_ns, event_count, 0)
    return header + event_blob


def decode_answer(data: bytes | memoryview, offset: int = 0) -> Answer:
    """The answer frame at ``offset``; raises LayoutError if it is cut off."""
    if len(data) - offset < ANSWER_HEADER_BYTES:
        raise LayoutError("An answer's header is cut off.")
    length, kind, result, request_id, seq, time_ns, event_count, _ = _ANSWER.unpack_from(
        data, offset
    )
    end = offset + _LENGTH_BYTES + length
    if length < ANSWER_HEADER_BYTES - _LENGTH_BYTES or end > len(data):
        raise LayoutError("An answer is cut off.")
    blob = bytes(data[offset + ANSWER_HEADER_BYTES : end])
    return Answer(kind, result, request_id, seq, time_ns, event_count, blob, end - offset)


def answer_events(answer: Answer | Record) -> list[Message]:
    """The events an answer or a record carries, decoded."""
    return events.decode_events(answer.events)


def encode_record(
    seq: int,
    time_ns: int,
    tenant_id: int,
    kind: int,
    version: int,
    payload: bytes,
    *,
    source: int = 0,
    result: int = 0,
    source_no: int = 0,
    trace_id: int = 0,
    event_count: int = 0,
    event_blob: bytes = b"",
) -> bytes:
    """One record."""
    length = RECORD_HEADER_BYTES + len(payload) + len(event_blob)
    header = _RECORD.pack(
        length,
        kind,
        result,
        seq,
        time_ns,
        tenant_id,
        source,
        source_no,
        trace_id,
        len(payload),
        version,
        event_count,
    )
    return header + payload + event_blob


def decode_record(data: bytes | memoryview, offset: int = 0) -> Record:
    """The record at ``offset``.

    Raises TornRecord if the data ends inside it and BadRecord if its lengths are wrong.
    """
    if len(data) - offset < RECORD_HEADER_BYTES:
        raise TornRecord(f"A record's header is cut off at offset {offset}.")
    (
        length,
        kind,
        result,
        seq,
        time_ns,
        tenant_id,
        source,
        source_no,
        trace_id,
        command_length,
        version,
        event_count,
    ) = _RECORD.unpack_from(data, offset)
    payload_end = offset + RECORD_HEADER_BYTES + command_length
    end = offset + length
    if payload_end > end or length % 8:
        raise BadRecord(f"The record at offset {offset} has an impossible length.")
    if end > len(data):
        raise TornRecord(f"The record at offset {offset} is cut off.")
    return Record(
        seq,
        time_ns,
        tenant_id,
        kind,
        version,
        source,
        result,
        source_no,
        trace_id,
        event_count,
        bytes(data[offset + RECORD_HEADER_BYTES : payload_end]),
        bytes(data[payload_end:end]),
        length,
    )


def record_again(record: Record) -> bytes:
    """The bytes that a record was decoded from."""
    return encode_record(
        record.seq,
        record.time_ns,
        record.tenant_id,
        record.kind,
        record.version,
        record.payload,
        source=record.source,
        result=record.result,
        source_no=record.source_no,
        trace_id=record.trace_id,
        event_count=record.event_count,
        event_blob=record.events,
    )


def iterate_records(data: bytes | memoryview) -> Iterator[Record]:
    """The records of a chunk of whole records, one after another."""
    offset = 0
    while offset < len(data):
        record = decode_record(data, offset)
        yield record
        offset += record.size


def group_header(buffers: Sequence[bytes], records: int, first_seq: int) -> bytes:
    """What stands before the records that become durable together, with their checksum."""
    checksum = 0
    for buffer in buffers:
        checksum = crc32(buffer, checksum)
    length = sum(map(len, buffers))
    fields = _GROUP.pack(GROUP_MAGIC, checksum, length, records, first_seq)
    return fields + _SEAL.pack(crc32(fields))


class Group(NamedTuple):
    """A group's header taken apart; its records begin behind it."""

    checksum: int
    length: int
    records: int
    first_seq: int


def group_at(data: bytes | memoryview, offset: int) -> Group | None:
    """The header at ``offset``; None if there is no sound one."""
    if len(data) - offset < GROUP_HEADER_BYTES:
        return None
    magic, *fields = _GROUP.unpack_from(data, offset)
    seal_at = offset + _GROUP.size
    if magic != GROUP_MAGIC or data[seal_at : seal_at + _SEAL.size] != _SEAL.pack(
        crc32(data[offset:seal_at])
    ):
        return None
    return Group(*fields)


def is_sound(data: memoryview, offset: int, group: Group) -> bool:
    """Whether all of a group's records are there, as they were written."""
    start = offset + GROUP_HEADER_BYTES
    end = start + group.length
    return end <= len(data) and crc32(data[start:end]) == group.checksum


def record_command(record: Record) -> Message:
    """The command a record holds, decoded."""
    command_class = commands.BY_KIND.get(record.kind)
    if command_class is None:
        raise LayoutError(f"There is no command of kind {record.kind}.")
    return command_class.decode(record.payload, record.version)


def request_message(request: Request) -> Message:
    """The command or query a request holds, decoded."""
    message_class = commands.BY_KIND.get(request.kind) or queries.BY_KIND.get(request.kind)
    if message_class is None:
        raise LayoutError(f"There is no command or query of kind {request.kind}.")
    return message_class.decode(request.payload, request.version)


def result_name(result: int) -> str:
    """The name of a result number, for messages and logs."""
    try:
        return Result(result).name
    except ValueError:
        return f"RESULT_{result}"
