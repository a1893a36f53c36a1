"""The simulated gateway over HTTP, on the loopback: interface, payment page, and control.

`/v1/…` is the interface, `/pay/<page>` the page, `/control/…` what tests and the page use to make
things happen that in the world customers, banks and networks do.
"""

import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wallets.payments.simulator.page import page
from wallets.payments.simulator.sending import Sender
from wallets.payments.simulator.till import No, Payment, Till, told

MOST_BYTES = 64 * 1024
HANG_SECONDS = 7.0  # longer than the product waits


class Service:
    """A running gateway; `address` is where."""

    def __init__(self, port: int = 0, file: Path | None = None) -> None:
        self.till = Till(file)
        self.sender = Sender(self.till)
        self.hang_seconds = HANG_SECONDS
        service = self

        class Handler(_Handler):
            gateway = service

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def start(self, *, sends: bool = True) -> "Service":
        """Serve from a thread; without `sends` events wait for somebody to take them out."""
        if sends:
            self.sender.start()
        # Looking each 20 ms whether it is to stop.
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(0.02,), name="gateway", daemon=True).start()
        return self

    def run(self) -> None:
        """Serve until stopped."""
        self.sender.start()
        self.server.serve_forever()

    def stop(self) -> None:
        self.sender.stop()
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    gateway: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: payments are in the product's own log."""

    def _answer(self, work: Any) -> None:
        try:
            work()
        except No as no:
            self._json({"error": str(no)}, no.status)
        except (ValueError, KeyError, TypeError) as error:
            self._json({"error": f"cannot be read: {error}"}, 400)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # who asked did not wait

    def _get(self) -> None:
        parts = urlsplit(self.path).path.strip("/").split("/")
        till = self.gateway.till
        if parts == ["health"]:
            self._json({"ok": True})
        elif len(parts) == 2 and parts[0] == "pay":
            self._html(page(self._on_page(parts[1])))
        elif len(parts) == 3 and parts[:2] == ["v1", "payments"]:
            payment = till.find(self._api_key(), parts[2])
            self._with_faults("look", parts[2], lambda: self._told(payment))
        else:
            raise No(404, "nothing here")

    def _post(self) -> None:
        parts = urlsplit(self.path).path.strip("/").split("/")
        till = self.gateway.till
        if len(parts) == 2 and parts[0] == "pay":
            self._pay(self._on_page(parts[1]))
        elif parts == ["v1", "payments"]:
            body, key = self._body(), self._api_key()
            order = str(body.get("order_id"))
            self._with_faults("open", order, lambda: self._told(till.open(key, body)))
        elif len(parts) == 4 and parts[:2] == ["v1", "payments"] and parts[3] == "refunds":
            body = self._body()
            payment = till.find(self._api_key(), parts[2])

            def refund() -> dict[str, Any]:
                slow = till.fault_of("refund_status", parts[2]) == "pending"
                status = "pending" if slow else "done"
                key, amount = str(body["key"]), str(body["amount"])
                return dict(till.refund(payment, key, amount, status=status))

            self._with_faults("refund", parts[2], refund)
        elif parts == ["control", "faults"]:
            till.want_fault(self._body())
            self._json({"ok": True})
        elif len(parts) == 4 and parts[:2] == ["control", "payments"]:
            self._control(till.find(self._api_key(), parts[2]), parts[3], self._body())
        else:
            raise No(404, "nothing here")

    def _with_faults(self, step: str, order: str, work: Any) -> None:
        """Answer, or do what the wanted fault says: before or after the work is done."""
        fault = self.gateway.till.fault_of(step, order)
        if fault == "refused":
            raise No(422, "refused as wanted")
        if fault.endswith("_before"):
            self._fail(fault)
            return
        answer = work()
        if fault:
            self._fail(fault)
        else:
            self._json(answer)

    def _fail(self, fault: str) -> None:
        if fault.startswith("timeout"):
            time.sleep(self.gateway.hang_seconds)
            self._json({"error": "too late"}, 504)
        elif fault.startswith("cut"):
            self.close_connection = True
            self.connection.close()
        elif fault.startswith("garbage"):
            self._send(b"<html>Bad gateway</html>", "text/html", 200)
        else:
            self._json({"error": "as wanted"}, 503)

    def _pay(self, payment: Payment) -> None:
        """What the customer pressed; then back to the shop."""
        fields = {key: values[0] for key, values in parse_qs(self._raw().decode()).items()}
        till = self.gateway.till
        do, _, fault = fields.get("do", "").partition(":")
        if fault and fault != "other_amount":
            till.want_fault({"step": "event", "fault": fault, "order": payment["order_id"]})
        if do == "pay":
            less = str(Decimal(payment["asked"]) - 1)
            amount = less if fault == "other_amount" else ""
            till.pay(payment, amount=amount, payer=fields.get("payer", ""))
        elif do == "decline":
            till.end(payment, "declined")
        self.send_response(303)
        self.send_header("Location", payment["return_url"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _control(self, payment: Payment, what: str, body: dict[str, Any]) -> None:
        till = self.gateway.till
        amount = str(body.get("amount") or "")
        if what == "pay":
            till.pay(
                payment,
                amount=amount,
                currency=str(body.get("currency") or ""),
                payer=str(body.get("payer") or ""),
            )
        elif what in ("decline", "expire"):
            till.end(payment, {"decline": "declined", "expire": "expired"}[what])
        elif what == "chargeback":
            till.charge_back(payment, amount)
        elif what == "win":
            till.win(payment)
        elif what == "refund":
            till.refund(payment, "", amount or payment["amount"])
        elif what in ("settle", "fail"):
            till.settle_refund(payment, {"settle": "done", "fail": "failed"}[what])
        else:
            raise No(404, "nothing here")
        self._json(told(payment))

    def _told(self, payment: Payment) -> dict[str, Any]:
        return {**told(payment), "page_url": f"{self.gateway.address}/pay/{payment['page']}"}

    def _on_page(self, name: str) -> Payment:
        payment = self.gateway.till.on_page(name)
        if payment is None:
            raise No(404, "no such page")
        return payment

    def _api_key(self) -> str:
        kind, _, key = self.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or len(key) < 16:
            raise No(401, "who asks?")
        return key

    def _raw(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            raise No(413, "too long")
        return self.rfile.read(length)

    def _body(self) -> dict[str, Any]:
        found = json.loads(self._raw() or b"{}")
        if not isinstance(found, dict):
            raise No(422, "an object is needed")
        return found

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _html(self, text: str) -> None:
        self._send(text.encode(), "text/html; charset=utf-8", 200)

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
