"""The process's own frames, those that no command leads to: refusals, notices, its requests.

Layouts stand in :mod:`trading.engine.layouts`; compiled with the core.
"""

from trading.engine import codec, codes, rows
from trading.engine.output import Output
from trading.engine.words import MASK_16, MASK_32, word


def refuse_requests(data: bytes, start: int, end: int, result: int) -> bytes:
    """One answer with ``result`` for each whole request frame in ``data[start:end]``."""
    out = Output(rows.SCAN_FIRST_WORDS)
    at = start
    while at < end:
        head = word(data, at)
        write_refusal(out, head >> 32 & MASK_16, result, word(data, at + 8))
        at += (head & MASK_32) + 4
    return out.piece(0, out.at)


def refuse_rest(rest: bytes) -> bytes:
    """The answer BAD_FRAME to what begins like a request but cannot be one."""
    padded = rest.ljust(16, b"\0")
    kind = int.from_bytes(padded[4:6], "little") if len(rest) >= 6 else 0
    request_id = word(padded, 8) if len(rest) >= 16 else 0
    out = Output(rows.SCAN_FIRST_WORDS)
    write_refusal(out, kind, codes.BAD_FRAME, request_id)
    return out.piece(0, out.at)


def guard_requests(gone: list[tuple[int, int, int, int]]) -> bytes:
    """Two requests for each (tenant, account, instrument or 0, armed): cancel the orders that a
    connection's end was to cancel, then keep armed what another connection has armed too.
    """
    out = Output(rows.SCAN_FIRST_WORDS)
    for tenant_id, account_id, instrument_id, armed in gone:
        cause = codes.CANCEL_CAUSE_DISCONNECTED
        numbers = [account_id, instrument_id, 0, cause]
        write_request(out, codec.CANCEL_ALL_ORDERS, tenant_id, numbers)
        write_request(out, codec.ARM_DISCONNECT, tenant_id, [account_id, instrument_id, armed])
    return out.piece(0, out.at)


def write_request(out: Output, kind: int, tenant_id: int, numbers: list[int]) -> int:
    """One request of the server's own, whose answer nobody waits for."""
    place = out.room(5)
    words = out.words
    size = rows.REQUEST_HEADER_BYTES + 8 * len(numbers)
    words[place] = size - 4 | kind << 32 | 1 << 48
    words[place + 1] = 0
    words[place + 2] = tenant_id
    words[place + 3] = 0
    words[place + 4] = 0
    for number in numbers:
        place = out.room(1)
        out.words[place] = number
    return 0


def write_refusal(out: Output, kind: int, result: int, request_id: int) -> int:
    """One answer without events."""
    place = out.room(rows.ANSWER_HEADER_WORDS)
    words = out.words
    words[place] = (rows.ANSWER_HEADER_WORDS << 3) - 4 | kind << 32 | result << 48
    words[place + 1] = request_id
    words[place + 2] = 0
    words[place + 3] = 0
    words[place + 4] = 0
    return 0


def durable_notice(request_id: int, seq: int, time_ns: int) -> bytes:
    """The answer to a Follow request: everything up to ``seq`` is durable."""
    out = Output(rows.SCAN_FIRST_WORDS)
    write_refusal(out, codec.FOLLOW, codes.ACCEPTED, request_id)
    words = out.words
    words[0] += 16
    words[2] = seq
    words[3] = time_ns
    words[4] = 1
    place = out.room(2)
    out.words[place] = codec.DURABLE_SEQ_EVENT | 2 << 35
    out.words[place + 1] = seq
    return out.piece(0, out.at)
