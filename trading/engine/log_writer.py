"""The thread that makes groups durable while the engine works on the next one; compiled.

It waits, writes and syncs without Python, so that neither it nor the engine's loop ever waits for
the GIL. What is rare goes to Python on the same thread: the change to a new segment, a group in
very many pieces, and files that are not the engine's own kind.
"""

import os
import threading
from queue import SimpleQueue

from trading.engine import system
from trading.engine.journal_writer import Journal


class LogWriter:
    """Appends one group at a time to the engine journal.

    ``done_fd`` becomes readable when a group is done, and need not be read if it is watched for
    edges; then ``is_finished`` says so, and ``failure`` tells why it is not durable, if it is not.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.done_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._work_fd = os.eventfd(0, os.EFD_CLOEXEC)
        self.failure: Exception | None = None
        self.sync_ns = 0
        self._desk = bytearray(system.DESK_BYTES)
        self._pieces: list[bytes] = []  # what lies on the desk
        self._is_laid = False
        self._is_done = False  # what went to Python
        self._groups: SimpleQueue[tuple[list[bytes], int, int] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def submit(self, buffers: list[bytes], size: int, next_seq: int) -> None:
        """Hand over a group; only one may be under way."""
        journal = self.journal
        self._is_laid = False
        self._is_done = False
        if len(buffers) < system.MOST_PIECES and journal.has_room(size):
            pieces = journal.sealed(buffers, next_seq)
            if system.lay_down(self._desk, pieces, journal.plain_fd, journal.offset):
                journal.advance(size, next_seq)
                self._pieces = pieces
                self._is_laid = True
        if not self._is_laid:
            self._groups.put((buffers, size, next_seq))
        system.tell(self._work_fd)

    def is_finished(self) -> bool:
        """Whether the group that was handed over is done; ``failure`` is known then."""
        if not self._is_laid:
            return self._is_done
        if not system.is_done(self._desk):
            return False
        self._is_laid = False
        self._is_done = True
        self._pieces = []
        self.sync_ns = system.nanoseconds_of(self._desk)
        error = system.error_of(self._desk)
        if error != 0:
            self.failure = OSError(error, os.strerror(error))
        return True

    def write_now(self, buffers: list[bytes], size: int, next_seq: int) -> None:
        """Append a group on the calling thread; only while none is under way."""
        started = system.monotonic_ns()
        try:
            self.journal.append(buffers, size, next_seq)
        except Exception as error:
            self.failure = error
        self.sync_ns = system.monotonic_ns() - started

    def close(self) -> None:
        self._groups.put(None)
        os.eventfd_write(self._work_fd, 1)
        self._thread.join()
        os.close(self.done_fd)
        os.close(self._work_fd)

    def _run(self) -> None:
        while True:
            system.serve(self._desk, self._work_fd, self.done_fd)
            group = self._groups.get()
            if group is None:
                return
            self.write_now(*group)
            self._is_done = True
            os.eventfd_write(self.done_fd, 1)
