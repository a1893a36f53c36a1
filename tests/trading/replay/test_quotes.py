"""A house account's quotes move to any target depth, whatever is done to its orders meanwhile."""

import random

import pytest

from trading.engine import commands, events
from trading.engine.enums import Side
from trading.engine.results import Result
from trading.replay.quotes import QuoteKeeper, around_trade, is_torn


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


ASKS, BIDS = {101: 4, 102: 5, 103: 6}, {99: 4, 98: 5, 97: 6}


@pytest.mark.parametrize(
    ("is_taker_buy", "ticks", "bids", "asks"),
    [
        # At the best price: what it takes is added.
        (True, 101, BIDS, {**ASKS, 101: 6}),
        (False, 99, {**BIDS, 99: 6}, ASKS),
        # Deeper: the levels before it come together there.
        (True, 102, BIDS, {102: 11, 103: 6}),
        (False, 97, {97: 17}, ASKS),
        # Between the sides: a level as large as the best one is there for those who come next.
        (True, 100, BIDS, {100: 6, **ASKS}),
        (False, 100, {100: 6, **BIDS}, ASKS),
        # Among the other side, which makes way.
        (True, 98, {97: 15}, {98: 6, **ASKS}),
        (False, 102, {102: 6, **BIDS}, {103: 15}),
        # Out of reach: the whole depth goes there.
        (True, 110, {108: 4, 107: 5, 106: 6}, {110: 6, 111: 5, 112: 6}),
        (False, 90, {90: 6, 89: 5, 88: 6}, {92: 4, 93: 5, 94: 6}),
        (True, 3, {1: 4}, {3: 6, 4: 5, 5: 6}),
    ],
)
def test_about_a_trade_the_book_is_whole(is_taker_buy, ticks, bids, asks) -> None:
    moved = around_trade(BIDS, ASKS, is_taker_buy=is_taker_buy, ticks=ticks, lots=2)
    assert moved == (bids, asks)


def test_a_book_is_torn_when_its_sides_are_farther_apart_than_it_reaches() -> None:
    whole = (BIDS, ASKS)  # from 97 to 103
    assert not is_torn(whole, whole)
    assert not is_torn(({98: 1}, {104: 1}), whole)
    assert is_torn(({97: 1}, {104: 1}), whole)
    assert is_torn(({}, ASKS), whole) and is_torn((BIDS, {}), whole)
    assert not is_torn(({}, {5: 2}), ({}, ASKS))


def test_without_a_book_a_trade_still_comes_at_its_price() -> None:
    assert around_trade({}, {}, is_taker_buy=True, ticks=5, lots=2) == ({}, {5: 2})
    assert around_trade({}, {}, is_taker_buy=False, ticks=5, lots=2) == ({5: 2}, {})


def test_what_is_far_away_is_placed_first() -> None:
    """A placement that meets a customer may fire stops, for which the rest must be there."""
    keeper = QuoteKeeper(account_id=5, instrument_id=1)
    placed = [order.ticks for order in keeper.moves({98: 1, 99: 1, 90: 1}, {103: 1, 101: 1})]
    assert placed == [90, 103, 98, 99, 101]
