"""Columns of engine events: exact at any size, fast where 64 bits suffice.

Amounts are 128-bit in the journal. Where every value of a column is small they become int64;
otherwise an object array of Python integers. Sums and products here work on both.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# int64 columns stay below this, so that adding a few of them cannot overflow.
SMALL = 1 << 60
_SIGN = 63


def amounts(table: Array, name: str) -> Array:
    """The i128 column `name`: int64 where all values are small, else Python integers."""
    low = table[f"{name}_lo"].view(np.int64) if len(table) else np.zeros(0, np.int64)
    high = table[f"{name}_hi"]
    if not len(table):
        return np.zeros(0, np.int64)
    low = np.ascontiguousarray(low)
    if bool(np.all(high == low >> _SIGN)) and int(np.abs(low).max()) < SMALL:
        return low
    unsigned = table[f"{name}_lo"].astype(object)
    exact: Array = high.astype(object) * (1 << 64) + unsigned
    return exact


def join(parts: list[Array]) -> Array:
    """One column of several; Python integers if any of them is."""
    if any(part.dtype == object for part in parts):
        parts = [part.astype(object) for part in parts]
    return np.concatenate(parts)


def add(left: Array, right: Array) -> Array:
    """left + right, exact: turns to Python integers where 64 bits might not do."""
    total = left + right
    if total.dtype != object and len(total) and int(np.abs(total).max()) >= SMALL:
        return total.astype(object)
    return total


def sum_by(keys: Array, values: Array) -> tuple[Array, Array]:
    """(unique keys sorted, sum of the values of each), exact."""
    if not len(keys):
        return keys, values
    if values.dtype != object and int(np.abs(values).max()) >= SMALL // len(values):
        values = values.astype(object)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.add.reduceat(values[order], starts)


def last_by(keys: Array, order_keys: Array) -> tuple[Array, Array]:
    """(unique keys sorted, position of the row with the largest order key of each)."""
    if not len(keys):
        return keys, np.zeros(0, np.int64)
    order = np.lexsort((order_keys, keys))
    sorted_keys = keys[order]
    ends = np.flatnonzero(np.concatenate((sorted_keys[1:] != sorted_keys[:-1], [True])))
    return sorted_keys[ends], order[ends]


def first_by(keys: Array, order_keys: Array) -> tuple[Array, Array]:
    """(unique keys sorted, position of the row with the smallest order key of each)."""
    if not len(keys):
        return keys, np.zeros(0, np.int64)
    order = np.lexsort((order_keys, keys))
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
    return sorted_keys[starts], order[starts]
