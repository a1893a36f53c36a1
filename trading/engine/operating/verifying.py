"""Proving a journal: replaying it beside the engine and comparing all that it says."""

import time
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from trading.engine import journal, snapshot, wire
from trading.engine.operating import OperatingError, state, wording
from trading.engine.shard import ReplayDifference, Shard


class Proof(NamedTuple):
    """What a verification found.

    Records ``first_seq`` to ``last_seq`` gave, replayed, byte by byte the results and events
    recorded. ``difference`` is the first thing that did not hold, "" if all did.
    """

    start_seq: int  # of the snapshot it began with; 0: the beginning
    first_seq: int
    last_seq: int
    snapshots: list[int]  # later ones that hold the very state that replaying gave
    state_hash: str  # of the state after last_seq; "" if the replay ended in a difference
    seconds: float
    torn_bytes: int  # behind the end, of a group that was never durable: no fault
    notes: list[str]
    difference: str

    @property
    def records(self) -> int:
        return self.last_seq - self.first_seq + 1


def verify(engine_dir: Path, socket_path: str, from_seq: int = 0, to_seq: int = 0) -> Proof:
    """Replay the journal up to ``to_seq`` (0: its end) and compare.

    Begins with the newest good snapshot taken at or before ``from_seq``, else with the first
    record; where that is no longer there, with the oldest snapshot that the records go on from.
    Raises OperatingError if the journal has no such seq.
    """
    started = time.monotonic()
    extent = state.find_extent(engine_dir, socket_path)
    damage = str(extent.damage or "") if not to_seq or to_seq > extent.last_seq else ""
    if not damage:
        for seq in (from_seq, to_seq):
            if seq > extent.last_seq:
                raise OperatingError(
                    f"The journal ends with seq {extent.last_seq}: there is no seq {seq} yet."
                )
    last_seq = min(to_seq or extent.last_seq, extent.last_seq)
    if to_seq and from_seq > to_seq:
        raise OperatingError(f"--from {from_seq} lies behind --to {to_seq}: swap them.")
    replay = _Replay(engine_dir, min(from_seq, last_seq))
    difference = replay.run(last_seq) or damage
    return Proof(
        start_seq=replay.start_seq,
        first_seq=replay.start_seq + 1,
        last_seq=replay.proved_seq,
        snapshots=replay.snapshots,
        state_hash=replay.state_hash,
        seconds=time.monotonic() - started,
        torn_bytes=extent.torn_bytes,
        notes=replay.notes,
        difference=difference,
    )


class _Replay:
    """A shard of its own, led through the journal."""

    def __init__(self, engine_dir: Path, from_seq: int) -> None:
        self.notes: list[str] = []
        self.snapshots: list[int] = []
        self.state_hash = ""
        self._engine_dir = engine_dir
        self._paths = snapshot.list_snapshots(engine_dir)
        self._first_seq = journal.first_seq(engine_dir)
        self._shard = self._start(from_seq)
        self.start_seq = self.proved_seq = int(self._shard.seq)

    def _start(self, from_seq: int) -> Shard:
        usable = [path for path in self._paths if int(path.stem) >= self._first_seq - 1]
        earlier = [path for path in usable if int(path.stem) <= from_seq]
        later = usable[len(earlier) :] if self._first_seq > 1 else []
        for path in (*reversed(earlier), *later):
            try:
                shard = snapshot.read(path)
            except (snapshot.SnapshotError, OSError) as error:
                self.notes.append(f"A snapshot was passed over: {error}")
                continue
            if path in later:
                self.notes.append(
                    f"The journal begins with seq {self._first_seq}: what was before was removed "
                    "from its archive."
                )
            return shard
        if self._first_seq > 1:
            raise OperatingError(
                f"The journal begins with seq {self._first_seq}, and no good snapshot is there to "
                "begin with."
            )
        return Shard()

    def run(self, last_seq: int) -> str:
        """Replay to ``last_seq``, looking at each snapshot on the way; the first difference."""
        later = [path for path in self._paths if self.start_seq < int(path.stem) <= last_seq]
        try:
            for path in later:
                self._replay(int(path.stem))
                if difference := self._compare(path):
                    return difference
            self._replay(last_seq)
        except ReplayDifference as difference:
            return _explained(difference)
        except journal.JournalError as error:
            return str(error)
        self.state_hash = self._shard.state_hash().hex()
        return ""

    def _replay(self, last_seq: int) -> None:
        if last_seq == self.proved_seq:
            return
        for chunk in journal.read_chunks(self._engine_dir, self.proved_seq + 1, last_seq):
            try:
                self._shard.replay(chunk.data)
            except ReplayDifference as difference:
                self.proved_seq = difference.seq - 1
                raise
            self.proved_seq = chunk.last_seq

    def _compare(self, path: Path) -> str:
        try:
            image = snapshot.read_image(path)
        except FileNotFoundError:
            self.notes.append(f"{path.name} was removed meanwhile: newer ones had come.")
            return ""
        except (snapshot.SnapshotError, OSError) as error:
            return f"A snapshot cannot be used: {error}"
        replayed = self._shard.state_hash()
        held = blake2b(image.body, digest_size=32).digest()
        if (image.seq, image.state_hash, held) != (self._shard.seq, replayed, replayed):
            return (
                f"The snapshot {path} holds another state at seq {image.seq} (hash {held.hex()}) "
                f"than replaying the journal gives (hash {replayed.hex()})."
            )
        self.snapshots.append(image.seq)
        return ""


def _explained(difference: ReplayDifference) -> str:
    """The difference with both sides of it."""
    sentences = [str(difference)]
    for name, data in (("Recorded", difference.recorded), ("Replayed", difference.replayed)):
        if data:
            sentences += [f"{name}:", wording.record_text(wire.decode_record(data))]
    return "\n".join(sentences)
