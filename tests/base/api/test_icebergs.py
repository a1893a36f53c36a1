"""Icebergs over HTTP and WebSocket: Alice's own, of which Bob and Charlie see what is shown. The
books are proved wherever money moved."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

import bots
from live_exchange import Exchange, code_of
from wallets.ledger.verify import verify_books


@pytest.fixture
def proved(exchange: Exchange) -> Iterator[None]:
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def asks(bot: bots.Bot, price: str) -> str | None:
    """What the public depth shows at a price."""
    depth = bot.get("/api/v1/depth/BTC-USDT").json()
    return next((quantity for at, quantity in depth["asks"] if at == price), None)


def held(bot: bots.Bot, asset: str) -> str:
    rows = bot.get("/api/v1/balances").json()["results"]
    return next((str(row["held"]) for row in rows if row["asset"] == asset), "0")


def order_of(bot: bots.Bot, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = bot.get(f"/api/v1/orders/{order['order_id']}").json()
    return found


@pytest.mark.usefixtures("proved")
def test_the_owner_sees_all_and_the_others_a_part(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    before = held(alice_bot, "BTC")
    mine = f"i-{secrets.token_hex(8)}"
    with alice_bot.stream() as stream, bob_bot.stream() as public:
        stream.sign_in()
        stream.follow_private()
        public.sign_in()
        public.follow_private()
        placed = alice_bot.limit(
            "sell", "0.7", "61000", display_quantity="0.2", client_order_id=mine
        ).json()
        assert (placed["status"], placed["quantity"]) == ("open", "0.70000")
        assert (placed["display_quantity"], placed["remaining_quantity"]) == ("0.20000", "0.70000")
        assert float(held(alice_bot, "BTC")) == pytest.approx(float(before) + 0.7)
        exchange.world.wait_for(lambda: asks(bob_bot, "61000.00") == "0.20000")

        taken = bob_bot.limit("buy", "0.5", "61000", time_in_force="IOC").json()
        assert [fill["quantity"] for fill in taken["fills"]] == ["0.20000", "0.20000", "0.10000"]
        assert "0.70000" not in str(taken) and "display_quantity" in taken
        exchange.world.wait_for(lambda: asks(charlie_bot, "61000.00") is None)
        exchange.world.wait_for(lambda: asks(bob_bot, "61000.00") == "0.10000")
        standing = order_of(alice_bot, placed)
        assert (standing["remaining_quantity"], standing["display_quantity"]) == (
            "0.20000",
            "0.20000",
        )
        told = stream.until_seen(
            lambda m: (
                m.get("type") == "order"
                and m["order"]["order_id"] == placed["order_id"]
                and m["order"]["filled_quantity"] == "0.50000"
            )
        )["order"]
        assert (told["display_quantity"], told["remaining_quantity"]) == ("0.20000", "0.20000")
        assert code_of(bob_bot.get(f"/api/v1/orders/{placed['order_id']}")) == "UNKNOWN_ORDER"
    ended = alice_bot.send("DELETE", f"/api/v1/orders/{placed['order_id']}").json()
    assert (ended["remaining_quantity"], ended["display_quantity"]) == ("0.20000", "0.20000")
    assert held(alice_bot, "BTC") == before

    def cleared() -> Any:
        rows = alice_bot.get("/api/v1/orders?status=all&limit=500").json().get("results", [])
        return next((r for r in rows if r["client_order_id"] == mine), None)

    row = exchange.world.wait_for(cleared)
    assert row["display_quantity"] == "0.20000"


@pytest.mark.usefixtures("proved")
def test_an_iceberg_is_replaced_and_reduced_and_repeated(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mine = f"i-{secrets.token_hex(8)}"
    fields = {"display_quantity": "0.1", "client_order_id": mine}
    placed = alice_bot.limit("sell", "0.5", "62000", **fields).json()
    again = alice_bot.limit("sell", "0.5", "62000", **fields).json()
    assert again["repeated"] and again["display_quantity"] == "0.10000"
    path = f"/api/v1/orders/{placed['order_id']}"
    less = alice_bot.send("PATCH", path, {"remaining_quantity": "0.3"}).json()
    assert (less["remaining_quantity"], less["display_quantity"]) == ("0.30000", "0.10000")
    exchange.world.wait_for(lambda: asks(bob_bot, "62000.00") == "0.10000")
    moved = alice_bot.send("PATCH", path, {"price": "62001", "remaining_quantity": "0.9"}).json()
    assert (moved["remaining_quantity"], moved["display_quantity"]) == ("0.90000", "0.10000")
    exchange.world.wait_for(lambda: asks(bob_bot, "62001.00") == "0.10000")
    exchange.world.wait_for(lambda: asks(bob_bot, "62000.00") is None)
    plain = alice_bot.limit("sell", "0.5", "62000").json()
    assert plain["display_quantity"] is None


def test_what_cannot_be_shown_places_nothing(alice_bot: bots.Bot) -> None:
    before = held(alice_bot, "BTC")
    for wrong, fields in (
        ("0.5", {}),
        ("0", {}),
        ("0.1", {"time_in_force": "IOC"}),
    ):
        refused = alice_bot.limit("sell", "0.5", "62000", display_quantity=wrong, **fields)
        assert (refused.status_code, code_of(refused)) == (400, "BAD_DISPLAY_QUANTITY")
        assert refused.json()["error"]["help"] or refused.json()["error"]["message"]
    refused = alice_bot.limit("sell", "1.5", "62000", display_quantity="0.00001")
    assert (refused.status_code, code_of(refused)) in (
        (400, "TOO_MANY_REFRESHES"),
        (400, "BAD_DISPLAY_QUANTITY"),
    )
    assert held(alice_bot, "BTC") == before
