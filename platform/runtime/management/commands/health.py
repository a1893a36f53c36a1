"""Serves /healthz, /readyz and /metrics on the metrics port."""

import os
import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand

from runtime import given, health, ready


class Command(BaseCommand):
    help = "Serves /healthz, /readyz and /metrics on MARQUE_METRICS_PORT (127.0.0.1 only)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("MARQUE_METRICS_HOST", "127.0.0.1")
        port = given.port(os.environ, "MARQUE_METRICS_PORT", 9100)
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
        with health.HealthServer((host, port), health.Handler) as server:
            ready.tell()
            server.serve_forever(poll_interval=0.2)
