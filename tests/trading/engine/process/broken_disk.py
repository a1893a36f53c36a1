"""An engine whose disk misbehaves: ``python broken_disk.py --dir D --socket S --fault F``.

``fail:N``: the Nth group's write and sync fails.
``slow``: no group becomes durable while the file ``D.gate`` is there.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from trading.engine import process
from trading.engine.journal_writer import SegmentFile


def failing(groups: int) -> type[SegmentFile]:
    class FailingFile(SegmentFile):
        left = groups

        def write_durably(self, buffers: Sequence[bytes], offset: int) -> None:
            super().write_durably(buffers, offset)
            FailingFile.left -= 1
            if FailingFile.left <= 0:
                # What fsync says when the device lost what it had accepted.
                raise OSError(5, "Input/output error")

    return FailingFile


def gated(gate: Path) -> type[SegmentFile]:
    class GatedFile(SegmentFile):
        def write_durably(self, buffers: Sequence[bytes], offset: int) -> None:
            super().write_durably(buffers, offset)
            while gate.exists():
                time.sleep(0.005)

    return GatedFile


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--fault", required=True)
    given = parser.parse_args()
    fault, _, number = given.fault.partition(":")
    gate = given.dir.parent / f"{given.dir.name}.gate"
    open_file = failing(int(number)) if fault == "fail" else gated(gate)
    options = process.Options(given.dir, given.socket, most_waiting_bytes=1_000_000)
    return process.run(options, open_file=open_file)


if __name__ == "__main__":
    sys.exit(main())
