"""The market maker at an engine in this process: what its market looks like from outside."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.trading.replay.test_binance import BTC, raw_lines
from trading.engine import commands, events, queries, wire
from trading.engine.client import Answer
from trading.engine.enums import (
    AccountRole,
    AccountState,
    FundsReason,
    InstrumentState,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from trading.engine.results import Result
from trading.engine.shard import Shard
from trading.replay import binance
from trading.replay.market_maker import MarketMaker, Pace, ReplayTarget

TENANT_ID, INSTRUMENT_ID, BTC_ID, USDT_ID = 1, 1, 1, 2
ACCOUNT_IDS = (2, 3)
CUSTOMER_ID = 4
TARGET = ReplayTarget(
    TENANT_ID, INSTRUMENT_ID, "BTC-USDT", Decimal("0.01"), Decimal("0.00001"), ACCOUNT_IDS
)


def venue() -> Iterator[Any]:
    yield commands.OpenVenue(code="replay")
    yield commands.CreateAsset(asset_id=BTC_ID, scale=8, code="BTC")
    yield commands.CreateAsset(asset_id=USDT_ID, scale=8, code="USDT")
    yield commands.CreateAccount(
        account_id=1, role=AccountRole.HOUSE_FEES, state=AccountState.ACTIVE
    )
    for account_id in (*ACCOUNT_IDS, CUSTOMER_ID):
        role = AccountRole.HOUSE_MARKET_MAKER if account_id in ACCOUNT_IDS else AccountRole.CUSTOMER
        yield commands.CreateAccount(account_id=account_id, role=role, state=AccountState.ACTIVE)
        for asset_id in (BTC_ID, USDT_ID):
            yield commands.CreditFunds(
                account_id=account_id,
                asset_id=asset_id,
                amount_units=10**18,
                reason=FundsReason.HOUSE_FUNDING,
            )
    yield commands.CreateInstrument(
        instrument_id=INSTRUMENT_ID,
        base_asset_id=BTC_ID,
        quote_asset_id=USDT_ID,
        tick_units=10**6,
        lot_units=10**3,
        min_lots=1,
        max_lots=10**12,
        state=InstrumentState.OPEN,
        symbol="BTC-USDT",
    )


class Stops:
    """The customer's stops: where the trade was that fired each, and what became of it."""

    def __init__(self) -> None:
        self.last: dict[int, int] = {}  # order id -> ticks
        self.worst: dict[int, int] = {}  # order id -> ticks between that trade and its worst own
        self.filled: set[int] = set()

    def take(self, event: Any) -> None:
        if isinstance(event, events.OrderTriggered):
            self.last[event.order_id] = event.last_ticks
        elif isinstance(event, events.Traded) and event.taker_order_id in self.last:
            distance = abs(event.ticks - self.last[event.taker_order_id])
            worst = self.worst.get(event.taker_order_id, 0)
            self.worst[event.taker_order_id] = max(worst, distance)
        elif isinstance(event, events.OrderClosed) and event.status == OrderStatus.FILLED:
            self.filled.add(event.order_id)


class LocalEngine:
    """A shard behind the client's ``send``. As in the engine process, what is sent in one turn of
    the loop is one batch; ``books`` are the best bid and ask, in ticks, seen after each."""

    def __init__(self) -> None:
        self._shard = Shard()
        self._time_ns = 0
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self.books: list[tuple[int | None, int | None]] = []
        self.traded: Counter[int] = Counter()  # ticks -> lots
        self.stops = Stops()
        for answer in self._run(list(venue())):
            assert answer.result == Result.ACCEPTED

    async def send(self, tenant_id: int, message: Any) -> Answer:
        assert tenant_id == TENANT_ID
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._answer)
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((message, future))
        return await future

    def owners(self) -> set[int]:
        """Whose orders rest in the book."""
        return {
            row.account_id
            for account_id in ACCOUNT_IDS
            for row in self._rows(queries.QueryOpenOrders(account_id=account_id))
        }

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        answers = self._run([message for message, _ in waiting])
        for (_, future), answer in zip(waiting, answers, strict=True):
            future.set_result(answer)
        best: dict[int, int] = {}
        for row in self._rows(queries.QueryDepth(instrument_id=INSTRUMENT_ID, levels=1)):
            best[row.side] = row.ticks
        self.books.append((best.get(Side.BUY), best.get(Side.SELL)))

    def _rows(self, query: Any) -> list[Any]:
        return list(self._run([query])[0].events)

    def _run(self, messages: list[Any]) -> list[Answer]:
        self._time_ns += 1
        frames = b"".join(
            wire.request_of(message, TENANT_ID, request_id=number)
            for number, message in enumerate(messages, start=1)
        )
        data = self._shard.run_batch(frames, self._time_ns).answers
        answers, offset = [], 0
        while offset < len(data):
            frame = wire.decode_answer(data, offset)
            answers.append(Answer(frame))
            offset += frame.size
            for event in answers[-1].events:
                self.stops.take(event)
                if isinstance(event, events.Traded):
                    self.traded[event.ticks] += event.lots
        return answers


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """The first seconds of the shipped one."""
    path = tmp_path / "short.ndlog"
    path.write_text("\n".join(raw_lines(BTC)[:1500]) + "\n")
    return path


def test_the_book_is_never_empty_when_the_recording_begins_again(recording: Path) -> None:
    engine = LocalEngine()
    maker = MarketMaker(engine, TARGET, Pace(speed=Decimal(100_000)))  # type: ignore[arg-type]
    asyncio.run(maker.run(recording, passes=3))
    books = engine.books
    first = next(at for at, (bid, ask) in enumerate(books) if bid and ask)
    assert first < 5
    assert len(books) > 60
    assert [book for book in books[first:] if None in book] == []
    assert all(bid < ask for bid, ask in books[first:] if bid and ask)
    # Three passes: the first account quotes, and nothing is left of the other's.
    assert engine.owners() == {ACCOUNT_IDS[0]}


def test_a_market_maker_begun_anew_takes_over_what_it_left(recording: Path) -> None:
    engine = LocalEngine()
    for _ in range(2):  # as after a restart of the process
        maker = MarketMaker(engine, TARGET, Pace(speed=Decimal(100_000)))  # type: ignore[arg-type]
        asyncio.run(maker.run(recording, passes=1))
    first = next(at for at, (bid, ask) in enumerate(engine.books) if bid and ask)
    assert [book for book in engine.books[first:] if None in book] == []
    assert engine.owners() == {ACCOUNT_IDS[0]}


def test_the_recorded_trades_come_at_their_prices(recording: Path) -> None:
    engine = LocalEngine()
    maker = MarketMaker(engine, TARGET, Pace(speed=Decimal(100_000)))  # type: ignore[arg-type]
    asyncio.run(maker.run(recording, passes=1))
    recorded: Counter[int] = Counter()
    for message in binance.read_recording(recording):
        if isinstance(message, binance.RecordedTrade):
            recorded[TARGET.ticks_of(message.price)] += TARGET.lots_of(message.quantity)
    assert engine.traded == +recorded
    assert len(recorded) > 20


def wild_recording(path: Path) -> None:
    """A book that stands still, with trades far above and below it within one step."""
    second = 10**9

    def line(time_ns: int, body: dict[str, Any]) -> str:
        return f"{time_ns} {json.dumps(body)}"

    def price(ticks: int) -> str:
        return f"{ticks / 100:.2f}"

    bids = [[price(ticks), "1.0"] for ticks in range(5_999_999, 5_999_984, -1)]
    asks = [[price(ticks), "1.0"] for ticks in range(6_000_000, 6_000_015)]
    lines = [line(0, {"lastUpdateId": 1, "bids": bids, "asks": asks})]
    number = 0
    for step in range(1, 20):
        start_ns = step * second
        for at, (ticks, is_buy) in enumerate(
            [
                *((6_000_000 + 700 * n, True) for n in range(6)),
                *((6_003_000 - 700 * n, False) for n in range(10)),
                *((5_997_000 + 500 * n, n % 2 == 0) for n in range(7)),
            ]
        ):
            number += 1
            trade = {
                "e": "trade",
                "t": number,
                "p": price(ticks),
                "q": "0.5",
                "m": not is_buy,
            }
            lines.append(line(start_ns + at * 1000, {"data": trade}))
    path.write_text("\n".join(lines) + "\n")


async def place_stops(engine: LocalEngine, low: int, high: int) -> int:
    """Stops and take-profits of both sides all over the range; how many."""
    placed = 0
    for number in range(240):
        order = commands.PlaceOrder(
            account_id=CUSTOMER_ID,
            instrument_id=INSTRUMENT_ID,
            lots=500,
            trigger_ticks=low + (high - low) * number // 240,
            side=Side.BUY if number % 2 else Side.SELL,
            order_type=OrderType.STOP_MARKET if number % 3 else OrderType.TAKE_PROFIT_MARKET,
            time_in_force=TimeInForce.IOC,
        )
        answer = await engine.send(TENANT_ID, order)
        placed += answer.result == Result.ACCEPTED
    return placed


@pytest.mark.parametrize("kind", ["recorded", "wild"])
def test_a_stop_trades_close_to_the_trade_that_fires_it(
    recording: Path, kind: str, tmp_path: Path
) -> None:
    """Not at what is left of a book that the recorded trades have gone through."""
    if kind == "wild":
        recording = tmp_path / "wild.ndlog"
        wild_recording(recording)
    prices = [
        TARGET.ticks_of(message.price)
        for message in binance.read_recording(recording)
        if isinstance(message, binance.RecordedTrade)
    ]
    low, high = min(prices), max(prices)
    engine = LocalEngine()
    maker = MarketMaker(engine, TARGET, Pace(speed=Decimal(100_000)))  # type: ignore[arg-type]

    async def play() -> int:
        await maker.run(recording, passes=1)
        placed = await place_stops(engine, low, high)
        await maker.run(recording, passes=2)
        return placed

    placed = asyncio.run(play())
    stops = engine.stops
    assert placed >= 100 and len(stops.last) > 60  # others were met already
    assert stops.filled >= stops.last.keys()
    # The recorded book itself reaches so far; 60 USDT are a thousandth of the price.
    assert max(stops.worst.values()) <= (6000 if kind == "recorded" else 40), stops.worst
    assert all(bid and ask and bid < ask for bid, ask in engine.books[-300:])
