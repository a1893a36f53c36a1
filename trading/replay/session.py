"""The replay process: which recordings run where, kept up while tenants come and go."""

import asyncio
import logging
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django_tenants.utils import tenant_context

from tenants import selectors as tenants
from tenants.models import Tenant
from trading.engine.client import AsyncEngineClient
from trading.replay import selectors
from trading.replay.lobster_player import LobsterPlayer
from trading.replay.market_maker import MarketMaker, Pace, ReplayTarget

log = logging.getLogger(__name__)

RECORDINGS = Path(__file__).resolve().parent / "recordings"
# The shipped recordings and the instruments they can drive.
DEMO = {
    "BTC-USDT": RECORDINGS / "spot_btcusdt_20240808.ndlog.zst",
    "ETH-USDT": RECORDINGS / "spot_ethusdt_20240808.ndlog.zst",
}
LOOK_AGAIN_SECONDS = 3.0


def find_target(tenant: Tenant, symbol: str) -> ReplayTarget:
    """The target in a tenant's schema; raises selectors.NoTarget."""
    with tenant_context(tenant):
        return selectors.replay_target(tenant.id, symbol)


async def replay_file(
    targets: list[ReplayTarget], path: Path, pace: Pace, *, file_format: str, passes: int | None
) -> None:
    """Play one file into all targets at once, again and again or `passes` times."""
    client = AsyncEngineClient(settings.ENGINE_SOCKET)
    player = MarketMaker if file_format == "binance" else LobsterPlayer
    await asyncio.gather(
        *(player(client, target, pace).run(path, passes=passes) for target in targets)
    )


async def replay_demo(pace: Pace) -> None:
    """Play the shipped recordings in every active tenant that has the instruments for them.

    A tenant that is created later joins within seconds; one that is suspended stops.
    """
    client = AsyncEngineClient(settings.ENGINE_SOCKET)
    running: dict[tuple[int, str], asyncio.Task[None]] = {}
    while True:
        active = await sync_to_async(tenants.active_tenants)()
        wanted = {(tenant.id, symbol): tenant for tenant in active for symbol in DEMO}
        for key in running.keys() - wanted.keys():
            running.pop(key).cancel()
        for key, task in list(running.items()):
            if task.done():
                log.error(
                    "replay of %s in tenant %d ended", key[1], key[0], exc_info=task.exception()
                )
                del running[key]
        for key in wanted.keys() - running.keys():
            tenant_id, symbol = key
            try:
                target = await sync_to_async(find_target)(wanted[key], symbol)
            except selectors.NoTarget:
                continue
            log.info("replaying %s in tenant %d", symbol, tenant_id)
            maker = MarketMaker(client, target, pace)
            running[key] = asyncio.create_task(maker.run(DEMO[symbol]))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
