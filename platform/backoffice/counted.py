"""Figures that stand on every page: counted anew when they are some seconds old.

They take two dozen queries, more than most pages do themselves. Each process keeps its own; what
staff did is counted at once where they did it.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection

_MOST = 1_000  # people; then all are counted anew

_known: dict[tuple[str, int], tuple[float, dict[str, int]]] = {}


def figures(user_id: int, count: Callable[[], dict[str, int]]) -> dict[str, int]:
    """What ``count`` gave for this user of the current schema, not long ago or now."""
    key = (connection.schema_name, user_id)
    now = time.monotonic()
    counted_at, known = _known.get(key, (0.0, {}))
    if counted_at and now - counted_at < settings.MENU_COUNTS_SECONDS:
        return known
    if len(_known) >= _MOST:
        _known.clear()
    fresh = count()
    _known[key] = (now, fresh)
    return fresh


def forget(*, everywhere: bool = False) -> None:
    """Something was done in the current schema: everybody's figures may have changed."""
    if everywhere:
        _known.clear()
    for key in [key for key in list(_known) if key[0] == connection.schema_name]:
        _known.pop(key, None)
