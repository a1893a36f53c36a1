"""The state that snapshots and the engine journal give, at the start and for snapshots."""

import sys
import time
from pathlib import Path
from typing import NamedTuple

from trading.engine import journal, snapshot
from trading.engine.shard import Shard


class Recovered(NamedTuple):
    shard: Shard
    snapshot_seq: int
    replayed_records: int
    seconds: float


def recover(engine_dir: Path, next_seq: int, until_seq: int = 0) -> Recovered:
    """The newest good snapshot, then what came after: all of it, or up to ``until_seq``.

    ``next_seq`` is the one after the last durable record. Replaying compares the events that come
    of it with those recorded. Raises JournalError and ReplayDifference.
    """
    started = time.monotonic()
    loaded = snapshot.load_newest(engine_dir)
    for reason in loaded.refused:
        sys.stderr.write(f"A snapshot was passed over: {reason}\n")
    sys.stderr.flush()
    if loaded.seq >= next_seq:
        raise journal.JournalError(
            f"The engine journal in {engine_dir} ends with seq {next_seq - 1}, but a snapshot was "
            f"taken at seq {loaded.seq}: records that were durable are missing."
        )
    shard = loaded.shard
    for chunk in journal.read_chunks(engine_dir, loaded.seq + 1, until_seq):
        shard.replay(chunk.data)
    shard.snapshot_seq = loaded.seq
    seconds = time.monotonic() - started
    return Recovered(shard, loaded.seq, int(shard.seq) - loaded.seq, seconds)
