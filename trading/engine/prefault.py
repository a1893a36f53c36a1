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


class Prefault:
    """Keeps the tables of one shard ahead of their growth."""

    def __init__(self, shard: Shard) -> None:
        self._store = shard.store
        self._rooms: list[memoryview] = self._store.rooms()
        self._words = [len(room) for room in self._rooms]
        self._ready = [0 for _ in self._rooms]  # words of each that need no more be seen to
        self._requests = 0
        self._desk = bytearray(system.PAGES_BYTES)
        self._work_fd = os.eventfd(0, os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="prefault", daemon=True)
        self._thread.start()

    def look(self, requests: int) -> None:
        """Say that so many requests have been applied; from time to time that has pages made."""
        self._requests += requests
        if self._requests < _LOOK_REQUESTS or system.pages_wanted(self._desk):
            return
        self._requests = 0
        for number in range(len(self._rooms)):
            reached = self._store.reached(number)
            wanted = reached + min(reached, _MOST_AHEAD_WORDS)
            pages = (wanted + _LARGE_PAGE_WORDS - 1) // _LARGE_PAGE_WORDS
            end = min(pages * _LARGE_PAGE_WORDS, self._words[number])
            ready = self._ready[number]
            if end <= ready:
                continue
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

    def _run(self) -> None:
        # Only while nobody else wants the processor: what it is for is that nobody waits. If it
        # does not come to its turn, the loop meets the page first, as it would without it.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        system.make_pages(self._desk, self._work_fd)
