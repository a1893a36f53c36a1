"""Has memory ready before the core's tables grow into it; compiled.

The first write to a page of memory waits until the system has found and cleared it. Of a large
page that takes milliseconds on a virtual machine whose host has not given it that memory yet, and
the engine's loop would stand still for as long. So the loop tells how far each table reaches, and
a thread touches what lies behind, without Python and without changing anything.
"""

import contextlib
import os
import threading
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


class Prefault:
    """Keeps the tables of one shard ahead of their growth."""

    def __init__(self, shard: Shard) -> None:
        self._store = shard.store
        self._rooms: list[memoryview] = self._store.rooms()
        self._words = [len(room) for room in self._rooms]
        self._ready = [0 for _ in self._rooms]  # words of each that need no more be seen to
        self._requests = 0
        self._wanted_ns = 0  # since when the thread has been at what is wanted; 0: it hurries
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
                self._set_idle(False)
            return
        for number in range(len(self._rooms)):
            reached = self._store.reached(number)
            wanted = reached + min(reached, _MOST_AHEAD_WORDS)
            pages = (wanted + _LARGE_PAGE_WORDS - 1) // _LARGE_PAGE_WORDS
            end = min(pages * _LARGE_PAGE_WORDS, self._words[number])
            ready = self._ready[number]
            if end <= ready:
                continue
            if self._wanted_ns == 0:
                self._set_idle(True)
            self._wanted_ns = now_ns
            system.want_pages(self._desk, self._rooms[number], 8 * ready, 8 * end)
            self._ready[number] = end
            system.tell(self._work_fd)
            return

    def close(self) -> None:
        """End the thread."""
        system.end_pages(self._desk)
        system.tell(self._work_fd)
        self._thread.join()
        os.close(self._work_fd)

    def _set_idle(self, is_idle: bool) -> None:
        """Let the thread run only while nobody else wants to, or give it a small share.

        Idle it delays nobody: what it is for is that nobody waits. But where the processors are
        always busy it would not come to its turn, and the loop meet the page first.
        """
        if not is_idle:
            self._wanted_ns = 0
        policy = os.SCHED_IDLE if is_idle else os.SCHED_OTHER
        with contextlib.suppress(OSError):  # a wish
            os.sched_setscheduler(self._thread.native_id or 0, policy, os.sched_param(0))

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        system.make_pages(self._desk, self._work_fd)
