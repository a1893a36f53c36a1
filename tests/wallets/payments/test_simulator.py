"""The simulated gateway as a process of its own, with its page, as a browser and a shop see it."""

import json
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from runtime import folders
from wallets.payments.providers.hosted import signing
from wallets.payments.simulator.till import event_secret_of

KEY = "a-key-of-some-merchant"


@pytest.fixture
def hooked():
    """Somebody who takes events."""
    got = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["X-Gateway-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", got
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "wallets.payments.simulator", "--port", str(port)]
    command += ["--file", str(tmp_path / "payments.json")]

    def start():
        process = subprocess.Popen(command, cwd=folders.ROOT)
        address = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                httpx.get(f"{address}/health", timeout=1)
                return process, address
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("it does not start")

    processes = []

    def run():
        process, address = start()
        processes.append(process)
        return address

    run.stop = lambda: (processes[-1].terminate(), processes[-1].wait(10))
    yield run
    for process in processes:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def test_a_process_that_keeps_its_payments_and_signs_its_events(gateway, hooked):
    hook, got = hooked
    address = gateway()
    headers = {"Authorization": f"Bearer {KEY}"}
    order = {
        "order_id": "C1", "amount": "12.50", "currency": "EUR", "payer_name": "Ann <b>",
        "return_url": "http://shop.example/back", "notify_url": hook,
    }  # fmt: skip
    told = httpx.post(f"{address}/v1/payments", json=order, headers=headers).json()
    page = httpx.get(told["page_url"]).text
    assert "12.50 EUR" in page and "Ann &lt;b&gt;" in page and "<script" not in page
    answer = httpx.post(told["page_url"], data={"do": "pay", "payer": "Ann"})
    assert answer.status_code == 303 and answer.headers["Location"] == order["return_url"]
    for _ in range(50):
        if got:
            break
        time.sleep(0.1)
    body, signature = got[0]
    signing.check(signature, body, [event_secret_of(KEY)], datetime.now(UTC))
    assert json.loads(body)["type"] == "payment.paid"
    gateway.stop()
    address = gateway()
    again = httpx.get(f"{address}/v1/payments/C1", headers=headers).json()
    assert again["status"] == "paid" and again["payer_name"] == "Ann"
    other = {"Authorization": "Bearer another-key-of-nobody"}
    assert httpx.get(f"{address}/v1/payments/C1", headers=other).status_code == 404
    assert httpx.get(f"{address}/v1/payments/C1").status_code == 401
    assert httpx.post(f"{address}/v1/payments", content=b"[]", headers=headers).status_code == 422
    assert httpx.get(f"{address}/pay/nothing").status_code == 404
