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
    """Appends one group at a time to the engine journal, and sends the answers that wait for it.

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

    def lay_down(self, buffers: list[bytes], size: int, next_seq: int) -> bool:
        """Lay down a group, to be begun with ``start``; only one may be under way.

        Whether its answers can be laid beside it.
        """
        self._is_done = False
        system.clear_answers(self._desk)
        self._is_laid = self._lay_pieces(buffers, size, next_seq)
        if not self._is_laid:
            self._groups.put((buffers, size, next_seq))
        return self._is_laid

    def lay_answer(self, answers: bytes, start: int, end: int, fd: int) -> int:
        """Lay ``answers[start:end]`` beside the group, to be sent to a socket once it is durable.

        Its place there, or BLOCKED; see ``system.lay_answer``.
        """
        return system.lay_answer(self._desk, answers, start, end, fd)

    def start(self) -> None:
        """Have the thread begin with the group."""
        system.tell(self._work_fd)

    def sent_of(self, place: int) -> int:
        """How much was sent of an answer of the group that is done, or BROKEN."""
        return system.sent_of(self._desk, place)

    def answered_ns(self) -> int:
        """When the answers beside the group had been sent, as ``system.monotonic_ns``."""
        return system.answered_at(self._desk)

    def is_finished(self) -> bool:
        """Whether the group that was handed over is done; ``failure`` is known then."""
        if not self._is_laid:
            return self._is_done
        if not system.is_done(self._desk):
            return False
        self._is_laid = False
        self._is_done = True
        self._note(system.error_of(self._desk))
        return True

    def write_now(self, buffers: list[bytes], size: int, next_seq: int) -> None:
        """Append a group on the calling thread; only while none is under way."""
        if self._lay_pieces(buffers, size, next_seq):
            self._note(system.write_now(self._desk))
            return
        started = system.monotonic_ns()
        try:
            self.journal.append(buffers, size, next_seq)
        except Exception as error:
            self.failure = error
        self.sync_ns = system.monotonic_ns() - started

    def _lay_pieces(self, buffers: list[bytes], size: int, next_seq: int) -> bool:
        """Lay a group on the desk, if it can be written without Python."""
        journal = self.journal
        if len(buffers) >= system.MOST_PIECES or not journal.has_room(size):
            return False
        pieces = journal.sealed(buffers, next_seq)
        if not system.lay_down(self._desk, pieces, journal.plain_fd, journal.offset):
            return False
        journal.advance(size, next_seq)
        self._pieces = pieces
        return True

    def _note(self, error: int) -> None:
        """How the group on the desk ended: 0 or an errno."""
        self._pieces = []
        self.sync_ns = system.nanoseconds_of(self._desk)
        if error != 0:
            self.failure = OSError(error, os.strerror(error))

    def close(self) -> None:
        self._groups.put(None)
        os.eventfd_write(self._work_fd, 1)
        self._thread.join()
        os.close(self.done_fd)
        os.close(self._work_fd)

    def _run(self) -> None:
        # It runs for microseconds, and must not wait for the end of another thread's milliseconds.
        system.run_in_short_slices()
        while True:
            system.serve(self._desk, self._work_fd, self.done_fd)
            group = self._groups.get()
            if group is None:
                return
            self.write_now(*group)
            self._is_done = True
            os.eventfd_write(self.done_fd, 1)
