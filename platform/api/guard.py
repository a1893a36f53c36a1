"""Replay and rate checks across all web processes, many requests in one round trip.

All checks that wait go to Redis as one script call, one call at a time. A nonce
is remembered as long as its timestamp could still be accepted; the rate limit is a token bucket
kept as one "theoretical arrival time" per bucket (GCRA), so a bucket costs one key.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, NamedTuple

import msgspec
import redis
import redis.asyncio

from api.errors import ApiError, Refusal

GENERATION_KEY = "api:access:generation"

# One key and two arguments, packed: a hundred checks cost the client hardly more than one.
_SCRIPT = """
local now = tonumber(ARGV[1])
local checks = cmsgpack.unpack(ARGV[2])
local answer = {redis.call('GET', KEYS[1]) or '0'}
for i = 1, #checks do
  local check = checks[i]
  local nonce_key, nonce_ms, bucket_key = check[1], check[2], check[3]
  local cost, step, span = check[4], check[5], check[6]
  local status, remaining, wait = 0, 0, 0
  if nonce_ms > 0 and redis.call('EXISTS', nonce_key) == 1 then
    status = 1
  else
    local tat = math.max(now, tonumber(redis.call('GET', bucket_key) or '0'))
    local next_tat = tat + cost * step
    if next_tat - now > span then
      status = 2
      wait = next_tat - span - now
      remaining = math.max(0, (span - (tat - now)) / step)
    else
      redis.call('SET', bucket_key, string.format('%.3f', next_tat), 'PX', math.ceil(span) + 1000)
      if nonce_ms > 0 then redis.call('SET', nonce_key, 1, 'PX', nonce_ms) end
      remaining = (span - (next_tat - now)) / step
      wait = next_tat - now
    end
  end
  answer[#answer + 1] = status
  answer[#answer + 1] = math.floor(remaining)
  answer[#answer + 1] = math.ceil(wait)
end
return cmsgpack.pack(answer)
"""
_OK, _REPLAYED, _LIMITED = 0, 1, 2
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder().decode


class Limit(NamedTuple):
    """A token bucket: so many at once, refilled at so many a second."""

    per_second: int
    burst: int


class Allowance(NamedTuple):
    """What is left of a bucket after a request."""

    limit: int
    remaining: int
    reset_ms: int  # until the bucket is full again

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(-(-self.reset_ms // 1000)),
        }


class _Outcome:
    """What a future is to asynchronous code, for a thread."""

    def __init__(self) -> None:
        self._allowance: Allowance | None = None
        self._error: Exception | None = None

    def set_result(self, allowance: Allowance) -> None:
        self._allowance = allowance

    def set_exception(self, error: Exception) -> None:
        self._error = error

    def result(self) -> Allowance:
        if self._allowance is None:
            raise self._error or RuntimeError("not checked yet")
        return self._allowance


class _Check(NamedTuple):
    nonce_key: str
    nonce_ms: int  # 0: no nonce to remember
    bucket_key: str
    cost: int
    limit: Limit
    answer: asyncio.Future[Allowance] | _Outcome


def check_now(
    client: redis.Redis,
    bucket: str,
    limit: Limit,
    *,
    cost: int = 1,
    nonce: str = "",
    nonce_ms: int = 0,
) -> Allowance:
    """The same check from a thread, one at a time; raises ApiError."""
    check = _Check(
        f"api:nonce:{bucket}:{nonce}", nonce_ms, f"api:rate:{bucket}", cost, limit, _Outcome()
    )
    try:
        script = client.register_script(_SCRIPT)
        rows = _unpack(script(keys=[GENERATION_KEY], args=_arguments([check])))
    except (redis.RedisError, OSError):
        raise ApiError(Refusal.SERVICE_UNAVAILABLE) from None
    _settle(check, *rows[1:4])
    assert isinstance(check.answer, _Outcome)
    return check.answer.result()


class Guard:
    """Checks for one event loop. ``generation`` is the access generation last seen in Redis."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._script = client.register_script(_SCRIPT)
        self._waiting: list[_Check] = []
        self._running: asyncio.Task[None] | None = None
        self.generation = "0"

    async def check(
        self,
        bucket: str,
        limit: Limit,
        *,
        cost: int = 1,
        nonce: str = "",
        nonce_ms: int = 0,
    ) -> Allowance:
        """Take ``cost`` tokens and use up the nonce; raises ApiError if either cannot be."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Allowance] = loop.create_future()
        if not self._waiting and self._running is None:
            loop.call_soon(self._send)
        nonce_key = f"api:nonce:{bucket}:{nonce}"
        self._waiting.append(_Check(nonce_key, nonce_ms, f"api:rate:{bucket}", cost, limit, answer))
        return await answer

    def _send(self) -> None:
        # One call at a time: what comes while it is under way goes with the next one.
        if self._running is None and self._waiting:
            checks, self._waiting = self._waiting, []
            self._running = asyncio.get_running_loop().create_task(self._run(checks))
            self._running.add_done_callback(self._on_done)

    def _on_done(self, _: asyncio.Task[None]) -> None:
        self._running = None
        self._send()

    async def _run(self, checks: list[_Check]) -> None:
        try:
            packed = await self._script(keys=[GENERATION_KEY], args=_arguments(checks))
        except (redis.RedisError, OSError):
            for check in checks:
                _fail(check, ApiError(Refusal.SERVICE_UNAVAILABLE))
            return
        rows = _unpack(packed)
        self.generation = rows[0]
        for index, check in enumerate(checks):
            status, remaining, wait_ms = rows[1 + index * 3 : 4 + index * 3]
            _settle(check, status, remaining, wait_ms)


def _arguments(checks: list[_Check]) -> list[Any]:
    packed = _pack(
        [
            (
                check.nonce_key,
                check.nonce_ms,
                check.bucket_key,
                check.cost,
                1000 / check.limit.per_second,
                1000 / check.limit.per_second * check.limit.burst,
            )
            for check in checks
        ]
    )
    return [int(time.time() * 1000), packed]


def _settle(check: _Check, status: int, remaining: int, wait_ms: int) -> None:
    if status == _REPLAYED:
        _fail(check, ApiError(Refusal.NONCE_USED))
    elif status == _LIMITED:
        allowance = Allowance(check.limit.burst, remaining, wait_ms)
        headers = allowance.headers() | {"Retry-After": str(max(1, -(-wait_ms // 1000)))}
        _fail(check, ApiError(Refusal.RATE_LIMITED, headers=headers))
    elif isinstance(check.answer, _Outcome) or not check.answer.done():
        check.answer.set_result(Allowance(check.limit.burst, remaining, wait_ms))


def _fail(check: _Check, error: ApiError) -> None:
    # A caller that went away has canceled its future.
    if isinstance(check.answer, _Outcome) or not check.answer.done():
        check.answer.set_exception(error)
