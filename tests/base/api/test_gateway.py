"""The fast path, over real HTTP against the running exchange."""

import dataclasses
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import bots
from live_exchange import AURORA, LONGMEN, Exchange, code_of
from runtime import ports

pytestmark = pytest.mark.usefixtures("exchange")


def new_id() -> str:
    return f"t-{secrets.token_hex(8)}"


def nothing_happened(bot: bots.Bot, client_order_id: str) -> bool:
    found = bot.get(f"/api/v1/orders?client_order_id={client_order_id}").json()
    return found == {"results": [], "next": None}


def test_an_order_is_placed_filled_read_and_canceled(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mine = new_id()
    placed = alice_bot.limit("sell", "0.5", "65000", client_order_id=mine)
    assert placed.status_code == 200
    order = placed.json()
    assert order["status"] == "open" and order["client_order_id"] == mine
    assert order["account"] == exchange.account_id("alice")
    assert placed.headers["X-RateLimit-Limit"] and placed.headers["X-RateLimit-Remaining"]

    taken = bob_bot.limit("buy", "0.2", "65000", time_in_force="IOC").json()
    assert taken["status"] == "filled" and len(taken["fills"]) == 1
    fill = taken["fills"][0]
    assert (fill["price"], fill["quantity"], fill["liquidity"]) == ("65000.00", "0.20000", "taker")
    assert fill["fee_asset"] == "BTC" and fill["order_id"] == taken["order_id"]

    seen = alice_bot.get(f"/api/v1/orders?client_order_id={mine}").json()["results"][0]
    assert (seen["status"], seen["filled_quantity"]) == ("partially_filled", "0.20000")
    canceled = alice_bot.send("DELETE", f"/api/v1/orders/{order['order_id']}").json()
    assert (canceled["status"], canceled["remaining_quantity"]) == ("canceled", "0.30000")
    again = alice_bot.send("DELETE", f"/api/v1/orders/{order['order_id']}")
    assert (again.status_code, code_of(again)) == (409, "ORDER_ALREADY_CLOSED")


def test_a_repeated_client_order_id_gives_the_first_order(alice_bot: bots.Bot) -> None:
    mine = new_id()
    first = alice_bot.limit("buy", "0.1", "60100", client_order_id=mine).json()
    second = alice_bot.limit("buy", "0.7", "60200", client_order_id=mine).json()
    assert second["order_id"] == first["order_id"] and second["quantity"] == "0.10000"
    assert (first["repeated"], second["repeated"]) == (False, True)


def test_without_a_client_order_id_one_is_made_and_told(alice_bot: bots.Bot) -> None:
    order = alice_bot.limit("buy", "0.1", "60100").json()
    assert order["client_order_id"].startswith("m-")
    path = f"/api/v1/orders?client_order_id={order['client_order_id']}"
    assert alice_bot.send("DELETE", path).json()["order_id"] == order["order_id"]


def test_cancel_all_takes_only_ones_own(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    ids = {alice_bot.limit("buy", "0.1", "60000").json()["order_id"] for _ in range(3)}
    bobs = bob_bot.limit("buy", "0.1", "60000").json()["order_id"]
    assert set(alice_bot.send("DELETE", "/api/v1/orders").json()["canceled"]) == ids
    assert bob_bot.get(f"/api/v1/orders/{bobs}").json()["status"] == "open"


def test_bob_can_neither_see_nor_cancel_alices_order(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mine = new_id()
    order = alice_bot.limit("buy", "0.1", "60000", client_order_id=mine).json()
    for path in (order["order_id"], f"{order['order_id']}?account={order['account']}"):
        assert code_of(bob_bot.send("DELETE", f"/api/v1/orders/{path}")) in (
            "UNKNOWN_ORDER",
            "UNKNOWN_ACCOUNT",
        )
        assert bob_bot.get(f"/api/v1/orders/{path}").status_code == 404
    assert code_of(bob_bot.limit("buy", "0.1", "60000", account=order["account"])) == (
        "UNKNOWN_ACCOUNT"
    )
    assert nothing_happened(bob_bot, mine)
    assert alice_bot.get(f"/api/v1/orders/{order['order_id']}").json()["status"] == "open"


def test_charlies_key_is_nothing_at_another_exchange(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    with exchange.bot("charlie", host=AURORA) as abroad:
        mine = new_id()
        refused = abroad.limit("buy", "0.1", "60000", client_order_id=mine)
        assert (refused.status_code, code_of(refused)) == (401, "UNKNOWN_KEY")
        assert abroad.get("/api/v1/balances").status_code == 401
    with exchange.bot("charlie") as home:
        assert nothing_happened(home, mine)
        home.send("DELETE", "/api/v1/orders")
    with exchange.bot("alice", host=LONGMEN) as abroad:
        assert code_of(abroad.send("DELETE", "/api/v1/orders")) == "UNKNOWN_KEY"


def test_a_host_of_nobody_is_refused(exchange: Exchange) -> None:
    with exchange.bot("alice", host="nobody.localhost") as bot:
        for answer in (bot.limit("buy", "0.1", "60000"), bot.get("/api/v1/time")):
            assert (answer.status_code, code_of(answer)) == (404, "UNKNOWN_HOST")


def test_a_nonce_works_once(alice_bot: bots.Bot) -> None:
    mine = new_id()
    fields = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}
    body = json.dumps({**fields, "client_order_id": mine}).encode()
    headers = alice_bot.headers("POST", "/api/v1/orders", body)
    assert alice_bot.send("POST", "/api/v1/orders", body, headers=headers).status_code == 200
    replay = alice_bot.send("POST", "/api/v1/orders", body, headers=headers)
    assert (replay.status_code, code_of(replay)) == (401, "NONCE_USED")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"timestamp": -6_000}, "STALE_TIMESTAMP"),
        ({"timestamp": +6_000}, "STALE_TIMESTAMP"),
        ({"timestamp": -70_000, "window": "60000"}, "STALE_TIMESTAMP"),
        ({"window": "70000"}, "BAD_TIMESTAMP"),
        ({"nonce": "a:b:c:d:e"}, "BAD_NONCE"),
    ],
)
def test_wrong_times_and_nonces(alice_bot: bots.Bot, change: dict[str, Any], code: str) -> None:
    mine = new_id()
    if "timestamp" in change:
        change = {**change, "timestamp": int(time.time() * 1000) + change["timestamp"]}
    body = json.dumps(
        {"instrument": "BTC-USDT", "side": "buy", "quantity": "1", "price": "1", "id": mine}
    ).encode()
    headers = alice_bot.headers("POST", "/api/v1/orders", body, **change)
    refused = alice_bot.send("POST", "/api/v1/orders", body, headers=headers)
    assert (refused.status_code, code_of(refused)) == (401, code)
    assert nothing_happened(alice_bot, mine)


def test_a_wider_window_is_honoured(alice_bot: bots.Bot) -> None:
    earlier = int(time.time() * 1000) - 20_000
    headers = alice_bot.headers("DELETE", "/api/v1/orders", timestamp=earlier, window="60000")
    answer = alice_bot.send("DELETE", "/api/v1/orders", headers=headers)
    assert answer.status_code == 200
    # Read by Django, the same rule holds.
    headers = alice_bot.headers("GET", "/api/v1/account", timestamp=earlier, window="60000")
    assert alice_bot.send("GET", "/api/v1/account", headers=headers).status_code == 200


def test_a_tampered_request_does_nothing(alice_bot: bots.Bot) -> None:
    mine = new_id()
    fields = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}
    body = json.dumps({**fields, "client_order_id": mine}).encode()
    headers = alice_bot.headers("POST", "/api/v1/orders", body)
    tampered = body.replace(b"0.1", b"0.9")
    refused = alice_bot.send("POST", "/api/v1/orders", tampered, headers=headers)
    assert code_of(refused) == "BAD_SIGNATURE"
    order = alice_bot.limit("buy", "0.1", "60000").json()["order_id"]
    headers = alice_bot.headers("DELETE", f"/api/v1/orders/{order}")
    other = alice_bot.send("DELETE", "/api/v1/orders", headers=headers)
    assert code_of(other) == "BAD_SIGNATURE"
    stolen = {**alice_bot.headers("GET", "/api/v1/balances"), "X-MARQUE-SIGNATURE": "0" * 64}
    assert code_of(alice_bot.send("GET", "/api/v1/balances", headers=stolen)) == "BAD_SIGNATURE"
    assert nothing_happened(alice_bot, mine)
    assert alice_bot.get(f"/api/v1/orders/{order}").json()["status"] == "open"


def test_a_delete_with_a_body_is_refused(alice_bot: bots.Bot) -> None:
    body = b'{"instrument":"BTC-USDT"}'
    headers = alice_bot.headers("DELETE", "/api/v1/orders", body)
    refused = alice_bot.send("DELETE", "/api/v1/orders", body, headers=headers)
    assert (refused.status_code, code_of(refused)) == (400, "BAD_REQUEST")


def test_a_key_for_other_addresses_is_refused(exchange: Exchange) -> None:
    _, away = exchange.make_key("bob", networks=["192.0.2.0/24"])
    _, near = exchange.make_key("bob", networks=["127.0.0.0/8"])
    refused = away.limit("buy", "0.1", "60000")
    assert (refused.status_code, code_of(refused)) == (403, "ADDRESS_NOT_ALLOWED")
    assert code_of(away.get("/api/v1/balances")) == "ADDRESS_NOT_ALLOWED"
    assert near.limit("buy", "0.1", "60000").status_code == 200


def test_a_key_to_read_cannot_trade(exchange: Exchange, bob_bot: bots.Bot) -> None:
    _, reader = exchange.make_key("bob", permissions=["read"])
    mine = new_id()
    assert reader.get("/api/v1/balances").status_code == 200
    refused = reader.limit("buy", "0.1", "60000", client_order_id=mine)
    assert (refused.status_code, code_of(refused)) == (403, "PERMISSION_MISSING")
    assert code_of(reader.send("DELETE", "/api/v1/orders")) == "PERMISSION_MISSING"
    assert nothing_happened(bob_bot, mine)
    _, trader = exchange.make_key("bob", permissions=["trade"])
    assert code_of(trader.get("/api/v1/balances")) == "PERMISSION_MISSING"


def test_a_revoked_key_ends_at_once(exchange: Exchange) -> None:
    key, bot = exchange.make_key("bob")
    assert bot.limit("buy", "0.1", "60000").status_code == 200
    exchange.revoke_key(key)
    refused = bot.limit("buy", "0.1", "60000")
    assert (refused.status_code, code_of(refused)) == (401, "UNKNOWN_KEY")
    assert code_of(bot.get("/api/v1/balances")) == "UNKNOWN_KEY"


def test_a_batch_answers_each_order_for_itself(alice_bot: bots.Bot) -> None:
    good = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}
    orders: list[Any] = [
        good,
        {**good, "price": "60000.001"},
        "not an order",
        {**good, "instrument": "NO-SUCH"},
        {name: value for name, value in good.items() if name != "instrument"},
        {**good, "quantity": "100000"},
        {**good, "price": "60001"},
    ]
    answer = alice_bot.send("POST", "/api/v1/orders/batch", {"orders": orders})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["ok"] for result in results] == [True, *[False] * 5, True]
    assert [r["error"]["code"] for r in results if not r["ok"]] == [
        "BAD_PRICE",
        "BAD_JSON",
        "UNKNOWN_INSTRUMENT",
        "UNKNOWN_INSTRUMENT",
        "ABOVE_MAXIMUM_QUANTITY",
    ]
    opened = {r["result"]["order_id"] for r in results if r["ok"]}
    listed = alice_bot.get("/api/v1/orders").json()["results"]
    assert {order["order_id"] for order in listed} == opened


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_one_to_a_hundred_orders(alice_bot: bots.Bot, count: int) -> None:
    order = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}
    refused = alice_bot.send("POST", "/api/v1/orders/batch", {"orders": [order] * count})
    assert (refused.status_code, code_of(refused)) == (400, "BATCH_TOO_LARGE")
    assert alice_bot.get("/api/v1/orders").json()["results"] == []


def test_a_batch_of_a_hundred(alice_bot: bots.Bot) -> None:
    order = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.01", "price": "60000"}
    answer = alice_bot.send("POST", "/api/v1/orders/batch", {"orders": [order] * 100})
    results = answer.json()["results"]
    assert all(result["ok"] for result in results)
    numbers = [int(result["result"]["order_id"]) for result in results]
    assert numbers == sorted(numbers)  # placed in the order sent


ABSURD: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe{}",
    b'{"instrument": NaN}',
    b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b'{"instrument":"BTC-USDT","side":"buy","quantity":0.1,"price":"1"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1e5","price":"1"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"-1","price":"60000"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"' + b"9" * 5_000 + b'","price":"1"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"0"}',
    b'{"instrument":["BTC-USDT"],"side":"buy","quantity":"1","price":"1"}',
    b'{"instrument":"BTC-USDT","side":"BUY","quantity":"1","price":"60000"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000","account":true}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000","account":"1"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000","post_only":"yes"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000","leverage":10}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000",'
    b'"client_order_id":"\\u0000\\n"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000",'
    b'"client_order_id":"' + b"x" * 37 + b'"}',
    b'{"instrument":"BTC-USDT","side":"buy","quantity":"1","price":"60000","client_order_id":12}',
    b'{"instrument":"BTC-USDT","side":"buy","type":"market"}',
    b'{"instrument":"BTC-USDT","side":"buy","type":"market","quantity":"1","quote_amount":"1"}',
    b'{"instrument":"BTC-USDT","side":"sell","type":"stop","quantity":"1"}',
]


@pytest.mark.parametrize("body", ABSURD, ids=lambda body: repr(body[:40]))
def test_absurd_orders_are_refused_in_words(alice_bot: bots.Bot, body: bytes) -> None:
    headers = alice_bot.headers("POST", "/api/v1/orders", body)
    refused = alice_bot.send("POST", "/api/v1/orders", body, headers=headers)
    assert 400 <= refused.status_code < 500
    assert code_of(refused) != "INTERNAL_ERROR"
    assert alice_bot.get("/api/v1/orders").json()["results"] == []


def test_a_body_that_is_too_large_is_refused(alice_bot: bots.Bot) -> None:
    body = b'{"instrument":"' + b"x" * 200_000 + b'"}'
    headers = alice_bot.headers("POST", "/api/v1/orders", body)
    refused = alice_bot.send("POST", "/api/v1/orders", body, headers=headers)
    assert (refused.status_code, code_of(refused)) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("DELETE", "/api/v1/orders/0", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders/-1", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders/99999999999999999999", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders/abc", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders/999999999", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders?client_order_id=", "BAD_CLIENT_ORDER_ID"),
        ("DELETE", "/api/v1/orders?client_order_id=never-sent", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders?instrument=NO-SUCH", "UNKNOWN_INSTRUMENT"),
        ("DELETE", "/api/v1/orders?side=buy", "BAD_REQUEST"),
        ("DELETE", "/api/v1/orders?account=999999", "UNKNOWN_ACCOUNT"),
        ("DELETE", f"/api/v1/orders?account={'9' * 5_000}", "UNKNOWN_ACCOUNT"),
        ("DELETE", "/api/v1/orders?client_order_id=%00", "BAD_CLIENT_ORDER_ID"),
        ("DELETE", "/api/v1/orders/%00", "UNKNOWN_ORDER"),
        ("DELETE", "/api/v1/orders/batch", "METHOD_NOT_ALLOWED"),
        ("POST", "/api/v1/orders/1", "NOT_FOUND"),
        ("POST", "/api/v1/ordersx", "NOT_FOUND"),
    ],
)
def test_wrong_addresses(alice_bot: bots.Bot, method: str, path: str, code: str) -> None:
    order = alice_bot.limit("buy", "0.1", "60000").json()["order_id"]
    body = {} if method == "POST" else None
    assert code_of(alice_bot.send(method, path, body)) == code
    assert alice_bot.get(f"/api/v1/orders/{order}").json()["status"] == "open"


def test_an_answer_lost_with_the_engine_can_be_asked_for(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    mine = new_id()
    engine = exchange.world.engine_process
    before = alice_bot.limit("buy", "0.1", "60000", client_order_id=new_id()).json()
    engine.kill()
    down = alice_bot.limit("buy", "0.1", "60000", client_order_id=mine)
    assert (down.status_code, code_of(down)) in (
        (503, "ENGINE_UNAVAILABLE"),
        (504, "ORDER_UNKNOWN"),
    )
    assert down.json()["error"]["client_order_id"] == mine
    # While it is down nobody may be told that there is no such order.
    asked = alice_bot.get(f"/api/v1/orders?client_order_id={mine}")
    assert (asked.status_code, code_of(asked)) == (503, "ENGINE_UNAVAILABLE")
    engine.start()
    assert nothing_happened(alice_bot, mine)
    assert alice_bot.get(f"/api/v1/orders/{before['order_id']}").json()["status"] == "open"
    placed = alice_bot.limit("buy", "0.1", "60000", client_order_id=mine)
    assert placed.status_code == 200


def test_an_engine_killed_under_orders_loses_none_that_was_answered(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    ids = [new_id() for _ in range(60)]
    answers: dict[str, tuple[int, str]] = {}
    with alice_bot.stream() as stream:
        stream.sign_in()
        for number, client_order_id in enumerate(ids):
            args = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.01", "price": "60000"}
            args["client_order_id"] = client_order_id
            stream.socket.send(json.dumps({"op": "order.place", "id": number, "args": args}))
            if number == 30:
                exchange.world.engine_process.kill()
        while len(answers) < len(ids):
            answer = stream.receive()
            if isinstance(answer.get("id"), int) and answer["id"] < len(ids):
                code = "" if answer["ok"] else answer["error"]["code"]
                answers[ids[answer["id"]]] = (answer["ok"], code)
    exchange.world.engine_process.start()
    refused = {code for ok, code in answers.values() if not ok}
    assert refused <= {"ENGINE_UNAVAILABLE", "ORDER_UNKNOWN"} and refused
    for client_order_id, (ok, code) in answers.items():
        path = f"/api/v1/orders?client_order_id={client_order_id}"
        found = retried(alice_bot, path)["results"]
        if ok:
            assert found[0]["client_order_id"] == client_order_id
        elif code == "ENGINE_UNAVAILABLE":
            assert found == []


def retried(bot: bots.Bot, path: str) -> dict[str, Any]:
    """A read that waits out its rate limit."""
    while True:
        answer = bot.get(path)
        if answer.status_code != 429:
            assert answer.status_code == 200
            body: dict[str, Any] = answer.json()
            return body
        time.sleep(int(answer.headers["Retry-After"]))


def test_reads_are_limited_with_headers(exchange: Exchange) -> None:
    # A web process of its own with the smallest limit: a busy machine may never get past the
    # usual one, which is filled up again by as many reads a second as it can answer.
    slow = dataclasses.replace(exchange, port=ports.choose(), web=None)
    _, bot = slow.make_key("bob", permissions=["read"])
    slow.start_web(MARQUE_API_READ_RATE="1/1")
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: bot.get("/api/v1/account"), range(32)))
    finally:
        slow.stop_web()
    assert any(answer.status_code == 200 for answer in answers)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and code_of(refused[0]) == "RATE_LIMITED"
    assert int(refused[0].headers["Retry-After"]) >= 1
    assert refused[0].headers["X-RateLimit-Remaining"] == "0"
