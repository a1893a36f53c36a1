"""Memory for the core's tables; plain Python, compiled or not."""

import mmap
from array import array
from typing import Final

# Whether large rooms take memory in large pages: quicker to reach, but a few megabytes each at the
# least. Set by who runs one shard for long, before making it.
huge_pages = False

_NO_RESERVE: Final = 0x4000  # MAP_NORESERVE of Linux; the mmap module names it from 3.13 on


def reserve(words: int) -> memoryview:
    """Zeroed words, of which only those take memory that are written to.

    Raises OSError if the system won't.
    """
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    try:
        room = mmap.mmap(-1, words * 8, flags=flags)
    except OSError as error:
        raise OSError(
            error.errno,
            f"the system sets no {words * 8 >> 20} MiB of addresses aside for a table: allow it "
            "with vm.overcommit_memory=0 or 1 and no limit on address space (ulimit -v)",
        ) from error
    if huge_pages:
        room.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(room).cast("q")


def grown(room: memoryview, words: int) -> memoryview:
    """More words that begin with those of ``room``."""
    larger = memoryview(array("q", bytes(8 * words)))
    larger[: len(room)] = room
    return larger
