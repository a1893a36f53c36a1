"""How an engine stands: who runs it, how far its journal goes, its figures and its files."""

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from trading.engine import COMPILED, archive, journal, snapshot
from trading.engine.client import EngineClient, EngineUnavailable, EngineUnknown
from trading.engine.events import StatusRow
from trading.engine.operating import OperatingError
from trading.engine.queries import QueryStatus

RUNNING = "running"
SILENT = "silent"  # a process holds the directory, but does not answer: it recovers, or is stuck
STOPPED = "stopped"

_LAG = re.compile(r'^marque_engine_follower_lag_records\{follower="([^"]*)"\} (\d+)$', re.MULTILINE)


class Extent(NamedTuple):
    """How far a journal can be read, and what is wrong behind that."""

    last_seq: int  # the last sound record; of a running engine, the last durable one
    torn_bytes: int  # of a last group that was never durable: the next start cuts them
    damage: journal.JournalDamaged | None


class Snapshot(NamedTuple):
    seq: int
    age_seconds: float
    size_bytes: int


class Status(NamedTuple):
    """An engine at one moment; None is what only a running engine can tell."""

    state: str  # RUNNING, SILENT or STOPPED
    pid: int | None
    compiled: bool  # of the running process; else what the next one would be
    started_ns: int | None
    seq: int
    durable_seq: int
    snapshot: Snapshot | None
    open_orders: int | None
    accounts: int | None
    commands_applied: int | None  # since the process started
    followers: dict[str, int] | None  # records behind the durable seq, by name
    first_seq: int  # the first record that can be read, in the archive or not
    journal_bytes: int
    segments: int
    archived_bytes: int
    archived_segments: int
    torn_bytes: int
    problem: str  # what is wrong with the journal; "" if nothing was found


def check_engine_dir(engine_dir: Path) -> None:
    """Raises OperatingError unless an engine ever ran there."""
    if not journal.segments_dir(engine_dir).is_dir():
        raise OperatingError(
            f"There is no engine journal in {engine_dir}: start the engine once, or set "
            "MARQUE_ENGINE_DIR to where it is."
        )


def holder(engine_dir: Path) -> int | None:
    """The process that holds the engine's directory; None if there is none.

    The lock is tried for a moment only; an engine that starts just then is patient enough.
    """
    try:
        fd = os.open(engine_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(fd, 32, 0).strip()
        return int(written) if written.isdigit() else 0
    finally:
        os.close(fd)
    return None


def ask(socket_path: str) -> StatusRow | None:
    """The running engine's own word; None if none answers at the socket."""
    client = EngineClient(socket_path)
    try:
        answer = client.send(0, QueryStatus())
    except (EngineUnavailable, EngineUnknown, OSError):
        return None
    finally:
        client.close()
    rows = [event for event in answer.events if isinstance(event, StatusRow)]
    return rows[0] if rows else None


def find_extent(engine_dir: Path, socket_path: str) -> Extent:
    """How far the journal can be read now.

    A running engine says so itself: it writes on behind its durable seq. Otherwise the last
    segment is read through.
    """
    check_engine_dir(engine_dir)
    row = ask(socket_path)
    if row is not None:
        return Extent(row.durable_seq, 0, None)
    return _measured(engine_dir)


def _measured(engine_dir: Path) -> Extent:
    if not journal.list_segments(engine_dir):
        return Extent(0, 0, None)
    try:
        tail = journal.find_tail(engine_dir)
    except journal.JournalDamaged as damage:
        return Extent(damage.seq - 1, 0, damage)
    return Extent(tail.next_seq - 1, tail.cut_bytes, None)


def archived_segments(engine_dir: Path) -> list[archive.Archived]:
    """What stands in the archive; raises OperatingError if that is out of reach."""
    segments = journal.list_segments(engine_dir)
    try:
        return archive.list_archived(engine_dir, segments[0].first_seq) if segments else []
    except archive.ArchiveError as error:
        raise OperatingError(str(error)) from error


def _size_of(files: Iterable[journal.Segment | archive.Archived]) -> int:
    """Bytes of those that are there still."""
    total = 0
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            total += file.path.stat().st_size
    return total


def followers(engine_dir: Path) -> dict[str, int]:
    """Records that each follower of the running engine is behind, as of a second ago."""
    try:
        text = (engine_dir / "engine.metrics").read_text()
    except FileNotFoundError:
        return {}
    return {name: int(lag) for name, lag in _LAG.findall(text)}


def newest_snapshot(engine_dir: Path) -> Snapshot | None:
    """The newest snapshot file, as it lies there."""
    for path in reversed(snapshot.list_snapshots(engine_dir)):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # newer ones came meanwhile
        return Snapshot(int(path.stem), max(0.0, time.time() - found.st_mtime), found.st_size)
    return None


def read_status(engine_dir: Path, socket_path: str) -> Status:
    """How the engine stands; raises OperatingError if there never was one."""
    check_engine_dir(engine_dir)
    pid = holder(engine_dir)
    row = ask(socket_path)
    extent = _measured(engine_dir) if row is None else Extent(row.durable_seq, 0, None)
    segments = journal.list_segments(engine_dir)
    archived = archived_segments(engine_dir)
    is_running = row is not None
    return Status(
        state=RUNNING if is_running else STOPPED if pid is None else SILENT,
        pid=pid,
        compiled=COMPILED if row is None else bool(row.compiled),
        started_ns=None if row is None else row.started_ns,
        seq=extent.last_seq if row is None else row.seq,
        durable_seq=extent.last_seq,
        snapshot=newest_snapshot(engine_dir),
        open_orders=None if row is None else row.open_orders,
        accounts=None if row is None else row.accounts,
        commands_applied=None if row is None else row.commands_applied,
        followers=followers(engine_dir) if is_running else None,
        first_seq=journal.first_seq(engine_dir),
        journal_bytes=_size_of(segments),
        segments=len(segments),
        archived_bytes=_size_of(archived),
        archived_segments=len(archived),
        torn_bytes=extent.torn_bytes,
        problem=str(extent.damage or ""),
    )
