"""Memory for the core's tables; plain Python, compiled or not."""

import mmap
from array import array
from typing import Final

_NO_RESERVE: Final = 0x4000  # MAP_NORESERVE of Linux; the mmap module names it from 3.13 on


def reserve(words: int) -> memoryview:
    """Zeroed words, of which only those take memory that are written to.

    A forked child sees them as they were. Raises OSError if the system won't.
    """
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    return memoryview(mmap.mmap(-1, words * 8, flags=flags)).cast("q")


def grown(room: memoryview, words: int) -> memoryview:
    """More words that begin with those of ``room``."""
    larger = memoryview(array("q", bytes(8 * words)))
    larger[: len(room)] = room
    return larger
