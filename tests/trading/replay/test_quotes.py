"""A house account's quotes move to any target depth, whatever is done to its orders meanwhile."""

import random

from trading.engine import commands, events
from trading.engine.enums import Side
from trading.engine.results import Result
from trading.replay.quotes import QuoteKeeper


class ObviousBook:
    """Resting orders of one account as a plain dict: applies commands, answers with events."""

    def __init__(self) -> None:
        self.orders: dict[int, list] = {}
        self.next_id = 1

    def apply(self, command) -> tuple[Result, list]:
        if isinstance(command, commands.PlaceOrder):
            order_id, self.next_id = self.next_id, self.next_id + 1
            self.orders[order_id] = [command.side, command.ticks, command.lots]
            return Result.ACCEPTED, [
                events.OrderRested(
                    order_id=order_id,
                    account_id=command.account_id,
                    instrument_id=command.instrument_id,
                    lots=command.lots,
                    ticks=command.ticks,
                    side=command.side,
                )
            ]
        if command.order_id not in self.orders:
            return Result.ORDER_ALREADY_CLOSED, []
        if isinstance(command, commands.ReduceOrder):
            order = self.orders[command.order_id]
            order[2] -= command.lots
            assert order[2] > 0
            return Result.ACCEPTED, [
                events.OrderReduced(order_id=command.order_id, leaves_lots=order[2])
            ]
        del self.orders[command.order_id]
        return Result.ACCEPTED, [events.OrderClosed(order_id=command.order_id)]

    def depth(self, side: Side) -> dict[int, int]:
        depth: dict[int, int] = {}
        for order_side, ticks, lots in self.orders.values():
            if order_side == side:
                depth[ticks] = depth.get(ticks, 0) + lots
        return depth


def move(keeper: QuoteKeeper, book: ObviousBook, moves) -> None:
    for command in moves:
        keeper.on_answer(command, *book.apply(command))


def test_random_targets_are_reached() -> None:
    rng = random.Random(7)
    book, keeper = ObviousBook(), QuoteKeeper(account_id=5, instrument_id=1)
    for _ in range(500):
        bids = {rng.randrange(80, 100): rng.randrange(1, 50) for _ in range(rng.randrange(9))}
        asks = {rng.randrange(100, 120): rng.randrange(1, 50) for _ in range(rng.randrange(9))}
        move(keeper, book, keeper.moves(bids, asks))
        assert (book.depth(Side.BUY), book.depth(Side.SELL)) == (bids, asks)
        assert keeper.moves(bids, asks) == []


def test_orders_filled_by_customers_are_placed_anew() -> None:
    book, keeper = ObviousBook(), QuoteKeeper(account_id=5, instrument_id=1)
    move(keeper, book, keeper.moves({99: 10, 98: 5}, {}))
    book.orders.pop(2)  # a customer took it; nobody told the keeper
    move(keeper, book, keeper.moves({98: 5}, {}))  # tries to cancel it and learns
    assert book.depth(Side.BUY) == {98: 5}
    move(keeper, book, keeper.moves({99: 10, 98: 5}, {}))
    assert book.depth(Side.BUY) == {99: 10, 98: 5}


def test_before_a_recorded_trade_its_price_is_the_best() -> None:
    book, keeper = ObviousBook(), QuoteKeeper(account_id=5, instrument_id=1)
    move(keeper, book, keeper.moves({}, {101: 4, 102: 4, 103: 4}))
    move(keeper, book, keeper.moves_before_trade(True, 102, 6))
    assert book.depth(Side.SELL) == {102: 6, 103: 4}
