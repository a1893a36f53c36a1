"""Seeded fuzzers of what the compiled core reads: frames, records, groups, snapshots.

``python -m tests.fuzz.fuzzers --seed 1 --seconds 60 frames records journal snapshots`` runs the
named ones one after another and prints a line of JSON for each. Each input is either refused in
the declared way or leads to a state that can be replayed and dumped; a crash or a hang is what
this looks for, so it prints the seed first.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzz.mutation import mutated
from tests.trading.engine.random_commands import RandomCommands
from tests.trading.engine.worlds import TENANT
from trading.engine import COMPILED, journal, layouts, scan, wire
from trading.engine import commands as c
from trading.engine import queries as q
from trading.engine.frames import scan_requests
from trading.engine.shard import ReplayDifference, Shard

BATCH = 64
# A round has a new state, so that what is damaged stays close to what is whole.
ROUND_INPUTS = 4096


def messages(seed: int) -> Iterator[bytes]:
    """Whole frames without end: seeded commands of every kind, and queries."""
    commands = RandomCommands(seed)
    chance = random.Random(f"more-{seed}")
    for message in [c.OpenVenue(code="x"), *commands.setup()]:
        yield wire.request_of(message, TENANT)
    number = 0
    while True:
        number += 1
        message = commands.next()
        dice = chance.random()
        if dice < 0.1 and isinstance(message, c.PlaceOrder):
            message = triggered(chance, message)
        elif dice < 0.2:
            message = c.ReplaceOrder(
                lots=chance.choice([0, 1, 4, 60, 10**15]),
                ticks=chance.choice([0, 95, 100, 105, 10**15]),
                **commands.some_order(),
            )
        elif dice < 0.3:
            message = query(chance)
        source = chance.choice((0, 0, 0, 1))
        yield wire.request_of(message, TENANT, number, source, number if source else 0)


def triggered(chance: random.Random, order: c.PlaceOrder) -> c.PlaceOrder:
    """An order like it that waits for a price, or ends by itself."""
    fields = {name: getattr(order, name) for name in order.__struct_fields__}
    fields["quote_units"] = 0
    fields["flags"] = 0
    if chance.random() < 0.5:
        fields["time_in_force"] = 4
        fields["expire_ns"] = chance.choice((1, 500, 5_000, 2**62))
    fields["order_type"] = chance.choice((3, 4, 5, 6, 7, 8))
    fields["trigger_source"] = chance.choice((0, 0, 1, 2, 3))
    if fields["order_type"] in (7, 8):
        fields["trailing_distance_bp"] = chance.choice((1, 100, 300, 5000))
        fields["activation_ticks"] = chance.choice((0, 0, 99, 101))
        fields["trigger_ticks"] = 0
    else:
        fields["trigger_ticks"] = 100 + chance.randint(-4, 4)
    if fields["order_type"] not in (4, 6):
        fields["ticks"] = 0
    return c.PlaceOrder(**fields)


def query(chance: random.Random) -> q.QueryBalances:
    account_id = chance.choice((0, 1, 2, 77))
    found: q.QueryBalances = chance.choice(
        (
            q.QueryBalances(account_id=account_id),
            q.QueryOrderList(account_id=account_id, list_id=chance.choice((-1, 0, 1, 5, 2**62))),
            q.QueryOpenOrders(account_id=account_id, instrument_id=chance.choice((0, 1, 9))),
            q.QueryOrder(account_id=account_id, order_id=chance.randrange(50)),
            q.QueryDepth(instrument_id=1, levels=chance.choice((0, 1, 5))),
            q.QueryStatus(),
            q.QuerySource(source=1),
        )
    )
    return found


def fixed_length(frame: bytes) -> bytes:
    """The frame with its true length, as the process hands it over."""
    return (len(frame) - 4).to_bytes(4, "little") + frame[4:] if len(frame) >= 4 else frame


def damaged_frame(chance: random.Random, frame: bytes) -> bytes:
    """Mostly a frame whose payload is damaged, so that it gets past the door."""
    dice = chance.random()
    if dice < 0.15:
        return frame
    if dice < 0.75:
        damaged = bytearray(frame)
        if len(frame) > 40:
            payload = bytearray(mutated(chance, frame[40:]))
            del payload[len(payload) & ~7 :]
            damaged[40:] = payload
        return fixed_length(bytes(damaged))
    if dice < 0.9:
        return fixed_length(mutated(chance, frame, 4))
    return mutated(chance, frame)


def fuzz_frames(seed: int) -> int:
    """``run_batch`` on damaged frames; the journal it wrote must replay to the same state."""
    chance = random.Random(seed)
    shard = Shard()
    frames = messages(seed)
    records = []
    for start in range(0, ROUND_INPUTS, BATCH):
        batch = b"".join(damaged_frame(chance, next(frames)) for _ in range(BATCH))
        scan_requests(batch, 0, 1010, 65_536)
        output = shard.run_batch(batch, start)
        records.append(output.records)
        ends = output.answer_ends
        assert (ends[-1] if ends else 0) == len(output.answers)
        wire.decode_answer(output.answers)
    written = b"".join(records)
    for number, record in enumerate(wire.iterate_records(written)):
        assert record.seq == number + 1
    scan.split_events(written)
    scan.split_headers(written)
    again = Shard()
    again.replay(written)
    dumped = shard.dump()
    assert again.dump() == dumped
    assert Shard.load(dumped).dump() == dumped
    return ROUND_INPUTS


def a_history(seed: int, frames: int) -> tuple[Shard, bytes]:
    """A state and the records that led to it."""
    shard = Shard()
    source = messages(seed)
    records = [shard.run_batch(next(source), number).records for number in range(frames)]
    return shard, b"".join(records)


def fuzz_records(seed: int) -> int:
    """``replay`` and the scanners on damaged records: taken as they are, or refused by name."""
    chance = random.Random(seed)
    _, records = a_history(seed, 120)
    starts = [0]
    for record in wire.iterate_records(records):
        starts.append(starts[-1] + record.size)
    for _ in range(256):
        number = chance.randrange(len(starts) - 1)
        start, end = starts[number], starts[number + 1]
        damaged = records[:start] + mutated(chance, records[start:end])
        if chance.random() < 0.3:
            damaged += records[end:]
        shard = Shard()
        try:
            shard.replay(damaged)
        except ReplayDifference:
            pass
        else:
            assert Shard.load(shard.dump()).dump() == shard.dump()
        for scanner in (scan.split_events, scan.split_headers):
            try:
                scanner(damaged)
            except (ValueError, KeyError):
                continue
    return 256


def fuzz_snapshots(seed: int) -> int:
    """``load`` on damaged dumps: a ValueError, or a state that dumps to those bytes and works."""
    chance = random.Random(seed)
    shard, _ = a_history(seed, 160)
    dumped = shard.dump()
    frames = messages(seed + 1)
    for _ in range(256):
        damaged = mutated(chance, dumped)
        try:
            loaded = Shard.load(damaged)
        except ValueError:
            continue
        assert loaded.dump() == damaged
        batch = b"".join(next(frames) for _ in range(BATCH))
        records = loaded.run_batch(batch, 10**6).records
        again = Shard.load(damaged)
        again.replay(records)
        assert again.dump() == loaded.dump()
    return 256


def fuzz_journal(seed: int) -> int:
    """The journal's reader on damaged segments: sound records, or a JournalError."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="mq-fuzz-") as folder:
        engine_dir = Path(folder)
        journal.segments_dir(engine_dir).mkdir()
        _, records = a_history(seed, 60)
        groups = list(groups_of(chance, records))
        whole = b"".join(groups)
        path = journal.segment_path(engine_dir, 1)
        for _ in range(256):
            if chance.random() < 0.3:
                # A seal that fits what is wrong.
                number = chance.randrange(len(groups))
                header = layouts.GROUP_HEADER_BYTES
                group = wire.group_at(groups[number], 0)
                assert group is not None
                body = mutated(chance, groups[number][header:])
                sealed = wire.group_header([body], group.records, group.first_seq) + body
                data = b"".join([*groups[:number], sealed, *groups[number + 1 :]])
            else:
                data = mutated(chance, whole)
            path.write_bytes(data + bytes(chance.choice((0, 512, 4096))))
            read_journal(chance, engine_dir)
    return 256


def groups_of(chance: random.Random, records: bytes) -> Iterator[bytes]:
    """The records in sealed groups of a few."""
    waiting = b""
    count = 0
    first = 1
    for record in wire.iterate_records(records):
        waiting += wire.record_again(record)
        count += 1
        if chance.random() < 0.3 or len(waiting) > 3000:
            yield wire.group_header([waiting], count, first) + waiting
            first += count
            waiting, count = b"", 0
    if waiting:
        yield wire.group_header([waiting], count, first) + waiting


def read_journal(chance: random.Random, engine_dir: Path) -> None:
    """Read it as recovery and as followers do."""
    try:
        tail = journal.find_tail(engine_dir)
        assert tail.offset >= 0
    except journal.JournalError:
        pass
    try:
        for chunk in journal.read_chunks(engine_dir, chance.choice((1, 1, 2, 17))):
            scan.split_headers(chunk.data)
    except (journal.JournalError, ValueError):
        # ValueError: sealed, but not what the engine writes.
        pass


FUZZERS: dict[str, Callable[[int], int]] = {
    "frames": fuzz_frames,
    "records": fuzz_records,
    "snapshots": fuzz_snapshots,
    "journal": fuzz_journal,
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("names", nargs="*", default=list(FUZZERS))
    given = parser.parse_args()
    for name in given.names:
        started = time.monotonic()
        seed = given.seed * 1_000_000
        inputs = rounds = 0
        while time.monotonic() - started < given.seconds:
            try:
                inputs += FUZZERS[name](seed + rounds)
            except BaseException:
                sys.stderr.write(f"{name} failed with seed {seed + rounds}\n")
                raise
            rounds += 1
        line = {
            "fuzzer": name,
            "first_seed": seed,
            "rounds": rounds,
            "inputs": inputs,
            "seconds": round(time.monotonic() - started),
            "compiled": COMPILED,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
