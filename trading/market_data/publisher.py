"""The publisher process: follows the engine journal and tells Redis what there is to see.

Messages are encoded once, here. Keys `md:snapshot:…` hold what a newcomer needs first; messages
go to `md:<tenant>:<channel>`; `publisher:seq` says how far the journal has been told. Who begins
to listen to an account puts its channel into the set `publisher:asked` and is told there when the
publisher knows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import redis.asyncio
import structlog

from trading.engine import columns, follower, journal
from trading.market_data.intake import EVENTS
from trading.market_data.market import Output, Row, TenantMarket
from trading.market_data.private import ASKED_KEY, INTERRUPTED, LISTENED

log = structlog.get_logger("marque.publisher")

SEQ_KEY = "publisher:seq"
_MOST_ASKED = 10_000  # of one round; the rest waits for the next
TICK_SECONDS = 0.010
DEPTH_SECONDS = 0.050
SLOW_SECONDS = 0.250
ENDING_SECONDS = 1.0


class Publisher:
    """Follows the journal for all tenants of one shard until stopped."""

    def __init__(
        self,
        markets: Iterable[TenantMarket],
        *,
        engine_dir: Path,
        socket_path: str,
        redis_url: str,
    ) -> None:
        self._markets = {market.tenant_id: market for market in markets}
        self._engine_dir = engine_dir
        self._socket_path = socket_path
        self._redis = redis.asyncio.Redis.from_url(redis_url)
        self._stop = asyncio.Event()
        # Until the parts that were loaded at different moments have met, nothing is published.
        self._target_seq = max((m.loaded_seq for m in self._markets.values()), default=0)
        missing_seq = min((m.first_missing_seq for m in self._markets.values()), default=1)
        if missing_seq == 1:
            # A tenant of which nothing was cleared yet misses nothing that is no longer there.
            missing_seq = journal.first_seq(engine_dir)
        self.seq = missing_seq - 1
        self._published_seq = -1
        self._to_tell: list[str] = []  # channels whose listeners asked, and are known now

    def stop(self) -> None:
        """Ask `run` to end after what it is doing."""
        self._stop.set()

    async def run(self) -> None:
        """Follow and publish until stopped; raises what the journal, a book or Redis raises."""
        tasks = (asyncio.create_task(self._follow()), asyncio.create_task(self._publish()))
        try:
            # Told to stop, both end by themselves; one that fails ends the other.
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await asyncio.wait(tasks, timeout=ENDING_SECONDS)
        finally:
            self._stop.set()  # a task that overhears its cancel sees this
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._redis.aclose()

    async def _follow(self) -> None:
        chunks = follower.follow_async(
            self._engine_dir, self._socket_path, self.seq + 1, self._stop, name="market"
        )
        async for chunk in chunks:
            self._take_in(chunk.data)
            self.seq = chunk.last_seq

    def _take_in(self, data: bytes) -> None:
        by_tenant: dict[int, dict[str, list[Row]]] = {}
        for (tenant_id, name), blob in columns.split_records(data).items():
            if name == "VenueOpened" and tenant_id not in self._markets:
                self._markets[tenant_id] = TenantMarket(tenant_id)
            elif name in EVENTS:
                by_tenant.setdefault(tenant_id, {})[name] = columns.rows(name, blob)
        for tenant_id, rows in by_tenant.items():
            market = self._markets.get(tenant_id)
            if market is None:
                # Its venue was opened before anything was loaded, its row written after.
                market = self._markets[tenant_id] = TenantMarket(tenant_id)
            market.apply(rows)

    async def _publish(self) -> None:
        while self.seq < self._target_seq and not self._stop.is_set():
            await asyncio.sleep(TICK_SECONDS)
        await self._listen_to_interest()
        await self._send(
            output
            for market in self._markets.values()
            for output in market.take_everything(int(time.time()))
        )
        depth_due = slow_due = 0.0
        while not self._stop.is_set():
            started = time.monotonic()
            outputs: list[Output] = []
            for market in self._markets.values():
                outputs += market.take_fast()
                if started >= min(depth_due, slow_due):  # auctions need settled books
                    outputs += market.take_depth()
                if started >= slow_due:
                    outputs += market.take_auctions()
                    outputs += market.take_slow(int(time.time()))
            if started >= depth_due:
                depth_due = started + DEPTH_SECONDS
            if started >= slow_due:
                slow_due = started + SLOW_SECONDS
            await self._send(outputs)
            await asyncio.sleep(max(0.0, started + TICK_SECONDS - time.monotonic()))

    async def _send(self, outputs: Iterable[Output]) -> None:
        """Everything in one round trip, in order; with it comes who listens to which account."""
        pipe = self._redis.pipeline(transaction=False)
        for name in self._to_tell:
            pipe.publish(name, LISTENED)
        for output in outputs:
            if output.is_key:
                pipe.set(output.name, output.payload)
            else:
                pipe.publish(output.name, output.payload)
        if self.seq != self._published_seq:
            pipe.set(SEQ_KEY, self.seq)
            self._published_seq = self.seq
        # Who asked before the channels are counted has subscribed before.
        pipe.spop(ASKED_KEY, _MOST_ASKED)
        pipe.execute_command("PUBSUB", "CHANNELS", "md:*:private:*")
        *_, asked, channels = await pipe.execute()
        self._set_listened(channels)
        self._to_tell = [name.decode() for name in set(asked) & set(channels)]

    async def _listen_to_interest(self) -> None:
        """Begin to track who listens; those who did before have missed what nobody published."""
        channels = await self._redis.execute_command("PUBSUB", "CHANNELS", "md:*:private:*")
        self._set_listened(channels)
        pipe = self._redis.pipeline(transaction=False)
        for channel in channels:
            pipe.publish(channel, INTERRUPTED)
        await pipe.execute()

    def _set_listened(self, channels: list[Any]) -> None:
        listened: dict[int, set[int]] = {}
        for channel in channels:
            _, tenant_id, _, account_id = channel.decode().split(":")
            listened.setdefault(int(tenant_id), set()).add(int(account_id))
        for tenant_id, market in self._markets.items():
            market.private.listened = frozenset(listened.get(tenant_id, ()))
