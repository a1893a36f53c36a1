"""What a venue keeps of market makers: which orders are their quotes, and what protects them."""

from trading.engine import rows
from trading.engine.store import Store
from trading.engine.words import wide


class Quotes:
    """The open quotes of a venue: at most one an account, an instrument and a side."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.orders: dict[int, int] = {}

    def find(self, account: int, index: int, side: int) -> int:
        """An account's quote on a side of the instrument with this index, or 0."""
        found = self.orders.get(quote_key(account, index, side))
        return 0 if found is None else found

    def note(self, order: int) -> int:
        """An order rests as a quote; the one before it is gone."""
        self.orders[self._key_of(order)] = order
        return 0

    def drop(self, order: int) -> int:
        """A quote has ended."""
        self.orders.pop(self._key_of(order), None)
        return 0

    def _key_of(self, order: int) -> int:
        orders = self.store.orders
        terms = orders[order + rows.ORDER_TERMS]
        index = terms >> rows.TERMS_INSTRUMENT_SHIFT & rows.MOST_INSTRUMENTS
        return quote_key(orders[order + rows.ORDER_ACCOUNT], index, terms & 15)


class Protection:
    """How much of an account's quotes may be filled within a window, and what was; 0: no limit.

    ``fills`` are those within the window: (when, lots, the two words of the notional units).
    """

    def __init__(self) -> None:
        self.window_ns = 0
        self.most_lots = 0
        self.most_trades = 0
        self.most_notional_units = wide(0)
        self.tripped = 0
        self.fills: list[tuple[int, int, int, int]] = []
        self.lots = wide(0)
        self.notional_units = wide(0)


def quote_key(account: int, index: int, side: int) -> int:
    """Which quote this is: whose, in the instrument of this index, on which side."""
    return (account // rows.ACCOUNT_WIDTH << 20) + (index << 2) + side
