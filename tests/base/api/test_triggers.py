"""Trailing stops, mark triggers and orders at a time over HTTP and WebSocket: Alice's own, out of
Bob's reach. The books are proved in the end."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

import bots
from live_exchange import Exchange, code_of
from trading.commands import door
from trading.engine import commands
from trading.engine.results import Result
from trading.instruments.selectors import instrument_info
from wallets.ledger.verify import verify_books


def new_id() -> str:
    return f"t-{secrets.token_hex(8)}"


@pytest.fixture
def proved(exchange: Exchange) -> Iterator[None]:
    """In the end the books are proved."""
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def order_of(bot: bots.Bot, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = bot.get(f"/api/v1/orders/{order['order_id']}").json()
    return found


def cleared(exchange: Exchange, bot: bots.Bot, order: dict[str, Any], status: str) -> Any:
    """The order as the list of all orders has it, once clearing has written that status."""

    def ask() -> Any:
        rows = bot.get("/api/v1/orders?status=all&limit=500").json().get("results", [])
        return next(
            (r for r in rows if r["order_id"] == order["order_id"] and r["status"] == status), None
        )

    return exchange.world.wait_for(ask)


def trailing(bot: bots.Bot, **fields: Any) -> Any:
    """A trailing stop that sells 0.01 BTC one percent below the highest mark price."""
    return bot.place(
        **{
            "instrument": "BTC-USDT",
            "side": "sell",
            "type": "trailing_stop",
            "trailing_distance_bp": 100,
            "trigger_source": "mark",
            "quantity": "0.01",
            "client_order_id": new_id(),
            **fields,
        }
    )


def mark(exchange: Exchange, price: str) -> None:
    """The mark price moves, as a feed tells it."""
    with exchange.inside("aurora"):
        info = instrument_info("BTC-USDT")
        answer = door.send_command(
            commands.SetPrices(instrument_id=info.id, mark_ticks=info.ticks_of(price))
        )
        assert answer.result == Result.ACCEPTED


@pytest.mark.usefixtures("proved")
def test_a_trailing_stop_tells_its_present_stop_price(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    mark(exchange, "61000")
    with alice_bot.stream() as stream:
        stream.sign_in()
        stream.follow_private()
        placed = trailing(alice_bot).json()
        assert (placed["status"], placed["type"]) == ("waiting", "trailing_stop")
        assert (placed["trigger_price"], placed["extreme_price"]) == ("60390.00", "61000.00")
        assert (placed["trigger_when"], placed["trigger_source"]) == ("at_or_below", "mark")

        def told(status: str) -> Any:
            return stream.until_seen(
                lambda m: (
                    m.get("type") == "order"
                    and m["order"]["order_id"] == placed["order_id"]
                    and m["order"]["status"] == status
                )
            )["order"]

        assert told("waiting")["trailing_distance_bp"] == 100
        mark(exchange, "62000")
        mark(exchange, "61500")
        for order in (
            order_of(alice_bot, placed),
            alice_bot.get("/api/v1/orders").json()["results"][0],
        ):
            assert (order["trigger_price"], order["extreme_price"]) == ("61380.00", "62000.00")
        # Not Bob's to see or to cancel.
        address = f"/api/v1/orders/{placed['order_id']}"
        assert bob_bot.get(address).status_code == 404
        bob_bot.limit("buy", "0.01", "60000")
        mark(exchange, "61380")
        fired = order_of(alice_bot, placed)
        assert (fired["status"], fired["extreme_price"]) == ("filled", None)
        assert told("filled")["trigger_price"] == "61380.00"
    row = cleared(exchange, alice_bot, placed, "filled")
    assert (row["trigger_price"], row["trailing_distance_bp"]) == ("61380.00", 100)


@pytest.mark.usefixtures("proved")
def test_an_order_at_a_time(exchange: Exchange, alice_bot: bots.Bot) -> None:
    moment_ms = int(time.time() * 1000) + 2_000
    placed = alice_bot.limit("sell", "0.01", "66000", trigger_time=moment_ms).json()
    assert (placed["status"], placed["trigger_time"]) == ("waiting", moment_ms)
    resting = exchange.world.wait_for(
        lambda: order if (order := order_of(alice_bot, placed))["status"] == "open" else None
    )
    assert resting["price"] == "66000.00"
    assert cleared(exchange, alice_bot, placed, "open")["trigger_time"] == moment_ms
    assert (
        alice_bot.send("DELETE", f"/api/v1/orders/{placed['order_id']}").json()["status"]
        == "canceled"
    )


@pytest.mark.usefixtures("proved")
def test_refusals(exchange: Exchange, alice_bot: bots.Bot) -> None:
    mark(exchange, "61000")
    for fields, code in (
        ({"trailing_distance_bp": 0}, "BAD_TRAILING_DISTANCE"),
        ({"trailing_distance_bp": "100"}, "BAD_TRAILING_DISTANCE"),
        ({"activation_price": "-5"}, "BAD_ACTIVATION_PRICE"),
        ({"limit_offset": "1"}, "BAD_LIMIT_OFFSET"),
        ({"trigger_source": "moon"}, "BAD_TRIGGER_SOURCE"),
        ({"trigger_time": 1}, "BAD_TRIGGER_TIME"),
    ):
        mine = new_id()
        refused = trailing(alice_bot, client_order_id=mine, **fields)
        assert code_of(refused) == code
        assert refused.json()["error"]["help"] or refused.json()["error"]["message"]
        found = alice_bot.get(f"/api/v1/orders?client_order_id={mine}").json()
        assert found["results"] == []
