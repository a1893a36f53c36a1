"""The fence around the WebSocket and signed orders: wrong tenant, wrong person, no session."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from websockets.exceptions import InvalidStatus

import bots
import people
import world as worlds
from live_exchange import AURORA, LONGMEN, Exchange, user_of
from runtime import ports


@pytest.fixture(scope="module")
def exchange(world_template: str, django_db_blocker: Any) -> Iterator[Exchange]:
    own = worlds.open_world("fence", world_template)
    running = Exchange(own, ports.choose(), django_db_blocker)
    own.engine_process.start()
    for name in ("relay", "clearing", "publisher"):
        own.start(name)
    for name in ("alice", "bob", "charlie"):
        running.open_for(name)
    running.start_web()
    yield running
    running.stop_web()
    own.close()


@pytest.fixture
def resting(exchange: Exchange) -> Iterator[dict[str, Any]]:
    """An order of Alice's in the book; it must be there unchanged after every attempt."""
    with exchange.bot("alice") as alice:
        order = alice.limit("sell", "0.3", "61000").json()

        def orders() -> dict[str, Any]:
            return dict(alice.get("/api/v1/orders").json())

        def is_cleared() -> bool:
            time.sleep(0.1)  # reads are limited to 20 a second
            return orders()["results"][0]["client_order_id"] is not None

        # The client order id stands in SQL, so it shows once clearing has written the order.
        exchange.world.wait_for(is_cleared)
        before = orders()
        yield order
        assert orders() == before
        alice.send("DELETE", "/api/v1/orders")


def cookie_of(exchange: Exchange, name: str) -> dict[str, str]:
    """The session cookie of a signed-in customer."""
    with exchange.inside("longmen" if name == "charlie" else "aurora") as tenant:
        browser = people.browser_of(tenant, user_of(name))
        value = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={value}"}


def origin(exchange: Exchange, host: str) -> dict[str, str]:
    return {"Origin": f"http://{host}:{exchange.port}"}


def attempts_on(stream: bots.Stream, exchange: Exchange, order: dict[str, Any]) -> None:
    """Everything that could touch Alice's order or account; none of it may work."""
    order_id = order["order_id"]
    account = exchange.account_id("alice")
    place = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}
    for operation, fields in (
        ("order.cancel", {"args": {"order_id": order_id}}),
        ("order.cancel", {"args": {"order_id": order_id, "account": account}}),
        ("order.place", {"args": {**place, "account": account}}),
        ("order.place_batch", {"args": {"orders": [{**place, "account": account}]}}),
    ):
        answer = stream.ask(operation, **fields)
        results = answer.get("result", {}).get("results", [answer])
        assert all(not result.get("ok") for result in results), (operation, answer)
    assert not any(order_id == m.get("order", {}).get("order_id") for m in stream.messages)


def test_a_stranger_sees_the_market_and_nothing_private(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    with exchange.stranger() as bot, bot.stream() as stream:
        exchange.world.wait_for(lambda: stream.subscribe("tickers")["ok"])
        assert not stream.subscribe("private")["ok"]
        attempts_on(stream, exchange, resting)


def test_charlies_key_is_unknown_at_auroras_host(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    with exchange.bot("charlie", host=AURORA) as bot, bot.stream() as stream:
        assert not stream.sign_in()["ok"]
        assert not stream.subscribe("private")["ok"]
        attempts_on(stream, exchange, resting)


def test_charlies_session_is_nobodys_at_auroras_host(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    headers = {**cookie_of(exchange, "charlie"), **origin(exchange, AURORA)}
    with exchange.stranger() as bot, bot.stream(headers=headers) as stream:
        assert not stream.subscribe("private")["ok"]
        attempts_on(stream, exchange, resting)


def test_charlie_at_home_does_not_reach_auroras_order_by_its_id(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    with exchange.bot("charlie") as bot, bot.stream() as stream:
        assert stream.sign_in()["ok"] and stream.subscribe("private")["ok"]
        answer = stream.ask("order.cancel", args={"order_id": resting["order_id"]})
        assert not answer["ok"]


def test_bob_signed_in_reaches_nothing_of_alices(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    with exchange.bot("bob") as bot, bot.stream() as stream:
        assert stream.sign_in()["ok"] and stream.subscribe("private")["ok"]
        attempts_on(stream, exchange, resting)
    headers = {**cookie_of(exchange, "bob"), **origin(exchange, AURORA)}
    with exchange.stranger() as bot, bot.stream(headers=headers) as stream:
        assert stream.subscribe("private")["ok"]
        attempts_on(stream, exchange, resting)


def test_a_page_of_another_site_cannot_use_alices_session(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    headers = {**cookie_of(exchange, "alice"), "Origin": "https://evil.example"}
    with (
        exchange.stranger() as bot,
        pytest.raises(InvalidStatus),
        bot.stream(headers=headers),
    ):
        pytest.fail("another site's page was let in")


def test_signed_orders_of_the_wrong_person_are_refused(
    exchange: Exchange, resting: dict[str, Any]
) -> None:
    order_id = resting["order_id"]
    with (
        exchange.bot("bob") as bob,
        exchange.bot("charlie", host=AURORA) as abroad,
        exchange.bot("charlie", host=LONGMEN) as charlie,
        exchange.stranger() as stranger,
    ):
        for bot, statuses in (
            (bob, {404, 409}),
            (abroad, {401, 403}),
            (charlie, {404, 409}),
            (stranger, {401, 403}),
        ):
            answer = bot.send("DELETE", f"/api/v1/orders/{order_id}")
            assert answer.status_code in statuses, (bot.host, answer.text)
            assert bot.get(f"/api/v1/orders/{order_id}").status_code in {401, 403, 404}
