"""The house market maker of a replayed market: a recorded book and its trades, in recorded time.

One house account quotes the recorded depth, another takes the recorded trades; both send
ordinary commands, so customers' orders meet them by price and time like anybody's. The depth is
set about each recorded trade before it is made, so that the book is whole whenever a trade fires
a stop. At each pass over the recording the two change places, so that what one sold it buys back.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from trading.engine import commands, events, queries
from trading.engine.client import AsyncEngineClient, EngineUnavailable, EngineUnknown
from trading.engine.enums import TimeInForce
from trading.engine.results import Result
from trading.replay import binance
from trading.replay.quotes import QuoteKeeper, around_trade, is_torn, limit_order

log = logging.getLogger(__name__)

NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ReplayTarget:
    """Where a recording is played: the instrument's steps as decimals, and two house accounts."""

    tenant_id: int
    instrument_id: int
    symbol: str
    tick_size: Decimal
    lot_size: Decimal
    account_ids: tuple[int, int]

    def ticks_of(self, text: str) -> int:
        """Ticks of a recorded price, rounded down to the tick."""
        return int((Decimal(text) / self.tick_size).to_integral_value(ROUND_DOWN))

    def lots_of(self, text: str) -> int:
        """Lots of a recorded quantity, rounded down to the lot."""
        return int((Decimal(text) / self.lot_size).to_integral_value(ROUND_DOWN))


@dataclass(frozen=True, slots=True)
class Pace:
    """How a recording is played: `speed` times recorded time, `levels` a side, in steps."""

    speed: Decimal = Decimal(1)
    levels: int = 15
    step_seconds: Decimal = Decimal("0.4")
    reconcile_every: int = 5


@dataclass(slots=True)
class _Trades:
    """Recorded trades of one step, neighbours of one side and price taken together."""

    rows: list[tuple[bool, int, int]]

    def add(self, is_buy: bool, ticks: int, lots: int) -> None:
        if not lots:
            return
        if self.rows and self.rows[-1][:2] == (is_buy, ticks):
            lots += self.rows.pop()[2]
        self.rows.append((is_buy, ticks, lots))


class MarketMaker:
    """Plays one recording into one instrument of one tenant."""

    def __init__(self, client: AsyncEngineClient, target: ReplayTarget, pace: Pace) -> None:
        self._client = client
        self._target = target
        self._pace = pace
        self._refusals: dict[Result, int] = {}

    async def run(self, path: Path, *, passes: int | None = None) -> None:
        """Play `path` again and again, or `passes` times; survives engine restarts."""
        done = 0
        while passes is None or done < passes:
            try:
                await self._play(path, swapped=bool(done % 2))
                done += 1
            except (EngineUnavailable, EngineUnknown) as error:
                log.warning("replay of %s waits for the engine: %s", self._target.symbol, error)
                await asyncio.sleep(1)

    async def _play(self, path: Path, *, swapped: bool) -> None:
        maker_id, taker_id = self._target.account_ids[:: -1 if swapped else 1]
        keeper = QuoteKeeper(account_id=maker_id, instrument_id=self._target.instrument_id)
        await self._reconcile(keeper, maker_id)
        book = binance.RecordedBook(self._target.ticks_of, self._target.lots_of)
        trades = _Trades([])
        steps = 0
        async for message in self._in_time(path, book):
            if isinstance(message, binance.RecordedTrade):
                trades.add(
                    not message.taker_sells,
                    self._target.ticks_of(message.price),
                    self._target.lots_of(message.quantity),
                )
            elif message is not None:
                book.apply(message)
            elif book.is_ready:
                steps += 1
                if steps % self._pace.reconcile_every == 0:
                    await self._reconcile(keeper, maker_id)
                bids, asks = book.best(self._pace.levels)
                if steps == 1:
                    # What the pass before left goes together with what replaces it, so that
                    # nobody sees an empty book when the recording begins again.
                    moves = keeper.moves(bids, asks)
                    await self._send([self._cancel_all(taker_id), *moves], keeper)
                for is_buy, ticks, lots in trades.rows:
                    # The book as it stands moves least, while its sides hold together.
                    standing = keeper.depth(True), keeper.depth(False)
                    trade_at: dict[str, Any] = {
                        "is_taker_buy": is_buy,
                        "ticks": ticks,
                        "lots": lots,
                    }
                    around = around_trade(*standing, **trade_at)
                    if is_torn(around, (bids, asks)):
                        around = around_trade(bids, asks, **trade_at)
                    trade = limit_order(
                        taker_id,
                        self._target.instrument_id,
                        is_buy,
                        ticks,
                        lots,
                        TimeInForce.IOC,
                    )
                    await self._send([*keeper.moves(*around), trade], keeper)
                trades.rows.clear()
                await self._send(keeper.moves(bids, asks), keeper)

    async def _in_time(
        self, path: Path, book: binance.RecordedBook
    ) -> AsyncIterator[binance.Message | None]:
        """The recording's messages when they are due, and None at the end of each step.

        Messages up to the snapshot come at once. When the player falls behind, steps stretch;
        no message is skipped.
        """
        step_ns = int(self._pace.step_seconds * NS)
        recorded_ns: int | None = None
        due = time.monotonic()
        for message in binance.read_recording(path):
            if book.is_ready and recorded_ns is None:
                recorded_ns = message.time_ns
                yield None
            if recorded_ns is not None and message.time_ns - recorded_ns >= step_ns:
                yield None
                elapsed_ns = message.time_ns - recorded_ns
                recorded_ns = message.time_ns
                due = max(time.monotonic(), due + float(elapsed_ns / self._pace.speed) / NS)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            yield message
        yield None

    async def _reconcile(self, keeper: QuoteKeeper, maker_id: int) -> None:
        """Learn of fills by customers, whose answers go to them."""
        query = queries.QueryOpenOrders(
            account_id=maker_id, instrument_id=self._target.instrument_id
        )
        answer = await self._client.send(self._target.tenant_id, query)
        keeper.reset(row for row in answer.events if isinstance(row, events.OrderRow))

    async def _send(self, moves: Sequence[Any], keeper: QuoteKeeper) -> None:
        """Send all in one write, which the engine takes as one batch, and learn the answers."""
        answers = await asyncio.gather(
            *(self._client.send(self._target.tenant_id, move) for move in moves)
        )
        for move, answer in zip(moves, answers, strict=True):
            keeper.on_answer(move, answer.result, answer.events)
            if answer.result not in (
                Result.ACCEPTED,
                Result.UNKNOWN_ORDER,
                Result.ORDER_ALREADY_CLOSED,
            ):
                self._count_refusal(answer.result)

    def _count_refusal(self, result: Result) -> None:
        """Log the 1st, 10th, 100th … refusal of a kind: a halted instrument refuses every step."""
        count = self._refusals[result] = self._refusals.get(result, 0) + 1
        if str(count).strip("0") == "1":
            log.warning(
                "replay into %s: the engine refused %d times with %s",
                self._target.symbol,
                count,
                result.name,
            )

    def _cancel_all(self, account_id: int) -> commands.CancelAllOrders:
        return commands.CancelAllOrders(
            account_id=account_id, instrument_id=self._target.instrument_id
        )
