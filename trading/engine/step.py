"""One command being applied: what time it is, where its events go, how it ended."""

from trading.engine.book import Instrument
from trading.engine.order_list import OrderList
from trading.engine.output import Output
from trading.engine.words import wide


class Sweep:
    """An order on its way into the book: who, how far it goes, and what it would meet.

    ``limit_ticks`` is the worst price it takes; ``by_quote`` says that ``budget_units`` of the
    quote asset, not ``leaves`` lots, say how much. ``ticks``, ``order_type`` and so on are as
    ordered. ``lots`` and ``quote_units`` are what was foreseen; ``kills`` that a FOK order can't
    be filled. ``waits`` says that the order waits first. ``is_counted`` says that the order stands
    in its account's queue already: it was waiting, or is being replaced.
    """

    instrument: Instrument

    def __init__(self) -> None:
        self.account = 0
        self.party = 0
        self.side = 0
        self.order_type = 0
        self.time_in_force = 0
        self.mode = 0
        self.leaves = 0
        self.ticks = 0
        self.trigger_ticks = 0
        self.expire_ns = 0
        self.trigger_source = 0
        self.distance_bp = 0
        self.activation_ticks = 0
        self.offset_ticks = 0
        self.trigger_ns = 0
        self.client_key = 0
        self.budget_units = wide(0)
        self.is_buy = False
        self.is_limit = False
        self.by_quote = False
        self.post_only = False
        self.waits = False
        self.is_counted = False
        # Worked out on the way.
        self.limit_ticks = 0
        self.lots = 0
        self.quote_units = wide(0)
        self.kills = False


class Step:
    """Handed to every handler, which writes its events to ``out``.

    ``seq`` and ``time_ns`` are those of the command. ``due`` are the order lists whose first order
    was filled by it: the others are released when what it does has come to an end.
    ``by_order_id`` is the order that ends another of its list just now; else 0.
    """

    def __init__(self, out: Output) -> None:
        self.out = out
        self.sweep = Sweep()
        self.seq = 0
        self.time_ns = 0
        # (account, instrument id or 0): whose quotes are pulled when the order that met them is
        # done.
        self.pulls: list[tuple[int, int]] = []
        self.due: list[OrderList] = []
        self.due_count = 0
        self.by_order_id = 0
