"""Order lists over HTTP and WebSocket: Alice's own, out of Bob's and Charlie's reach. The books
are proved wherever money moved."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings

import bots
from live_exchange import AURORA, Exchange, code_of, session_cookie
from trading.commands import door
from trading.engine import commands
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from wallets.ledger.verify import verify_books

PATH = "/api/v1/order-lists"
CSRF = {"X-CSRFToken": "a" * 32}
SELL = {"side": "sell", "price": "62000", "quantity": "0.2"}
STOP = {"side": "sell", "type": "stop", "trigger_price": "60500", "quantity": "0.2"}
BUY = {"side": "buy", "price": "60900", "quantity": "0.2"}


def new_id() -> str:
    return f"l-{secrets.token_hex(8)}"


@pytest.fixture
def at_61000(exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot) -> Iterator[None]:
    """The last trade was at 61 000; in the end the books are proved."""
    alice_bot.limit("sell", "0.01", "61000")
    traded = bob_bot.limit("buy", "0.01", "61000", time_in_force="IOC").json()
    assert traded["status"] == "filled"
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def oco(bot: bots.Bot, *orders: dict[str, Any], **fields: Any) -> httpx.Response:
    """An OCO in BTC-USDT, or what the fields say."""
    body = {
        "type": "oco",
        "instrument": "BTC-USDT",
        "orders": list(orders) or [SELL, STOP],
        "client_list_id": new_id(),
        **fields,
    }
    return bot.send("POST", PATH, body)


def mark(exchange: Exchange, price: str) -> None:
    """The mark price moves, as a feed tells it."""
    with exchange.inside("aurora"):
        info = instrument_info("BTC-USDT")
        message = commands.SetPrices(instrument_id=info.id, mark_ticks=info.ticks_of(price))
        assert door.send_command(message).result == Result.ACCEPTED


def held(bot: bots.Bot, asset: str) -> str:
    rows = bot.get("/api/v1/balances").json()["results"]
    return next(str(row["held"]) for row in rows if row["asset"] == asset)


def list_of(bot: bots.Bot, placed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = bot.get(f"{PATH}/{placed['list_id']}").json()
    return found


def statuses(body: dict[str, Any]) -> list[str]:
    return [order["status"] for order in body["orders"]]


@pytest.mark.usefixtures("at_61000")
def test_one_cancels_the_other(exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    mine = new_id()
    with alice_bot.stream() as stream:
        stream.sign_in()
        stream.follow_private()
        answer = oco(alice_bot, client_list_id=mine)
        assert answer.status_code == 200, answer.text
        placed = answer.json()
        assert (placed["type"], placed["status"]) == ("oco", "open")
        assert (placed["client_list_id"], placed["repeated"]) == (mine, False)
        assert statuses(placed) == ["open", "waiting"]
        limit, stop = (order["order_id"] for order in placed["orders"])
        assert placed["list_id"] == limit
        assert placed["orders"][0]["linked_order_ids"] == [stop]
        assert placed["fills"] == [] and placed["seq"] > 0
        again = oco(alice_bot, client_list_id=mine).json()
        assert (again["list_id"], again["repeated"]) == (limit, True)
        listed = alice_bot.get("/api/v1/orders").json()["results"]
        assert [(o["order_id"], o["list_id"], o["list_type"]) for o in listed[:2]] == [
            (stop, limit, "oco"),
            (limit, limit, "oco"),
        ]
        bob_bot.limit("buy", "0.05", "62000", time_in_force="IOC")

        def ended(message: dict[str, Any]) -> bool:
            order = message.get("order", {})
            return order.get("order_id") == stop and order["status"] == "canceled"

        told = stream.until_seen(ended)["order"]
        assert (told["ended_by_order_id"], told["list_id"]) == (limit, limit)
    now = list_of(alice_bot, placed)
    assert statuses(now) == ["partially_filled", "canceled"]
    asked = alice_bot.get(f"{PATH}?client_list_id={mine}").json()["results"]
    assert [body["list_id"] for body in asked] == [limit]

    def cleared() -> bool:
        rows = alice_bot.get(PATH).json()["results"]
        return bool(rows and rows[0]["list_id"] == limit and statuses(rows[0])[1] == "canceled")

    exchange.world.wait_for(cleared)
    row = alice_bot.get(PATH).json()["results"][0]
    assert (row["client_list_id"], row["type"]) == (mine, "oco")
    assert row["orders"][1]["ended_by_order_id"] == limit


@pytest.mark.usefixtures("at_61000")
def test_a_bracket_over_the_socket(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    args = {"type": "otoco", "instrument": "BTC-USDT", "orders": [BUY, SELL, STOP]}
    with alice_bot.stream() as stream:
        refused = stream.ask("order.place_list", args=args)
        assert refused["error"]["code"] == "NOT_SIGNED_IN"
        stream.sign_in()
        placed = stream.ask("order.place_list", args=args)["result"]
        assert statuses(placed) == ["open", "pending", "pending"]
        assert placed["client_list_id"].startswith("m-")
        before = held(alice_bot, "BTC")
        bob_bot.limit("sell", "0.2", "60900", time_in_force="IOC")
        assert statuses(list_of(alice_bot, placed)) == ["filled", "open", "waiting"]
        assert held(alice_bot, "BTC") != before
        wrong = stream.ask("order.cancel_list", args={"client_list_id": "none-such"})
        assert wrong["error"]["code"] == "UNKNOWN_ORDER_LIST"
        ended = stream.ask("order.cancel_list", args={"list_id": placed["list_id"]})["result"]
        assert ended["canceled"] == [order["order_id"] for order in placed["orders"][1:]]
        again = stream.ask("order.cancel_list", args={"list_id": placed["list_id"]})
        assert again["error"]["code"] == "ORDER_LIST_ALREADY_CLOSED"
    assert held(alice_bot, "BTC") == before
    assert list_of(alice_bot, placed)["status"] == "closed"


@pytest.mark.usefixtures("at_61000")
def test_a_trailing_leg_follows_the_mark_price(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mark(exchange, "61000")
    trailing = {**STOP, "type": "trailing_stop", "trailing_distance_bp": 100}
    trailing |= {"trigger_price": None, "trigger_source": "mark", "quantity": "0.02"}
    placed = oco(alice_bot, {**SELL, "quantity": "0.02"}, trailing).json()
    assert statuses(placed) == ["open", "waiting"]
    assert placed["orders"][1]["trigger_price"] == "60390.00"
    mark(exchange, "61500")
    stop = list_of(alice_bot, placed)["orders"][1]
    assert (stop["extreme_price"], stop["trigger_price"]) == ("61500.00", "60885.00")
    bid = bob_bot.limit("buy", "0.02", "60800").json()
    mark(exchange, "60885")
    now = list_of(alice_bot, placed)
    assert statuses(now) == ["canceled", "filled"]

    def ended_by() -> Any:  # the histories keep it, not the engine: told once it is cleared
        return list_of(alice_bot, placed)["orders"][0]["ended_by_order_id"]

    exchange.world.wait_for(lambda: ended_by() == stop["order_id"])
    assert bob_bot.get(f"/api/v1/orders/{bid['order_id']}").json()["status"] == "filled"


@pytest.mark.usefixtures("at_61000")
def test_pending_legs_tell_what_they_will_wait_for(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mark(exchange, "70000")
    moment = int(time.time() * 1000) + 3_600_000
    leave = {"side": "sell", "type": "market", "quantity": "0.2", "trigger_time": moment}
    trailing = {"side": "sell", "type": "trailing_stop_limit", "quantity": "0.2"}
    trailing |= {"trailing_distance_bp": 200, "trigger_source": "mark", "limit_offset": "5"}
    bracket = oco(alice_bot, BUY, trailing, leave, type="otoco").json()
    assert statuses(bracket) == ["open", "pending", "pending"]
    for body in (bracket, list_of(alice_bot, bracket)):
        follows, leaves = body["orders"][1:]
        assert (follows["trailing_distance_bp"], follows["trigger_source"]) == (200, "mark")
        assert (follows["limit_offset"], follows["trigger_price"]) == ("5.00", None)
        assert (leaves["type"], leaves["trigger_time"]) == ("market", moment)
    mark(exchange, "61000")
    bob_bot.limit("sell", "0.2", "60900", time_in_force="IOC")
    released = list_of(alice_bot, bracket)
    assert statuses(released) == ["filled", "waiting", "waiting"]
    # What the mark price was while it was pending does not count.
    follows = released["orders"][1]
    assert (follows["extreme_price"], follows["trigger_price"]) == ("61000.00", "59780.00")
    ended = alice_bot.send("DELETE", f"{PATH}/{bracket['list_id']}").json()
    assert ended["canceled"] == [order["order_id"] for order in released["orders"][1:]]


@pytest.mark.usefixtures("at_61000")
def test_lists_are_canceled_over_http(alice_bot: bots.Bot) -> None:
    placed = oco(alice_bot).json()
    path = f"{PATH}/{placed['list_id']}"
    ended = alice_bot.send("DELETE", path).json()
    assert (ended["count"], ended["canceled"][0]) == (2, placed["list_id"])
    assert code_of(alice_bot.send("DELETE", path)) == "ORDER_LIST_ALREADY_CLOSED"
    mine = new_id()
    oco(alice_bot, client_list_id=mine)
    assert alice_bot.send("DELETE", f"{PATH}?client_list_id={mine}").json()["count"] == 2
    for method, target, code in (
        ("DELETE", PATH, "BAD_REQUEST"),
        ("DELETE", f"{PATH}/abc", "UNKNOWN_ORDER_LIST"),
        ("DELETE", f"{PATH}?client_order_id=x", "BAD_REQUEST"),
        ("GET", f"{PATH}/999999999", "UNKNOWN_ORDER_LIST"),
        ("GET", f"{PATH}/abc", "UNKNOWN_ORDER_LIST"),
    ):
        assert code_of(alice_bot.send(method, target)) == code, target
    assert code_of(alice_bot.send("PATCH", path, {"price": "1"})) == "METHOD_NOT_ALLOWED"
    assert code_of(alice_bot.send("POST", path, {})) == "NOT_FOUND"


@pytest.mark.usefixtures("at_61000")
def test_a_refused_list_places_nothing(alice_bot: bots.Bot) -> None:
    mine = new_id()
    before = held(alice_bot, "BTC")
    for orders, code, words in (
        ([SELL], "BAD_ORDER_LIST", "2 orders"),
        ([SELL, {**STOP, "quantity": "0.1"}], "BAD_ORDER_LIST", ""),
        ([SELL, {**STOP, "trigger_price": "61000"}], "TRIGGER_WOULD_FIRE", ""),
        ([{**SELL, "price": "62000.001"}, STOP], "BAD_PRICE", "Order 1"),
        ([SELL, {**STOP, "type": "trailing_stop"}], "BAD_TRIGGER", "Order 2"),
        ([SELL, {**SELL, "trailing_distance_bp": 5}], "BAD_TRAILING_DISTANCE", "Order 2"),
        ([SELL, {**SELL, "price": "63000"}], "BAD_ORDER_LIST", ""),
        ([{**SELL, "instrument": "BTC-USDT"}, STOP], "FIELD_OUT_OF_RANGE", "Order 1"),
    ):
        refused = oco(alice_bot, *orders, client_list_id=mine)
        assert code_of(refused) == code
        error = refused.json()["error"]
        assert words in error["message"] and error["client_list_id"] == mine
    refused = oco(alice_bot, instrument="NO-SUCH", client_list_id=mine)
    assert code_of(refused) == "UNKNOWN_INSTRUMENT"
    assert alice_bot.get(f"{PATH}?client_list_id={mine}").json()["results"] == []
    assert held(alice_bot, "BTC") == before


@pytest.mark.usefixtures("at_61000")
def test_a_linked_order_is_not_replaced(alice_bot: bots.Bot) -> None:
    placed = oco(alice_bot).json()
    path = f"/api/v1/orders/{placed['orders'][0]['order_id']}"
    refused = alice_bot.send("PATCH", path, {"price": "62001"})
    assert (refused.status_code, code_of(refused)) == (409, "ORDER_IS_LINKED")
    canceled = alice_bot.send("DELETE", path).json()
    assert (canceled["status"], canceled["ended_by_order_id"]) == ("canceled", None)
    assert statuses(list_of(alice_bot, placed)) == ["canceled", "canceled"]


@pytest.mark.usefixtures("at_61000")
def test_a_page_places_and_cancels_a_list(exchange: Exchange, alice_bot: bots.Bot) -> None:
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
        body = {"type": "oco", "instrument": "BTC-USDT", "orders": [SELL, STOP]}
        assert browser.post(PATH, json=body).status_code == 403
        placed = browser.post(PATH, json=body, headers=CSRF).json()
        assert statuses(placed) == ["open", "waiting"]
        path = f"{PATH}/{placed['list_id']}"
        assert browser.get(path).json()["list_id"] == placed["list_id"]
        assert browser.delete(path, headers=CSRF).json()["count"] == 2


@pytest.mark.usefixtures("at_61000")
def test_bob_and_charlie_cannot_reach_alices_list(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    placed = oco(alice_bot).json()
    path = f"{PATH}/{placed['list_id']}"
    mine = placed["client_list_id"]
    for method in ("GET", "DELETE"):
        assert code_of(bob_bot.send(method, path)) == "UNKNOWN_ORDER_LIST"
        assert code_of(charlie_bot.send(method, path)) == "UNKNOWN_ORDER_LIST"
        named = f"{path}?account={placed['account']}"
        assert code_of(bob_bot.send(method, named)) == "UNKNOWN_ACCOUNT"
    assert bob_bot.get(f"{PATH}?client_list_id={mine}").json()["results"] == []
    assert bob_bot.get(PATH).json()["results"] == []
    assert code_of(oco(bob_bot, account=placed["account"])) == "UNKNOWN_ACCOUNT"
    with exchange.bot("charlie", host=AURORA) as abroad:
        assert code_of(abroad.send("DELETE", path)) == "UNKNOWN_KEY"
    _, reader = exchange.make_key("alice", permissions=["read"])
    assert code_of(reader.send("DELETE", path)) == "PERMISSION_MISSING"
    assert code_of(oco(reader)) == "PERMISSION_MISSING"
    assert reader.get(path).json()["status"] == "open"
    with bob_bot.stream() as stream:
        stream.sign_in()
        refused = stream.ask("order.cancel_list", args={"list_id": placed["list_id"]})
        assert refused["error"]["code"] == "UNKNOWN_ORDER_LIST"
    assert statuses(list_of(alice_bot, placed)) == ["open", "waiting"]
