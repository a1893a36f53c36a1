"""Snapshots: the whole state of a shard in one file, so that recovery need not replay everything.

``<engine_dir>/snapshots/<seq>.snap`` (20 digits): a header with seq, time, state hash and checksum,
then ``Shard.dump()``. While an engine runs, another process makes them of the journal:
:mod:`trading.engine.snapshotting`.
"""

import contextlib
import ctypes
import os
import struct
import sys
import time
import zlib
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from trading.engine import journal
from trading.engine.shard import Shard

KEPT = 3
# Makes a snapshot beside a running engine. Tests put one that dies in its place.
command = (sys.executable, "-m", "trading.engine.snapshotting")
_WRITER_NICENESS = 10
_WRITE_BYTES = 256 * 1024
_LONGEST_REST_SECONDS = 0.005
_WAIT_WRITE_WAIT = 7  # SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE and _WAIT_AFTER of Linux
_sync_file_range = ctypes.CDLL(None).sync_file_range
_sync_file_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
_HEADER = struct.Struct("<8sqq32sQII")
_MAGIC = b"MRQSNAP1"


class SnapshotError(Exception):
    """A snapshot file that cannot be used."""


class Loaded(NamedTuple):
    """A shard as of ``seq``; ``refused`` says which newer snapshots were no good, and why."""

    shard: Shard
    seq: int
    refused: list[str]


class Image(NamedTuple):
    """A snapshot's header and ``Shard.dump()`` behind it, whose checksum is right."""

    seq: int
    time_ns: int
    state_hash: bytes
    body: bytes


def snapshots_dir(engine_dir: Path) -> Path:
    return engine_dir / "snapshots"


def list_snapshots(engine_dir: Path) -> list[Path]:
    """All snapshots, the oldest first."""
    folder = snapshots_dir(engine_dir)
    if not folder.exists():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == ".snap")


def write(engine_dir: Path, shard: Shard) -> Path:
    """Write the shard's state; the file is there whole or not at all. Raises OSError.

    Everything up to ``shard.seq`` must be durable.
    """
    folder = snapshots_dir(engine_dir)
    folder.mkdir(parents=True, exist_ok=True)
    body = shard.dump()
    head = _HEADER.pack(
        _MAGIC, shard.seq, shard.time_ns, shard.state_hash(), len(body), zlib.crc32(body), 0
    )
    path = folder / f"{shard.seq:020d}.snap"
    part = folder / f"{os.getpid()}.part"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        at = 0
        for piece in (head, body):
            view = memoryview(piece)
            while view:
                size = os.write(fd, view[:_WRITE_BYTES])
                view = view[size:]
                if at > 0:
                    # Little by little, with rests: a disk that is given all of it at once has the
                    # engine wait.
                    started = time.monotonic()
                    _put_on_disk(fd, at, size)
                    time.sleep(min(time.monotonic() - started, _LONGEST_REST_SECONDS))
                at += size
        os.fsync(fd)
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)
    journal.sync_dir(folder)
    return path


def _put_on_disk(fd: int, offset: int, size: int) -> None:
    """Have a part of a file written and wait for it, without what makes it durable.

    That comes once, in the end: each time the engine's syncs would wait for the file system's
    journal.
    """
    if _sync_file_range(fd, offset, size, _WAIT_WRITE_WAIT) != 0:
        os.fdatasync(fd)  # not every file system can


def read_image(path: Path) -> Image:
    """What a snapshot file holds, not made a shard of yet; raises SnapshotError and OSError."""
    data = path.read_bytes()
    if len(data) < _HEADER.size:
        raise SnapshotError(f"{path} is cut off.")
    magic, seq, time_ns, state_hash, size, checksum, _ = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if magic != _MAGIC or len(body) != size or zlib.crc32(body) != checksum:
        raise SnapshotError(f"{path} is damaged.")
    return Image(seq, time_ns, state_hash, body)


def read(path: Path) -> Shard:
    """The shard a snapshot holds; raises SnapshotError unless it proves to be that state."""
    seq, time_ns, state_hash, body = read_image(path)
    try:
        shard = Shard.load(body)
    except (ValueError, IndexError) as error:
        raise SnapshotError(f"{path} holds no state that can be read: {error}") from error
    # A loaded shard dumps to the very bytes it was loaded from.
    if (shard.seq, shard.time_ns, blake2b(body, digest_size=32).digest()) != (
        seq,
        time_ns,
        state_hash,
    ):
        raise SnapshotError(f"{path} does not hold the state it names.")
    return shard


def load_newest(engine_dir: Path) -> Loaded:
    """The newest good snapshot's shard; an empty one if there is none."""
    refused = []
    for path in reversed(list_snapshots(engine_dir)):
        try:
            shard = read(path)
        except (SnapshotError, OSError) as error:
            refused.append(str(error))
            continue
        return Loaded(shard, shard.seq, refused)
    return Loaded(Shard(), 0, refused)


def prune(engine_dir: Path, kept: int = KEPT) -> None:
    """Remove all but the newest snapshots, and what a killed writer left behind."""
    for path in list_snapshots(engine_dir)[:-kept]:
        path.unlink(missing_ok=True)
    for path in snapshots_dir(engine_dir).glob("*.part"):
        path.unlink(missing_ok=True)


def spawn_writer(engine_dir: Path, seq: int, *, is_idle: bool = True) -> int:
    """Have a snapshot as of ``seq`` made by a process of its own; returns its pid.

    Its exit status 0 means written. It inherits no file, so that neither the engine's lock nor its
    connections outlive the engine in it, and it gives way to the engine: it runs, and its writes
    reach the disk, only while nothing else wants to; or at a low priority, if not ``is_idle``.
    """
    sys.stderr.flush()
    arguments = [*command, "--dir", str(engine_dir), "--seq", str(seq)]
    pid = os.posix_spawn(arguments[0], arguments, os.environ)
    with contextlib.suppress(OSError):  # it may be gone
        if is_idle:
            # Whoever is idle is preempted at once; whoever is only nice, at the end of a slice.
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.setpriority(os.PRIO_PROCESS, pid, _WRITER_NICENESS)
    return pid
