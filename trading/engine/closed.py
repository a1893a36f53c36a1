"""Lately closed orders, for repeats and for asking what became of them."""

from trading.engine import rows
from trading.engine.store import Store
from trading.engine.words import FETCHES, touch


class Closed:
    """Lately closed orders of a venue, the oldest first, linked through their rows."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.oldest = 0
        self.newest = 0
        self.count = 0

    def append(self, order: int) -> int:
        """Put an order behind all others."""
        orders = self.store.orders
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

    def unlink(self, order: int) -> int:
        """Take an order out."""
        orders = self.store.orders
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
        if FETCHES and ahead == 0:
            self.fetch()
        return 0

    def fetch(self) -> int:
        """Bring near what forgetting the next closed orders takes."""
        orders = self.store.orders
        second = orders[self.oldest + rows.ORDER_BEHIND]
        third = orders[second + rows.ORDER_BEHIND]
        fourth = orders[third + rows.ORDER_BEHIND]
        touch(orders, fourth)
        touch(orders, fourth + rows.LINE)
        self.store.order_ids.fetch_row(third // rows.ORDER_WIDTH)
        if orders[third + rows.ORDER_TERMS] & rows.TERMS_KEYED != 0:
            touch(self.store.keys, fourth // rows.ORDER_WIDTH * rows.CLIENT_WIDTH)
            self.store.client_keys.fetch_row(third // rows.ORDER_WIDTH)
            touch(orders, orders[third + rows.ORDER_NEWER] + rows.LINE)
        touch(self.store.accounts, orders[third + rows.ORDER_ACCOUNT])
        return touch(self.store.accounts, orders[third + rows.ORDER_ACCOUNT] + rows.LINE)
