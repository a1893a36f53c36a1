"""Nonces and rate limits, over a real Redis."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import pytest
import redis
import redis.asyncio
from django.conf import settings

from api.errors import ApiError, Refusal
from api.guard import Allowance, Guard, Limit, check_now

SLOW = Limit(per_second=1, burst=5)
# So slow that a test sees nothing come back, however slow the machine is.
STOPPED = SLOW._replace(per_second=0.001)  # type: ignore[arg-type]


def run(work: Callable[[Guard], Awaitable[None]], url: str = "") -> None:
    async def main() -> None:
        client = redis.asyncio.Redis.from_url(url or settings.REDIS_URL)
        try:
            await work(Guard(client))
        finally:
            await client.aclose()

    asyncio.run(main())


def bucket() -> str:
    return f"test:{secrets.token_hex(6)}"


async def until(is_refused: bool, guard: Guard, name: str, nonce: str = "") -> str:
    """Check again and again until that is the answer; the nonce it came to.

    On a slow machine a token may come back before the second check.
    """
    limit = Limit(per_second=20, burst=1)
    async with asyncio.timeout(60):
        while True:
            used = nonce or secrets.token_hex(8)
            try:
                await guard.check(name, limit, nonce=used, nonce_ms=600_000)
            except ApiError as error:
                assert error.code is Refusal.RATE_LIMITED
                if is_refused:
                    return used
                await asyncio.sleep(0.02)
            else:
                if not is_refused:
                    return used


def test_a_burst_passes_and_then_no_more() -> None:
    async def work(guard: Guard) -> None:
        name = bucket()
        # All of one turn of the loop go to Redis together.
        done = await asyncio.gather(
            *(guard.check(name, SLOW) for _ in range(7)), return_exceptions=True
        )
        allowed = [one for one in done if isinstance(one, Allowance)]
        refused = [one for one in done if isinstance(one, ApiError)]
        assert [one.remaining for one in allowed] == [4, 3, 2, 1, 0]
        assert [one.code for one in refused] == [Refusal.RATE_LIMITED] * 2
        assert refused[0].headers["Retry-After"] == "1"
        assert refused[0].headers["X-RateLimit-Limit"] == "5"
        assert refused[0].headers["X-RateLimit-Remaining"] == "0"
        assert await guard.check(bucket(), SLOW)  # another's allowance is not touched

    run(work)


def test_tokens_come_back_with_time() -> None:
    async def work(guard: Guard) -> None:
        name = bucket()
        await until(True, guard, name)
        await until(False, guard, name)

    run(work)


def test_a_batch_costs_as_many_tokens_as_it_has_orders() -> None:
    async def work(guard: Guard) -> None:
        name = bucket()
        assert (await guard.check(name, STOPPED, cost=4)).remaining == 1
        with pytest.raises(ApiError):
            await guard.check(name, STOPPED, cost=2)
        assert (await guard.check(name, STOPPED, cost=1)).remaining == 0

    run(work)


def test_a_nonce_is_good_once_across_processes_and_per_key() -> None:
    async def work(guard: Guard) -> None:
        name, nonce = bucket(), secrets.token_hex(8)
        limit = Limit(100, 100)
        await guard.check(name, limit, nonce=nonce, nonce_ms=60_000)
        with pytest.raises(ApiError) as refused:
            await guard.check(name, limit, nonce=nonce, nonce_ms=60_000)
        assert refused.value.code is Refusal.NONCE_USED
        # Another process knows it too.
        with redis.Redis.from_url(settings.REDIS_URL) as client, pytest.raises(ApiError) as seen:
            check_now(client, name, limit, nonce=nonce, nonce_ms=60_000)
        assert seen.value.code is Refusal.NONCE_USED
        await guard.check(bucket(), limit, nonce=nonce, nonce_ms=60_000)

    run(work)


def test_a_refused_request_uses_up_no_nonce() -> None:
    async def work(guard: Guard) -> None:
        name = bucket()
        nonce = await until(True, guard, name)
        assert await until(False, guard, name, nonce) == nonce

    run(work)


def test_without_redis_nothing_passes() -> None:
    async def work(guard: Guard) -> None:
        with pytest.raises(ApiError) as refused:
            await guard.check(bucket(), SLOW)
        assert refused.value.code is Refusal.SERVICE_UNAVAILABLE

    run(work, "redis://127.0.0.1:1/0")
