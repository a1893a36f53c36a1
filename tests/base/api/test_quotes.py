"""Mass quotes and their protection over HTTP and WebSocket: Alice's own, out of Bob's and
Charlie's reach. The books are proved wherever money moved."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import bots
from live_exchange import Exchange, code_of
from wallets.ledger.verify import verify_books

QUOTES = "/api/v1/quotes"
PROTECTION = f"{QUOTES}/protection"


@pytest.fixture(autouse=True)
def proved(exchange: Exchange, alice_bot: bots.Bot) -> Iterator[None]:
    yield
    for row in alice_bot.get(PROTECTION).json()["results"]:
        scope = {} if row["instrument"] is None else {"instrument": row["instrument"]}
        alice_bot.send("POST", PROTECTION, scope)
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def quote(bid: str | None, ask: str | None, **fields: Any) -> dict[str, Any]:
    """Half a BTC on either side."""
    entry: dict[str, Any] = {"instrument": "BTC-USDT", **fields}
    for side, price in (("bid", bid), ("ask", ask)):
        if price is not None:
            entry |= {f"{side}_price": price, f"{side}_quantity": "0.5"}
    return entry


def place(bot: bots.Bot, *entries: Any, **fields: Any) -> list[dict[str, Any]]:
    answer = bot.send("POST", QUOTES, {"quotes": list(entries), **fields})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["seq"] >= 0
    found: list[dict[str, Any]] = body["results"]
    return found


def order(bot: bots.Bot, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = bot.get(f"/api/v1/orders/{order_id}").json()
    return found


def test_quotes_stand_move_and_are_withdrawn(alice_bot: bots.Bot) -> None:
    (first,) = place(alice_bot, quote("60000", "60010"), post_only=True)
    assert first["ok"]
    standing = first["result"]
    assert (standing["instrument"], standing["fills"]) == ("BTC-USDT", [])
    bid, ask = standing["bid_order_id"], standing["ask_order_id"]
    assert order(alice_bot, bid)["price"] == "60000.00"
    assert order(alice_bot, ask)["post_only"] is True
    (same,) = place(alice_bot, quote("60000", "60010"), post_only=True)
    assert same == first
    (moved,) = place(alice_bot, quote("60020", "60030"), post_only=True)
    assert moved["result"]["bid_order_id"] == bid
    assert order(alice_bot, bid)["price"] == "60020.00"
    (one_side,) = place(alice_bot, quote("60020", None))
    assert (one_side["result"]["bid_order_id"], one_side["result"]["ask_order_id"]) == (bid, None)
    assert order(alice_bot, ask)["status"] == "canceled"


def test_what_is_not_cleared_yet_is_told_whole(exchange: Exchange, alice_bot: bots.Bot) -> None:
    """But for times, the engine itself knows all terms of an order."""
    with exchange.held("clearing"):
        placed = alice_bot.limit("buy", "0.01", "59000", post_only=True, client_order_id="whole")
        (quoted,) = place(alice_bot, quote("60000", "60010"), post_only=True)
        plain = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
        found = order(alice_bot, placed.json()["order_id"])
        assert (found["post_only"], found["created_at"]) == (True, None)
        for side in ("bid", "ask"):
            assert order(alice_bot, quoted["result"][f"{side}_order_id"])["post_only"] is True
        assert order(alice_bot, plain)["post_only"] is False
        by_name = alice_bot.get("/api/v1/orders?client_order_id=whole").json()["results"]
        assert [row["post_only"] for row in by_name] == [True]


def test_each_entry_is_answered_for_itself(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    bob_bot.limit("sell", "0.01", "60005")
    results = place(
        alice_bot,
        quote("60010", "60020"),  # would take Bob's
        {"instrument": "ETH-USDT", "bid_price": "2000", "bid_quantity": "1"},
        {"instrument": "NO-SUCH"},
        quote("60020", "60010"),
        {"instrument": "BTC-USDT", "bid_price": "1.001", "bid_quantity": "1"},
        {"instrument": "BTC-USDT", "bid_price": "60000"},
        {"instrument": "BTC-USDT", "price": "60000"},
        "nonsense",
        post_only=True,
    )
    assert [result["ok"] for result in results] == [False, True, *[False] * 6]
    codes = [result["error"]["code"] for result in results if not result["ok"]]
    assert codes == [
        "POST_ONLY_WOULD_TAKE",
        "UNKNOWN_INSTRUMENT",
        "BAD_PRICE",
        "BAD_PRICE",
        "BAD_QUANTITY",
        "FIELD_OUT_OF_RANGE",
        "BAD_JSON",
    ]
    assert results[0]["error"]["side"] == "bid"
    assert all(r["error"]["message"] and r["error"]["help"] for r in results if not r["ok"])


def test_a_quote_that_may_take_tells_its_fills(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    bob_bot.limit("sell", "0.2", "60005")
    (result,) = place(alice_bot, quote("60005", "60020"))
    assert [fill["quantity"] for fill in result["result"]["fills"]] == ["0.20000"]
    assert order(alice_bot, result["result"]["bid_order_id"])["remaining_quantity"] == "0.30000"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "NO_QUOTES"),
        ({"quotes": []}, "NO_QUOTES"),
        ({"quotes": [quote("1", "2")] * 9}, "NO_QUOTES"),
        ({"quotes": [quote("1", "2")], "post_only": 1}, "BAD_FLAGS"),
        ({"quotes": [quote("1", "2")], "self_trade_prevention": "x"}, "BAD_SELF_TRADE_PREVENTION"),
        ({"quotes": [quote("1", "2")], "more": 1}, "FIELD_OUT_OF_RANGE"),
        ({"quotes": [quote("1", "2")], "account": 2**40}, "UNKNOWN_ACCOUNT"),
    ],
)
def test_impossible_requests(alice_bot: bots.Bot, body: dict[str, Any], code: str) -> None:
    refused = alice_bot.send("POST", QUOTES, body)
    assert (refused.status_code >= 400, code_of(refused)) == (True, code)


def test_quotes_are_canceled_alone(alice_bot: bots.Bot) -> None:
    stays = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
    (result,) = place(alice_bot, quote("60000", "60010"))
    canceled = alice_bot.send("DELETE", f"{QUOTES}?instrument=BTC-USDT").json()
    standing = result["result"]
    assert canceled["canceled"] == [standing["bid_order_id"], standing["ask_order_id"]]
    assert order(alice_bot, stays)["status"] == "open"
    assert alice_bot.send("DELETE", QUOTES).json()["count"] == 0


def test_the_same_over_the_socket(alice_bot: bots.Bot) -> None:
    with alice_bot.stream() as stream:
        assert stream.sign_in()["ok"]
        args = {"quotes": [quote("60000", "60010")], "post_only": True}
        placed = stream.ask("quote.place", args=args)["result"]["results"]
        assert placed[0]["ok"]
        assert stream.ask("quote.cancel_all", args={})["result"]["count"] == 2
        assert stream.ask("quote.place", args={})["error"]["code"] == "NO_QUOTES"
        limits = {"instrument": "BTC-USDT", "window_ms": 1000, "quantity": "0.3"}
        assert stream.ask("quote.protect", args=limits)["result"]["quantity"] == "0.30000"
        answer = stream.ask("quote.reset", args={"instrument": "BTC-USDT"})
        assert answer["result"]["tripped"] is False
        assert stream.ask("quote.reset", args={})["error"]["code"] == "NO_PROTECTION"


def protect(bot: bots.Bot, **fields: Any) -> httpx.Response:
    return bot.send("POST", PROTECTION, {"instrument": "BTC-USDT", "window_ms": 60_000, **fields})


def test_too_much_at_once_pulls_the_quotes(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    assert protect(alice_bot, quantity="0.3", notional="1000000").status_code == 200
    (result,) = place(alice_bot, quote("60000", "60010"))
    ask = result["result"]["ask_order_id"]
    bob_bot.limit("sell", "0.2", "60000", time_in_force="IOC")
    assert order(alice_bot, ask)["status"] == "open"
    bob_bot.limit("sell", "0.2", "60000", time_in_force="IOC")
    assert order(alice_bot, ask)["status"] == "canceled"
    (shown,) = alice_bot.get(PROTECTION).json()["results"]
    assert shown == {
        "instrument": "BTC-USDT",
        "window_ms": 60_000,
        "quantity": "0.30000",
        "notional": shown["notional"],
        "trades": None,
        "tripped": True,
    }
    (refused,) = place(alice_bot, quote("60000", "60010"))
    assert refused["error"]["code"] == "PROTECTION_TRIPPED"
    reset = alice_bot.send("POST", f"{PROTECTION}/reset", {"instrument": "BTC-USDT"})
    assert (reset.status_code, reset.json()["tripped"]) == (200, False)
    assert place(alice_bot, quote("60000", "60010"))[0]["ok"]


@pytest.mark.parametrize(
    "fields",
    [
        {"window_ms": 0, "trades": 1},
        {"window_ms": 60_001, "trades": 1},
        {"window_ms": 1.5, "trades": 1},
        {"trades": -1},
        {"trades": True},
        {"quantity": "0.000001"},
        {"quantity": 1},
        {"quantity": "-1"},
        {"instrument": None, "quantity": "1"},
        {"instrument": None, "notional": "1"},
    ],
)
def test_impossible_limits(alice_bot: bots.Bot, fields: dict[str, Any]) -> None:
    refused = protect(alice_bot, **fields)
    assert (refused.status_code, code_of(refused)) == (400, "BAD_PROTECTION")
    assert alice_bot.get(PROTECTION).json()["results"] == []


def test_others_quotes_are_out_of_reach(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    alices = exchange.account_id("alice")
    (result,) = place(alice_bot, quote("60000", "60010"))
    for target, body in (
        (QUOTES, {"quotes": [quote(None, None)]}),
        (PROTECTION, {"window_ms": 1000, "trades": 1}),
        (f"{PROTECTION}/reset", {}),
    ):
        refused = bob_bot.send("POST", target, {**body, "account": alices})
        assert (refused.status_code, code_of(refused)) == (404, "UNKNOWN_ACCOUNT")
    assert bob_bot.send("DELETE", f"{QUOTES}?account={alices}").status_code == 404
    assert bob_bot.get(f"{PROTECTION}?account={alices}").status_code == 404
    # At another exchange an account may have the same number.
    assert charlie_bot.send("DELETE", QUOTES).json()["count"] == 0
    assert charlie_bot.send("POST", PROTECTION, {"window_ms": 1, "trades": 1}).is_success
    assert alice_bot.get(PROTECTION).json()["results"] == []
    assert order(alice_bot, result["result"]["bid_order_id"])["status"] == "open"
    assert exchange.stranger().send("POST", QUOTES, {}).status_code in (401, 403)
    _, reader = exchange.make_key("alice", permissions=["read"])
    with reader:
        assert code_of(reader.send("POST", QUOTES, {"quotes": []})) == "PERMISSION_MISSING"
