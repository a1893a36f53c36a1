"""The simulated provider of identity checks, over real HTTP, and what it calls back."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone

import kyc_cases
import people
from identity.models import User
from kyc import actions, signing
from kyc.models import CheckProvider, CheckState, ProviderCheck
from kyc.simulator.service import DEMO_ACCOUNT, Simulator, server_of
from tenants.models import Tenant


@dataclass(frozen=True)
class Call:
    """A webhook as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Checker:
    """The simulator at work for a firm; its webhooks are caught, for the test to deliver."""

    simulator: Simulator
    address: str
    calls: list[Call] = field(default_factory=list)

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Call]:
        """The webhooks once there are so many."""
        self.wait_until(lambda: len(self.calls) >= count, seconds=seconds)
        return list(self.calls)

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.01)

    def provider(self, **changes: Any) -> CheckProvider:
        """The firm's row for it."""
        values: dict[str, Any] = {
            "code": "simulator",
            "title": "Simulated Identity Ltd",
            "adapter": "hosted",
            "address": self.address,
            "from_tier": 2,
            "is_active": True,
            "secrets": {
                "api_key": DEMO_ACCOUNT.api_key,
                "request_secret": DEMO_ACCOUNT.request_secret,
                "webhook_secret": DEMO_ACCOUNT.webhook_secret,
            },
            "acting_user": None,
            "reason": "As a test begins",
        }
        return actions.set_provider(**(values | changes))


class Running:
    """Two servers for the time of a test: the simulator, and who catches its webhooks."""

    def __init__(self, **options: float) -> None:
        calls: list[Call] = []

        class Catcher(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                calls.append(Call(self.path, dict(self.headers.items()), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._catcher = ThreadingHTTPServer(("127.0.0.1", 0), Catcher)
        simulator = Simulator(
            DEMO_ACCOUNT,
            **({"soon_s": 0.05, "late_s": 0.3, "hangs_s": 1.0} | options),
            callback_host=f"127.0.0.1:{self._catcher.server_port}",
        )
        self._server = server_of(simulator, 0)
        self._server.daemon_threads = self._catcher.daemon_threads = True
        for server in (self._server, self._catcher):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.checker = Checker(simulator, f"http://127.0.0.1:{self._server.server_port}", calls)

    def end(self) -> None:
        for server in (self._server, self._catcher):
            server.shutdown()
            server.server_close()


def sent(alice: User, how: str = "", **answers: Any) -> ProviderCheck:
    """Alice's case for tier 2, sent, with its check on its way; her family name says how."""
    case = kyc_cases.submitted(alice, 2, family_names=f"Eriksson {how}".strip(), **answers)
    check = case.checks.get()
    assert check.state == CheckState.WANTED
    run(check)
    return fresh(check)


def run(check: ProviderCheck, *, later: timedelta = timedelta()) -> ProviderCheck:
    actions.run_check(check_id=check.pk, now=timezone.now() + later)
    return fresh(check)


def ask_later(check: ProviderCheck) -> ProviderCheck:
    """What the task does when nobody has told anything for a while."""
    return run(check, later=timedelta(hours=2))


def fresh(check: ProviderCheck) -> ProviderCheck:
    return ProviderCheck.objects.select_related("case", "provider").get(pk=check.pk)


def deliver(tenant: Tenant, call: Call, **changes: Any) -> Any:
    """A webhook at the door it was sent to, as the wire had it."""
    headers = {
        name: call.headers[name] for name in (signing.TIMESTAMP, signing.SIGNATURE)
    } | changes.get("headers", {})
    return people.browser_of(tenant).post(
        call.path,
        changes.get("body", call.body),
        content_type="application/json",
        headers=headers,
    )


def effects(check: ProviderCheck) -> list[tuple[str, str]]:
    return list(check.words.values_list("outcome", "effect"))


def signed(body: bytes) -> Call:
    now = int(timezone.now().timestamp())
    headers = signing.sign(DEMO_ACCOUNT.webhook_secret, body, now)
    return Call("/hooks/verification/simulator", headers, body)


def call_of(word: dict[str, Any]) -> Call:
    return signed(json.dumps(word).encode())
