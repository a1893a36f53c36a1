"""One command being applied: what time it is, the events it has caused, how it ended."""

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr


@mypyc_attr(acyclic=True)
class Step:
    """Handed to every handler, which writes its events to ``out`` and counts them.

    ``seq`` and ``time_ns`` are those of the command. ``result``, ``journaled`` and ``body`` (the
    record without length and checksum) are the outcome.
    """

    __slots__ = ("body", "event_count", "journaled", "out", "result", "seq", "time_ns")

    def __init__(self) -> None:
        self.out = BytesWriter()
        self.event_count: i64 = 0
        self.seq: i64 = 0
        self.time_ns: i64 = 0
        self.result: i64 = 0
        self.journaled = False
        self.body: bytes = b""
