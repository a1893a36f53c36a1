"""Orders that wait for a price, end at a time or are replaced, over HTTP and WebSocket: Alice's
own, out of Bob's and Charlie's reach. The books are proved wherever money moved."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings

import bots
from live_exchange import AURORA, Exchange, code_of, session_cookie
from wallets.ledger.verify import verify_books

CSRF = {"X-CSRFToken": "a" * 32}


def new_id() -> str:
    return f"c-{secrets.token_hex(8)}"


@pytest.fixture
def at_61000(exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot) -> Iterator[None]:
    """The last trade was at 61 000; in the end the books are proved."""
    alice_bot.limit("sell", "0.01", "61000")
    traded = bob_bot.limit("buy", "0.01", "61000", time_in_force="IOC").json()
    assert traded["status"] == "filled"
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def stop(bot: bots.Bot, **fields: Any) -> httpx.Response:
    """A stop that sells 0.2 BTC once the price has fallen to 60 500."""
    return bot.place(
        **{
            "instrument": "BTC-USDT",
            "side": "sell",
            "type": "stop_limit",
            "trigger_price": "60500",
            "price": "60400",
            "quantity": "0.2",
            "client_order_id": new_id(),
            **fields,
        }
    )


def held(bot: bots.Bot, asset: str) -> str:
    rows = bot.get("/api/v1/balances").json()["results"]
    return next(str(row["held"]) for row in rows if row["asset"] == asset)


LATER = {"created_at", "updated_at", "client_order_id"}


def order_of(bot: bots.Bot, order: dict[str, Any]) -> dict[str, Any]:
    """The order without what clearing adds a moment later: times, and the id a door chose."""
    found: dict[str, Any] = bot.get(f"/api/v1/orders/{order['order_id']}").json()
    return {name: found[name] for name in found.keys() - LATER}


def cleared(exchange: Exchange, bot: bots.Bot, order: dict[str, Any], status: str) -> Any:
    """The order as the list of all orders has it, once clearing has written that status."""

    def ask() -> Any:
        rows = bot.get("/api/v1/orders?status=all&limit=500").json().get("results", [])
        return next(
            (r for r in rows if r["order_id"] == order["order_id"] and r["status"] == status), None
        )

    return exchange.world.wait_for(ask)


@pytest.mark.usefixtures("at_61000")
def test_a_stop_waits_and_fires(exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    before = held(alice_bot, "BTC")
    with alice_bot.stream() as stream:
        stream.sign_in()
        stream.follow_private()
        placed = stop(alice_bot).json()

        def told(status: str) -> Any:
            return stream.until_seen(
                lambda m: (
                    m.get("type") == "order"
                    and m["order"]["order_id"] == placed["order_id"]
                    and m["order"]["status"] == status
                )
            )["order"]

        # Seen before anything else happens: updates of one moment become one.
        assert told("waiting")["trigger_price"] == "60500.00"
        assert (placed["status"], placed["trigger_price"]) == ("waiting", "60500.00")
        assert (placed["trigger_when"], placed["fills"]) == ("at_or_below", [])
        assert held(alice_bot, "BTC") == before
        assert order_of(alice_bot, placed)["status"] == "waiting"
        listed = alice_bot.get("/api/v1/orders").json()["results"]
        assert [o["trigger_price"] for o in listed] == ["60500.00"]
        depth = bob_bot.get("/api/v1/depth/BTC-USDT").json()
        assert all(price != "60400.00" for price, _ in depth["asks"])

        bob_bot.limit("buy", "0.01", "60500")
        alice_bot.limit("sell", "0.01", "60500", time_in_force="IOC")
        fired = order_of(alice_bot, placed)
        assert (fired["status"], fired["remaining_quantity"]) == ("open", "0.20000")
        assert held(alice_bot, "BTC") != before
        assert told("open")["trigger_price"] == "60500.00"
    taken = bob_bot.limit("buy", "0.2", "60400", time_in_force="IOC").json()
    assert taken["fills"][0]["order_id"]
    row = cleared(exchange, alice_bot, placed, "filled")
    assert (row["trigger_price"], row["type"]) == ("60500.00", "stop_limit")


@pytest.mark.usefixtures("at_61000")
def test_a_trigger_that_would_fire_places_nothing(alice_bot: bots.Bot) -> None:
    mine = new_id()
    refused = stop(alice_bot, trigger_price="61000", client_order_id=mine)
    assert (refused.status_code, code_of(refused)) == (409, "TRIGGER_WOULD_FIRE")
    assert refused.json()["error"]["help"]
    refused = stop(alice_bot, trigger_price=None, client_order_id=mine)
    assert (refused.status_code, code_of(refused)) == (400, "BAD_TRIGGER")
    refused = stop(alice_bot, expire_time=1, client_order_id=mine)
    assert (refused.status_code, code_of(refused)) == (400, "BAD_EXPIRY")
    found = alice_bot.get(f"/api/v1/orders?client_order_id={mine}").json()
    assert found["results"] == []


@pytest.mark.usefixtures("at_61000")
def test_orders_end_at_their_time(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    ends_at = int(time.time() * 1000) + 3_000
    waiting = stop(alice_bot, expire_time=ends_at).json()
    resting = alice_bot.limit("sell", "0.1", "62000", expire_time=ends_at).json()
    assert (waiting["status"], waiting["time_in_force"]) == ("waiting", "GTD")
    assert (resting["status"], resting["expires_at"]) == ("open", ends_at)

    def ended() -> bool:
        # The exchange looks at the time when something comes in.
        order = bob_bot.limit("buy", "0.01", "60100").json()
        bob_bot.send("DELETE", f"/api/v1/orders/{order['order_id']}")
        return order_of(alice_bot, resting)["status"] == "expired"

    exchange.world.wait_for(ended)
    assert cleared(exchange, alice_bot, waiting, "expired")["expires_at"] == ends_at


@pytest.mark.usefixtures("at_61000")
def test_an_order_is_replaced_over_http(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mine = new_id()
    order = alice_bot.limit("sell", "0.5", "62000", client_order_id=mine).json()
    path = f"/api/v1/orders/{order['order_id']}"
    answer = alice_bot.send("PATCH", path, {"price": "61500", "remaining_quantity": "0.7"})
    assert answer.status_code == 200 and answer.headers["X-RateLimit-Remaining"]
    moved = answer.json()
    assert (moved["order_id"], moved["price"]) == (order["order_id"], "61500.00")
    assert (moved["quantity"], moved["remaining_quantity"]) == ("0.70000", "0.70000")
    assert moved["status"] == "open" and moved["fills"] == [] and moved["seq"] > order["seq"]
    bob_bot.limit("buy", "0.2", "61200")
    met = alice_bot.send("PATCH", path, {"price": "61200"}).json()
    assert (met["status"], met["fills"][0]["quantity"]) == ("partially_filled", "0.20000")
    assert met["remaining_quantity"] == "0.50000"
    row = cleared(exchange, alice_bot, order, "partially_filled")
    assert (row["price"], row["client_order_id"], row["quantity"]) == ("61200.00", mine, "0.70000")
    ended = alice_bot.send("DELETE", path).json()
    assert (ended["status"], ended["remaining_quantity"]) == ("canceled", "0.50000")
    assert code_of(alice_bot.send("PATCH", path, {"price": "61500"})) == "ORDER_ALREADY_CLOSED"


@pytest.mark.usefixtures("at_61000")
def test_an_order_is_replaced_over_the_socket_and_by_a_page(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    mine = new_id()
    order = alice_bot.limit("sell", "0.5", "62000", client_order_id=mine).json()
    with alice_bot.stream() as stream:
        assert (
            stream.ask("order.replace", args={"client_order_id": mine, "price": "62001"})["error"][
                "code"
            ]
            == "NOT_SIGNED_IN"
        )
        stream.sign_in()
        moved = stream.ask("order.replace", args={"client_order_id": mine, "price": "62001"})
        assert moved["result"]["price"] == "62001.00"
        assert moved["result"]["client_order_id"] == mine
    with httpx.Client(
        base_url=f"http://127.0.0.1:{alice_bot.port}",
        headers={
            "Host": AURORA,
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session_cookie(exchange)}; "
            f"{settings.CSRF_COOKIE_NAME}={'a' * 32}",
            "Origin": f"http://{AURORA}",
        },
        timeout=bots.PATIENCE_S,
    ) as browser:
        path = f"/api/v1/orders/{order['order_id']}"
        shrunk = browser.patch(path, json={"remaining_quantity": "0.3"}, headers=CSRF)
        assert shrunk.json()["remaining_quantity"] == "0.30000"
        assert browser.patch(path, json={"remaining_quantity": "0.2"}).status_code == 403
    assert order_of(alice_bot, order)["remaining_quantity"] == "0.30000"


@pytest.mark.usefixtures("at_61000")
def test_a_refused_replacement_changes_nothing(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    order = alice_bot.limit("sell", "0.5", "62000").json()
    waiting = stop(alice_bot).json()
    before, held_before = order_of(alice_bot, order), held(alice_bot, "BTC")
    path = f"/api/v1/orders/{order['order_id']}"
    for fields, code in (
        ({}, "NOTHING_TO_CHANGE"),
        ({"price": "62000"}, "NOTHING_TO_CHANGE"),
        ({"price": "62000.001"}, "BAD_PRICE"),
        ({"price": 62000}, "BAD_PRICE"),
        ({"remaining_quantity": "0"}, "BAD_QUANTITY"),
        ({"remaining_quantity": "9000"}, None),
        ({"quantity": "1"}, "FIELD_OUT_OF_RANGE"),
        ({"client_order_id": "x", "price": "1"}, "BAD_REQUEST"),
        ({"price": "62001", "account": 999_999}, "UNKNOWN_ACCOUNT"),
    ):
        refused = alice_bot.send("PATCH", path, fields)
        assert refused.status_code >= 400
        assert code is None or code_of(refused) == code, fields
    refused = alice_bot.send("PATCH", f"/api/v1/orders/{waiting['order_id']}", {"price": "60300"})
    assert code_of(refused) == "BAD_ORDER_TYPE"
    for wrong in ("/api/v1/orders", "/api/v1/orders/batch"):
        assert code_of(alice_bot.send("PATCH", wrong, {"price": "1"})) == "METHOD_NOT_ALLOWED"
    assert code_of(alice_bot.send("PATCH", "/api/v1/orders/abc", {"price": "1"})) == (
        "UNKNOWN_ORDER"
    )
    assert order_of(alice_bot, order) == before
    assert held(alice_bot, "BTC") == held_before


@pytest.mark.usefixtures("at_61000")
def test_bob_and_charlie_cannot_replace_alices_order(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    order = alice_bot.limit("sell", "0.5", "62000").json()
    before = order_of(alice_bot, order)
    path = f"/api/v1/orders/{order['order_id']}"
    assert code_of(bob_bot.send("PATCH", path, {"price": "62001"})) == "UNKNOWN_ORDER"
    named = {"price": "62001", "account": order["account"]}
    assert code_of(bob_bot.send("PATCH", path, named)) == "UNKNOWN_ACCOUNT"
    # At his own exchange that number may be another account, even his.
    assert code_of(charlie_bot.send("PATCH", path, named)) in ("UNKNOWN_ACCOUNT", "UNKNOWN_ORDER")
    with exchange.bot("charlie", host=AURORA) as abroad:
        assert code_of(abroad.send("PATCH", path, {"price": "62001"})) == "UNKNOWN_KEY"
    _, reader = exchange.make_key("alice", permissions=["read"])
    assert code_of(reader.send("PATCH", path, {"price": "62001"})) == "PERMISSION_MISSING"
    with bob_bot.stream() as stream:
        stream.sign_in()
        refused = stream.ask(
            "order.replace", args={"order_id": order["order_id"], "price": "62001"}
        )
        assert refused["error"]["code"] == "UNKNOWN_ORDER"
    assert order_of(alice_bot, order) == before
