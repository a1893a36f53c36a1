"""Reads the engine journal ahead of clearing, in a thread of its own."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import Protocol


class Chunk(Protocol):
    """Whole journal records, first_seq to last_seq."""

    @property
    def first_seq(self) -> int: ...
    @property
    def last_seq(self) -> int: ...
    @property
    def data(self) -> bytes: ...


class ReadAhead:
    """Collects chunks of a follower up to a limit, for whoever takes all there is.

    That makes batches adaptive: one record at a time when the engine is idle, megabytes when
    clearing is behind.
    """

    def __init__(self, chunks: Iterator[Chunk], limit_bytes: int) -> None:
        self._chunks = chunks
        self._limit_bytes = limit_bytes
        self._waiting: deque[Chunk] = deque()
        self._waiting_bytes = 0
        self._ended = False
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="journal-reader", daemon=True)
        self._thread.start()

    def take(self, most_bytes: int, timeout_s: float) -> list[Chunk]:
        """What is there now, at most about `most_bytes`; waits up to `timeout_s` for the first.

        Raises what the follower raised. EOFError: the follower ended and all was taken.
        """
        with self._changed:
            if not self._waiting and not self._ended:
                self._changed.wait(timeout_s)
            taken: list[Chunk] = []
            taken_bytes = 0
            while self._waiting and (
                not taken or taken_bytes + len(self._waiting[0].data) <= most_bytes
            ):
                chunk = self._waiting.popleft()
                taken.append(chunk)
                taken_bytes += len(chunk.data)
            self._waiting_bytes -= taken_bytes
            self._changed.notify_all()
            if not taken and self._ended:
                raise self._error or EOFError("The journal is read to where it was to end.")
            return taken

    def is_empty(self) -> bool:
        with self._changed:
            return not self._waiting

    def _read(self) -> None:
        try:
            for chunk in self._chunks:
                with self._changed:
                    self._waiting.append(chunk)
                    self._waiting_bytes += len(chunk.data)
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._waiting_bytes < self._limit_bytes)
        except BaseException as error:  # handed to the thread that takes
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
