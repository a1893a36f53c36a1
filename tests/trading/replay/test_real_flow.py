"""Real order flow through the engine: no book that a plain book would not have.

Every command's trades are compared with those of a book written to be read, and the whole depth
now and then; and where an exchange published what its own book came to, with that.
More by hand: MARQUE_REAL_MESSAGES=100000.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared_data import real_file
from tests.trading.replay.plain_book import PlainBook
from trading.engine import events
from trading.replay import bitstamp, itch, lobster, order_replay
from trading.replay.bitstamp_flow import BitstampFlow
from trading.replay.book_messages import BookMessage
from trading.replay.exchange_flow import ExchangeFlow

MESSAGES = int(os.environ.get("MARQUE_REAL_MESSAGES", "6000"))
EVERY = 50  # commands between comparisons of the whole depth
ALL_LEVELS = 5000


class ComparedVenue:
    """A venue and a plain book that get the same commands and must come to the same."""

    def __init__(self, steps: order_replay.Steps) -> None:
        self.venue = order_replay.LocalVenue(steps)
        self.plain = PlainBook()
        self.commands = 0
        self.trades = 0

    def send(self, command: Any) -> list[Any]:
        told = self.venue.apply([command])
        traded = [(e.ticks, e.lots) for e in told if isinstance(e, events.Traded)]
        assert traded == self.plain.apply(command), command
        self.commands += 1
        self.trades += len(traded)
        if self.commands % EVERY == 0:
            self.compare_depth()
        return told

    def compare_depth(self) -> None:
        book = self.venue.book(ALL_LEVELS)
        assert book.bids == self.plain.levels(bids=True)
        assert book.asks == self.plain.levels(bids=False)


def played(messages: Iterator[BookMessage], most: int) -> ComparedVenue:
    compared = ComparedVenue(order_replay.SHARES)
    flow = ExchangeFlow(
        instrument_id=order_replay.INSTRUMENT_ID,
        maker_account_id=order_replay.MAKER_ID,
        taker_account_id=order_replay.TAKER_ID,
    )
    for message in messages:
        for command in flow.commands_of(message):
            compared.send(command)
        if flow.counts.messages == most:
            break
    compared.compare_depth()
    return compared


def test_an_hour_of_apple_at_nasdaq() -> None:
    path = real_file("orders_l3_lobster_aapl/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst")
    compared = played(lobster.read_messages(path), MESSAGES)
    messages = min(MESSAGES, 91_997)
    assert compared.commands > messages * 0.9
    assert compared.trades > messages * 0.02


@pytest.mark.parametrize("stock", ["ALC", "BOB", "CHAR"])
def test_itch(stock: str) -> None:
    reader = itch.ItchReader(real_file("itch50_sample/RITCH_ex20101224_std_lengthprefix.itch.zst"))
    compared = played((m for name, m in reader.messages() if name == stock), most=-1)
    assert compared.commands > 1_000
    # What the data's description counts.
    assert reader.types["A"] + reader.types["F"] == 5_000
    assert (reader.types["E"], reader.types["X"], reader.types["D"]) == (198, 45, 1_745)
    assert (reader.types["U"], reader.types["P"]) == (12, 5_000)
    assert reader.unknown == 117


def test_five_hours_of_bitcoin_at_bitstamp() -> None:
    """The engine matches by itself, and comes to what Bitstamp published.

    The shares are below 1 because the streams do not tell the order of what happened within some
    milliseconds, nor what stood beyond the twenty best levels at the start.
    """
    path = real_file("orders_l3_bitstamp_btcusd/2015-05-01_events_and_trades.log.zst")
    compared = ComparedVenue(order_replay.COINS)
    flow = BitstampFlow(
        compared.send,
        account_id=order_replay.MAKER_ID,
        instrument_id=order_replay.INSTRUMENT_ID,
    )
    books = best_equal = 0
    for published in flow.play(bitstamp.read_events(path)):
        book = compared.venue.book(1)
        books += 1
        best_equal += book.bids == published.bids[:1] and book.asks == published.asks[:1]
        if books == MESSAGES:
            break
    compared.compare_depth()
    agreement = flow.agreement
    assert books > 4_000
    assert best_equal / books > 0.99
    assert agreement.cancels_equal / agreement.cancels > 0.998
    assert agreement.lost / agreement.cancels < 0.003
    exact = Counter(agreement.traded) & Counter(agreement.published)
    assert exact.total() / len(agreement.published) > 0.9


@pytest.mark.parametrize(
    "line",
    [
        "1430438404518 order_created",
        '1 order_created {"price": "1.005", "amount": "1", "id": 1, "order_type": 0}',
        '1 order_created {"price": "1", "amount": "-1", "id": 1, "order_type": 0}',
        '1 order_created {"price": "1", "amount": "0", "id": 1, "order_type": 0}',
        '1 order_created {"price": "1", "amount": "1", "id": 1, "order_type": 2}',
        '1 order_moved {"price": "1", "amount": "1", "id": 1, "order_type": 0}',
        '1 order_created {"price": "NaN", "amount": "1", "id": 1, "order_type": 0}',
        "1 order_created [1]",
        "1 trade {",
    ],
)
def test_bad_lines_of_bitstamp_are_named(tmp_path, line: str) -> None:
    path = tmp_path / "events.log"
    path.write_text('1 trade {"price": 236.47, "amount": 0.5}\n' + line + "\n")
    with pytest.raises(bitstamp.BitstampError, match="line 2"):
        list(bitstamp.read_events(path))


def add(order_id: int, *, side: bytes = b"B", size: int = 100, price: int = 10_000) -> bytes:
    body = b"A" + bytes(10) + order_id.to_bytes(8, "big") + side + size.to_bytes(4, "big")
    body += b"STOCK   " + price.to_bytes(4, "big")
    return len(body).to_bytes(2, "big") + body


def executed(order_id: int, size: int) -> bytes:
    body = b"E" + bytes(10) + order_id.to_bytes(8, "big") + size.to_bytes(4, "big") + bytes(8)
    return len(body).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"\x00", "inside of a length"),
        (b"\x00\x00", "0 bytes"),
        (b"\x00\x24A", "36 bytes"),
        (b"\x00\x0bA" + bytes(10), "36 belong"),
        (add(2, side=b"?"), "neither B nor S"),
        (add(2, size=0), "without price or size"),
        (add(2, price=0), "without price or size"),
        (executed(1, 101), "101 shares"),
        (executed(1, 0), "0 shares"),
    ],
)
def test_bad_itch_is_named(tmp_path, bad: bytes, why: str) -> None:
    path = tmp_path / "day.itch"
    good = add(1)
    path.write_bytes(good + bad)
    with pytest.raises(itch.ItchError, match=f"byte {len(good)}.*{why}"):
        list(itch.ItchReader(path).messages())
