"""Lately closed orders, for repeats and for asking what became of them."""

from trading.engine import rows
from trading.engine.store import Store


class Closed:
    """Lately closed orders of a venue, the oldest first, linked through their rows."""

    def __init__(self) -> None:
        self.oldest = 0
        self.newest = 0
        self.count = 0

    def append(self, store: Store, order: int) -> int:
        """Put an order behind all others."""
        orders = store.orders
        newest = self.newest
        orders[order + rows.ORDER_AHEAD] = newest
        orders[order + rows.ORDER_BEHIND] = 0
        if newest == 0:
            self.oldest = order
        else:
            orders[newest + rows.ORDER_BEHIND] = order
        self.newest = order
        self.count += 1
        return 0

    def unlink(self, store: Store, order: int) -> int:
        """Take an order out."""
        orders = store.orders
        ahead = orders[order + rows.ORDER_AHEAD]
        behind = orders[order + rows.ORDER_BEHIND]
        if ahead == 0:
            self.oldest = behind
        else:
            orders[ahead + rows.ORDER_BEHIND] = behind
        if behind == 0:
            self.newest = ahead
        else:
            orders[behind + rows.ORDER_AHEAD] = ahead
        self.count -= 1
        return 0
