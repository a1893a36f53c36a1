"""The whole product under its supervisor: status, health, metrics, and `kill -9` of each part."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from running import Product
from runtime import instance

pytestmark = pytest.mark.slow

FOLLOWERS = ("clearing", "publisher", "relay")
SIMULATED = ("gateway", "kyc-simulator")  # others that a firm deals with, in a demo
EVERYTHING = (
    *("postgres", "valkey", "engine", "web", *FOLLOWERS, "replay", "worker", "beat"), *SIMULATED,
)  # fmt: skip


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with Product("--demo") as product:
        product.start()
        product.wait_up(*EVERYTHING, "health", timeout_s=280)
        yield product


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        answer: HTTPResponse
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def status(product: Product) -> dict[str, object]:
    done = product.manage("status", "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def line(product: Product, name: str) -> dict[str, object]:
    lines = status(product)["processes"]
    assert isinstance(lines, list)
    return next(line for line in lines if line["name"] == name)


def test_both_firms_answer_under_their_own_names(product: Product):
    code, aurora = get(product.port, "/", "aurora.localhost")
    assert code == 200 and "Aurora" in aurora
    code, longmen = get(product.port, "/", "longmen.localhost")
    assert code == 200 and "龙门" in longmen
    assert get(product.port, "/", "unknown.localhost")[0] == 404


def test_status_shows_every_process_with_its_lag(product: Product):
    document = status(product)
    assert document["running"] is True and document["problems"] == {}
    assert isinstance(document["engine_seq"], int) and document["engine_seq"] > 0
    lines = {one["name"]: one for one in document["processes"]}  # type: ignore[attr-defined]
    assert set(lines) == {*EVERYTHING, "health", "prepare"}
    for name in EVERYTHING:
        assert lines[name]["state"] == "up"
        assert lines[name]["pid"] > 0 and lines[name]["uptime_s"] >= 0
        assert lines[name]["memory_bytes"] > 1_000_000
    assert lines["prepare"]["state"] == "done"
    for name in FOLLOWERS:
        assert lines[name]["lag"] is not None and lines[name]["lag"] >= 0
    assert set(lines["clearing"]["of"]) == {"aurora", "longmen"}


def test_status_as_a_table(product: Product):
    said = product.manage("status").stdout
    assert said.splitlines()[0].split() == [
        *("PROCESS", "STATE", "PID", "UP", "RESTARTS", "MEMORY", "LAG")
    ]
    assert any(row.startswith("engine") and "at seq" in row for row in said.splitlines())


def test_health_and_metrics_answer_on_their_own_port(product: Product):
    assert get(product.metrics_port, "/healthz") == (200, '{"status": "ok"}\n')
    code, text = get(product.metrics_port, "/readyz")
    assert code == 200, text
    get(product.port, "/", "aurora.localhost")
    code, text = get(product.metrics_port, "/metrics")
    assert code == 200
    assert 'marque_process_up{process="engine"} 1.0' in text
    assert 'marque_clearing_lag_records{tenant="aurora"}' in text
    assert 'marque_relay_waiting_commands{tenant="longmen"}' in text
    assert 'marque_http_requests_total{method="GET"' in text and 'tenant="aurora"' in text
    assert "marque_engine_durable_seq" in text
    assert get(product.metrics_port, "/anything")[0] == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["aurora.localhost", "localhost"])
def test_health_and_metrics_are_not_on_the_web_port(product: Product, path: str, host: str):
    code, text = get(product.port, path, host)
    assert code == 404
    assert "marque_process_up" not in text


@pytest.mark.parametrize("name", ["web", "relay", "publisher", "clearing", "engine"])
def test_a_killed_process_is_started_again_at_once(product: Product, name: str):
    before = product.process(name)
    os.kill(before["pid"], signal.SIGKILL)
    product.wait(
        lambda: product.process(name).get("pid") not in (None, before["pid"]), f"{name} back"
    )
    product.wait_up(name)
    assert f"{name} ended with SIGKILL; again in 0.2 s" in product.said()
    assert product.process(name)["restarts"] == before["restarts"] + 1


def test_readiness_tells_what_is_missing(product: Product):
    pid = product.process("engine")["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        code, text = get(product.metrics_port, "/readyz")
        assert code == 503 and "engine" in json.loads(text)["problems"]
    finally:
        os.kill(pid, signal.SIGCONT)
    product.wait(lambda: get(product.metrics_port, "/readyz")[0] == 200, "ready again")


def test_a_killed_supervisor_takes_all_with_it_and_the_next_start_goes_on(product: Product):
    seq_before = status(product)["engine_seq"]
    children = [product.process(name) for name in EVERYTHING]
    product.stop(signal.SIGKILL)
    product.start()
    product.wait_up("web")
    assert not any(instance.is_alive(child) for child in children)
    product.wait_up(*EVERYTHING)
    seq_after = status(product)["engine_seq"]
    assert isinstance(seq_before, int) and isinstance(seq_after, int)
    assert seq_after >= seq_before
    assert get(product.port, "/", "aurora.localhost")[0] == 200


def test_the_product_stops_cleanly_with_the_database_last(product: Product):
    assert product.stop(signal.SIGINT) == 0
    said = product.said()
    stopped = [
        row.split()[2] for row in said.splitlines() if row.startswith("marque") and "stopped" in row
    ]
    last = stopped[-len(EVERYTHING) - 1 :]
    assert set(last) == {*EVERYTHING, "health"}
    assert last[0] == "web" and set(last[-2:]) == {"postgres", "valkey"}
    assert "killed" not in said.rpartition("stopping")[2]
