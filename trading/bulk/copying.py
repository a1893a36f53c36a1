"""numpy columns → PostgreSQL's binary COPY format, without a Python step per row.

Every column has a fixed width in one pass, so a batch is one structured array and one
`tobytes`. numeric(38, 0) is written as base-10000 digits with leading zeros, which the server
strips. Text varies in width; rows are grouped by its length, since COPY does not care for order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from trading.bulk.arrays import Array

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

_NUMERIC_BASE = 10_000
_NUMERIC_NEGATIVE = 0x4000
_MICROSECONDS_1970_TO_2000 = 946_684_800_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the target table: its name, PostgreSQL type and values.

    Types: int2, int4, int8, numeric (integers of any size), timestamptz (nanoseconds since
    1970, cut to microseconds), text (numpy bytes, ASCII).
    """

    name: str
    type: str
    values: Array


def copy_rows(
    cursor: psycopg.Cursor[Any], table: str, columns: Sequence[Column], order: Array | None = None
) -> int:
    """COPY the columns into `table` (in `order`, if given); the number of rows."""
    count = len(columns[0].values)
    if not count:
        return 0
    if order is not None:
        columns = [Column(c.name, c.type, c.values[order]) for c in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(c.name) for c in columns)
    )
    with cursor.copy(statement) as copy:
        copy.write(HEADER)
        for part in encode(columns):
            copy.write(part)
        copy.write(TRAILER)
    return count


def encode(columns: Sequence[Column]) -> Iterator[bytes]:
    """The rows in COPY's binary format, without header and trailer."""
    texts = [column for column in columns if column.type == "text"]
    if not texts:
        yield _encode_fixed(columns, {})
        return
    lengths = np.stack([np.char.str_len(column.values) for column in texts])
    for combination in np.unique(lengths, axis=1).T:
        chosen = np.flatnonzero((lengths == combination[:, None]).all(axis=0))
        part = [Column(c.name, c.type, c.values[chosen]) for c in columns]
        widths = {c.name: int(width) for c, width in zip(texts, combination, strict=True)}
        yield _encode_fixed(part, widths)


def _encode_fixed(columns: Sequence[Column], text_bytes: dict[str, int]) -> bytes:
    pieces: list[tuple[str, str, Array | int]] = [("fields", ">i2", len(columns))]
    for number, column in enumerate(columns):
        name = f"c{number}"
        if column.type == "numeric":
            pieces.extend(_numeric(name, column.values))
        elif column.type == "text":
            width = text_bytes[column.name]
            pieces.append((f"{name}_length", ">i4", width))
            if width:
                pieces.append((name, f"S{width}", column.values.astype(f"S{width}")))
        else:
            width, values = _integer(column)
            pieces.append((f"{name}_length", ">i4", width))
            pieces.append((name, f">i{width}", values))
    rows = np.empty(len(columns[0].values), dtype=[(name, kind) for name, kind, _ in pieces])
    for name, _, written in pieces:
        rows[name] = written
    return rows.tobytes()


def _integer(column: Column) -> tuple[int, Array]:
    if column.type == "timestamptz":
        return 8, column.values // 1000 - _MICROSECONDS_1970_TO_2000
    return int(column.type[3:]), column.values


def _numeric(name: str, values: Array) -> Iterator[tuple[str, str, Array | int]]:
    magnitudes = np.abs(values)
    largest = int(magnitudes.max())
    groups = 1
    while _NUMERIC_BASE**groups <= largest:
        groups += 1
    yield f"{name}_length", ">i4", 8 + 2 * groups
    yield f"{name}_groups", ">i2", groups
    yield f"{name}_weight", ">i2", groups - 1
    yield f"{name}_sign", ">i2", np.where(values < 0, _NUMERIC_NEGATIVE, 0)
    yield f"{name}_scale", ">i2", 0
    digits = []
    for _ in range(groups):
        digits.append(magnitudes % _NUMERIC_BASE)
        magnitudes = magnitudes // _NUMERIC_BASE
    for place, digit in enumerate(reversed(digits)):
        yield f"{name}_digit{place}", ">i2", digit.astype(np.int64)
