"""The engine journal's files: appending, rolling, reading, and every kind of damage."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from trading.engine import journal, wire
from trading.engine.journal_writer import Journal, SegmentFile

SEGMENT_BYTES = 64 * 1024


def record(seq: int, group: int, size: int = 40) -> bytes:
    return wire.encode_record(
        seq, 1000 + group, 1, 11, 1, bytes([seq % 251] * size), event_blob=b"e" * (seq % 7 * 8)
    )


def append(log: Journal, group: int, records: int, size: int = 40) -> bytes:
    """One group of records; returns its bytes."""
    first = log.next_seq
    blobs = [record(seq, group, size) for seq in range(first, first + records)]
    log.append(blobs, sum(map(len, blobs)), first + records)
    return b"".join(blobs)


def filled(engine_dir: Path, groups: int, records: int = 5) -> list[bytes]:
    """A journal of some groups; returns their bytes."""
    log = Journal(engine_dir, segment_bytes=SEGMENT_BYTES)
    written = [append(log, group, records) for group in range(groups)]
    log.close()
    return written


def damage(path: Path, offset: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[offset : offset + len(data)] = data
    path.write_bytes(content)


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    written = filled(tmp_path, groups=300)
    assert len(journal.list_segments(tmp_path)) > 2
    chunks = list(journal.read_chunks(tmp_path))
    assert b"".join(chunk.data for chunk in chunks) == b"".join(written)
    assert [chunks[0].first_seq, chunks[-1].last_seq] == [1, 1500]
    assert [r.seq for r in journal.read_records(tmp_path)] == list(range(1, 1501))


@pytest.mark.parametrize("from_seq", [1, 2, 777, 1500])
def test_reading_starts_anywhere_and_ends_at_the_limit(tmp_path: Path, from_seq: int) -> None:
    filled(tmp_path, groups=300)
    seqs = [r.seq for r in journal.read_records(tmp_path, from_seq, last_seq=1499)]
    assert seqs == list(range(from_seq, 1500))


def test_reading_behind_the_end_is_an_error(tmp_path: Path) -> None:
    filled(tmp_path, groups=2)
    assert list(journal.read_chunks(tmp_path, 11)) == []
    with pytest.raises(journal.JournalError, match="ends with seq 10"):
        list(journal.read_chunks(tmp_path, 12))


def test_a_reader_sees_nothing_behind_its_limit_even_if_it_is_half_written(tmp_path: Path) -> None:
    filled(tmp_path, groups=4)
    path = journal.list_segments(tmp_path)[0].path
    tail = journal.find_tail(tmp_path)
    half = record(21, 9)[:30]
    damage(path, tail.offset, half)
    assert [r.seq for r in journal.read_records(tmp_path, last_seq=20)] == list(range(1, 21))


def test_a_group_larger_than_a_segment_is_kept_whole(tmp_path: Path) -> None:
    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    append(log, 0, 3)
    append(log, 1, 4, size=SEGMENT_BYTES // 2)
    append(log, 2, 3)
    log.close()
    assert [r.seq for r in journal.read_records(tmp_path)] == list(range(1, 11))
    assert Journal(tmp_path, segment_bytes=SEGMENT_BYTES).next_seq == 11


def test_opening_again_goes_on_where_it_ended(tmp_path: Path) -> None:
    for group in range(40):
        log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
        append(log, group, 20)
        log.close()
    assert [r.seq for r in journal.read_records(tmp_path)] == list(range(1, 801))
    assert not (journal.segments_dir(tmp_path) / "next.tmp").exists()


def test_a_segment_made_but_not_written_yet_is_an_end_like_any(tmp_path: Path) -> None:
    filled(tmp_path, groups=4)
    path = journal.segment_path(tmp_path, 21)
    path.write_bytes(bytes(SEGMENT_BYTES))
    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    assert (log.next_seq, log.time_ns) == (21, 1003)
    append(log, 9, 5)
    log.close()
    assert [r.seq for r in journal.read_records(tmp_path)] == list(range(1, 26))


@pytest.mark.parametrize("seed", range(12))
def test_a_torn_tail_is_cut(tmp_path: Path, seed: int) -> None:
    """Any prefix of the last group, and any of its sectors missing or garbled."""
    chance = random.Random(seed)
    groups = filled(tmp_path, groups=6, records=30)
    durable = b"".join(groups[:-1])
    path = journal.list_segments(tmp_path)[0].path
    last = bytearray(groups[-1])
    if seed % 3 == 0:
        last[chance.randrange(len(last)) :] = b""
    elif seed % 3 == 1:
        sector = chance.randrange(len(last) // 512) * 512
        # Sectors are those of the file, not of the group.
        at = sector - len(durable) % 512
        last[max(at, 0) : at + 512] = bytes(at + 512 - max(at, 0))
    else:
        at = chance.randrange(len(last))
        last[at] ^= 1 << chance.randrange(8)
    content = durable + bytes(last)
    path.write_bytes(content + bytes(SEGMENT_BYTES - len(content)))

    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    assert 151 <= log.next_seq <= 180 + (seed % 3 == 0)
    assert log.cut_bytes > 0 or seed % 3 == 0
    sound = log.next_seq - 1
    append(log, 99, 3)
    log.close()
    read = list(journal.read_records(tmp_path))
    assert [r.seq for r in read] == list(range(1, sound + 4))
    assert read[-1].time_ns == 1099
    # Nothing of the torn group stands behind the new end.
    tail = journal.find_tail(tmp_path)
    assert not path.read_bytes()[tail.offset :].strip(b"\0")
    assert path.stat().st_size == SEGMENT_BYTES


@pytest.mark.parametrize("seed", range(12))
def test_damage_to_durable_records_stops_recovery_with_its_place(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    groups = filled(tmp_path, groups=6, records=30)
    path = journal.list_segments(tmp_path)[0].path
    group = chance.randrange(4)
    start = sum(map(len, groups[:group]))
    at = start + chance.randrange(len(groups[group]) - 8)
    content = path.read_bytes()
    if seed % 2:
        damage(path, at, bytes([content[at] ^ (1 << chance.randrange(8))]))
    else:
        damage(path, at, bytes(512))
    damaged = path.read_bytes()
    if damaged == content:  # zeros over zeros
        damage(path, at, b"\xff")
    before = path.read_bytes()
    with pytest.raises(journal.JournalDamaged) as caught:
        Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    assert caught.value.path == path
    assert start <= caught.value.offset <= at
    assert f"offset {caught.value.offset}" in str(caught.value)
    assert path.read_bytes() == before


def test_damage_in_an_earlier_segment_stops_reading(tmp_path: Path) -> None:
    filled(tmp_path, groups=300)
    first = journal.list_segments(tmp_path)[0].path
    damage(first, 5000, b"\xff\xff\xff")
    Journal(tmp_path, segment_bytes=SEGMENT_BYTES).close()
    with pytest.raises(journal.JournalDamaged, match=first.name):
        list(journal.read_chunks(tmp_path))


def test_the_last_record_of_the_group_before_the_last_is_not_taken_for_torn(
    tmp_path: Path,
) -> None:
    groups = filled(tmp_path, groups=3, records=4)
    path = journal.list_segments(tmp_path)[0].path
    last_of_second = len(groups[0]) + len(groups[1]) - 48
    damage(path, last_of_second, b"\xff")
    with pytest.raises(journal.JournalDamaged):
        Journal(tmp_path, segment_bytes=SEGMENT_BYTES)


def test_a_missing_segment_stops_reading(tmp_path: Path) -> None:
    filled(tmp_path, groups=300)
    segments = journal.list_segments(tmp_path)
    segments[1].path.unlink()
    with pytest.raises(journal.JournalDamaged):
        list(journal.read_chunks(tmp_path))
    segments[0].path.unlink()
    with pytest.raises(journal.JournalError, match="holds seq 1"):
        list(journal.read_chunks(tmp_path))


class FailingFile(SegmentFile):
    """A disk that takes three groups and no more."""

    groups = 3

    def write_durably(self, buffers: Sequence[bytes], offset: int) -> None:
        if FailingFile.groups == 0:
            raise OSError(5, "Input/output error")
        FailingFile.groups -= 1
        super().write_durably(buffers, offset)


def test_a_failed_sync_leaves_the_groups_before_it(tmp_path: Path) -> None:
    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES, open_file=FailingFile)
    for group in range(3):
        append(log, group, 5)
    with pytest.raises(OSError, match="Input/output"):
        append(log, 3, 5)
    assert log.next_seq == 16
    log.close()
    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    assert log.next_seq == 16
    log.close()


def test_random_bytes_are_never_taken_for_records(tmp_path: Path) -> None:
    chance = random.Random(5)
    for _ in range(200):
        folder = tmp_path / str(chance.random())
        path = journal.segment_path(folder, 1)
        path.parent.mkdir(parents=True)
        path.write_bytes(chance.randbytes(chance.randrange(3000)))
        tail = journal.find_tail(folder)
        assert (tail.next_seq, tail.offset) == (1, 0)
