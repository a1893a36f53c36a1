"""Memory is there before the core's tables grow into it, and nothing written there is lost."""

import ctypes
import mmap
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.trading.engine.process.running import ROOT
from tests.trading.engine.worlds import World
from trading.engine import COMPILED, memory
from trading.engine.index import Index
from trading.engine.prefault import Prefault

LARGE_PAGE = 2 * 1024 * 1024
ROOM_WORDS = 16 * LARGE_PAGE // 8

only_compiled = pytest.mark.skipif(not COMPILED, reason="interpreted, no memory is made ahead")


class Tables:
    """A shard, as far as its tables go: two of them, filled as far as a test says."""

    def __init__(self) -> None:
        self.store = self
        self.filled = [0, 0]
        self._rooms = [memory.reserve(ROOM_WORDS), memory.reserve(ROOM_WORDS)]
        for room in self._rooms:  # so that what is there is what was touched
            room.obj.madvise(mmap.MADV_NOHUGEPAGE)

    def rooms(self) -> list[memoryview]:
        return self._rooms

    def wants(self, ahead: int) -> list[int]:
        return [words + min(words, ahead) for words in self.filled]


def resident_pages(room: memoryview) -> int:
    """How many pages of a room are memory."""
    libc = ctypes.CDLL(None, use_errno=True)
    address = ctypes.addressof(ctypes.c_char.from_buffer(room))
    pages = room.nbytes // mmap.PAGESIZE
    states = (ctypes.c_ubyte * pages)()
    assert libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(room.nbytes), states) == 0
    return sum(state & 1 for state in states)


def look_until(prefault: Prefault, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not holds():
        if time.monotonic() > until:
            return False
        prefault.look(1024, time.monotonic_ns())
        time.sleep(0.001)
    return True


@only_compiled
def test_as_much_is_made_as_is_used_in_large_pages_up_to_two() -> None:
    tables = Tables()
    room, other = tables.rooms()
    prefault = Prefault(tables)
    per_page = LARGE_PAGE // mmap.PAGESIZE
    try:
        for filled_bytes, large_pages in (
            (8, 1),  # twice the word, in whole pages
            (LARGE_PAGE // 2, 1),
            (LARGE_PAGE // 2 + 8, 2),
            (3 * LARGE_PAGE, 5),
            (14 * LARGE_PAGE + 8, 16),  # no more than there is room for
        ):
            tables.filled[0] = filled_bytes // 8
            pages = large_pages * per_page
            assert look_until(prefault, lambda pages=pages: resident_pages(room) >= pages)
            for _ in range(5):
                prefault.look(1024, time.monotonic_ns())
            time.sleep(0.02)
            assert resident_pages(room) == pages
        assert resident_pages(other) == 0
        # A room that is full holds up no other.
        tables.filled = [ROOM_WORDS, 8]
        assert look_until(prefault, lambda: resident_pages(other) == per_page)
    finally:
        prefault.close()
    assert not any(room.tobytes())


@only_compiled
def test_few_requests_have_nothing_made() -> None:
    tables = Tables()
    prefault = Prefault(tables)
    tables.filled = [8, 8]
    try:
        prefault.look(1023, time.monotonic_ns())
        time.sleep(0.05)
        assert [resident_pages(room) for room in tables.rooms()] == [0, 0]
        assert look_until(prefault, lambda: all(map(resident_pages, tables.rooms())))
    finally:
        prefault.close()


@only_compiled
def test_what_is_written_meanwhile_stays() -> None:
    """Words are put at the places that are touched, at the same time, again and again."""
    stride = mmap.PAGESIZE // 8
    for start in range(20):
        tables = Tables()
        room = tables.rooms()[0]
        prefault = Prefault(tables)
        ready = threading.Barrier(2)

        def fill(room: memoryview = room, ready: threading.Barrier = ready) -> None:
            ready.wait()
            for at in range(0, 4 * LARGE_PAGE // 8, stride):
                room[at] = at + 1

        writer = threading.Thread(target=fill)
        writer.start()
        tables.filled[0] = (2 * LARGE_PAGE - 8 * start) // 8
        ready.wait()
        prefault.look(1024, time.monotonic_ns())
        writer.join()
        prefault.close()
        places = range(0, 4 * LARGE_PAGE // 8, stride)
        assert [room[at] for at in places] == [at + 1 for at in places]


def test_a_shard_wants_what_its_rows_stand_in_and_as_much_again() -> None:
    world = World()
    store = world.shard.store
    rooms = store.rooms()
    wants = store.wants(0)
    assert all(0 <= words <= len(room) for words, room in zip(wants, rooms, strict=True))
    # Nobody has a client key, and few rows are found where they are put.
    assert [wants[number] for number in (1, 5, 10, 11, 12)] == [0] * 5
    orders = wants[0]
    assert orders > 0
    assert store.wants(orders - 1)[0] == 2 * orders - 1
    assert store.wants(10 * orders)[0] == 2 * orders


def test_an_index_with_many_rows_wants_all_its_buckets() -> None:
    table = memory.reserve(2 * 20_000)
    index = Index(20_000, table, 2, 0, 1, 0, 1 << 15)
    for row in range(1, (1 << 14) + 1):
        assert index.heads_wanted(100) == 0
        table[2 * row] = row
        index.add(row)
    assert index.heads_wanted(100) == 1 << 15
    assert index.heads_wanted(1 << 14) == (1 << 15) + (1 << 14)  # the next rows may split some


@only_compiled
@pytest.mark.parametrize("idles", [True, False])
def test_a_thread_that_waited_too_long_is_given_a_share(
    monkeypatch: pytest.MonkeyPatch, idles: bool
) -> None:
    """Or has one always, where it could not come back from being idle."""
    wishes: list[int] = []
    monkeypatch.setattr("trading.engine.prefault._may_idle", lambda: idles)
    monkeypatch.setattr(os, "sched_setscheduler", lambda _, policy, __: wishes.append(policy))
    tables = Tables()
    prefault = Prefault(tables)
    now_ns = time.monotonic_ns()
    try:
        tables.filled = [LARGE_PAGE, 0]
        prefault.look(1024, now_ns)
        assert wishes == ([os.SCHED_IDLE] if idles else [])
    finally:
        prefault.close()
    assert wishes == ([os.SCHED_IDLE, os.SCHED_OTHER] if idles else [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_being_idle_needs_a_way_back() -> None:
    script = (
        "import os, resource; from trading.engine.prefault import _may_idle;"
        "resource.setrlimit(resource.RLIMIT_NICE, (0, 0)); os.setuid(65534); print(_may_idle());"
        "os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0));"
        "os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
    )
    assert done.stdout == "False\n"
    assert "PermissionError" in done.stderr


def test_it_ends_whether_it_had_work_or_not() -> None:
    tables = Tables()
    before = threading.active_count()
    prefault = Prefault(tables)
    prefault.look(10_000, time.monotonic_ns())
    prefault.close()
    assert threading.active_count() == before
