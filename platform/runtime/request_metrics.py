"""Counts the requests that Django answers, by tenant."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "marque_http_requests_total",
    "Requests that Django answered.",
    ["tenant", "method", "route", "status"],
)
REQUEST_SECONDS = Histogram(
    "marque_http_request_seconds",
    "How long Django took to answer, without the gateway's fast path.",
    ["tenant"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestMetricsMiddleware:
    """Counts each request by tenant and route, never by path: paths can hold secrets."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin_s = time.perf_counter()
        response = self.get_response(request)
        tenant = getattr(getattr(request, "tenant", None), "slug", "")
        route = request.resolver_match.route if request.resolver_match else ""
        REQUESTS.labels(tenant, request.method or "", route, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(tenant).observe(time.perf_counter() - begin_s)
        return response
