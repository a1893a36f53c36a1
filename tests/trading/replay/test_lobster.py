"""LOBSTER files in, LOBSTER books out, checked against an obvious book of its own."""

import random
from pathlib import Path

import pytest

from trading.replay import lobster


class ObviousExchange:
    """A random exchange that writes both files: every event of every level, no more than ten."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.orders: dict[int, list] = {}  # id -> [is_buy, price, size], oldest first
        self.next_id = 1000
        self.time = 34_200
        self.messages: list[str] = []
        self.rows: list[str] = []

    def write(self, kind: int, order_id: int, size: int, price: int, is_buy: bool) -> None:
        self.time += 1
        side = 1 if is_buy else -1
        self.messages.append(f"{self.time}.{self.time:09d},{kind},{order_id},{size},{price},{side}")
        self.rows.append(self.row())

    def row(self) -> str:
        depth: dict[bool, dict[int, int]] = {True: {}, False: {}}
        for is_buy, price, size in self.orders.values():
            depth[is_buy][price] = depth[is_buy].get(price, 0) + size
        asks = sorted(depth[False].items())
        bids = sorted(depth[True].items(), reverse=True)
        columns: list[int] = []
        for i in range(10):
            columns += asks[i] if i < len(asks) else (9999999999, 0)
            columns += bids[i] if i < len(bids) else (-9999999999, 0)
        return ",".join(map(str, columns))

    def step(self) -> None:
        choice = self.rng.random()
        if choice < 0.5 or len(self.orders) < 6:
            is_buy = self.rng.random() < 0.5
            base = (
                5_850_000 - 100 * self.rng.randint(1, 9)
                if is_buy
                else (5_850_000 + 100 * self.rng.randint(0, 8))
            )
            size = self.rng.randint(1, 300)
            self.orders[self.next_id] = [is_buy, base, size]
            self.write(1, self.next_id, size, base, is_buy)
            self.next_id += 1
        elif choice < 0.8:
            order_id = self.rng.choice(list(self.orders))
            is_buy, price, size = self.orders[order_id]
            if choice < 0.65 and size > 1:
                less = self.rng.randint(1, size - 1)
                self.orders[order_id][2] -= less
                self.write(2, order_id, less, price, is_buy)
            else:
                del self.orders[order_id]
                self.write(3, order_id, size, price, is_buy)
        elif choice < 0.95:
            is_buy = self.rng.choice([o[0] for o in self.orders.values()])
            prices = [o[1] for o in self.orders.values() if o[0] == is_buy]
            best = max(prices) if is_buy else min(prices)
            order_id = next(i for i, o in self.orders.items() if o[:2] == [is_buy, best])
            size = self.rng.randint(1, self.orders[order_id][2])
            self.orders[order_id][2] -= size
            if not self.orders[order_id][2]:
                del self.orders[order_id]
            self.write(4, order_id, size, best, is_buy)
        else:
            self.write(5, 0, 40, 5_850_050, True)


def played(tmp_path: Path, messages: list[str], book: list[str] | None, **options) -> list[str]:
    from trading.replay import order_replay

    message_file = tmp_path / "m.csv"
    message_file.write_text("\n".join(messages) + "\n")
    book_file = None
    if book is not None:
        book_file = tmp_path / "b.csv"
        book_file.write_text("\n".join(book) + "\n")
    return list(order_replay.replay_lobster(message_file, book_file, levels=10, **options))


@pytest.mark.parametrize("seed", range(5))
def test_every_row_equals_the_published_book(tmp_path: Path, seed: int) -> None:
    exchange = ObviousExchange(seed)
    for _ in range(600):
        exchange.step()
    assert played(tmp_path, exchange.messages, None) == exchange.rows


def test_a_slice_with_its_book_file_starts_from_the_first_row(tmp_path: Path) -> None:
    exchange = ObviousExchange(11)
    for _ in range(400):
        exchange.step()
    cut = 150
    rows = played(tmp_path, exchange.messages[cut:], exchange.rows[cut:])
    assert rows == exchange.rows[cut:]


def test_a_book_from_before_the_first_message(tmp_path: Path) -> None:
    exchange = ObviousExchange(12)
    for _ in range(400):
        exchange.step()
    cut = 150
    rows = played(tmp_path, exchange.messages[cut:], [exchange.rows[cut - 1]])
    assert rows == exchange.rows[cut:]


def test_bad_rows_are_named(tmp_path: Path) -> None:
    for bad in ["1,2,3", "34200.1,1,7,0,5850000,1", "34200.1,9,7,5,5850000,1", "x,1,7,5,585,1"]:
        with pytest.raises(lobster.LobsterError, match="line 2"):
            played(tmp_path, ["34200.0,1,6,5,5850000,1", bad], None)
    with pytest.raises(lobster.LobsterError, match="line 1"):
        played(tmp_path, ["34200.0,1,6,5,5850000,1"], ["1,2,3"])
