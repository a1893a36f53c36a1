"""One account's resting orders, kept at a wanted depth. Pure: commands out, answers in."""

from collections.abc import Iterable, Iterator
from typing import Any

from trading.engine import commands, events
from trading.engine.enums import OrderType, SelfTradePrevention, Side, TimeInForce
from trading.engine.results import Result

Command = commands.PlaceOrder | commands.ReduceOrder | commands.CancelOrder
Depth = dict[int, int]

# Past so many orders at one price they are replaced by one.
MOST_ORDERS_A_LEVEL = 4


class QuoteKeeper:
    """Knows the account's open orders in one instrument and what moves them to a target depth."""

    def __init__(self, *, account_id: int, instrument_id: int) -> None:
        self._account_id = account_id
        self._instrument_id = instrument_id
        self._orders: dict[int, tuple[bool, int]] = {}
        # is_buy -> ticks -> {order id: leaves lots}, oldest first
        self._levels: dict[bool, dict[int, dict[int, int]]] = {True: {}, False: {}}

    def depth(self, is_buy: bool) -> Depth:
        """Ticks -> lots of what rests on one side."""
        return {ticks: sum(level.values()) for ticks, level in self._levels[is_buy].items()}

    def moves(self, bids: Depth, asks: Depth) -> list[Command]:
        """Commands from the orders as they are to the target; removals come first.

        Then come additions, the farthest from the middle first: where one meets a customer's
        order and the trade fires a stop, the rest of the book stands already.
        """
        removals: list[Command] = []
        additions: list[commands.PlaceOrder] = []
        for is_buy, target in ((True, bids), (False, asks)):
            levels = self._levels[is_buy]
            for ticks in sorted(levels.keys() | target.keys()):
                wanted = target.get(ticks, 0)
                level = levels.get(ticks, {})
                missing = wanted - sum(level.values())
                if missing < 0:
                    removals += self._shrink(level, -missing)
                elif missing > 0 and len(level) >= MOST_ORDERS_A_LEVEL:
                    removals += [self._cancel(order_id) for order_id in level]
                    additions.append(self._place(is_buy, ticks, wanted))
                elif missing > 0:
                    additions.append(self._place(is_buy, ticks, missing))
        best = [*([max(bids)] if bids else []), *([min(asks)] if asks else [])]
        middle = 2 * sum(best) // len(best) if best else 0
        additions.sort(key=lambda order: -abs(2 * order.ticks - middle))
        return removals + additions

    def on_answer(self, command: Any, result: Result, answer_events: Iterable[Any]) -> None:
        """Learn from the answer to any command, the account's own or one that met its orders."""
        if result in (Result.UNKNOWN_ORDER, Result.ORDER_ALREADY_CLOSED):
            self._forget(command.order_id)
        for event in answer_events:
            if isinstance(event, events.OrderRested) and event.account_id == self._account_id:
                self._learn(event.order_id, event.side == Side.BUY, event.ticks, event.lots)
            elif isinstance(event, events.Traded):
                self._leave(event.maker_order_id, event.maker_leaves_lots)
            elif isinstance(event, events.OrderReduced):
                self._leave(event.order_id, event.leaves_lots)
            elif isinstance(event, events.OrderClosed):
                self._forget(event.order_id)

    def reset(self, rows: Iterable[events.OrderRow]) -> None:
        """Take over the open orders as the engine tells them."""
        self._orders.clear()
        self._levels = {True: {}, False: {}}
        for row in sorted(rows, key=lambda row: row.order_id):
            self._learn(row.order_id, row.side == Side.BUY, row.ticks, row.leaves_lots)

    def _shrink(self, level: dict[int, int], excess: int) -> Iterator[Command]:
        for order_id, leaves in reversed(level.items()):
            if excess <= 0:
                return
            if leaves <= excess:
                yield self._cancel(order_id)
            else:
                yield commands.ReduceOrder(
                    account_id=self._account_id, order_id=order_id, lots=excess
                )
            excess -= leaves

    def _cancel(self, order_id: int) -> Command:
        return commands.CancelOrder(account_id=self._account_id, order_id=order_id)

    def _place(self, is_buy: bool, ticks: int, lots: int) -> commands.PlaceOrder:
        return limit_order(
            self._account_id, self._instrument_id, is_buy, ticks, lots, TimeInForce.GTC
        )

    def _learn(self, order_id: int, is_buy: bool, ticks: int, leaves: int) -> None:
        self._orders[order_id] = (is_buy, ticks)
        self._levels[is_buy].setdefault(ticks, {})[order_id] = leaves

    def _leave(self, order_id: int, leaves: int) -> None:
        if order_id in self._orders:
            is_buy, ticks = self._orders[order_id]
            self._levels[is_buy][ticks][order_id] = leaves

    def _forget(self, order_id: int) -> None:
        if order_id not in self._orders:
            return
        is_buy, ticks = self._orders.pop(order_id)
        level = self._levels[is_buy][ticks]
        del level[order_id]
        if not level:
            del self._levels[is_buy][ticks]


def around_trade(
    bids: Depth, asks: Depth, *, is_taker_buy: bool, ticks: int, lots: int
) -> tuple[Depth, Depth]:
    """The depth (bids, asks) in which an order for ``lots`` at ``ticks`` trades at just that price
    and leaves a whole book close to it, for the stops that the trade fires.

    Levels that are in the way come together at the trade; a depth that does not reach to it is
    moved there as it is.
    """
    slide = 0
    met = asks if is_taker_buy else bids
    if bids and asks and not min(bids) <= ticks <= max(asks):
        slide = ticks - (min(asks) if is_taker_buy else max(bids))
    highest_bid = ticks - 1 if is_taker_buy else ticks
    moved_bids: Depth = {}
    for level, level_lots in bids.items():
        at = min(level + slide, highest_bid)
        if at > 0:
            moved_bids[at] = moved_bids.get(at, 0) + level_lots
    moved_asks: Depth = {}
    for level, level_lots in asks.items():
        at = max(level + slide, highest_bid + 1)
        moved_asks[at] = moved_asks.get(at, 0) + level_lots
    moved = moved_asks if is_taker_buy else moved_bids
    if ticks not in moved and met:
        moved[ticks] = met[min(met) if is_taker_buy else max(met)]
    moved[ticks] = moved.get(ticks, 0) + lots
    return moved_bids, moved_asks


def is_torn(depth: tuple[Depth, Depth], whole: tuple[Depth, Depth]) -> bool:
    """Whether the sides of a depth stand farther apart than a whole one reaches."""
    bids, asks = depth
    whole_bids, whole_asks = whole
    if not whole_bids or not whole_asks:
        return False
    if not bids or not asks:
        return True
    return min(asks) - max(bids) > max(whole_asks) - min(whole_bids)


def limit_order(
    account_id: int, instrument_id: int, is_buy: bool, ticks: int, lots: int, tif: TimeInForce
) -> commands.PlaceOrder:
    """A limit order of a house account; it never trades with its own account or trade group."""
    return commands.PlaceOrder(
        account_id=account_id,
        instrument_id=instrument_id,
        lots=lots,
        ticks=ticks,
        side=Side.BUY if is_buy else Side.SELL,
        order_type=OrderType.LIMIT,
        time_in_force=tif,
        self_trade_prevention=SelfTradePrevention.EXPIRE_MAKER,
    )
