"""What icebergs show and hide: of few orders, so beside the rows and not in them.

An order whose terms say that it is an iceberg shows a part of its open lots, which stand in its row
and in its level like another order's; the rest is its reserve.
"""

from trading.engine import rows
from trading.engine.book import Instrument
from trading.engine.store import Store
from trading.engine.words import min_of


class Reserves:
    """The icebergs of one venue, by order id."""

    def __init__(self, store: Store) -> None:
        self.store = store
        # How much they show at a time, for as long as the order is known.
        self.displays: dict[int, int] = {}
        # How much they do not show now.
        self.lots: dict[int, int] = {}

    def remember(self, order: int, display: int) -> int:
        """An iceberg shows so many lots at a time."""
        self.displays[self.store.orders[order + rows.ORDER_ID]] = display
        return 0

    def forget(self, order: int) -> int:
        """The order is not known any more."""
        self.displays.pop(self.store.orders[order + rows.ORDER_ID], None)
        return 0

    def display_of(self, order: int) -> int:
        """How many lots an iceberg shows at a time; 0: it is none."""
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG == 0:
            return 0
        found = self.displays.get(self.store.orders[order + rows.ORDER_ID])
        return 0 if found is None else found

    def of(self, order: int) -> int:
        """How many lots of an order rest without being shown."""
        if self.store.orders[order + rows.ORDER_TERMS] & rows.TERMS_ICEBERG == 0:
            return 0
        found = self.lots.get(self.store.orders[order + rows.ORDER_ID])
        return 0 if found is None else found

    def leaves_of(self, order: int) -> int:
        """How many lots of an order are open, shown or not."""
        return self.store.orders[order + rows.ORDER_LEAVES] + self.of(order)

    def split(self, order: int, instrument: Instrument, level: int) -> int:
        """Show a part of an iceberg that comes to rest at a level; how many lots are not shown."""
        orders = self.store.orders
        lots = orders[order + rows.ORDER_LEAVES]
        shown = min_of(lots, self.display_of(order))
        orders[order + rows.ORDER_LEAVES] = shown
        self.put(order, instrument, level, lots - shown)
        return lots - shown

    def put(self, order: int, instrument: Instrument, level: int, lots: int) -> int:
        """Say how many lots of an iceberg at a level are not shown from now on."""
        old = self.of(order)
        display = self.display_of(order)
        order_id = self.store.orders[order + rows.ORDER_ID]
        self.store.levels[level + rows.LEVEL_RESERVE] += lots - old
        instrument.refreshes += (lots + display - 1) // display - (old + display - 1) // display
        if lots == 0:
            self.lots.pop(order_id, None)
        else:
            self.lots[order_id] = lots
        return 0

    def take(self, order: int, instrument: Instrument, most: int) -> int:
        """Take at most so many lots out of an iceberg's reserve; returns how many they were."""
        reserve = self.of(order)
        lots = min_of(most, reserve)
        if lots > 0:
            self.put(
                order,
                instrument,
                self.store.orders[order + rows.ORDER_LEVEL],
                reserve - lots,
            )
        return lots
