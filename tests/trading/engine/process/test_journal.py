"""The engine journal's files: appending, rolling, reading, and every kind of damage."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from trading.engine import journal, wire
from trading.engine.journal_writer import Journal, SegmentFile
from trading.engine.layouts import GROUP_HEADER_BYTES

SEGMENT_BYTES = 64 * 1024


def record(seq: int, group: int, size: int = 40) -> bytes:
    return wire.encode_record(
        seq, 1000 + group, 1, 11, 1, bytes([seq % 251] * size), event_blob=b"e" * (seq % 7 * 8)
    )


def append(log: Journal, group: int, records: int, size: int = 40) -> bytes:
    """One group of records; returns the bytes it takes in the segment."""
    first = log.next_seq
    blobs = [record(seq, group, size) for seq in range(first, first + records)]
    log.append(blobs, sum(map(len, blobs)), first + records)
    return wire.group_header(blobs, records, first) + b"".join(blobs)


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
    records = b"".join(group[GROUP_HEADER_BYTES:] for group in written)
    assert b"".join(chunk.data for chunk in chunks) == records
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
    half = (wire.group_header([record(21, 9)], 1, 21) + record(21, 9))[:30]
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
    assert log.next_seq == 21
    append(log, 9, 5)
    log.close()
    assert [r.seq for r in journal.read_records(tmp_path)] == list(range(1, 26))


def with_last_group(path: Path, durable: bytes, last: bytes) -> bytes:
    """A segment that ends with this last group; returns its content."""
    content = durable + last
    content += bytes(SEGMENT_BYTES - len(content))
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("seed", range(24))
def test_a_torn_last_group_is_cut(tmp_path: Path, seed: int) -> None:
    """Any prefix of its sectors written, and any of its sectors missing."""
    chance = random.Random(seed)
    groups = filled(tmp_path, groups=6, records=30)
    durable = b"".join(groups[:-1])
    path = journal.list_segments(tmp_path)[0].path
    last = bytearray(groups[-1])
    # Sectors are those of the file, not of the group; in the first one ends the group before.
    starts = [0, *range(-len(durable) % 512, len(last), 512)]
    missing = [start for start in starts if chance.random() < (0.3 if seed % 2 else 0.9)]
    missing = missing or [chance.choice(starts)]
    for start in missing:
        end = min((start if start else -len(durable) % 512 - 512) + 512, len(last))
        last[start:end] = bytes(end - start)
    with_last_group(path, durable, bytes(last))

    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    assert log.next_seq == 151
    append(log, 99, 3)
    log.close()
    read = list(journal.read_records(tmp_path))
    assert [r.seq for r in read] == list(range(1, 154))
    assert read[-1].time_ns == 1099
    # Nothing of the torn group stands behind the new end.
    tail = journal.find_tail(tmp_path)
    assert not path.read_bytes()[tail.offset :].strip(b"\0")
    assert path.stat().st_size == SEGMENT_BYTES


def test_every_prefix_of_sectors_is_a_torn_group(tmp_path: Path) -> None:
    groups = filled(tmp_path, groups=3, records=20)
    durable = b"".join(groups[:-1])
    path = journal.list_segments(tmp_path)[0].path
    for written in range(-len(durable) % 512, len(groups[-1]), 512):
        with_last_group(path, durable, groups[-1][:written])
        tail = journal.find_tail(tmp_path)
        assert (tail.next_seq, tail.offset) == (41, len(durable)), written


@pytest.mark.parametrize("size", [40, 400])
def test_a_flipped_bit_in_the_last_group_is_damage_not_a_torn_write(
    tmp_path: Path, size: int
) -> None:
    """It was durable and perhaps acknowledged: recovery stops and a human looks."""
    log = Journal(tmp_path, segment_bytes=SEGMENT_BYTES)
    groups = [append(log, group, 6, size=size) for group in range(3)]
    log.close()
    durable = b"".join(groups[:-1])
    path = journal.list_segments(tmp_path)[0].path
    chance = random.Random(size)
    places = [*range(40), *(chance.randrange(40, len(groups[-1])) for _ in range(100))]
    for at in places:
        last = bytearray(groups[-1])
        last[at] ^= 1 << chance.randrange(8)
        content = with_last_group(path, durable, bytes(last))
        with pytest.raises(journal.JournalDamaged):
            journal.find_tail(tmp_path)
        assert path.read_bytes() == content


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


def test_the_group_before_the_last_is_not_taken_for_torn(tmp_path: Path) -> None:
    groups = filled(tmp_path, groups=3, records=4)
    path = journal.list_segments(tmp_path)[0].path
    damage(path, len(groups[0]), bytes(len(groups[1])))
    with pytest.raises(journal.JournalDamaged):
        Journal(tmp_path, segment_bytes=SEGMENT_BYTES)


def test_a_missing_segment_stops_reading(tmp_path: Path) -> None:
    filled(tmp_path, groups=300)
    segments = journal.list_segments(tmp_path)
    segments[1].path.unlink()
    with pytest.raises(journal.JournalDamaged):
        list(journal.read_chunks(tmp_path))
    segments[0].path.unlink()
    with pytest.raises(journal.JournalError, match="seq 1 is not there any more"):
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
    """Nor for what a torn write leaves: nothing is cut that might have been written."""
    chance = random.Random(5)
    for _ in range(200):
        folder = tmp_path / str(chance.random())
        path = journal.segment_path(folder, 1)
        path.parent.mkdir(parents=True)
        path.write_bytes(chance.randbytes(chance.randrange(1, 3000)))
        with pytest.raises(journal.JournalDamaged):
            journal.find_tail(folder)


@pytest.mark.parametrize("last_seq", [1, 3, 7, 8])
def test_reading_ends_inside_a_group_and_goes_on_from_there(tmp_path: Path, last_seq: int) -> None:
    filled(tmp_path, groups=2)
    reader = journal.SegmentReader(tmp_path, 1)
    first = reader.read(last_seq)
    assert first is not None
    assert [r.seq for r in wire.iterate_records(first.data)] == list(range(1, last_seq + 1))
    rest = reader.read()
    assert rest is not None
    assert [r.seq for r in wire.iterate_records(rest.data)] == list(range(last_seq + 1, 11))
    reader.close()
