"""The hub on a real Valkey: one subscription a process, and no socket's trouble is another's."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis.asyncio
from django.conf import settings

from api.streams import hub as hubs
from api.streams.hub import CONTROL_CHANNEL, Hub
from trading.market_data.market import TenantMarket
from trading.market_data.private import ASKED_KEY, LISTENED
from trading.market_data.publisher import Publisher

SECONDS = 20.0  # before a condition that never comes fails the test


class Listener:
    """The hub's side of a socket: what it was sent, and how it was closed."""

    is_busy = False

    def __init__(self) -> None:
        self.caller = object()
        self.received: list[str] = []
        self.closed: tuple[int, str] | None = None
        self.rechecks = 0
        self.health_checks = 0
        self.recheck_fails = False
        self.health_fails = False

    def push(self, text: str) -> None:
        self.received.append(text)

    def drop(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def is_touched_by(self, change: dict[str, Any]) -> bool:
        return bool(change["touches"])

    async def recheck(self) -> None:
        self.rechecks += 1
        if self.recheck_fails:
            raise RuntimeError("the database says something strange")

    def check_health(self) -> None:
        self.health_checks += 1
        if self.health_fails:
            raise RuntimeError("no such tenant, or something")


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of their own in the server: a product that runs beside takes nothing of theirs."""
    url = urlsplit(settings.REDIS_URL)._replace(path="/7").geturl()
    monkeypatch.setattr(settings, "REDIS_URL", url)


@pytest.fixture(autouse=True)
def _no_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Channels of these tests are nobody's: there is no word to wait for."""
    monkeypatch.setattr(hubs, "WORD_SECONDS", 0.05)


@asynccontextmanager
async def publishing(market: TenantMarket, folder: Path) -> AsyncIterator[None]:
    """A real publisher that knows one market, and no engine."""
    publisher = Publisher(
        [market],
        engine_dir=folder,
        socket_path=str(folder / "engine.sock"),
        redis_url=settings.REDIS_URL,
    )
    running = asyncio.create_task(publisher.run())
    try:
        yield
    finally:
        publisher.stop()
        await running


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0.01)


def on_a_hub(work: Callable[[Hub, redis.asyncio.Redis, str], Coroutine[Any, Any, None]]) -> None:
    """Run a test with a hub whose Redis connections carry a name of their own."""

    async def run() -> None:
        name = f"hub-{secrets.token_hex(6)}"
        mark = "&" if "?" in settings.REDIS_URL else "?"
        hub = Hub(f"{settings.REDIS_URL}{mark}client_name={name}")
        server = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        try:
            await work(hub, server, name)
        finally:
            await hub.close()
            await server.aclose()

    asyncio.run(run())


async def subscriptions(server: redis.asyncio.Redis, name: str) -> list[dict[str, str]]:
    clients = await server.client_list(_type="pubsub")
    return [client for client in clients if client["name"] == name]


def test_those_who_come_first_share_one_connection() -> None:
    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        channels = [f"md:0:test-{number}:{name}" for number in range(8)]
        listeners = [Listener() for _ in channels]
        await hub.start()
        await asyncio.gather(
            *(
                hub.join(listener, channel)  # type: ignore[arg-type]
                for listener, channel in zip(listeners, channels, strict=True)
            )
        )
        held = await subscriptions(server, name)
        assert len(held) == 1
        assert int(held[0]["sub"]) == len(channels) + 1  # and the control channel
        for channel in channels:
            assert await server.publish(channel, f"to {channel}") == 1
        await until(lambda: all(listener.received for listener in listeners))
        assert [one.received for one in listeners] == [[f"to {c}"] for c in channels]
        hub.sockets.add(listeners[0])  # type: ignore[arg-type]
        await server.publish(CONTROL_CHANNEL, '{"touches":true}')
        await until(lambda: listeners[0].rechecks)

    on_a_hub(work)


def test_leaving_and_coming_back_at_once_keeps_the_channel() -> None:
    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        channel, listener = f"md:0:test:{name}", Listener()
        await hub.start()
        for number in range(20):
            await hub.join(listener, channel)  # type: ignore[arg-type]
            assert await server.publish(channel, str(number)) == 1
            await until(lambda: len(listener.received) > number)  # noqa: B023
            hub.leave(listener, channel)  # type: ignore[arg-type]

    on_a_hub(work)


def test_a_connection_lost_in_between_is_told_to_those_who_may_have_missed_something() -> None:
    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        channel, listener = f"md:0:test:{name}", Listener()
        await hub.start()
        await hub.join(listener, channel)  # type: ignore[arg-type]
        [held] = await subscriptions(server, name)
        await server.client_kill_filter(_id=held["id"])
        await until(lambda: listener.closed)
        assert listener.closed is not None and listener.closed[0] == 4012
        # The subscription comes back for whoever connects then.
        listener.received.clear()
        async with asyncio.timeout(SECONDS):
            while not await server.publish(channel, "again"):
                await asyncio.sleep(0.01)
        await until(lambda: listener.received)
        assert len(await subscriptions(server, name)) == 1

    on_a_hub(work)


def test_nonsense_on_the_control_channel_ends_nothing() -> None:
    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        listener = Listener()
        await hub.start()
        await hub.join(Listener(), f"md:0:test:{name}")  # type: ignore[arg-type]
        hub.sockets.add(listener)  # type: ignore[arg-type]
        await server.publish(CONTROL_CHANNEL, "no JSON")
        async with asyncio.timeout(SECONDS):
            while not listener.rechecks:
                await server.publish(CONTROL_CHANNEL, '{"touches":true}')
                await asyncio.sleep(0.05)

    on_a_hub(work)


def test_one_sockets_error_closes_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "RECHECK_SECONDS", 0.02)
    monkeypatch.setattr(hubs, "UPKEEP_SECONDS", 0.02)

    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        listeners = [Listener() for _ in range(4)]
        hub.sockets.update(listeners)  # type: ignore[arg-type]
        listeners[1].recheck_fails = True
        listeners[2].health_fails = True
        await hub.start()
        await until(lambda: listeners[1].closed and listeners[2].closed)
        for failed in listeners[1:3]:
            assert failed.closed is not None
            assert failed.closed[0] == 1011
            assert "connect again" in failed.closed[1]
        # Upkeep goes on, round after round, for those before and after.
        for other in (listeners[0], listeners[3]):
            seen = (other.rechecks, other.health_checks)
            await until(
                lambda o=other, s=seen: o.rechecks > s[0] + 1 and o.health_checks > s[1] + 1
            )
            assert other.closed is None
        # Asked to look again, an error is the same: this socket's end and nobody else's.
        listeners[0].recheck_fails = True
        await server.publish(CONTROL_CHANNEL, '{"touches":true}')
        await until(lambda: listeners[0].closed)
        assert listeners[3].closed is None

    on_a_hub(work)


def test_whoever_joins_is_in_when_the_publisher_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "WORD_SECONDS", SECONDS)
    market = TenantMarket(secrets.randbelow(10**6) + 10**6)

    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        await hub.start()
        other = Hub(settings.REDIS_URL)
        await other.start()
        try:
            async with publishing(market, tmp_path):
                for account_id in range(1, 30):
                    channel = f"md:{market.tenant_id}:private:{account_id}"
                    listeners = [Listener(), Listener(), Listener()]
                    # Two of one process at once, and one of another that comes later.
                    for at in ((hub, listeners[0]), (hub, listeners[1])), ((other, listeners[2]),):
                        await asyncio.gather(*(one.join(by, channel) for one, by in at))  # type: ignore[arg-type]
                        assert account_id in market.private.listened
                    assert [one.closed for one in listeners] == [None] * 3
                    assert [one.received for one in listeners] == [[]] * 3
                    hub.leave(listeners[0], channel)  # type: ignore[arg-type]
                    hub.leave(listeners[1], channel)  # type: ignore[arg-type]
        finally:
            await other.close()

    on_a_hub(work)


def test_whoever_was_let_in_without_a_publisher_is_closed_when_one_comes(tmp_path: Path) -> None:
    market = TenantMarket(secrets.randbelow(10**6) + 10**6)
    channel = f"md:{market.tenant_id}:private:1"

    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        early, listener = Listener(), Listener()
        await hub.start()
        await hub.join(early, channel)  # type: ignore[arg-type]
        assert early.closed is None
        async with publishing(market, tmp_path):
            await until(lambda: early.closed)
            assert early.closed is not None and early.closed[0] == 4012
            hub.leave(early, channel)  # type: ignore[arg-type]
            await hub.join(listener, channel)  # type: ignore[arg-type]
            await until(lambda: 1 in market.private.listened)
            await asyncio.sleep(0.1)
            assert listener.closed is None
        assert not await server.exists(ASKED_KEY)

    on_a_hub(work)


def test_a_word_that_comes_late_closes_whoever_did_not_wait_for_it() -> None:
    channel = f"md:0:private:{secrets.randbelow(10**9)}"

    async def work(hub: Hub, server: redis.asyncio.Redis, name: str) -> None:
        listener, patient = Listener(), Listener()
        await hub.start()
        await hub.join(listener, channel)  # type: ignore[arg-type]
        assert await server.smismember(ASKED_KEY, [channel]) == [1]
        await server.srem(ASKED_KEY, channel)
        assert await server.publish(channel, LISTENED) == 1
        await until(lambda: listener.closed)
        # Who comes now is told already, and another word changes nothing.
        await hub.join(patient, channel)  # type: ignore[arg-type]
        assert await server.publish(channel, LISTENED) == 1
        assert await server.publish(channel, "news") == 1
        await until(lambda: patient.received)
        assert (patient.received, patient.closed) == (["news"], None)

    on_a_hub(work)
