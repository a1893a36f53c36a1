"""One account's resting orders, kept at a wanted depth. Pure: commands out, answers in."""

from collections.abc import Iterable, Iterator, Sequence
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
        """Commands from the orders as they are to the target; removals come first."""
        removals: list[Command] = []
        additions: list[Command] = []
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
        return removals + additions

    def moves_before_trade(self, is_taker_buy: bool, ticks: int, lots: int) -> list[Command]:
        """Commands after which an order for `lots` at `ticks` trades at just that price."""
        maker_buys = not is_taker_buy
        moves: list[Command] = []
        for level_ticks, level in self._levels[maker_buys].items():
            if level_ticks > ticks if maker_buys else level_ticks < ticks:
                moves += [self._cancel(order_id) for order_id in level]
        missing = lots - sum(self._levels[maker_buys].get(ticks, {}).values())
        if missing > 0:
            moves.append(self._place(maker_buys, ticks, missing))
        return moves

    def step(
        self, trades: Sequence[tuple[bool, int, int]], taker_id: int, bids: Depth, asks: Depth
    ) -> list[Command]:
        """All of a step for one batch: trades (is taker buy, ticks, lots) made with the account
        ``taker_id``, then the moves to the target.

        What the trades will leave is foreseen, so that nobody sees the book in between.
        """
        ahead = QuoteKeeper(account_id=self._account_id, instrument_id=self._instrument_id)
        ahead._levels = {
            is_buy: {ticks: dict(level) for ticks, level in levels.items()}
            for is_buy, levels in self._levels.items()
        }
        commands_: list[Command] = []
        for is_buy, ticks, lots in trades:
            commands_ += ahead.moves_before_trade(is_buy, ticks, lots)
            commands_.append(
                limit_order(taker_id, self._instrument_id, is_buy, ticks, lots, TimeInForce.IOC)
            )
            ahead._foresee(is_buy, ticks, lots)
        return commands_ + ahead.moves(bids, asks)

    def on_answer(self, command: Any, result: Result, answer_events: Iterable[Any]) -> None:
        """Learn from the answer to any command, the account's own or one that met its orders."""
        if result in (Result.UNKNOWN_ORDER, Result.ORDER_ALREADY_CLOSED):
            self._forget(command.order_id)
        for event in answer_events:
            if isinstance(event, events.OrderRested) and event.account_id == self._account_id:
                self._learn(event.order_id, event.side == Side.BUY, event.ticks, event.lots)
            elif isinstance(event, events.Traded):
                self._leave(event.maker_order_id, event.maker_leaves_lots)
                # One that rests takes, too, when an auction uncrosses.
                self._leave(event.taker_order_id, event.taker_leaves_lots)
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

    def _foresee(self, is_taker_buy: bool, ticks: int, lots: int) -> None:
        """Take out what `moves_before_trade` and its trade will leave no more."""
        maker_buys = not is_taker_buy
        side, opposite = self._levels[maker_buys], self._levels[is_taker_buy]
        for better in [t for t in side if (t > ticks if maker_buys else t < ticks)]:
            del side[better]
        level = side.pop(ticks, {})
        if sum(level.values()) < lots:
            # What is added for the trade expires the account's own orders that it would meet.
            for met in [t for t in opposite if (t <= ticks if maker_buys else t >= ticks)]:
                del opposite[met]
        left: dict[int, int] = {}
        for order_id, leaves in level.items():
            taken = min(leaves, lots)
            lots -= taken
            if leaves > taken:
                left[order_id] = leaves - taken
        if left:
            side[ticks] = left

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

    def _place(self, is_buy: bool, ticks: int, lots: int) -> Command:
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
