"""The system calls of the engine's loop, one function each.

This is what these functions mean; the compiled loop has the same ones in ``system.pxd``, where no
Python stands between them and the system. A socket's calls never wait there, so they keep the GIL:
giving it up for a microsecond only to wait for it again costs more than the call.
"""

import os
import select
import time
from collections.abc import Sequence
from typing import Final

BLOCKED: Final = -1  # nothing now, perhaps later
BROKEN: Final = -2
MOST_EVENTS: Final = 256  # of one look
EVENT_BYTES: Final = 12 * MOST_EVENTS
MOST_PIECES: Final = 256  # of one group that is written without Python
MOST_ANSWERS: Final = 1024  # that are sent without Python once a group is written
DESK_BYTES: Final = 64 + 16 * MOST_PIECES + 32 * MOST_ANSWERS
PAGES_BYTES: Final = 32


def monotonic_ns() -> int:
    """That of ``time.monotonic``."""
    return time.monotonic_ns()


def real_ns() -> int:
    """Nanoseconds since 1970."""
    return time.time_ns()


def receive(fd: int, buffer: bytearray, at: int, most: int) -> int:
    """Read what has arrived into a buffer; how many bytes, 0 at the end, BLOCKED or BROKEN."""
    try:
        return os.readv(fd, [memoryview(buffer)[at : at + most]])
    except BlockingIOError:
        return BLOCKED
    except OSError:
        return BROKEN


def transmit(fd: int, data: bytes, start: int, end: int) -> int:
    """Send what the socket takes of ``data[start:end]``; how many bytes, BLOCKED or BROKEN."""
    try:
        return os.write(fd, memoryview(data)[start:end])
    except BlockingIOError:
        return BLOCKED
    except OSError:
        return BROKEN


def copied(buffer: bytearray, start: int, end: int) -> bytes:
    """A part of a buffer as bytes of their own."""
    return bytes(memoryview(buffer)[start:end])


def move(buffer: bytearray, at: int, data: bytes) -> int:
    """Put bytes into a buffer; returns the place behind them."""
    buffer[at : at + len(data)] = data
    return at + len(data)


def wait(poller: select.epoll, fd: int, events: bytearray, milliseconds: int) -> int:
    """Wait until something is ready at a poller, whose number is ``fd``; how many events."""
    found = poller.poll(milliseconds / 1000, MOST_EVENTS)
    for number, (ready_fd, mask) in enumerate(found):
        head = mask.to_bytes(4, "little") + ready_fd.to_bytes(8, "little")
        events[12 * number : 12 * number + 12] = head
    return len(found)


def event_mask(events: bytearray, number: int) -> int:
    """What happened."""
    return int.from_bytes(events[12 * number : 12 * number + 4], "little")


def event_fd(events: bytearray, number: int) -> int:
    """Where it happened."""
    return int.from_bytes(events[12 * number + 4 : 12 * number + 8], "little")


def lay_down(desk: bytearray, pieces: Sequence[bytes], fd: int, offset: int) -> bool:
    """Lay a group on the desk for ``serve``: to be written to a file at an offset.

    Whether it can be; the pieces must be kept until it is done.
    """
    return False


def serve(desk: bytearray, work_fd: int, done_fd: int) -> int:
    """Write groups as they are laid on the desk and ``work_fd`` is told, without the GIL.

    Each is on disk before its answers are sent, which is before ``done_fd`` is told. Returns when
    the desk is empty: something else is wanted.
    """
    os.eventfd_read(work_fd)
    return 0


def clear_answers(desk: bytearray) -> None:
    """Take back all answers laid on the desk."""


def lay_answer(desk: bytearray, data: bytes, start: int, end: int, fd: int) -> int:
    """Lay an answer, ``data[start:end]``, on the desk, to be sent once its group is on disk.

    Its number there, or BLOCKED if whoever asks must send it. The data must be kept, and the socket
    neither written to nor closed, until the group is done.
    """
    return BLOCKED


def sent_of(desk: bytearray, number: int) -> int:
    """How much of an answer was sent, or BROKEN. Behind one that was not sent whole, its socket's
    others were not begun.
    """
    raise NotImplementedError("nothing can be laid on an interpreted desk")


def answered_at(desk: bytearray) -> int:
    """When the last of the answers had been sent, in monotonic nanoseconds."""
    raise NotImplementedError("nothing can be laid on an interpreted desk")


def write_now(desk: bytearray) -> int:
    """Write the group on the desk here and now; 0 or an errno."""
    raise NotImplementedError("nothing can be laid on an interpreted desk")


def run_in_short_slices() -> None:
    """Wish for this thread to be given the processor for a tenth of a millisecond, but soon.

    The scheduler (of Linux 6.12 and later) lets it run when it wakes up, not at the end of the
    milliseconds of another thread; its share of the processor stays the same.
    """


def tell(event_fd: int) -> None:
    """Add one to an eventfd."""
    os.eventfd_write(event_fd, 1)


def is_done(desk: bytearray) -> bool:
    """Whether the group that was laid down is written, or cannot be."""
    return False


def error_of(desk: bytearray) -> int:
    """Why it cannot be, as an errno; 0 if it is written."""
    return 0


def nanoseconds_of(desk: bytearray) -> int:
    """How long that took."""
    return 0


def want_pages(desk: bytearray, room: memoryview, start: int, end: int) -> int:
    """Lay down that the bytes of a room from ``start`` to ``end`` are to be memory; 0.

    Only while nothing else is wanted; the room must be kept.
    """
    return 0


def pages_wanted(desk: bytearray) -> bool:
    """Whether what was laid down is not done yet: interpreted there is nothing to hurry for, and
    so nothing can be laid down.
    """
    return True


def end_pages(desk: bytearray) -> None:
    """Have ``make_pages`` return once it is told."""


def make_pages(desk: bytearray, work_fd: int) -> int:
    """Touch what is laid on the desk each time ``work_fd`` is told, without the GIL; 0.

    Nothing is changed by it, whoever else writes there meanwhile. Interpreted it only waits for
    its end.
    """
    os.eventfd_read(work_fd)
    return 0
