"""Telling a process from a later one of the same number, and signalling only the one that is meant.

A birth is the boot and the clock ticks since it: no wall clock is in it, so setting the clock does
not make a process another one, and a number used again is never taken for its former owner.
"""

import contextlib
import errno
import os
import signal
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_GONE = ("Z", "X")  # ended; only its parent has not asked yet
_STATE, _START_TICKS = 0, 19  # fields behind the name in /proc/<pid>/stat


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


def marked(name: str, value: str) -> dict[int, str]:
    """Births by number of all processes but this one that were started with a variable so."""
    wanted = os.fsencode(f"{name}={value}")
    found = {}
    for folder in Path("/proc").glob("[1-9]*"):
        pid = int(folder.name)
        with contextlib.suppress(OSError):  # another user's, or gone
            birth = birth_of(pid)
            if wanted in (folder / "environ").read_bytes().split(b"\0") and birth:
                found[pid] = birth
    found.pop(os.getpid(), None)
    return found


def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
