"""The thread that makes groups durable while the engine works on the next one."""

import os
import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue

from trading.engine.journal_writer import Journal


class LogWriter:
    """Appends one group at a time to the engine journal.

    ``done_fd`` becomes readable when a group is done; then ``finished`` is true, and ``failure``
    tells why it is not durable, if it is not.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.done_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.finished = False
        self.failure: Exception | None = None
        self.sync_ns = 0
        self._groups: SimpleQueue[tuple[Sequence[bytes], int, int] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def submit(self, buffers: Sequence[bytes], size: int, next_seq: int) -> None:
        """Hand over a group; only one may be under way."""
        self.finished = False
        self._groups.put((buffers, size, next_seq))

    def write_now(self, buffers: Sequence[bytes], size: int, next_seq: int) -> None:
        """Append a group on the calling thread; only while none is under way."""
        started = time.perf_counter_ns()
        try:
            self.journal.append(buffers, size, next_seq)
        except Exception as error:
            self.failure = error
        self.sync_ns = time.perf_counter_ns() - started

    def close(self) -> None:
        self._groups.put(None)
        self._thread.join()
        os.close(self.done_fd)

    def _run(self) -> None:
        while (group := self._groups.get()) is not None:
            self.write_now(*group)
            self.finished = True
            os.eventfd_write(self.done_fd, 1)
