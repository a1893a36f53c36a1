"""What a web process keeps for the fast path and the streams, once per event loop."""

from __future__ import annotations

import asyncio

import redis.asyncio
from django.conf import settings

from api import metrics, rates
from api.access import KeyCache
from api.arming import Arming
from api.catalogues import Catalogues
from api.guard import Guard
from api.orders import OrderDesk
from api.refused import Refused
from api.rules import keep_judgements
from api.streams.hub import Hub
from trading.commands import door


class Services:
    """Connections and caches shared by all requests of the process."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.redis = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2
        )
        self.engine = door.async_client()
        self.catalogues = Catalogues()
        self.keys = KeyCache()
        self.guard = Guard(self.redis)
        self.refused = Refused(self.guard, rates.REFUSED)
        self.arming = Arming(self.engine)
        self.desk = OrderDesk(self.engine, self.catalogues)
        self.hub = Hub(settings.REDIS_URL)
        self.tally = metrics.Tally()
        self.order_limit = rates.ORDERS
        self.read_limit = rates.READS
        self._keeping = self.loop.create_task(keep_judgements())

    async def close(self) -> None:
        """Close every connection; open sockets are told to come back."""
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        await self.hub.close()
        await self.engine.close()
        await self.redis.aclose()
        self.tally.flush()
