"""One command being applied: what time it is, the events it has caused, how it ended."""

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr


@mypyc_attr(acyclic=True)
class Sweep:
    """How far an order goes, and what it would meet on its way.

    ``limit_ticks`` is the worst price it takes; ``by_quote`` says that ``budget_units`` of the
    quote asset, not lots, say how much; ``all_or_nothing`` that losing a part to self-trade
    prevention is no way to be filled. ``lots`` and ``quote_units`` are what was foreseen.
    """

    __slots__ = (
        "all_or_nothing",
        "budget_units",
        "by_quote",
        "limit_ticks",
        "lots",
        "mode",
        "quote_units",
    )

    def __init__(self) -> None:
        self.mode: i64 = 0
        self.limit_ticks: i64 = 0
        self.by_quote = False
        self.all_or_nothing = False
        self.budget_units: int = 0
        self.lots: i64 = 0
        self.quote_units: int = 0


@mypyc_attr(acyclic=True)
class Step:
    """Handed to every handler, which writes its events to ``out`` and counts them.

    ``seq`` and ``time_ns`` are those of the command. ``result``, ``journaled`` and ``events``
    (taken out of ``out``) are the outcome.
    """

    __slots__ = ("event_count", "events", "journaled", "out", "result", "seq", "sweep", "time_ns")

    def __init__(self) -> None:
        self.out = BytesWriter()
        self.sweep = Sweep()
        self.event_count: i64 = 0
        self.seq: i64 = 0
        self.time_ns: i64 = 0
        self.result: i64 = 0
        self.journaled = False
        self.events: bytes = b""
