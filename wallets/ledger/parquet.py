"""Postings in Parquet files: written whole, read back, and asked for a few accounts' rows.

A file holds one partition's postings with what their entries say, sorted by ledger account, entry
and line, so that one account's rows stand in one or two of its row groups.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 50_000

SCHEMA = pa.schema(
    [
        pa.field("ledger_account_id", pa.int64(), nullable=False),
        pa.field("entry_id", pa.int64(), nullable=False),
        pa.field("line", pa.int16(), nullable=False),
        pa.field("units", pa.decimal128(38, 0), nullable=False),
        pa.field("kind", pa.int16(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("reference_id", pa.int64(), nullable=False),
    ]
)


class DamagedArchive(Exception):
    """A file is missing, is not what was written, or does not say what the tables say."""


def table_of(rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows in the order of SCHEMA."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in SCHEMA]
    arrays = [pa.array(c, type=field.type) for c, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def write(path: Path, groups: Iterable[pa.Table]) -> int:
    """Write row groups to a new file, durably; the number of rows. A file that was left half
    written by somebody who was stopped is written anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    count = 0
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as writer:
        for group in groups:
            writer.write_table(group, row_group_size=ROW_GROUP)
            count += group.num_rows
    _sync(unfinished)
    unfinished.rename(path)
    _sync(path.parent)
    return count


def check_same(path: Path, groups: Iterable[pa.Table]) -> None:
    """Read the file back and compare it with the same groups again; raises DamagedArchive."""
    try:
        with pq.ParquetFile(path) as written:
            found = iter(range(written.num_row_groups))
            for group in groups:
                number = next(found, None)
                if number is None or not written.read_row_group(number).equals(group):
                    raise DamagedArchive(f"{path} does not hold what the table holds.")
            if next(found, None) is not None:
                raise DamagedArchive(f"{path} holds more than the table holds.")
    except (OSError, pa.ArrowException) as error:
        raise DamagedArchive(f"{path} cannot be read: {error}") from error


def digest(path: Path) -> str:
    """Hex SHA-256 of the file; raises DamagedArchive if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedArchive(f"{path} cannot be read: {error}") from error


def read(path: Path, filters: list[tuple[str, str, Any]] | None = None) -> Iterator[dict[str, Any]]:
    """The rows that match, as dictionaries by SCHEMA's names; raises DamagedArchive."""
    try:
        table = pq.read_table(path, schema=SCHEMA, filters=filters, memory_map=True)
    except (OSError, pa.ArrowException) as error:
        raise DamagedArchive(f"{path} cannot be read: {error}") from error
    yield from table.to_pylist()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
