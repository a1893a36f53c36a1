"""The events of one tenant in one batch of journal records, as numpy tables by event name."""

import numpy as np

from trading.bulk.arrays import Array, amounts
from trading.engine import columns

POSITION_BITS = 20  # an event's place in the world: seq << 20 | index in its record


class EventTables:
    """Tables by event name; an event that did not happen has an empty table."""

    def __init__(self, rows: dict[str, bytes]) -> None:
        self._rows = rows
        self._tables: dict[str, Array] = {}

    def __getitem__(self, event_name: str) -> Array:
        table = self._tables.get(event_name)
        if table is None:
            dtype = columns.dtype(event_name)
            table = np.frombuffer(self._rows.get(event_name, b""), dtype=dtype)
            self._tables[event_name] = table
        return table

    def amounts(self, event_name: str, field: str) -> Array:
        """The i128 column as exact integers."""
        return amounts(self[event_name], field)


def positions(table: Array) -> Array:
    """Where each event stands in the world: rises with seq, then with its index."""
    return (table["seq"] << POSITION_BITS) | table["index"]
