"""Events of the simulated gateway: signed, sent from a thread of their own, tried again, and in
the wrong order, twice, late, forged or never where that is wanted."""

import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from wallets.payments.providers.hosted import signing
from wallets.payments.simulator.till import Payment, Till, event_secret_of

LATE_SECONDS = 20.0
MOST_TRIES = 8


class Sender:
    """Events that wait, each with the moment it is to be sent."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.waiting: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self._wake = threading.Condition()
        self._ends = False
        till.on_event = self.queue
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._ends = True
            self._wake.notify()

    def queue(self, payment: Payment, kind: str) -> None:
        """An event about a payment, with the fault that is wanted for it."""
        fault = self.till.fault_of("event", payment["order_id"])
        if fault == "drop":
            return
        event = {
            "url": payment["notify_url"],
            "secret": event_secret_of(payment["api_key"]),
            "body": {
                "id": f"evt_{secrets.token_hex(10)}",
                "type": kind,
                "order_id": payment["order_id"],
                "amount": "0.01" if fault == "wrong_amount" else payment["amount"],
                "currency": payment["currency"],
            },
            "fault": fault,
            "tries": 0,
            "due": time.monotonic() + {"late": LATE_SECONDS, "reorder": 2.0}.get(fault, 0.0),
        }
        with self._wake:
            self.waiting += [event, dict(event)] if fault == "duplicate" else [event]
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                if self._ends:
                    return
                now = time.monotonic()
                due = [event for event in self.waiting if event["due"] <= now]
                self.waiting = [event for event in self.waiting if event["due"] > now]
                if not due:
                    soonest = min((event["due"] for event in self.waiting), default=now + 60)
                    self._wake.wait(max(0.01, soonest - now))
                    continue
            for event in due:
                self._send(event)

    def _send(self, event: dict[str, Any]) -> None:
        if not event["url"]:
            return
        try:
            status = post(event)
        except httpx.HTTPError:
            status = 0
        self.sent.append({"id": event["body"]["id"], "status": status, "fault": event["fault"]})
        event["tries"] += 1
        is_done = 200 <= status < 300 or event["fault"] in ("wrong_signature", "old")
        if not is_done and event["tries"] < MOST_TRIES:
            event["due"] = time.monotonic() + min(60, 2 ** event["tries"])
            with self._wake:
                self.waiting.append(event)


def post(event: dict[str, Any]) -> int:
    """Send one event; the status of the answer. Raises httpx.HTTPError."""
    body = json.dumps(event["body"]).encode()
    seconds = int(time.time()) - (3600 if event["fault"] == "old" else 0)
    secret = "not-the-secret" if event["fault"] == "wrong_signature" else event["secret"]
    url, host = _reachable(event["url"])
    answer = httpx.post(
        url,
        content=body,
        headers={
            "Host": host,
            "Content-Type": "application/json",
            "X-Gateway-Signature": signing.sign(secret, body, seconds),
        },
        timeout=5.0,
        follow_redirects=False,
    )
    return answer.status_code


def _reachable(url: str) -> tuple[str, str]:
    """The address to connect to and its Host: names below .localhost are this machine, whether or
    not its resolver knows."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        port = f":{parts.port}" if parts.port else ""
        return parts._replace(netloc=f"127.0.0.1{port}").geturl(), parts.netloc
    return url, parts.netloc
