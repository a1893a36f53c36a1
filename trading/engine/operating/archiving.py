"""Archiving segments of a running engine's journal that nobody needs where they are.

A segment goes only if every record in it lies at or before what the second newest good snapshot
holds, what every follower the engine knows has read, and what every consumer has done. It is
packed, read back, renamed and synced before the live one goes, so that a kill at any moment
leaves it whole in one place or in both, and the next run goes on from there.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from trading.engine import archive, journal, snapshot
from trading.engine.operating import OperatingError, state

_DAY_SECONDS = 86_400
_METRICS_SECONDS = 15.0  # the engine writes them each second
_LOOK_SECONDS = 0.05
SNAPSHOTS_NEEDED = 2


class Policy(NamedTuple):
    """How segments are archived.

    ``folder``: where to, None for the engine's directory; ``compression``: one of
    ``archive.SUFFIXES``; ``kept_segments``: so many of the newest stay where they are;
    ``kept_days``: archived ones are removed when their last record is older, 0 for never.
    """

    folder: Path | None = None
    compression: str = archive.ZSTD
    kept_segments: int = 4
    kept_days: int = 0


class Move(NamedTuple):
    """A segment to be archived."""

    first_seq: int
    last_seq: int
    path: Path


class Plan(NamedTuple):
    """What an archiving would do; ``bound_seq`` is the last record that nobody needs."""

    bound_seq: int
    held_by: str  # whose need the bound is
    moves: list[Move]
    removals: list[archive.Archived]


class Done(NamedTuple):
    moved: int
    removed: int
    read_bytes: int
    written_bytes: int


def plan(engine_dir: Path, socket_path: str, policy: Policy, positions: Mapping[str, int]) -> Plan:
    """Work out what may go; changes nothing.

    ``positions``: the last seq that each consumer has done with, by its name. Raises
    OperatingError where a need cannot be known.
    """
    needs = _needs(engine_dir, socket_path, positions)
    held_by, bound_seq = min(needs.items(), key=lambda need: need[1])
    segments = journal.list_segments(engine_dir)
    moves: list[Move] = []
    for segment, following in pairwise(segments):
        last_seq = following.first_seq - 1
        if last_seq > bound_seq or len(segments) - len(moves) <= max(1, policy.kept_segments):
            break
        moves.append(Move(segment.first_seq, last_seq, segment.path))
    return Plan(bound_seq, held_by, moves, _removable(engine_dir, policy, bound_seq))


def carry_out(engine_dir: Path, planned: Plan, policy: Policy) -> Done:
    """Archive and remove what was planned; raises OperatingError and JournalError."""
    folder = _folder(engine_dir, policy.folder)
    moved = read_bytes = written_bytes = removed = 0
    try:
        with _locked(folder):
            for path in folder.glob("*.part"):
                path.unlink()
            for move in planned.moves:
                sizes = _move(folder, move, policy.compression)
                if sizes is None:
                    continue
                moved += 1
                read_bytes += sizes[0]
                written_bytes += sizes[1]
            for archived in planned.removals:
                archived.path.unlink(missing_ok=True)
                removed += 1
            if removed:
                journal.sync_dir(folder)
    except OSError as error:
        raise OperatingError(
            f"The archive {folder} cannot be written ({error.strerror}): see that it has room and "
            "that you may write there. What was archived before stays archived."
        ) from error
    return Done(moved, removed, read_bytes, written_bytes)


def _needs(engine_dir: Path, socket_path: str, positions: Mapping[str, int]) -> dict[str, int]:
    """The last seq that each who reads the journal has done with."""
    row = state.ask(socket_path)
    state.check_engine_dir(engine_dir)
    if row is None:
        raise OperatingError(
            "The engine does not answer, so nobody knows who follows it: nothing is archived "
            "until it runs."
        )
    needs = dict(positions)
    good = _good_snapshots(engine_dir)
    if len(good) < SNAPSHOTS_NEEDED:
        needs[f"recovery, with {len(good)} good snapshots of {SNAPSHOTS_NEEDED}"] = 0
    else:
        needs[f"recovery from the snapshot at seq {good[-1]}"] = good[-1]
    for name, lag in _followers(engine_dir).items():
        # The durable seq has not gone back since it was asked.
        needs[f"the follower {name}"] = row.durable_seq - lag
    return needs


def _good_snapshots(engine_dir: Path) -> list[int]:
    """Seqs of the newest snapshots that hold what they name, as many as are needed."""
    good: list[int] = []
    for path in reversed(snapshot.list_snapshots(engine_dir)):
        with contextlib.suppress(snapshot.SnapshotError, OSError):
            image = snapshot.read_image(path)
            if blake2b(image.body, digest_size=32).digest() == image.state_hash:
                good.append(image.seq)
        if len(good) == SNAPSHOTS_NEEDED:
            break
    return good


def _followers(engine_dir: Path) -> dict[str, int]:
    """Records each follower is behind, by the engine's word of now.

    Its metrics are written each second, from what was known a moment before: the second time
    they are new they know everybody who followed when this was called.
    """
    until = time.monotonic() + _METRICS_SECONDS
    seen = _stamp(engine_dir)
    times = 0
    while times < 2:
        if time.monotonic() > until:
            raise OperatingError(
                "The engine does not write its metrics, so nobody knows who follows it: nothing "
                "is archived."
            )
        time.sleep(_LOOK_SECONDS)
        if (stamp := _stamp(engine_dir)) != seen:
            seen = stamp
            times += 1
    return state.followers(engine_dir)


def _stamp(engine_dir: Path) -> tuple[int, int]:
    try:
        found = (engine_dir / "engine.metrics").stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_ino, found.st_mtime_ns


def _removable(engine_dir: Path, policy: Policy, bound_seq: int) -> list[archive.Archived]:
    """The oldest archived segments that nobody needs and that are old enough."""
    if not policy.kept_days:
        return []
    latest = time.time() - policy.kept_days * _DAY_SECONDS
    removable = []
    for archived in state.archived_segments(engine_dir):
        if archived.last_seq > bound_seq or archived.path.stat().st_mtime > latest:
            break
        removable.append(archived)
    return removable


def _folder(engine_dir: Path, wanted: Path | None) -> Path:
    """The archive's folder, made if need be; elsewhere ``archive`` becomes a link to it."""
    link = archive.archive_dir(engine_dir)
    try:
        if wanted is None:
            if not link.is_symlink():
                link.mkdir(exist_ok=True, mode=0o750)
                journal.sync_dir(engine_dir)
        elif not link.is_symlink() and not link.exists():
            wanted.mkdir(parents=True, exist_ok=True, mode=0o750)
            link.symlink_to(wanted.absolute())
            journal.sync_dir(engine_dir)
        elif link.resolve() != wanted.resolve():
            raise OperatingError(
                f"The archive of {engine_dir} is {link.resolve()}, not {wanted}: move its files "
                f"there and make {link} a link to it, or unset MARQUE_ENGINE_ARCHIVE_DIR."
            )
    except OSError as error:
        raise OperatingError(
            f"The archive {wanted or link} cannot be made: {error.strerror}."
        ) from error
    if not link.is_dir():
        raise OperatingError(
            f"The archive {link.resolve()} of the engine journal is not there: mount its disk."
        )
    return link


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One archiving at a time."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        raise OperatingError("Another archiving is under way: let it end.") from error
    try:
        yield
    finally:
        os.close(fd)


def _move(folder: Path, move: Move, compression: str) -> tuple[int, int] | None:
    """Archive one segment; its size before and after. None: somebody else has done it."""
    try:
        data = move.path.read_bytes()
        modified = move.path.stat()
    except FileNotFoundError:
        return None
    found = journal.scan_groups(data, 0, move.first_seq, 0)
    if found.next_seq != move.last_seq + 1 or data[found.end :].strip(b"\0"):
        raise journal.JournalDamaged(move.path, found.end, found.next_seq)
    groups = data[: found.end]
    path = _existing(folder, move) or folder / archive.name_of(
        move.first_seq, move.last_seq, compression
    )
    if not path.exists():
        part = path.with_name(f"{path.name}.part")
        _write(part, archive.pack(groups, compression))
        # The date of its last record, by which it is removed one day.
        os.utime(part, ns=(modified.st_atime_ns, modified.st_mtime_ns))
        _check(part, path.name, groups)
        part.rename(path)
        journal.sync_dir(folder)
    else:  # a kill came between the two places
        _check(path, path.name, groups)
    move.path.unlink(missing_ok=True)
    journal.sync_dir(move.path.parent)
    return len(data), path.stat().st_size


def _existing(folder: Path, move: Move) -> Path | None:
    names = {archive.name_of(move.first_seq, move.last_seq, each) for each in archive.SUFFIXES}
    return next((folder / name for name in sorted(names) if (folder / name).exists()), None)


def _write(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def _check(path: Path, name: str, groups: bytes) -> None:
    """Raises OperatingError unless the file gives back just these groups."""
    try:
        is_same = archive.unpack(path, name) == groups
    except archive.ArchiveError as error:
        raise OperatingError(f"{error}. The live segment stays.") from error
    if not is_same:
        raise OperatingError(
            f"{path} holds other records than the live segment of that name: the journal was put "
            "back from a backup, or the archive is another engine's. Move it away, then archive "
            "again."
        )
