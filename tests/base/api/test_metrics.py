"""What is noted of many requests reaches the counters, each once."""

import asyncio

from prometheus_client import REGISTRY

from api.metrics import BUCKETS, Tally


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_noted_requests_are_counted_as_if_told_one_by_one() -> None:
    async def work() -> None:
        tally = Tally()
        for code, seconds in (("OK", 0.0005), ("OK", 0.001), ("RATE_LIMITED", 0.03), ("OK", 99.0)):
            tally.note("tally-test", "http", code, seconds)
        async with asyncio.timeout(20):
            while not value(
                "marque_api_requests_total", tenant="tally-test", door="http", code="OK"
            ):
                await asyncio.sleep(0.01)
        tally.note("tally-test", "websocket", "OK", 0.002)
        tally.flush()

    asyncio.run(work())
    http = {"tenant": "tally-test", "door": "http"}
    assert value("marque_api_requests_total", **http, code="OK") == 3
    assert value("marque_api_requests_total", **http, code="RATE_LIMITED") == 1
    assert value("marque_api_request_seconds_count", **http) == 4
    assert abs(value("marque_api_request_seconds_sum", **http) - 99.0315) < 1e-9
    below = [value("marque_api_request_seconds_bucket", **http, le=str(float(b))) for b in BUCKETS]
    assert below == [2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3]
    other = {"tenant": "tally-test", "door": "websocket"}
    assert value("marque_api_request_seconds_count", **other) == 1
