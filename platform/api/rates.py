"""Rate limits per key or user, the same for the fast path, the WebSocket and the REST reads."""

import os

from api.guard import Limit


def _limit(name: str, per_second: int, burst: int) -> Limit:
    """A limit from the environment as "per second/burst", else the default."""
    text = os.environ.get(name, f"{per_second}/{burst}")
    rate, _, most = text.partition("/")
    if not (rate.isdigit() and most.isdigit() and int(rate) > 0 and int(most) > 0):
        raise ValueError(f'{name} must look like "100/200" (per second/burst), not {text!r}.')
    return Limit(int(rate), int(most))


# Every order and cancel costs one, also inside a batch.
ORDERS = _limit("MARQUE_API_ORDER_RATE", 200, 1_000)
READS = _limit("MARQUE_API_READ_RATE", 20, 100)
# Market data needs no key; it is counted by address.
PUBLIC = _limit("MARQUE_API_PUBLIC_RATE", 20, 200)
# Wrong keys, signatures and sessions, by network.
REFUSED = _limit("MARQUE_API_REFUSED_RATE", 1, 60)
# WebSockets from one address to one web process.
CONNECTIONS_PER_ADDRESS = int(os.environ.get("MARQUE_API_CONNECTIONS_PER_ADDRESS", "64"))
