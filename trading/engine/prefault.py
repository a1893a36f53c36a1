"""Has memory ready before the core's tables grow into it; compiled.

The first write to a page of memory waits until the system has found and cleared it. Of a large
page that takes milliseconds on a virtual machine whose host has not given it that memory yet, and
the engine's loop would stand still for as long. So the loop tells how far each table reaches, and
a thread touches what lies behind, without Python and without changing anything.
"""

import contextlib
import os
import re
import resource
import threading
from pathlib import Path
from typing import Final

from trading.engine import system
from trading.engine.shard import Shard

# Tables are looked at each time so many requests have been applied.
_LOOK_REQUESTS: Final = 1024
_LARGE_PAGE_WORDS: Final = 2 * 1024 * 1024 // 8
# As much as a table has, but not more than this: what the fastest flow fills in 40 ms.
_MOST_AHEAD_WORDS: Final = 2 * _LARGE_PAGE_WORDS
# How long the thread may wait for a processor that nobody wants.
_PATIENCE_NS: Final = 15_000_000
_NICENESS: Final = 10
_CAP_SYS_NICE: Final = 23


class Prefault:
    """Keeps the tables of one shard ahead of their growth."""

    def __init__(self, shard: Shard) -> None:
        self._store = shard.store
        self._rooms: list[memoryview] = self._store.rooms()
        self._ready = [0 for _ in self._rooms]  # words of each that need no more be seen to
        self._requests = 0
        self._idles = _may_idle()
        self._wanted_ns = 0  # since when the thread has been idle at what is wanted; 0: it is not
        self._desk = bytearray(system.PAGES_BYTES)
        self._work_fd = os.eventfd(0, os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="prefault", daemon=True)
        self._thread.start()

    def look(self, requests: int, now_ns: int) -> None:
        """Say that so many requests have been applied; from time to time that has pages made.

        ``now_ns`` is a time of ``system.monotonic_ns``.
        """
        self._requests += requests
        if self._requests < _LOOK_REQUESTS:
            return
        self._requests = 0
        if system.pages_wanted(self._desk):
            if self._wanted_ns != 0 and now_ns - self._wanted_ns > _PATIENCE_NS:
                self._hurry()
            return
        wants = self._store.wants(_MOST_AHEAD_WORDS)
        for number in range(len(self._rooms)):
            wanted = wants[number]
            pages = (wanted + _LARGE_PAGE_WORDS - 1) // _LARGE_PAGE_WORDS
            end = min(pages * _LARGE_PAGE_WORDS, len(self._rooms[number]))
            ready = self._ready[number]
            if end <= ready:
                continue
            if self._idles:
                if self._wanted_ns == 0:
                    self._set_policy(os.SCHED_IDLE)
                self._wanted_ns = now_ns
            system.want_pages(self._desk, self._rooms[number], 8 * ready, 8 * end)
            self._ready[number] = end
            system.tell(self._work_fd)
            return

    def close(self) -> None:
        """End the thread."""
        self._hurry()
        system.end_pages(self._desk)
        system.tell(self._work_fd)
        self._thread.join()
        os.close(self._work_fd)

    def _hurry(self) -> None:
        """Give the thread a small share, where it would not come to its turn for long."""
        if self._wanted_ns != 0:
            self._wanted_ns = 0
            self._set_policy(os.SCHED_OTHER)

    def _set_policy(self, policy: int) -> None:
        assert self._thread.native_id is not None  # it was started
        with contextlib.suppress(OSError):  # a wish
            os.sched_setscheduler(self._thread.native_id, policy, os.sched_param(0))

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        if not self._idles:
            system.run_in_short_slices()
        system.make_pages(self._desk, self._work_fd)


def _may_idle() -> bool:
    """Whether the thread can be idle while there is time, and hurry when there is none left.

    Idle it delays nobody. But before Linux 6.4 a page is cleared under a lock of the whole
    process, which nobody must hold who waits for a processor; and a thread comes back from being
    idle only with the capability for it, or a limit that allows its niceness.
    """
    release = re.findall(r"\d+", os.uname().release)
    if [int(number) for number in release[:2]] < [6, 4]:
        return False
    status = Path("/proc/self/status").read_text()
    capabilities = re.search(r"^CapEff:\s*([0-9a-f]+)", status, re.MULTILINE)
    if capabilities is not None and int(capabilities[1], 16) >> _CAP_SYS_NICE & 1:
        return True
    return resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20 - _NICENESS
