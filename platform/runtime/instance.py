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

import psutil

from runtime import child as children
from runtime import folders
from runtime.errors import RuntimeProblem
from runtime.supervisor import STATUS_FILE

LOCK_FILE = "supervisor.lock"


@contextlib.contextmanager
def claimed(data: Path) -> Iterator[None]:
    """Hold the data folder for this process; refuses when another one holds it.

    The kernel lets go of the lock when its holder dies, however that happens.
    """
    folders.make_folder(data, 0o711)
    descriptor = os.open(data / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            running = read_status(data)
            raise RuntimeProblem(
                f"Marque already runs in {data} (process {running.get('pid', 'unknown')}, port "
                f"{running.get('port', 'unknown')}): use that one, or end it with `make stop`."
            ) from error
        yield
    finally:
        os.close(descriptor)


def read_status(data: Path) -> dict[str, Any]:
    """What the last supervisor wrote; empty before the first."""
    try:
        return dict(json.loads((data / STATUS_FILE).read_text()))
    except (FileNotFoundError, ValueError):
        return {}
    except PermissionError as error:
        raise RuntimeProblem(
            f"The product in {data} belongs to another user: ask as that user."
        ) from error


def is_alive(line: dict[str, Any]) -> bool:
    """Whether the very process that a status line speaks of still lives."""
    pid, birth = line.get("pid"), line.get("birth")
    if not pid or not birth or children.birth_of(pid) != birth:
        return False
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end_stale(data: Path, grace_s: float = 15.0) -> list[str]:
    """End processes that outlived their supervisor; returns their names."""
    stale = [line for line in read_status(data).get("processes", []) if is_alive(line)]
    for line in stale:
        _send(line["pid"], line.get("stop_signal", signal.SIGTERM))
    limit_s = time.monotonic() + grace_s
    while any(is_alive(line) for line in stale) and time.monotonic() < limit_s:
        time.sleep(0.05)
    for line in stale:
        if is_alive(line):
            _send(line["pid"], signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(line["pid"], signal.SIGKILL)
    return [str(line["name"]) for line in stale]


def stop_running(data: Path, grace_s: float = 90.0) -> bool:
    """Ask the running supervisor to stop and wait for it; False when none runs."""
    running = read_status(data)
    if not is_alive(running):
        return False
    _send(int(running["pid"]), signal.SIGTERM)
    limit_s = time.monotonic() + grace_s
    while is_alive(running):
        if time.monotonic() > limit_s:
            raise RuntimeProblem(
                f"Marque (process {running['pid']}) did not stop within {grace_s:g} seconds: "
                f"see {data / 'log' / 'marque.log'}."
            )
        time.sleep(0.1)
    return True


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise RuntimeProblem(
            f"Process {pid} of the product belongs to another user: end it as that user."
        ) from error
