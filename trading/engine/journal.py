"""The engine journal on disk: preallocated segment files of groups of records.

``<engine_dir>/segments/<first_seq>.log`` (20 digits) holds records from ``first_seq`` on, in
groups, laid out as in :mod:`trading.engine.layouts`, then zeros. A group never crosses into
another segment. What lies before the first segment may stand in the archive
(:mod:`trading.engine.archive`), where readers find it by themselves. The next segment is made
ready in the background: rewriting zeros that are on disk already needs no file system bookkeeping
at a sync, which a growing file does.

A group is one write and one sync, under one checksum. Only the last group written can be torn:
some of its sectors are still the zeros they were. That is how recovery tells a torn group, which
is cut, from damage to records that were durable, which stops it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trading.engine import archive, wire
from trading.engine.layouts import GROUP_HEADER_BYTES

READ_BYTES = 1024 * 1024
SECTOR_BYTES = 512
_MOST_TRIES = 10
_MAGIC = wire.GROUP_MAGIC.to_bytes(4, "little")

# Why scan_groups stopped.
END = "end"  # the data ends here, with a group or inside one
ZERO = "zero"  # nothing was written from here on
BAD = "bad"  # no sound group stands here
LIMIT = "limit"  # the next group is later than asked for


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
    """Where the journal ends: the next record's seq and place."""

    next_seq: int
    path: Path
    offset: int
    cut_bytes: int  # of a torn group, from ``offset`` on


def segments_dir(engine_dir: Path) -> Path:
    return engine_dir / "segments"


def segment_path(engine_dir: Path, first_seq: int) -> Path:
    return segments_dir(engine_dir) / f"{first_seq:020d}.log"


def list_segments(engine_dir: Path) -> list[Segment]:
    """All segments in order; none if the directory does not exist yet."""
    folder = segments_dir(engine_dir)
    try:
        names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".log"))
    except FileNotFoundError:
        return []
    return [Segment(int(name.removesuffix(".log")), folder / name) for name in names]


def first_seq(engine_dir: Path) -> int:
    """The first record that can be read, in the archive or not; 1 before there is any."""
    segments = list_segments(engine_dir)
    if not segments:
        return 1
    first = segments[0].first_seq
    for archived in reversed(_archived(engine_dir, first)):
        if archived.last_seq + 1 != first:
            break
        first = archived.first_seq
    return first


def _archived(engine_dir: Path, before_seq: int) -> list[archive.Archived]:
    try:
        return archive.list_archived(engine_dir, before_seq)
    except archive.ArchiveError as error:
        raise JournalError(str(error)) from error


def sync_dir(path: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class FoundGroup(NamedTuple):
    """A sound group: its seqs, its records, and where it stands in what was read."""

    first_seq: int
    last_seq: int
    records: memoryview
    offset: int


class Scanned(NamedTuple):
    """Sound groups, one after another, and where they end."""

    groups: list[FoundGroup]
    end: int
    next_seq: int
    why: str


def scan_groups(data: bytes, start: int, first_seq: int, last_seq: int) -> Scanned:
    """The sound groups from ``start`` on, which must carry ``first_seq`` and the seqs after it.

    Nothing behind the group with ``last_seq`` is even looked at (0: no limit).
    """
    view = memoryview(data)
    groups: list[FoundGroup] = []
    at, seq = start, first_seq
    while True:
        if last_seq and seq > last_seq:
            return Scanned(groups, at, seq, LIMIT)
        if len(data) - at < GROUP_HEADER_BYTES:
            return Scanned(groups, at, seq, END)
        group = wire.group_at(view, at)
        if group is None:
            is_zero = not any(view[at : at + GROUP_HEADER_BYTES])
            return Scanned(groups, at, seq, ZERO if is_zero else BAD)
        records_at = at + GROUP_HEADER_BYTES
        end = records_at + group.length
        if end > len(data) and group.first_seq == seq:
            return Scanned(groups, at, seq, END)
        if group.first_seq != seq or not group.records or not wire.is_sound(view, at, group):
            return Scanned(groups, at, seq, BAD)
        groups.append(FoundGroup(seq, seq + group.records - 1, view[records_at:end], at))
        at, seq = end, seq + group.records


def _place_of(records: memoryview, seq: int) -> int:
    """Where the record with this seq begins; it is there."""
    at = 0
    while (record := wire.decode_record(records, at)).seq < seq:
        at += record.size
    return at


class SegmentReader:
    """Reads whole, checked records from segment files, onwards from ``from_seq``."""

    def __init__(self, engine_dir: Path, from_seq: int) -> None:
        self.engine_dir = engine_dir
        self.next_seq = from_seq
        self._fd = -1
        self._path = Path()
        self._offset = 0
        self._group_seq = 0  # the first of the group that stands there

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
            found = scan_groups(data, 0, self._group_seq, last_seq)
            if found.next_seq > self.next_seq:
                return self._chunk(found, last_seq or found.next_seq - 1)
            if found.groups:
                self._offset += found.end
                self._group_seq = found.next_seq
                continue
            if found.why == BAD:
                raise JournalDamaged(self._path, self._offset, self._group_seq)
            if found.why == END and len(data) == most_bytes:
                most_bytes *= 2  # one group larger than what was read
                continue
            if self._group_seq < self.next_seq:
                raise JournalError(
                    f"The engine journal in {self.engine_dir} ends with seq "
                    f"{self._group_seq - 1}, before seq {self.next_seq}."
                )
            if not self._is_followed():
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

    def _is_followed(self) -> bool:
        """Whether a segment begins with the next record, other than the one that ends here."""
        holding = self._holding()
        return (
            holding is not None
            and holding.first_seq == self.next_seq
            and holding.path != self._path
        )

    def _open(self) -> None:
        for _ in range(_MOST_TRIES):
            segment = self._find()
            try:
                self._fd = archive.open_unpacked(segment.path)
            except FileNotFoundError:
                continue  # it has just been archived
            except archive.ArchiveError as error:
                raise JournalError(str(error)) from error
            self._path = segment.path
            self._offset = 0
            self._group_seq = segment.first_seq
            return
        raise JournalError(f"The segment {segment.path} cannot be opened: it comes and goes.")

    def _find(self) -> Segment:
        """The segment that holds the next record, or will hold it."""
        holding = self._holding()
        if holding is None:
            raise JournalError(
                f"The engine journal in {self.engine_dir} begins with seq "
                f"{first_seq(self.engine_dir)}: seq {self.next_seq} is not there any more."
            )
        return holding

    def _holding(self) -> Segment | None:
        """The last segment that begins at or before the next record, None if all begin later."""
        beginning = segment_path(self.engine_dir, self.next_seq)
        if beginning.exists():
            return Segment(self.next_seq, beginning)  # without reading a folder of thousands
        segments = list_segments(self.engine_dir)
        if segments and segments[0].first_seq > self.next_seq:
            archived = _archived(self.engine_dir, segments[0].first_seq)
            segments = [Segment(each.first_seq, each.path) for each in archived]
        return next((s for s in reversed(segments) if s.first_seq <= self.next_seq), None)

    def _chunk(self, found: Scanned, last_seq: int) -> Chunk:
        """The records from ``next_seq`` to ``last_seq`` of groups that hold at least one."""
        first, last = self.next_seq, min(last_seq, found.next_seq - 1)
        groups = [group for group in found.groups if group.last_seq >= first]
        parts = [group.records for group in groups]
        if last < groups[-1].last_seq:
            # The rest of this group is for the next time.
            parts[-1] = parts[-1][: _place_of(parts[-1], last + 1)]
            self._offset += groups[-1].offset
            self._group_seq = groups[-1].first_seq
        else:
            self._offset += found.end
            self._group_seq = found.next_seq
        if groups[0].first_seq < first:
            parts[0] = parts[0][_place_of(parts[0], first) :]
        self.next_seq = last + 1
        return Chunk(first, last, b"".join(parts))


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
        yield from wire.iterate_records(chunk.data)


def find_tail(engine_dir: Path) -> Tail:
    """Where the journal ends, judging what is torn; changes nothing.

    Raises JournalDamaged if the last segment's damage cannot come from a torn last group.
    Earlier segments are checked when they are read.
    """
    segment = list_segments(engine_dir)[-1]
    data = segment.path.read_bytes()
    found = scan_groups(data, 0, segment.first_seq, 0)
    written = len(data[found.end :].rstrip(b"\0"))
    if written and not _is_torn(data, found.end, found.next_seq):
        raise JournalDamaged(segment.path, found.end, found.next_seq)
    return Tail(found.next_seq, segment.path, found.end, written)


def _is_torn(data: bytes, at: int, seq: int) -> bool:
    """Whether what stands at ``at`` can be the rest of a group that was never durable.

    A group is written in one go into zeros, so a torn one has sectors that are zero still; and
    nothing was ever written behind it.
    """
    if _stands_later(data, at + 8, seq):
        return False
    group = wire.group_at(data, at)
    if group is not None and group.first_seq != seq:
        return False
    length = GROUP_HEADER_BYTES + (group.length if group is not None else 0)
    starts = [at, *range(at + SECTOR_BYTES - at % SECTOR_BYTES, at + length, SECTOR_BYTES)]
    ends = [*starts[1:], at + length]
    # Of a header that is not whole, only its own sectors are known to belong to the group.
    return any(not any(data[start:end]) for start, end in zip(starts, ends, strict=True))


def _stands_later(data: bytes, start: int, seq: int) -> bool:
    """Whether a sound group later than ``seq`` stands at or behind ``start``."""
    view = memoryview(data)
    at = data.find(_MAGIC, start)
    while at >= 0:
        group = wire.group_at(view, at)
        if group is not None and group.first_seq > seq and wire.is_sound(view, at, group):
            return True
        at = data.find(_MAGIC, at + 1)
    return False
