"""What the fast path and the streams count; read at the metrics port, never on tenant hosts."""

import asyncio
from bisect import bisect_left
from collections import Counter as Counted
from collections import defaultdict

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
ORDERS = Counter(
    "marque_api_requests_total",
    "Order requests answered by the gateway, by the code they were answered with.",
    ["tenant", "door", "code"],
)
SECONDS = Histogram(
    "marque_api_request_seconds",
    "From the whole request to its answer, in the gateway.",
    ["tenant", "door"],
    buckets=BUCKETS,
)
SOCKETS = Gauge("marque_api_sockets", "Open WebSockets.", ["tenant"], multiprocess_mode="livesum")
DROPPED = Counter(
    "marque_api_sockets_dropped_total", "WebSockets closed by us.", ["tenant", "code"]
)


class Tally:
    """Answered order requests of one event loop, on their way to the counters.

    The counters lie in files, behind a lock and a look at the process id: they are told of many
    requests at once, a moment later.
    """

    MOMENT_SECONDS = 0.1

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._noted: list[tuple[str, str, str, float]] = []

    def note(self, tenant: str, door: str, code: str, seconds: float) -> None:
        """Count a request and how long it took."""
        if not self._noted:
            self._loop.call_later(self.MOMENT_SECONDS, self.flush)
        self._noted.append((tenant, door, code, seconds))

    def flush(self) -> None:
        """Tell the counters."""
        noted, self._noted = self._noted, []
        requests = Counted((tenant, door, code) for tenant, door, code, _ in noted)
        for labels, count in requests.items():
            ORDERS.labels(*labels).inc(count)
        slots = Counted((tenant, door, bisect_left(BUCKETS, s)) for tenant, door, _, s in noted)
        for (tenant, door, slot), count in slots.items():
            SECONDS.labels(tenant, door)._buckets[slot].inc(count)
        totals: dict[tuple[str, str], float] = defaultdict(float)
        for tenant, door, _, seconds in noted:
            totals[tenant, door] += seconds
        for names, total in totals.items():
            SECONDS.labels(*names)._sum.inc(total)
