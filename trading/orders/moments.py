"""A moment as a request gives it: milliseconds since 1970, or a text with its zone."""

import datetime
from typing import Any

_MAX_NS = 2**63 - 1
_NS_PER_MS = 1_000_000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def ns_of(moment: Any, name: str) -> int:
    """Nanoseconds since 1970; ``name`` is the field's, for the sentence of the ValueError."""
    time_ns = moment * _NS_PER_MS if type(moment) is int else _ns_of_text(moment, name)
    if not 0 < time_ns <= _MAX_NS:
        raise ValueError(f"{name} must lie between 1970 and 2262.")
    return time_ns


def _ns_of_text(text: Any, name: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(
            f"{name} must be milliseconds since 1970, or a time with its zone, such as "
            '"2027-03-31T18:00:00Z".'
        )
    since = moment - _EPOCH
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000
