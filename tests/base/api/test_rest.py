"""The REST reads, against the running exchange, by key and by session."""

import json
import time
from typing import Any

import httpx
import pytest
from django.conf import settings

import bots
from live_exchange import AURORA, LONGMEN, Exchange, code_of, session_cookie

PUBLIC = [
    "/api/v1/time",
    "/api/v1/instruments",
    "/api/v1/depth/BTC-USDT",
    "/api/v1/trades/BTC-USDT",
    "/api/v1/tickers",
    "/api/v1/candles/BTC-USDT?interval=4h",
]
PRIVATE = [
    "/api/v1/account",
    "/api/v1/balances",
    "/api/v1/orders",
    "/api/v1/orders?status=all",
    "/api/v1/orders/1",
    "/api/v1/fills",
    "/api/v1/statement",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_market_data_is_public(exchange: Exchange, path: str) -> None:
    with exchange.stranger() as bot:
        answer = bot.get(path)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"]


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_private_without_a_key(exchange: Exchange, path: str) -> None:
    with exchange.stranger() as bot:
        refused = bot.get(path)
        assert (refused.status_code, code_of(refused)) == (401, "NOT_SIGNED_IN")
    with exchange.bot("charlie", host=AURORA) as abroad:
        assert code_of(abroad.get(path)) == "UNKNOWN_KEY"


def test_instruments_tell_their_rules(alice_bot: bots.Bot) -> None:
    instruments = {
        i["instrument"]: i for i in alice_bot.get("/api/v1/instruments").json()["results"]
    }
    btc = instruments["BTC-USDT"]
    assert (btc["tick_size"], btc["lot_size"], btc["state"]) == ("0.01", "0.00001", "open")


def cleared(exchange: Exchange, bot: bots.Bot, path: str, condition: Any) -> Any:
    """A read of what clearing writes, once it is there."""

    def ask() -> Any:
        answer = bot.get(path)
        if answer.status_code == 429:
            time.sleep(1)
            return None
        body = answer.json()
        return body if condition(body) else None

    return exchange.world.wait_for(ask)


def test_a_trade_shows_in_fills_balances_statement_and_candles(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    before = {b["asset"]: b for b in bob_bot.get("/api/v1/balances").json()["results"]}
    alice_bot.limit("sell", "0.25", "60500")
    taken = bob_bot.limit("buy", "0.25", "60500", time_in_force="IOC").json()
    trade_id = taken["fills"][0]["trade_id"]

    after = {b["asset"]: b for b in bob_bot.get("/api/v1/balances").json()["results"]}
    spent = float(before["USDT"]["booked"]) - float(after["USDT"]["booked"])
    assert spent == pytest.approx(0.25 * 60_500)

    fills = cleared(
        exchange,
        bob_bot,
        "/api/v1/fills?limit=5",
        lambda body: any(fill["trade_id"] == trade_id for fill in body["results"]),
    )
    fill = next(fill for fill in fills["results"] if fill["trade_id"] == trade_id)
    assert fill == taken["fills"][0]
    lines = bob_bot.get("/api/v1/statement?limit=2").json()["results"]
    by_asset = {line["asset"]: line for line in lines}
    assert by_asset["USDT"]["amount"] == "-15125"
    assert by_asset["USDT"]["balance"] == after["USDT"]["booked"]
    assert by_asset["BTC"]["reference"] == trade_id
    for interval in ("1m", "30m", "4h", "1w"):
        candles = bob_bot.get(f"/api/v1/candles/BTC-USDT?interval={interval}").json()["candles"]
        assert candles[-1][4] == "60500.00"
    trades = bob_bot.get("/api/v1/trades/BTC-USDT").json()["results"]
    assert trades[0]["id"] == trade_id and trades[0]["side"] == "buy"


def test_pages_of_orders_fills_and_statement_are_whole(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    ids = []
    for _ in range(7):
        alice_bot.limit("sell", "0.01", "60500")
        ids.append(bob_bot.limit("buy", "0.01", "60500", time_in_force="IOC").json()["order_id"])
    cleared(
        exchange,
        bob_bot,
        "/api/v1/orders?status=closed&limit=1",
        lambda body: body["results"] and body["results"][0]["order_id"] == ids[-1],
    )
    for path, name in (
        ("/api/v1/orders?status=closed", "order_id"),
        ("/api/v1/fills?", "trade_id"),
        ("/api/v1/statement?", "id"),
    ):
        whole = [row[name] for row in bob_bot.get(f"{path}&limit=20").json()["results"]]
        paged: list[str] = []
        cursor = ""
        while len(paged) < 12:
            page = bob_bot.get(f"{path}&limit=3&cursor={cursor}").json()
            paged += [row[name] for row in page["results"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert paged == whole[: len(paged)]
        assert len(set(paged)) == len(paged)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/depth/NO-SUCH", 404, "UNKNOWN_INSTRUMENT"),
        ("/api/v1/depth/BTC-USDT?limit=0", 400, "BAD_REQUEST"),
        ("/api/v1/depth/BTC-USDT?limit=١", 400, "BAD_REQUEST"),
        ("/api/v1/candles/BTC-USDT?interval=2m", 400, "UNKNOWN_INTERVAL"),
        ("/api/v1/candles/BTC-USDT?before=soon", 400, "BAD_REQUEST"),
        ("/api/v1/fills?cursor=abc", 400, "BAD_CURSOR"),
        ("/api/v1/statement?cursor=1;DROP", 400, "BAD_CURSOR"),
        ("/api/v1/statement?asset=XXX", 404, "UNKNOWN_ASSET"),
        ("/api/v1/orders?status=maybe", 400, "BAD_REQUEST"),
        ("/api/v1/orders?instrument=NO-SUCH", 404, "UNKNOWN_INSTRUMENT"),
        ("/api/v1/orders?account=x", 404, "UNKNOWN_ACCOUNT"),
        ("/api/v1/orders/999999999999", 404, "UNKNOWN_ORDER"),
        ("/api/v1/balances?account=1", 404, "UNKNOWN_ACCOUNT"),
        ("/api/v1/nothing", 404, "NOT_FOUND"),
        ("/api/v1/orders?client_order_id=%00", 400, "BAD_REQUEST"),
        ("/api/v1/orders?client_order_id=a%0Ab", 400, "BAD_CLIENT_ORDER_ID"),
        ("/api/v1/orders?client_order_id=%C3%A9", 400, "BAD_CLIENT_ORDER_ID"),
        ("/api/v1/orders?status=%1F", 400, "BAD_REQUEST"),
        ("/api/v1/depth/%00", 400, "BAD_REQUEST"),
        (f"/api/v1/orders?account={'9' * 5_000}", 404, "UNKNOWN_ACCOUNT"),
        ("/api/v1/orders?account=9999999999999999999", 404, "UNKNOWN_ACCOUNT"),
        ("/api/v1/orders?account=%D9%A1", 404, "UNKNOWN_ACCOUNT"),
        ("/api/v1/fills?limit=00000000099999", 400, "BAD_REQUEST"),
        (f"/api/v1/fills?limit={'1' * 5_000}", 400, "BAD_REQUEST"),
        ("/api/v1/orders?status=all&cursor=9999999999999999999", 400, "BAD_CURSOR"),
        ("/api/v1/statement?cursor=9999999999999999999-1-1", 400, "BAD_CURSOR"),
        (f"/api/v1/statement?cursor={'9' * 5_000}-1-1", 400, "BAD_CURSOR"),
        ("/api/v1/", 404, "NOT_FOUND"),
    ],
)
def test_wrong_questions(exchange: Exchange, path: str, status: int, code: str) -> None:
    with exchange.bot("bob") as bot:
        refused = bot.get(httpx.URL(path).raw_path.decode())
        assert (refused.status_code, code_of(refused)) == (status, code)


def test_methods_that_an_address_does_not_take(alice_bot: bots.Bot) -> None:
    for method, path in (("PUT", "/api/v1/orders"), ("POST", "/api/v1/balances")):
        refused = alice_bot.send(method, path, {})
        assert (refused.status_code, code_of(refused)) == (405, "METHOD_NOT_ALLOWED")


# A page with its session


def page(exchange: Exchange, cookie: str, host: str = AURORA) -> httpx.Client:
    return httpx.Client(
        base_url=f"http://127.0.0.1:{exchange.port}",
        headers={
            "Host": host,
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}="
            + "a" * 32,
            "Origin": f"http://{host}",
        },
        timeout=10,
    )


CSRF = {"X-CSRFToken": "a" * 32}
ORDER = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.1", "price": "60000"}


def test_a_page_reads_and_trades_with_its_session(exchange: Exchange, alice_bot: bots.Bot) -> None:
    with page(exchange, session_cookie(exchange)) as browser:
        account = browser.get("/api/v1/account").json()
        assert account["accounts"][0]["account"] == exchange.account_id("alice")
        placed = browser.post("/api/v1/orders", json=ORDER, headers=CSRF)
        assert placed.status_code == 200
        order_id = placed.json()["order_id"]
        assert alice_bot.get(f"/api/v1/orders/{order_id}").json()["status"] == "open"
        canceled = browser.delete(f"/api/v1/orders/{order_id}", headers=CSRF)
        assert canceled.json()["status"] == "canceled"
        batch = {"orders": [ORDER, {**ORDER, "side": "up"}]}
        results = browser.post("/api/v1/orders/batch", json=batch, headers=CSRF).json()["results"]
        assert [item["ok"] for item in results] == [True, False]
        assert browser.delete("/api/v1/orders", headers=CSRF).json()["count"] == 1


def test_a_batch_costs_a_page_as_much_as_a_program(exchange: Exchange, alice_bot: bots.Bot) -> None:
    wrong = {**ORDER, "side": "up"}
    for count, cost in ((100, 100), (101, 1)):
        batch = {"orders": [wrong] * count}
        with page(exchange, session_cookie(exchange)) as browser:
            answers = [
                browser.post("/api/v1/orders/batch", json=batch, headers=CSRF),
                alice_bot.send("POST", "/api/v1/orders/batch", batch),
            ]
        for answer in answers:
            limit = int(answer.headers["X-RateLimit-Limit"])
            assert int(answer.headers["X-RateLimit-Remaining"]) <= limit - cost
        assert len({answer.status_code for answer in answers}) == 1
    # Ten at once are more than the allowance holds, however fast it comes back.
    with page(exchange, session_cookie(exchange)) as browser:
        for _ in range(200):
            answer = browser.post(
                "/api/v1/orders/batch", json={"orders": [wrong] * 100}, headers=CSRF
            )
            if answer.status_code == 429:
                break
    assert (answer.status_code, code_of(answer)) == (429, "RATE_LIMITED")


def test_a_page_of_another_site_cannot_trade(exchange: Exchange, alice_bot: bots.Bot) -> None:
    with page(exchange, session_cookie(exchange)) as browser:
        refused = browser.post("/api/v1/orders", json=ORDER)
        assert (refused.status_code, code_of(refused)) == (403, "CSRF_FAILED")
    assert alice_bot.get("/api/v1/orders").json()["results"] == []


def test_a_session_is_nothing_at_another_exchange(exchange: Exchange) -> None:
    cookie = session_cookie(exchange)
    with page(exchange, cookie, LONGMEN) as browser:
        for path in PRIVATE:
            assert code_of(browser.get(path)) == "NOT_SIGNED_IN"
        refused = browser.post("/api/v1/orders", json=ORDER, headers=CSRF)
        assert refused.status_code in (401, 403)


def test_the_documentation_page_needs_no_inline_script(exchange: Exchange) -> None:
    with exchange.stranger() as bot:
        shown = bot.get("/api/docs/")
        assert shown.status_code == 200
        assert "Aurora Markets API" in shown.text
        assert "<script>" not in shown.text
        assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
        script = bot.get("/api/docs/?script=")
        assert "SwaggerUIBundle" in script.text
        document = bot.get("/api/schema?format=json")
        assert "/api/v1/orders" in json.loads(document.text)["paths"]
