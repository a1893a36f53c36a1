"""A report as a value: facts, columns, sections of lines. Pages, API and files all read these.

A report's columns are declared once, where its lines are: a column names an attribute of the
lines. Amounts are whole units with their asset's scale, so every form shows the same figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from money.units import format_units


@dataclass(frozen=True, slots=True)
class Amount:
    """Whole units of an asset."""

    units: int
    scale: int
    code: str = ""

    @property
    def text(self) -> str:
        """Plain decimal text without the asset's code."""
        return format_units(self.units, self.scale)


class Kind(StrEnum):
    """How a column is read, aligned and written."""

    TEXT = "text"
    ID = "id"
    AMOUNT = "amount"
    NUMBER = "number"
    SHARE = "share"  # basis points, or None
    TIME = "time"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """`name`: the attribute of the lines, and the field in CSV and API. `none`: what stands for
    None. `weight`: its width on paper beside the others'."""

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    none: Any = ""
    weight: int = 10
    on_phone: bool = True

    @property
    def is_right(self) -> bool:
        return self.kind in (Kind.AMOUNT, Kind.NUMBER, Kind.SHARE)


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together; `sums` are lines in the same columns. `lines` can be endless:
    an iterator is read once, by whoever writes the report."""

    title: Any
    lines: Iterable[Any]
    sums: Sequence[Any] = ()
    badge: Any = ""
    is_good: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """`name` is a file's name without its ending. `facts` are (label, text) pairs; `notes` are
    sentences that must stand on every form of it."""

    name: str
    title: Any
    columns: tuple[Column, ...]
    sections: Iterable[Section]
    zone: tzinfo
    facts: list[tuple[Any, Any]] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)


def plain(column: Column, value: Any, zone: tzinfo) -> str:
    """A value as the plain text of files and of the API: exact, without thousands marks."""
    if value is None:
        return str(column.none)
    if isinstance(value, Amount):
        return value.text
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if column.kind is Kind.SHARE and isinstance(value, int):
        return format_units(value, 2, 2) + " %"
    return str(value)


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of sums: only some columns have a value."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name in Sum.__slots__:
            raise AttributeError(name)
        return self.values.get(name, "")
