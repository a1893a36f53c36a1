"""What a trace led to in the engine: found in the journal near the time that is in the id."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from audit import traces
from trading.engine import archive, columns, journal

EARLY = timedelta(seconds=5)  # clocks of several machines
LATE = timedelta(minutes=2)  # a direct command is in the journal at once
MOST_BYTES = 256 * 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seqs_of(engine_dir: Path, tenant_id: int, trace_id: int, *, last_seq: int) -> list[int]:
    """The seqs of a tenant's records with a trace id, up to `last_seq`; rising.

    Records of queued commands may come much later: their receipts tell the seq. Raises
    JournalError, ArchiveError, OSError.
    """
    clicked = traces.time_of(trace_id)
    begin_ns, end_ns = _ns(clicked - EARLY), _ns(clicked + LATE)
    found: list[int] = []
    read = 0
    for chunk in journal.read_chunks(
        engine_dir, _first_seq(engine_dir, begin_ns, last_seq), last_seq
    ):
        headers = np.frombuffer(columns.split_headers(chunk.data), dtype=columns.header_dtype())
        if not len(headers):
            continue
        own = (headers["trace_id"] == trace_id) & (headers["tenant_id"] == tenant_id)
        found += headers["seq"][own].tolist()
        read += len(chunk.data)
        if int(headers["time_ns"][-1]) > end_ns or read > MOST_BYTES:
            break
    return found


def _first_seq(engine_dir: Path, time_ns: int, last_seq: int) -> int:
    """The first record of the segment that holds a moment, by halving over the segments."""
    live = [segment.first_seq for segment in journal.list_segments(engine_dir)]
    packed = archive.list_archived(engine_dir, live[0]) if live else []
    firsts = sorted({each.first_seq for each in packed} | set(live))
    firsts = [seq for seq in firsts if seq <= last_seq]
    if not firsts:
        return 1
    low, high = 0, len(firsts) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _time_of(engine_dir, firsts[middle]) < time_ns:
            low = middle
        else:
            high = middle - 1
    return firsts[low]


def _time_of(engine_dir: Path, seq: int) -> int:
    reader = journal.SegmentReader(engine_dir, seq)
    try:
        chunk = reader.read(last_seq=seq, most_bytes=1)
    finally:
        reader.close()
    if chunk is None:
        return 1 << 62  # nothing there yet: it is later than everything
    headers = np.frombuffer(columns.split_headers(chunk.data), dtype=columns.header_dtype())
    return int(headers["time_ns"][0])


def _ns(moment: datetime) -> int:
    return int((moment - _EPOCH) / timedelta(microseconds=1)) * 1000
