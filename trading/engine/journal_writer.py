"""The writing end of the engine journal: one group of records, one write, one sync."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trading.engine import journal, wire
from trading.engine.layouts import GROUP_HEADER_BYTES

SEGMENT_BYTES = 64 * 1024 * 1024
_FILL_BYTES = 512 * 1024
_RESTS = 4  # as long as it took to fill a slice, each time
_LONGEST_REST_SECONDS = 0.005
_ZEROS = bytes(_FILL_BYTES)
_MOST_BUFFERS = 1000  # the system takes 1024 in one call
_REWRITTEN_BYTES = 16 * 1024 * 1024


class SegmentFile:
    """One segment opened for writing. Tests put a failing one in its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)

    def write_durably(self, buffers: Sequence[bytes], offset: int) -> None:
        """Write all of it at ``offset`` and have it on disk; raises OSError.

        RWF_DSYNC is the write and its fdatasync in one call: the GIL is free for the whole time.
        """
        if len(buffers) > _MOST_BUFFERS:
            buffers = [b"".join(buffers)]
        total = sum(map(len, buffers))
        written = os.pwritev(self.fd, buffers, offset, os.RWF_DSYNC)
        while written < total:
            # A short write means an end is near; the next one says which.
            rest = b"".join(buffers)[written:]
            written += os.pwritev(self.fd, [rest], offset + written, os.RWF_DSYNC)

    def allocate(self, size: int) -> None:
        """Reserve the room, so that a full disk is met here and not in the middle of a group."""
        os.posix_fallocate(self.fd, 0, size)

    def fill(self, offset: int, size: int) -> None:
        """Have zeros on disk, for quicker syncs later."""
        os.pwritev(self.fd, [_ZEROS[:size]], offset, os.RWF_DSYNC)

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self.fd, size, offset)

    def cut(self, offset: int) -> None:
        """Leave nothing but zeros from ``offset`` on; the size stays."""
        size = os.fstat(self.fd).st_size
        os.ftruncate(self.fd, offset)
        os.posix_fallocate(self.fd, 0, size)
        os.fsync(self.fd)

    def rename(self, path: Path) -> None:
        self.path.rename(path)
        self.path = path
        journal.sync_dir(path.parent)

    def close(self) -> None:
        os.close(self.fd)


OpenFile = Callable[[Path], SegmentFile]


class SegmentMaker:
    """Has the next segment ready before it is needed, on a thread of its own."""

    def __init__(self, engine_dir: Path, segment_bytes: int, open_file: OpenFile) -> None:
        self._engine_dir = engine_dir
        self._path = journal.segments_dir(engine_dir) / "next.tmp"
        self._segment_bytes = segment_bytes
        self._open_file = open_file
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = False
        self._file: SegmentFile | None = None
        self._filled_bytes = 0
        self._thread = threading.Thread(target=self._run, name="segment-maker", daemon=True)
        self._thread.start()

    def take(self, first_seq: int) -> SegmentFile:
        """The next segment's file, as far as it is made, under its name; raises OSError."""
        with self._lock:
            file = self._file or self._begin()
            self._file = None
            file.rename(journal.segment_path(self._engine_dir, first_seq))
        self.prepare()
        return file

    def prepare(self) -> None:
        """Begin with the next segment."""
        self._wanted.set()

    def close(self) -> None:
        self._stopping = True
        self._wanted.set()
        self._thread.join()
        if self._file is not None:
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _begin(self) -> SegmentFile:
        self._path.unlink(missing_ok=True)
        file = self._open_file(self._path)
        try:
            file.allocate(self._segment_bytes)
        except OSError:
            file.close()
            self._path.unlink(missing_ok=True)
            raise
        return file

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            if self._file is not None:
                continue
            # Not having it ready is no failure: whoever takes it tries again and reports.
            try:
                self._make()
            except OSError:
                continue

    def _make(self) -> None:
        with self._lock:
            self._file = made = self._begin()
            self._filled_bytes = 0
        spent_seconds = 0.0
        while not self._stopping:
            # In slices with rests between them: whoever takes it meanwhile waits for one at most,
            # and the disk has time for the groups.
            time.sleep(min(_RESTS * spent_seconds, _LONGEST_REST_SECONDS))
            started = time.monotonic()
            with self._lock:
                size = min(_FILL_BYTES, self._segment_bytes - self._filled_bytes)
                if self._file is not made or size <= 0:
                    return
                made.fill(self._filled_bytes, size)
                self._filled_bytes += size
            spent_seconds = time.monotonic() - started


class Journal:
    """Appends groups to the last segment. Opening it cuts a torn tail; raises JournalDamaged.

    What was written but not synced before a crash is whole in the system's cache, though a
    failed sync may have left it there only. So opening writes the last records once more and
    syncs them: from then on everything up to ``next_seq - 1`` is durable.
    """

    def __init__(
        self,
        engine_dir: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        open_file: OpenFile = SegmentFile,
    ) -> None:
        self.engine_dir = engine_dir
        self.segment_bytes = segment_bytes
        folder = journal.segments_dir(engine_dir)
        folder.mkdir(parents=True, exist_ok=True)
        self._maker = SegmentMaker(engine_dir, segment_bytes, open_file)
        try:
            if journal.list_segments(engine_dir):
                tail = journal.find_tail(engine_dir)
            else:
                first = self._maker.take(1)
                tail = journal.Tail(1, first.path, 0, 0)
                first.close()
                journal.sync_dir(engine_dir)
            self._use(open_file(tail.path))
            if tail.cut_bytes:
                self._file.cut(tail.offset)
            self._rewrite(tail.offset)
        except BaseException:
            self._maker.close()
            raise
        self.next_seq = tail.next_seq
        self.cut_bytes = tail.cut_bytes
        self.offset = tail.offset
        self._end = tail.path.stat().st_size
        self._maker.prepare()

    def append(self, buffers: list[bytes], size: int, next_seq: int) -> None:
        """Make one group durable: its records, their bytes in all, the seq after its last.

        Raises OSError; nothing may be appended or answered after that.
        """
        if not self.has_room(size):
            self._start_segment(self.next_seq)
        self._file.write_durably(self.sealed(buffers, next_seq), self.offset)
        self.advance(size, next_seq)

    def has_room(self, size: int) -> bool:
        """Whether a group of so many bytes still goes into the segment."""
        return self.offset + size + GROUP_HEADER_BYTES <= self._end or self.offset == 0

    def sealed(self, buffers: list[bytes], next_seq: int) -> list[bytes]:
        """What is to be written at ``offset`` for one group, by ``append`` or by who does it."""
        return [wire.group_header(buffers, next_seq - self.next_seq, self.next_seq), *buffers]

    def advance(self, size: int, next_seq: int) -> None:
        """Go on behind that group."""
        self.offset += size + GROUP_HEADER_BYTES
        self.next_seq = next_seq

    def close(self) -> None:
        self._maker.close()
        self._file.close()

    def _rewrite(self, end: int) -> None:
        start = max(0, end - _REWRITTEN_BYTES)
        if end > start:
            self._file.write_durably([self._file.read(start, end - start)], start)
        journal.sync_dir(self._file.path.parent)

    def _use(self, file: SegmentFile) -> None:
        self._file = file
        # Of another class of files nothing is known but its methods.
        self.plain_fd = file.fd if type(file) is SegmentFile else -1

    def _start_segment(self, first_seq: int) -> None:
        file = self._maker.take(first_seq)
        self._file.close()
        self._use(file)
        self.offset = 0
        self._end = self.segment_bytes
