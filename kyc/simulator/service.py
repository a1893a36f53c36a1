"""The simulator's HTTP service: takes checks, tells of them, calls back."""

import json
import logging
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from kyc import signing
from kyc.simulator.behaviour import FINDINGS, Behaviour, Message, behaviour_of

log = logging.getLogger("kyc.simulator")

MOST_BYTES = 32 * 1024 * 1024
_BY_REFERENCE = re.compile(r"/v1/checks/by-reference/([0-9a-f-]{36})\Z")


@dataclass(frozen=True)
class Account:
    """What the simulator shares with the firm that uses it."""

    api_key: str
    request_secret: str
    webhook_secret: str


# Known to everybody, and good for nothing but the simulator on one's own machine.
DEMO_ACCOUNT = Account(
    "simulated-api-key-1", "simulated-request-secret-1", "simulated-webhook-secret-1"
)


@dataclass
class Check:
    """A check as the simulator knows it. ``version`` and ``outcome`` are its newest word."""

    number: int
    reference: str
    callback: str
    behaviour: Behaviour
    version: int = 1
    outcome: str = "running"
    pages: int = 0


@dataclass
class Simulator:
    """Checks by reference, how often each was sent, and webhooks on their way."""

    account: Account
    soon_s: float = 1.0
    late_s: float = 30.0
    hangs_s: float = 20.0
    callback_host: str = ""  # where callbacks are connected to, whatever host they name
    checks: dict[str, Check] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)  # of our webhooks: (event, status)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, told: dict[str, Any]) -> tuple[int, dict[str, Any], float]:
        """Take a check: status, answer, and how long the answer is held back."""
        reference = str(told["reference"])
        behaviour = behaviour_of(str(told["subject"].get("family_names", "")))
        with self.lock:
            self.starts[reference] = count = self.starts.get(reference, 0) + 1
            known = self.checks.get(reference)
            if known is not None:  # the same key again is the same check
                return 200, self.word(known), 0.0
            if behaviour.start == "refuses":
                return 422, {"error": "this person cannot be checked here"}, 0.0
            if behaviour.start == "breaks" and count == 1:
                return 500, {"error": "broken for once"}, 0.0
            if behaviour.start == "vanishes" and count == 1:
                return 503, {}, self.hangs_s
            check = Check(
                number=len(self.checks) + 1,
                reference=reference,
                callback=str(told["callback"]),
                behaviour=behaviour,
                pages=len(told.get("documents", [])),
            )
            self.checks[reference] = check
        threading.Thread(target=self._tell, args=(check,), daemon=True).start()
        return 201, self.word(check), self.hangs_s if behaviour.start == "hangs" else 0.0

    def word(self, check: Check, version: int = 0, outcome: str = "") -> dict[str, Any]:
        """One word of a check, the newest if none is named."""
        version, outcome = version or check.version, outcome or check.outcome
        return {
            "event": f"evt_{check.number}_{version}",
            "id": f"chk_{check.number}",
            "reference": check.reference,
            "version": version,
            "status": "running" if outcome == "running" else "done",
            "outcome": "" if outcome == "running" else outcome,
            "findings": list(FINDINGS) if outcome == "consider" else [],
            "made_at": datetime.now(UTC).isoformat(),
        }

    def _tell(self, check: Check) -> None:
        """Do the check, and send its webhooks."""
        time.sleep(self.soon_s)
        last = max((each.version for each in check.behaviour.messages), default=2)
        check.version, check.outcome = max(last, 2), check.behaviour.truth
        waited = False
        for message in check.behaviour.messages:
            if message.after == "late" and not waited:
                time.sleep(self.late_s)
                waited = True
            for _time in range(message.times):
                self._send(check, message)

    def _send(self, check: Check, message: Message) -> None:
        word = self.word(check, message.version, message.outcome)
        body = json.dumps(word).encode()
        secret = self.account.webhook_secret if message.signed != "wrong" else "not-the-secret"
        age = 2 * signing.WINDOW_S if message.signed == "old" else 0
        headers = {
            "Content-Type": "application/json",
            **signing.sign(secret, body, int(time.time()) - age),
        }
        parts = urlsplit(check.callback)
        try:
            connection = HTTPConnection(self.callback_host or parts.netloc, timeout=10)
            headers["Host"] = parts.netloc
            connection.request("POST", parts.path, body, headers)
            status = connection.getresponse().status
            connection.close()
        except OSError as error:
            log.warning("callback failed: %s", type(error).__name__)
            status = 0
        with self.lock:
            self.answers.append((word["event"], status))

    def by_reference(self, reference: str) -> dict[str, Any] | None:
        with self.lock:
            check = self.checks.get(reference)
        return None if check is None else self.word(check)


class Handler(BaseHTTPRequestHandler):
    """The service's addresses."""

    simulator: Simulator

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if 0 < length <= MOST_BYTES else b""
        if self.path != "/v1/checks":
            return self._answer(404, {})
        if not self._is_signed(body):
            return self._answer(401, {"error": "not signed by a customer of ours"})
        try:
            told = json.loads(body)
            status, answer, wait_s = self.simulator.start(told)
        except (ValueError, KeyError, AttributeError, TypeError):
            return self._answer(400, {"error": "not of the agreed form"})
        time.sleep(wait_s)
        return self._answer(status, answer)

    def do_GET(self) -> None:
        if self.path == "/health":
            return self._answer(200, {})
        found = _BY_REFERENCE.match(self.path)
        if not self._is_signed(b""):
            return self._answer(401, {"error": "not signed by a customer of ours"})
        word = self.simulator.by_reference(found.group(1)) if found else None
        return self._answer(404 if word is None else 200, word or {})

    def _is_signed(self, body: bytes) -> bool:
        account = self.simulator.account
        wrong = signing.problem(
            account.request_secret,
            body,
            self.headers.get(signing.TIMESTAMP, ""),
            self.headers.get(signing.SIGNATURE, ""),
            int(time.time()),
        )
        return not wrong and self.headers.get("Authorization") == f"Bearer {account.api_key}"

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # who asked has not waited
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """No line per request: its path names nobody, but nobody reads it either."""


def server_of(simulator: Simulator, port: int) -> ThreadingHTTPServer:
    """The service on this machine's own address; port 0: any."""
    handler = type("BoundHandler", (Handler,), {"simulator": simulator})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server
