"""Engine journal chunks as tables: what clearing and the publisher read with numpy.

``numpy.frombuffer(rows, dtype=columns.dtype("Traded"))`` gives the columns of
``columns.split_records(chunk)[tenant_id, "Traded"]``. numpy itself is imported only by
``dtype`` and ``HEADER_DTYPE``'s users, so that the engine process does not need it.
"""

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any

from trading.engine import events, scan

if TYPE_CHECKING:
    import numpy

_CLASS_OF = {message.__name__: message for message in events.BY_KIND.values()}

# For numpy.dtype(HEADER_FIELDS) on the rows of split_headers.
HEADER_FIELDS = [
    ("seq", "<i8"),
    ("time_ns", "<i8"),
    ("tenant_id", "<i8"),
    ("kind", "<i8"),
    ("source", "<i8"),
    ("result", "<i8"),
    ("source_no", "<i8"),
    ("trace_id", "<i8"),
]


def split_records(chunk: bytes) -> dict[tuple[int, str], bytes]:
    """Rows of every event in a chunk of whole records, by (tenant_id, event name).

    A row is ``seq i64 | time_ns i64 | index i64 | fields``, index being the event's place in its
    record; ``dtype`` describes it. Raises ValueError if the chunk does not end with a record, and
    KeyError on an event kind that this version does not know.
    """
    return {
        (key >> 16, events.BY_KIND[key & 0xFFFF].__name__): rows
        for key, rows in scan.split_events(chunk).items()
    }


def split_headers(chunk: bytes) -> bytes:
    """Rows of the record headers in a chunk; ``header_dtype`` describes them."""
    return scan.split_headers(chunk)


@cache
def dtype(event_name: str) -> "numpy.dtype[numpy.void]":
    """The numpy dtype of an event's rows, with the prefix ``seq, time_ns, index``.

    An i128 becomes two fields, ``<name>_lo`` (unsigned) and ``<name>_hi`` (signed): the value is
    ``hi * 2**64 + lo``. Text becomes bytes, without the padding zeros.
    """
    import numpy

    fields = [("seq", "<i8"), ("time_ns", "<i8"), ("index", "<i8")]
    for name, kind in _CLASS_OF[event_name].FIELDS:
        if kind == "i128":
            fields += [(f"{name}_lo", "<u8"), (f"{name}_hi", "<i8")]
        elif kind.startswith("s"):
            fields.append((name, f"S{kind[1:]}"))
        else:
            fields.append((name, f"<{kind[0]}{int(kind[1:]) // 8}"))
    return numpy.dtype(fields)


@cache
def header_dtype() -> "numpy.dtype[numpy.void]":
    """The numpy dtype of the rows of ``split_headers``."""
    import numpy

    return numpy.dtype(HEADER_FIELDS)


@cache
def row_class(event_name: str) -> type:
    """A named tuple of one row, an i128 put together to one number; see ``rows``."""
    names = [name for name, _ in _CLASS_OF[event_name].FIELDS]
    return namedtuple(event_name, ["seq", "time_ns", "index", *names])


def rows(event_name: str, blob: bytes) -> list[Any]:
    """The rows of one kind of event as named tuples: exact integers, and text as bytes."""
    import numpy

    amounts = {f"{name}_lo" for name, kind in _CLASS_OF[event_name].FIELDS if kind == "i128"}
    table = numpy.frombuffer(blob, dtype=dtype(event_name))
    values = []
    for name in table.dtype.names or ():
        if name in amounts:
            low, high = table[name].tolist(), table[f"{name[:-3]}_hi"].tolist()
            values.append([lo | hi << 64 for lo, hi in zip(low, high, strict=True)])
        elif f"{name[:-3]}_lo" not in amounts or not name.endswith("_hi"):
            values.append(table[name].tolist())
    return list(map(row_class(event_name)._make, zip(*values, strict=True)))  # type: ignore[attr-defined]
