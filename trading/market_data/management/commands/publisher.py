"""`manage.py publisher`: market data and private updates from the engine journal to Redis."""

import asyncio
import signal
import time
from typing import Any

import redis
import structlog
from django.conf import settings
from django.core.management.base import BaseCommand

from tenants import selectors as tenants
from trading.engine.client import EngineClient, EngineUnavailable, EngineUnknown
from trading.market_data import depth, loading, publisher

log = structlog.get_logger("marque.publisher")

RETRY_SECONDS = 0.5


class Command(BaseCommand):
    help = "Follow the engine journal and publish depth, trades, tickers, candles and updates."

    def handle(self, *args: Any, **options: Any) -> None:
        self._is_stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        while not self._is_stopping:
            try:
                asyncio.run(self._run(self._load()))
            except (EngineUnavailable, EngineUnknown) as error:
                log.warning("the engine does not answer", error=str(error))
            except redis.RedisError as error:
                log.warning("Redis does not answer", error=str(error))
            except depth.BrokenBook as error:
                log.error("a book differs from the journal: starting afresh", error=str(error))
            if not self._is_stopping:
                time.sleep(RETRY_SECONDS)

    def _stop(self, running: publisher.Publisher) -> None:
        self._is_stopping = True
        running.stop()

    def _on_signal(self, *_: Any) -> None:
        self._is_stopping = True

    def _load(self) -> publisher.Publisher:
        client = EngineClient(settings.ENGINE_SOCKET)
        try:
            markets = [loading.load_market(tenant, client) for tenant in tenants.tenants()]
        finally:
            client.close()
        return publisher.Publisher(
            markets,
            engine_dir=settings.ENGINE_DIR,
            socket_path=settings.ENGINE_SOCKET,
            redis_url=settings.REDIS_URL,
        )

    async def _run(self, running: publisher.Publisher) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop, running)
        if self._is_stopping:  # told so while loading
            return
        log.info("publishing", seq=running.seq)
        await running.run()
