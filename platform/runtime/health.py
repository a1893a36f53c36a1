"""The health server: `/healthz`, `/readyz`, `/metrics` on a port that no tenant host reaches."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from runtime import folders, instance, lag, metrics

# Without one of these the product cannot take orders.
NEEDED = ("postgres", "valkey", "engine", "web")


class Handler(BaseHTTPRequestHandler):
    """Three addresses, no others."""

    protocol_version = "HTTP/1.1"
    server_version = "Marque"
    sys_version = ""

    def do_GET(self) -> None:
        address = self.path.partition("?")[0]
        if address == "/healthz":
            self._answer_json(200, {"status": "ok"})
        elif address == "/readyz":
            code, document = readiness()
            self._answer_json(code, document)
        elif address == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, _metrics())
        else:
            self._answer_json(404, {"status": "unknown address"})

    def _answer_json(self, code: int, document: object) -> None:
        self._answer(code, "application/json", json.dumps(document).encode() + b"\n")

    def _answer(self, code: int, content_type: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Scrapes every few seconds are not worth a line."""


class HealthServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def readiness() -> tuple[int, dict[str, object]]:
    """The answer of `/readyz`: 200 when orders can be taken, else 503, with what is missing.

    ``degraded`` names what is down and may catch up later: clearing, publisher and so on.
    """
    problems: dict[str, str] = {}
    degraded: dict[str, str] = {}
    running = instance.read_status(folders.data_dir())
    if not instance.is_alive(running):
        problems["supervisor"] = "does not run"
    for line in running.get("processes", []):
        if line["state"] not in ("up", "done"):
            needed = line["name"].split("-")[0] in NEEDED
            (problems if needed else degraded)[line["name"]] = f"is {line['state']}"
    lags = lag.measure()
    problems |= lags.problems
    if lags.relay_stopped:
        degraded["relay"] = f"is stopped for {', '.join(lags.relay_stopped)}"
    if lags.quarantined:
        degraded["clearing"] = f"has set aside {', '.join(lags.quarantined)}"
    status = "unready" if problems else "ready"
    document: dict[str, object] = {"status": status, "problems": problems, "degraded": degraded}
    return (503 if problems else 200), document


def _metrics() -> bytes:
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return metrics.exposition(
        lag.measure(),
        Path(directory) if directory else None,
        Path(settings.ENGINE_DIR) / "engine.metrics",
    )
