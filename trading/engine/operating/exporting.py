"""The journal's events as tables: one file for a kind, or one a kind in a folder."""

import contextlib
import csv
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from trading.engine import columns, events, journal
from trading.engine.operating import OperatingError, state
from trading.engine.queries import BY_KIND as QUERIES

# In front of every event's own fields; index is its place in its record.
PREFIX = (("tenant_id", "i64"), ("seq", "i64"), ("time_ns", "i64"), ("index", "i64"))
# Rows of query answers stand in no journal.
KINDS = {
    message.__name__: message for kind, message in events.BY_KIND.items() if kind < min(QUERIES)
}


class Table(Protocol):
    """One file being written; rows are integers and text, in the order of its fields."""

    def add(self, rows: Sequence[Sequence[int | str]]) -> None: ...

    def close(self) -> None: ...


# Makes the table at a path for fields (name, type as in ``layouts``).
MakeTable = Callable[[Path, Sequence[tuple[str, str]]], Table]


class Exported(NamedTuple):
    first_seq: int
    last_seq: int
    rows: dict[str, int]  # by kind of event


class CsvTable:
    """Comma-separated UTF-8 with a line of names; whole numbers, never rounded.

    Text of others goes in as it is: open it as data, not in a spreadsheet that runs formulas.
    """

    def __init__(self, path: Path, fields: Sequence[tuple[str, str]]) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow([name for name, _ in fields])

    def add(self, rows: Sequence[Sequence[int | str]]) -> None:
        self._writer.writerows(rows)

    def close(self) -> None:
        self._file.close()


def export(
    engine_dir: Path,
    socket_path: str,
    out: Path,
    *,
    from_seq: int = 0,
    to_seq: int = 0,
    kind: str = "",
    suffix: str = "csv",
    make_table: MakeTable = CsvTable,
) -> Exported:
    """Write the events of records ``from_seq`` to ``to_seq`` (0: the end) to ``out``.

    With a ``kind`` that is a file, else a folder of one ``<kind>.<suffix>`` each for those that
    there are. It appears whole or not at all, and never in place of another. Raises
    OperatingError and JournalError.
    """
    if kind and kind not in KINDS:
        raise OperatingError(f"There is no event {kind}. There are: {', '.join(KINDS)}.")
    if out.exists():
        raise OperatingError(f"{out} exists already: name another, or remove it.")
    extent = state.find_extent(engine_dir, socket_path)
    first_seq = from_seq or journal.first_seq(engine_dir)
    last_seq = to_seq or extent.last_seq
    if last_seq > extent.last_seq or (extent.damage is not None and not to_seq):
        if extent.damage is not None:
            raise extent.damage
        raise OperatingError(f"The journal ends with seq {extent.last_seq}.")
    if first_seq > last_seq:
        raise OperatingError(
            f"There is nothing from seq {first_seq} to seq {last_seq} to be exported."
        )
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if not kind:
            part.mkdir()
        tables = _Tables(part, kind, suffix, make_table)
        with contextlib.closing(tables):
            for chunk in journal.read_chunks(engine_dir, first_seq, last_seq):
                tables.add(columns.split_records(chunk.data))
        part.rename(out)
    except (KeyError, ValueError) as error:
        raise OperatingError(
            f"A record cannot be read ({error}): `manage.py engine verify` says which."
        ) from error
    except OSError as error:
        raise OperatingError(
            f"{out} cannot be written ({error.strerror}): name a place with room and the right "
            "to write."
        ) from error
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
    return Exported(first_seq, last_seq, tables.counts)


class _Tables:
    """The open tables, made on demand; the one of a single kind at once."""

    def __init__(self, part: Path, kind: str, suffix: str, make_table: MakeTable) -> None:
        self.counts: dict[str, int] = {}
        self._part = part
        self._kind = kind
        self._suffix = suffix
        self._make_table = make_table
        self._tables: dict[str, Table] = {}
        if kind:
            self._table(kind)

    def add(self, found: dict[tuple[int, str], bytes]) -> None:
        """The rows of a chunk; of one kind in the order of the journal, whose ever they are."""
        rows_of: dict[str, list[list[int | str]]] = {}
        for (tenant_id, name), blob in found.items():
            if self._kind in ("", name):
                rows = columns.rows(name, blob)
                rows_of.setdefault(name, []).extend(_plain(tenant_id, rows))
        for name, rows in rows_of.items():
            rows.sort(key=lambda row: (row[1], row[3]))
            self._table(name).add(rows)
            self.counts[name] += len(rows)

    def close(self) -> None:
        for table in self._tables.values():
            table.close()

    def _table(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            path = self._part if self._kind else self._part / f"{name}.{self._suffix}"
            table = self._make_table(path, (*PREFIX, *KINDS[name].FIELDS))
            self._tables[name] = table
            self.counts[name] = 0
        return table


def _plain(tenant_id: int, rows: Iterable[Any]) -> Iterable[list[int | str]]:
    for row in rows:
        values = [value.decode("ascii") if isinstance(value, bytes) else value for value in row]
        yield [tenant_id, *values]
