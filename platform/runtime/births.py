"""Telling a process from a later one of the same number, and signalling only the one that is meant.

A birth is the boot and the clock ticks since it: no wall clock is in it, so setting the clock does
not make a process another one, and a number used again is never taken for its former owner.
"""

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_GONE = ("Z", "X")  # ended; only its parent has not asked yet
KILL_S = 10.0
_STATE, _START_TICKS = 0, 19  # fields behind the name in /proc/<pid>/stat


class Doomed(NamedTuple):
    """A process that is to end, and the signal that asks it to."""

    pid: int
    birth: str
    number: int
    name: str


def birth_of(pid: int) -> str:
    """When the process with this number was made; empty: there is none that lives."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return ""
    return "" if fields[_STATE] in _GONE else f"{_boot()}/{fields[_START_TICKS]}"


def is_alive(pid: int, birth: str) -> bool:
    """Whether the very process that was born then still lives."""
    return bool(birth) and birth_of(pid) == birth


def age_s(birth: str) -> int:
    """Seconds since a birth of this boot."""
    up_s = float(Path("/proc/uptime").read_text().split()[0])
    return max(0, round(up_s - int(birth.rpartition("/")[2]) / os.sysconf("SC_CLK_TCK")))


def send(pid: int, birth: str, number: int) -> bool:
    """Signal that very process; False when it is gone. Raises PermissionError."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    except OSError as error:
        if error.errno != errno.ENOSYS:  # a kernel before 5.3 can only be asked by number
            raise
        descriptor = -1
    try:
        if not is_alive(pid, birth):
            return False
        # The descriptor stands for the process that was just looked at, whatever ends meanwhile.
        if descriptor >= 0:
            signal.pidfd_send_signal(descriptor, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return False
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return True


def end(doomed: Sequence[Doomed], grace_s: float) -> list[Doomed]:
    """Signal these, kill what is left after the grace; those that live even then.

    Raises PermissionError.
    """
    for each in doomed:
        send(each.pid, each.birth, each.number)
    left = _wait(doomed, grace_s)
    for each in left:
        send(each.pid, each.birth, signal.SIGKILL)
    return _wait(left, KILL_S)


def _wait(doomed: Sequence[Doomed], limit_s: float) -> list[Doomed]:
    deadline_s = time.monotonic() + limit_s
    while True:
        left = [each for each in doomed if is_alive(each.pid, each.birth)]
        if not left or time.monotonic() > deadline_s:
            return left
        time.sleep(0.05)


def marked(name: str, value: str) -> dict[int, str]:
    """Births by number of all other processes that were started with a variable so."""
    wanted = os.fsencode(f"{name}={value}")
    return _matching(lambda folder: wanted in (folder / "environ").read_bytes().split(b"\0"))


def working_in(directory: Path, program: str) -> dict[int, str]:
    """Births by number of the processes of a program whose working directory this is."""

    def matches(folder: Path) -> bool:
        here = (folder / "cwd").readlink() == directory
        return here and (folder / "exe").readlink().name.split()[0] == program

    return _matching(matches)


def _matching(matches: Callable[[Path], bool]) -> dict[int, str]:
    found = {}
    for folder in Path("/proc").glob("[1-9]*"):
        with contextlib.suppress(OSError):  # another user's, or gone
            birth = birth_of(int(folder.name))
            if birth and matches(folder):
                found[int(folder.name)] = birth
    found.pop(os.getpid(), None)
    return found


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
