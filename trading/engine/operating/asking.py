"""Asking a running engine for a snapshot, and waiting until it is there."""

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from trading.engine import snapshot
from trading.engine.operating import OperatingError, state

_LOOK_SECONDS = 0.05
_FAILURES = re.compile(r"^marque_engine_snapshot_failures_total (\d+)$", re.MULTILINE)


def request_snapshot(
    engine_dir: Path, socket_path: str, timeout_seconds: float = 300.0
) -> state.Snapshot:
    """Have the engine write a snapshot of at least what is durable now; returns it.

    Raises OperatingError if no engine runs, or it ends, fails or takes too long.
    """
    state.check_engine_dir(engine_dir)
    with _process(engine_dir) as (pid, process_fd):
        row = state.ask(socket_path)
        if row is None:
            raise OperatingError(
                f"The engine (process {pid}) does not answer at {socket_path}: it may still be "
                "recovering. Try again when `manage.py engine status` says that it runs."
            )
        if row.seq == 0:
            raise OperatingError("The engine's journal is empty: there is nothing to keep yet.")
        known = _files(engine_dir)
        failures = _failures(engine_dir)
        _signal(pid, process_fd)
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            new = {seq for seq, *_ in _files(engine_dir) - known if seq >= row.durable_seq}
            found = state.newest_snapshot(engine_dir)
            if new and found is not None:
                return found
            if _failures(engine_dir) > failures:
                raise OperatingError(
                    "The engine could not write the snapshot: its log says why (a full disk, "
                    "say). It goes on without; mend that and ask again."
                )
            # The descriptor becomes readable when the process ends.
            if select.select([process_fd], [], [], _LOOK_SECONDS)[0]:
                raise OperatingError(
                    f"The engine (process {pid}) ended before the snapshot was there: its log "
                    "says why."
                )
    raise OperatingError(
        f"The snapshot was not there after {timeout_seconds:g} seconds; the engine may still be "
        "at it. Look again with `manage.py engine status`, or wait longer with --timeout."
    )


@contextlib.contextmanager
def _process(engine_dir: Path) -> Iterator[tuple[int, int]]:
    """The engine's pid, and a descriptor that means this process and never a later one."""
    pid = state.holder(engine_dir)
    fd = -1
    if pid:
        with contextlib.suppress(ProcessLookupError):
            fd = os.pidfd_open(pid)
    if not pid or fd < 0:
        raise OperatingError(
            f"No engine runs on {engine_dir}, so there is none to write a snapshot. It writes "
            "one whenever it stops; `manage.py up` starts it."
        )
    try:
        if state.holder(engine_dir) != pid:
            raise OperatingError("The engine was just being started or stopped: try again.")
        yield pid, fd
    finally:
        os.close(fd)


def _signal(pid: int, process_fd: int) -> None:
    # An engine from before it knew this signal would end of it.
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", _proc_status(pid), re.MULTILINE)
    if caught is None or not int(caught[1], 16) >> (signal.SIGUSR1 - 1) & 1:
        raise OperatingError(
            f"The engine (process {pid}) is of a version that cannot be asked for snapshots: "
            "restart it, which writes one."
        )
    try:
        signal.pidfd_send_signal(process_fd, signal.SIGUSR1)
    except PermissionError as error:
        raise OperatingError(
            f"The engine (process {pid}) belongs to another user: ask as that user."
        ) from error
    except ProcessLookupError as error:
        raise OperatingError(f"The engine (process {pid}) has just ended.") from error


def _proc_status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def _files(engine_dir: Path) -> set[tuple[int, int, int]]:
    """The snapshot files, each time one is written told apart."""
    found = set()
    for path in snapshot.list_snapshots(engine_dir):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            found.add((int(path.stem), status.st_ino, status.st_mtime_ns))
    return found


def _failures(engine_dir: Path) -> int:
    try:
        found = _FAILURES.search((engine_dir / "engine.metrics").read_text())
    except FileNotFoundError:
        return 0
    return int(found[1]) if found else 0
