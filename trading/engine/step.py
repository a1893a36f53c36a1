"""One command being applied: what time it is, where its events go, how it ended."""

from trading.engine.book import Instrument
from trading.engine.output import Output
from trading.engine.words import wide


class Sweep:
    """An order on its way into the book: who, how far it goes, and what it would meet.

    ``limit_ticks`` is the worst price it takes; ``by_quote`` says that ``budget_units`` of the
    quote asset, not ``leaves`` lots, say how much; ``all_or_nothing`` that losing a part to
    self-trade prevention is no way to be filled. ``lots`` and ``quote_units`` are what was
    foreseen.
    """

    instrument: Instrument

    def __init__(self) -> None:
        self.account = 0
        self.party = 0
        self.is_buy = False
        self.leaves = 0
        self.mode = 0
        self.limit_ticks = 0
        self.by_quote = False
        self.all_or_nothing = False
        self.budget_units = wide(0)
        self.lots = 0
        self.quote_units = wide(0)


class Step:
    """Handed to every handler, which writes its events to ``out``.

    ``seq`` and ``time_ns`` are those of the command.
    """

    def __init__(self, out: Output) -> None:
        self.out = out
        self.sweep = Sweep()
        self.seq = 0
        self.time_ns = 0
