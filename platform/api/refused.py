"""Wrong credentials are counted: who shows too many of them is not looked at for a while.

Counted are keys, signatures, nonces and sessions that were answered with 401, by the visitor's
network and over all web processes. A network that used up its allowance is refused before
anything is looked up, until the allowance has come back by one.
"""

from __future__ import annotations

import math
import time

from api.errors import ApiError, Refusal
from api.guard import Guard, Limit
from identity.visitors import network_of

_MAX_NETWORKS = 10_000


class Refused:
    """The counts of one event loop."""

    def __init__(self, guard: Guard, limit: Limit) -> None:
        self._guard = guard
        self._limit = limit
        self._until: dict[str, float] = {}  # network → monotonic second

    def check(self, address: str) -> None:
        """Raises ApiError if too many wrong credentials came from the address's network."""
        until = self._until.get(network_of(address))
        if until is None:
            return
        wait = math.ceil(until - time.monotonic())
        if wait > 0:
            raise ApiError(
                Refusal.TOO_MANY_WRONG_CREDENTIALS,
                headers={"Retry-After": str(wait)},
                extra={"retry_after": wait},
            )
        del self._until[network_of(address)]

    async def note(self, address: str) -> None:
        """Count wrong credentials shown from the address."""
        network = network_of(address)
        try:
            left = await self._guard.check(f"refused:{network}", self._limit)
        except ApiError as error:
            if error.code is not Refusal.RATE_LIMITED:
                return  # without Redis nobody is let in anyway
        else:
            if left.remaining:
                return
        if len(self._until) >= _MAX_NETWORKS:
            self._until.clear()
        self._until[network] = time.monotonic() + 1 / self._limit.per_second
