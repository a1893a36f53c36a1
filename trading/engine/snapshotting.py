"""Makes a snapshot beside a running engine: ``python -m trading.engine.snapshotting``.

It does what recovery does: it loads the newest good snapshot, replays the engine journal behind
it up to seq N, comparing each result with the recorded one, and writes the state it has then. So
the engine itself never stops or copies its memory for a snapshot, and each snapshot proves that
its journal alone gives the state. N must be durable; the engine may write on behind it.

Status 0: written. 65: the journal or its replay is wrong. 74: it could not be written.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from trading.engine import journal, recovery, snapshot
from trading.engine.shard import ReplayDifference

EXIT_DAMAGED = 65
EXIT_WRITE_FAILED = 74


def make(engine_dir: Path, seq: int) -> Path:
    """Write the snapshot as of ``seq``, remove those that are too many.

    Raises JournalError, ReplayDifference and OSError.
    """
    recovered = recovery.recover(engine_dir, seq + 1, until_seq=seq)
    path = snapshot.write(engine_dir, recovered.shard)
    snapshot.prune(engine_dir)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m trading.engine.snapshotting")
    parser.add_argument("--dir", type=Path, required=True, help="the engine's directory")
    parser.add_argument("--seq", type=int, required=True, help="the last command in it")
    given = parser.parse_args(arguments)
    gc.disable()  # the core makes no cycles
    try:
        make(given.dir, given.seq)
    except (journal.JournalError, ReplayDifference) as error:
        sys.stderr.write(
            f"No snapshot at seq {given.seq}, and the engine would not start from this journal: "
            f"{error}\n"
        )
        return EXIT_DAMAGED
    except OSError as error:
        sys.stderr.write(f"The snapshot at seq {given.seq} was not written: {error}\n")
        return EXIT_WRITE_FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
