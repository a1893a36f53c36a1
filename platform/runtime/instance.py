"""One running product per data folder: the lock, and what a killed supervisor left behind."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runtime import births, folders
from runtime.births import Doomed
from runtime.child import MARK
from runtime.errors import RuntimeProblem
from runtime.supervisor import STATUS_FILE

LOCK_FILE = "supervisor.lock"


@contextlib.contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold the data folder for this process; refuses when another one holds it.

    The kernel lets go of the lock when its holder dies, however that happens. The file names the
    holder, for `make stop` at any moment from here on.
    """
    folders.make_folder(data, 0o711)
    try:
        descriptor = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise _belongs_to_another(data) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeProblem(
                f"Marque already runs in {data} (process {_holder(data).get('pid', 'unknown')}, "
                f"port {read_status(data).get('port', 'unknown')}): use that one, or end it with "
                "`make stop`."
            ) from error
        own = {"pid": os.getpid(), "birth": births.birth_of(os.getpid())}
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(own).encode())
        yield
    finally:
        os.close(descriptor)


def read_status(data: Path) -> dict[str, Any]:
    """What the last supervisor wrote; empty before the first."""
    return _read(data, STATUS_FILE)


def is_alive(line: dict[str, Any]) -> bool:
    """Whether the very process that a status line speaks of still lives."""
    return bool(line.get("pid")) and births.is_alive(line["pid"], line.get("birth", ""))


def end_stale(data: Path, grace_s: float = 15.0) -> list[str]:
    """End processes that outlived their supervisor; returns their names.

    Those of the status file are known by their birth, whatever else they left behind by the mark
    that every child and its children carry. PostgreSQL overwrites its environment; what it left
    is found where its command line is made.
    """
    stale = {
        line["pid"]: Doomed(
            line["pid"], line["birth"], line.get("stop_signal", signal.SIGTERM), str(line["name"])
        )
        for line in read_status(data).get("processes", [])
        if is_alive(line)
    }
    for pid, birth in births.marked(MARK, str(data)).items():
        stale.setdefault(pid, Doomed(pid, birth, signal.SIGTERM, f"process {pid}"))
    try:
        left = births.end(list(stale.values()), grace_s)
    except PermissionError as error:
        raise _belongs_to_another(data) from error
    if left:
        raise RuntimeProblem(
            f"{', '.join(each.name for each in left)} of a killed supervisor cannot be ended: "
            "find out what it waits for (a hanging disk?), then start again."
        )
    return [each.name for each in stale.values()]


def stop_running(data: Path, grace_s: float = 120.0) -> bool:
    """Ask the running supervisor to stop and wait for it; False when none runs."""
    running = _holder(data)
    if not is_alive(running):
        return False
    try:
        births.send(running["pid"], running["birth"], signal.SIGTERM)
    except PermissionError as error:
        raise _belongs_to_another(data) from error
    limit_s = time.monotonic() + grace_s
    while is_alive(running):
        if time.monotonic() > limit_s:
            raise RuntimeProblem(
                f"Marque (process {running['pid']}) did not stop within {grace_s:g} seconds: "
                f"see {data / 'log' / 'marque.log'}."
            )
        time.sleep(0.1)
    return True


def _holder(data: Path) -> dict[str, Any]:
    """Number and birth of the process that held the folder last."""
    return _read(data, LOCK_FILE)


def _read(data: Path, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((data / name).read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    except PermissionError as error:
        raise _belongs_to_another(data) from error


def _belongs_to_another(data: Path) -> RuntimeProblem:
    return RuntimeProblem(
        f"The product in {data} belongs to another user: run this as that user, or name another "
        "data folder with MARQUE_DATA_DIR."
    )
