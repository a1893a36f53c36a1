"""What the fast path and the streams count; read at the metrics port, never on tenant hosts."""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

ORDERS = Counter(
    "marque_api_requests_total",
    "Order requests answered by the gateway, by the code they were answered with.",
    ["tenant", "door", "code"],
)
SECONDS = Histogram(
    "marque_api_request_seconds",
    "From the whole request to its answer, in the gateway.",
    ["tenant", "door"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
SOCKETS = Gauge("marque_api_sockets", "Open WebSockets.", ["tenant"], multiprocess_mode="livesum")
DROPPED = Counter(
    "marque_api_sockets_dropped_total", "WebSockets closed by us.", ["tenant", "code"]
)


@lru_cache(4_096)
def orders(tenant: str, door: str, code: str) -> Counter:
    return ORDERS.labels(tenant, door, code)


@lru_cache(1_024)
def seconds(tenant: str, door: str) -> Histogram:
    return SECONDS.labels(tenant, door)
