"""A LOBSTER message file played into a live instrument, in recorded time."""

import asyncio
import logging
import time
from pathlib import Path

from trading.engine import commands
from trading.engine.client import AsyncEngineClient, EngineUnavailable, EngineUnknown
from trading.replay import lobster
from trading.replay.exchange_flow import ExchangeFlow
from trading.replay.market_maker import NS, Pace, ReplayTarget

log = logging.getLogger(__name__)


class LobsterPlayer:
    """Plays one message file into one instrument of one tenant.

    Shares become lots; prices, dollars, become ticks of the instrument, rounded down.
    """

    def __init__(self, client: AsyncEngineClient, target: ReplayTarget, pace: Pace) -> None:
        self._client = client
        self._target = target
        self._pace = pace

    async def run(self, path: Path, *, passes: int | None = None) -> None:
        """Play `path` again and again, or `passes` times, from an empty book each time."""
        done = 0
        while passes is None or done < passes:
            try:
                await self._play(path)
                done += 1
            except (EngineUnavailable, EngineUnknown) as error:
                log.warning("replay of %s waits for the engine: %s", self._target.symbol, error)
                await asyncio.sleep(1)

    async def _play(self, path: Path) -> None:
        target = self._target
        for account_id in target.account_ids:
            await self._client.send(
                target.tenant_id,
                commands.CancelAllOrders(account_id=account_id, instrument_id=target.instrument_id),
            )
        price_per_tick = int(target.tick_size.scaleb(lobster.PRICE_SCALE)) or 1
        flow = ExchangeFlow(
            instrument_id=target.instrument_id,
            maker_account_id=target.account_ids[0],
            taker_account_id=target.account_ids[1],
            price_per_tick=price_per_tick,
        )
        started = time.monotonic()
        first_ns: int | None = None
        for message in lobster.read_messages(path):
            if first_ns is None:
                first_ns = message.time_ns
            due = started + float((message.time_ns - first_ns) / self._pace.speed) / NS
            if due > time.monotonic():
                await asyncio.sleep(due - time.monotonic())
            moves = list(flow.commands_of(message))
            if moves:
                await asyncio.gather(*(self._client.send(target.tenant_id, move) for move in moves))
        log.info("replay of %s: %s", target.symbol, flow.counts)
