"""Trace ids: one number from a browser's click to the engine record, the entry and the audit trail.

A trace id is 63 bits: 41 of milliseconds since 2020, then 22 at random. So the time of a click is
in it, and what it led to is found in the engine journal without an index of every record.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

RANDOM_BITS = 22
TIME_BITS = 41
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
NONE = 0
_TEXT = re.compile(r"[0-9a-fA-F]{16}")

_current: ContextVar[int] = ContextVar("trace_id", default=NONE)


def new_trace_id(now: datetime) -> int:
    """A trace id of this moment; never 0, which stands for none."""
    milliseconds = max(0, (now - BEGIN) // timedelta(milliseconds=1)) & ((1 << TIME_BITS) - 1)
    return milliseconds << RANDOM_BITS | secrets.randbits(RANDOM_BITS) or 1


def begin() -> int:
    """A trace id of now."""
    return new_trace_id(datetime.now(UTC))


def time_of(trace_id: int) -> datetime:
    """When the click was."""
    return BEGIN + timedelta(milliseconds=trace_id >> RANDOM_BITS)


def text_of(trace_id: int) -> str:
    """As headers and pages show it: 16 hex digits."""
    return f"{trace_id:016x}"


def parse(text: str) -> int:
    """The trace id of a text, or 0."""
    text = text.strip()
    found = int(text, 16) if _TEXT.fullmatch(text) else NONE
    return found if found < 1 << 63 else NONE


def current() -> int:
    """The trace id of what is being done here; 0: nothing began it."""
    return _current.get()


@contextmanager
def tracing(trace_id: int) -> Iterator[None]:
    """Have everything inside belong to the trace."""
    token = _current.set(trace_id)
    try:
        yield
    finally:
        _current.reset(token)
