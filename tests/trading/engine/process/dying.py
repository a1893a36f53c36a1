"""An engine that ends itself with ``kill -9``: ``python dying.py … --fault POINT:N:SEED``.
With ``--seq`` it is the process that makes the snapshots of such an engine.

It dies the Nth time it passes POINT, one of ``POINTS``; SEED says which sectors of a group reach
the disk where only some do. Nothing of the product knows of this: what writes, renames and sends
is put in the place of the real thing, as in ``broken_disk``.
"""

import argparse
import os
import random
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trading.engine import process, snapshot, snapshotting
from trading.engine.journal import SECTOR_BYTES
from trading.engine.journal_writer import SegmentFile

SERVING = (
    "before_write",  # a group is applied, nothing of it is written
    "torn_write",  # some sectors of the group are on disk
    "before_sync",  # all of it is written, not synced
    "before_answer",  # it is durable, nobody knows
    "half_answer",  # half of somebody's answer is sent
    "after_answer",  # one of the group's senders has his answer
    "before_snapshot_rename",
    "after_snapshot_rename",
    "before_segment_rename",
    "after_segment_rename",  # the new segment has its name and no record
)
# Of an engine that finds a torn group.
RECOVERING = (
    "before_cut",
    "half_cut",  # the file is short
    "after_cut",
    "before_rewrite",
    "half_rewrite",
    "after_rewrite",
)
POINTS = SERVING + RECOVERING


class Fault:
    """Where to die."""

    def __init__(self, given: str) -> None:
        self.point, passes, seed = given.split(":")
        self.left = int(passes)
        self.chance = random.Random(int(seed))
        self.engine_pid = os.getpid()
        self.is_serving = False

    def is_due(self, point: str) -> bool:
        """Whether to die at this point now; counts that it was passed."""
        if point != self.point:
            return False
        self.left -= 1
        return self.left <= 0

    def die(self) -> None:
        """End the engine, and the process that writes its snapshot, if this is that one."""
        os.kill(self.engine_pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def at(self, point: str) -> None:
        if self.is_due(point):
            self.die()


def dying_file(fault: Fault) -> type[SegmentFile]:
    class DyingFile(SegmentFile):
        def write_durably(self, buffers: Sequence[bytes], offset: int) -> None:
            data = b"".join(buffers)
            if not fault.is_serving:
                fault.at("before_rewrite")
                if fault.is_due("half_rewrite"):
                    os.pwrite(self.fd, data[: len(data) // 2], offset)
                    fault.die()
                super().write_durably(buffers, offset)
                fault.at("after_rewrite")
                return
            fault.at("before_write")
            sectors = sectors_of(data, offset)
            # A group within one sector is there whole or not at all: wait for a larger one, and
            # for one with another before it, which recovery then writes once more.
            if len(sectors) > 1 and offset > 0 and fault.is_due("torn_write"):
                lost = fault.chance.randrange(len(sectors))
                for number, (start, end) in enumerate(sectors):
                    if number != lost and fault.chance.random() < 0.5:
                        os.pwrite(self.fd, data[start:end], offset + start)
                # Something is there to be cut.
                kept = (lost + 1) % len(sectors)
                start, end = sectors[kept]
                os.pwrite(self.fd, data[start:end], offset + start)
                fault.die()
            if fault.is_due("before_sync"):
                os.pwrite(self.fd, data, offset)
                fault.die()
            super().write_durably(buffers, offset)
            fault.at("before_answer")

        def cut(self, offset: int) -> None:
            fault.at("before_cut")
            if fault.is_due("half_cut"):
                os.ftruncate(self.fd, offset)
                fault.die()
            super().cut(offset)
            fault.at("after_cut")

        def rename(self, path: Path) -> None:
            if fault.is_serving:
                fault.at("before_segment_rename")
            super().rename(path)
            if fault.is_serving:
                fault.at("after_segment_rename")

    return DyingFile


def sectors_of(data: bytes, offset: int) -> list[tuple[int, int]]:
    """Where the disk's sectors part what is written at ``offset``."""
    first = SECTOR_BYTES - offset % SECTOR_BYTES
    starts = [0, *range(first, len(data), SECTOR_BYTES)]
    return list(zip(starts, [*starts[1:], len(data)], strict=True))


def put_dying_sockets(fault: Fault) -> None:
    """Have the engine accept connections on which it may die."""
    listen = process.listen

    class DyingSocket(socket.socket):
        def send(self, data: Any, flags: int = 0) -> int:
            if fault.is_due("half_answer"):
                super().send(data[: len(data) // 2])
                fault.die()
            sent = super().send(data, flags)
            fault.at("after_answer")
            return sent

    class DyingListener(socket.socket):
        def accept(self) -> tuple[socket.socket, Any]:
            fd, address = self._accept()  # type: ignore[attr-defined]
            return DyingSocket(fileno=fd), address

    def dying_listen(socket_path: str) -> socket.socket:
        fault.is_serving = True
        listener = DyingListener(fileno=listen(socket_path).detach())
        listener.setblocking(False)
        return listener

    process.listen = dying_listen


def put_dying_snapshots(fault: Fault) -> None:
    """Have the engine die where a snapshot gets its name."""
    rename = Path.rename

    def dying_rename(path: Path, target: Any) -> Path:
        is_snapshot = Path(target).suffix == ".snap"
        if is_snapshot:
            fault.at("before_snapshot_rename")
        renamed = rename(path, target)
        if is_snapshot:
            fault.at("after_snapshot_rename")
        return renamed

    Path.rename = dying_rename  # type: ignore[method-assign, assignment]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--socket")
    parser.add_argument("--seq")
    parser.add_argument("--fault", required=True)
    given = parser.parse_args()
    fault = Fault(given.fault)
    if given.seq is not None:
        fault.engine_pid = os.getppid()
        put_dying_snapshots(fault)
        return snapshotting.main(["--dir", str(given.dir), "--seq", given.seq])
    put_dying_sockets(fault)
    snapshot.command = (sys.executable, __file__, "--fault", given.fault)
    put_dying_snapshots(fault)
    options = process.Options(
        given.dir,
        given.socket,
        snapshot_records=60,
        least_snapshot_seconds=0.0,
        segment_bytes=64 * 1024,
    )
    return process.run(options, open_file=dying_file(fault))


if __name__ == "__main__":
    sys.exit(main())
