"""What a tenant that was left behind still has to read of the engine journal."""

from collections.abc import Iterator
from pathlib import Path

from clearing.reader import Chunk
from trading.engine import journal


class LeftBehind:
    """Slices of the journal behind a tenant's checkpoint; keeps its place from one to the next."""

    def __init__(self, engine_dir: Path, slice_bytes: int) -> None:
        self._engine_dir = engine_dir
        self._slice_bytes = slice_bytes
        self._chunks: Iterator[Chunk] | None = None

    def read(self, seq: int, last_seq: int) -> tuple[bytes, int]:
        """The next whole records behind `seq`, not past `last_seq`, and the seq they end with
        (`seq` itself: there are none). After anything but the end of the last slice, close it."""
        if self._chunks is None:
            self._chunks = journal.read_chunks(self._engine_dir, seq + 1, last_seq)
        parts: list[bytes] = []
        size = 0
        for chunk in self._chunks:
            parts.append(chunk.data)
            seq = chunk.last_seq
            size += len(chunk.data)
            if size >= self._slice_bytes:
                break
        else:
            self._chunks = None  # read to where the head was then; the head may be further now
        return b"".join(parts), seq

    def close(self) -> None:
        """Forget the place: the next slice begins where it is told to."""
        self._chunks = None
