"""The engine journal on disk: preallocated segment files of records, one after another.

``<engine_dir>/segments/<first_seq>.log`` (20 digits) holds records from ``first_seq`` on, laid
out as in :mod:`trading.engine.layouts`, then zeros. A record never crosses into another segment.
The next segment is made ready in the background: rewriting zeros that are on disk already needs
no file system bookkeeping at a sync, which a growing file does.

A group of records is one write and one sync, and all of them carry one ``time_ns`` that no other
group has. Only the last group written can be torn. That is how recovery tells a torn tail, which
is cut, from damage to records that were durable, which stops it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trading.engine import framing, wire

READ_BYTES = 1024 * 1024
_ZEROS = bytes(1024 * 1024)


class JournalError(Exception):
    """The journal cannot be used as it is."""


class JournalDamaged(JournalError):
    """A record that was durable is not sound any more."""

    def __init__(self, path: Path, offset: int, seq: int) -> None:
        super().__init__(
            f"The engine journal is damaged: {path} at offset {offset}, "
            f"where the record with seq {seq} should stand."
        )
        self.path = path
        self.offset = offset
        self.seq = seq


class Chunk(NamedTuple):
    """Whole records, ``first_seq`` to ``last_seq``."""

    first_seq: int
    last_seq: int
    data: bytes


class Segment(NamedTuple):
    first_seq: int
    path: Path


class Tail(NamedTuple):
    """Where the journal ends: the next record's seq and place, and the last one's time."""

    next_seq: int
    path: Path
    offset: int
    time_ns: int  # 0 if there is none
    cut_bytes: int  # of a torn group, from ``offset`` on


def segments_dir(engine_dir: Path) -> Path:
    return engine_dir / "segments"


def segment_path(engine_dir: Path, first_seq: int) -> Path:
    return segments_dir(engine_dir) / f"{first_seq:020d}.log"


def list_segments(engine_dir: Path) -> list[Segment]:
    """All segments in order; none if the directory does not exist yet."""
    folder = segments_dir(engine_dir)
    if not folder.exists():
        return []
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".log")
    return [Segment(int(path.stem), path) for path in paths]


def sync_dir(path: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class SegmentReader:
    """Reads whole, checked records from segment files, onwards from ``from_seq``."""

    def __init__(self, engine_dir: Path, from_seq: int) -> None:
        self.engine_dir = engine_dir
        self.next_seq = from_seq
        self._fd = -1
        self._path = Path()
        self._offset = 0

    def read(self, last_seq: int = 0, most_bytes: int = READ_BYTES) -> Chunk | None:
        """The next records up to ``last_seq`` (0: all there are), None if there are none.

        A running engine writes on behind its durable seq: give that as ``last_seq``. Raises
        JournalDamaged at a record that is not sound.
        """
        if last_seq and self.next_seq > last_seq:
            return None
        if self._fd < 0:
            self._open()
        while True:
            data = os.pread(self._fd, most_bytes, self._offset)
            end, next_seq, _, why = framing.scan_records(data, 0, self.next_seq, last_seq)
            if next_seq > self.next_seq:
                chunk = Chunk(self.next_seq, next_seq - 1, data[:end])
                self.next_seq = next_seq
                self._offset += end
                return chunk
            if why == framing.BAD:
                raise JournalDamaged(self._path, self._offset, self.next_seq)
            if why == framing.END and len(data) == most_bytes:
                most_bytes *= 2  # one record larger than what was read
                continue
            following = segment_path(self.engine_dir, self.next_seq)
            if following == self._path or not following.exists():
                later = any(s.first_seq > self.next_seq for s in list_segments(self.engine_dir))
                if last_seq or later:
                    raise JournalDamaged(self._path, self._offset, self.next_seq)
                return None
            self.close()
            self._open()

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        holding = [s for s in list_segments(self.engine_dir) if s.first_seq <= self.next_seq]
        if not holding:
            raise JournalError(f"No segment in {self.engine_dir} holds seq {self.next_seq}.")
        segment = holding[-1]
        self._path = segment.path
        self._fd = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
        self._offset = 0
        seq = segment.first_seq
        while seq < self.next_seq:
            data = os.pread(self._fd, 16 * READ_BYTES, self._offset)
            end, seq, _, why = framing.scan_records(data, 0, seq, self.next_seq - 1)
            self._offset += end
            if end == 0:
                if why == framing.BAD:
                    raise JournalDamaged(self._path, self._offset, seq)
                raise JournalError(
                    f"The engine journal in {self.engine_dir} ends with seq {seq - 1}, "
                    f"before seq {self.next_seq}."
                )


def read_chunks(engine_dir: Path, from_seq: int = 1, last_seq: int = 0) -> Iterator[Chunk]:
    """All records from ``from_seq`` to ``last_seq`` (0: the end), in chunks of about 1 MiB."""
    if not list_segments(engine_dir):
        return
    with contextlib.closing(SegmentReader(engine_dir, from_seq)) as reader:
        while (chunk := reader.read(last_seq)) is not None:
            yield chunk


def read_records(engine_dir: Path, from_seq: int = 1, last_seq: int = 0) -> Iterator[wire.Record]:
    """Like read_chunks, record by record; for tools."""
    for chunk in read_chunks(engine_dir, from_seq, last_seq):
        yield from wire.iterate_records(chunk.data, check=False)


def find_tail(engine_dir: Path) -> Tail:
    """Where the journal ends, judging what is torn; changes nothing.

    Raises JournalDamaged if the last segment's damage cannot come from a torn last group.
    Earlier segments are checked when they are read.
    """
    segments = list_segments(engine_dir)
    segment = segments[-1]
    data = segment.path.read_bytes()
    end, next_seq, time_ns, _ = framing.scan_records(data, 0, segment.first_seq, 0)
    if end == 0 and len(segments) > 1:
        # Cut off between making the segment and writing to it: the group before was durable.
        before = segments[-2]
        time_ns = framing.scan_records(before.path.read_bytes(), 0, before.first_seq, 0)[2]
    if _is_zero(data, end):
        return Tail(next_seq, segment.path, end, time_ns, 0)
    cut_bytes = len(data[end:].rstrip(b"\0"))
    # Far enough for a last record that ends in zeros itself.
    written = data[: end + cut_bytes + READ_BYTES]
    if not _is_torn(written, end, next_seq, time_ns):
        raise JournalDamaged(segment.path, end, next_seq)
    return Tail(next_seq, segment.path, end, time_ns, cut_bytes)


def _is_zero(data: bytes, start: int) -> bool:
    size = len(_ZEROS)
    for at in range(start, len(data), size):
        piece = data[at : at + size]
        if piece != (_ZEROS if len(piece) == size else _ZEROS[: len(piece)]):
            return False
    return True


def _is_torn(data: bytes, at: int, seq: int, time_before_ns: int) -> bool:
    """Whether what stands at ``at`` can be the rest of a group that was never durable.

    Sound records behind it betray their groups by their times. If they are of two groups, the
    first of them was durable before the second was written, and so was the damaged record.
    """
    found = framing.find_record(data, at + 8, seq)
    if found < 0:
        return True
    group_ns = wire.decode_record(data, found, check=False).time_ns
    while found >= 0:
        record = wire.decode_record(data, found, check=False)
        if record.time_ns != group_ns:
            return False
        found = framing.find_record(data, found + record.size, record.seq)
    if group_ns == time_before_ns:
        return True
    # The damaged record ended the group before, or began this one. A sector that was never
    # written is zero and belongs to this one; else the record's own time says it.
    own_ns = int.from_bytes(data[at + 16 : at + 24], "little", signed=True)
    return own_ns in (group_ns, 0) or data[at : at + 8] == bytes(8)
