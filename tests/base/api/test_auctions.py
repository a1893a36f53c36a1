"""Auctions and DAY orders over HTTP and WebSocket, seen by Alice and Bob, and by Charlie, whose
exchange is another one. The books are proved in the end."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

import bots
from live_exchange import Exchange, code_of
from trading.instruments import actions as instruments
from trading.instruments.models import Instrument, State
from wallets.ledger.verify import verify_books


def set_state(exchange: Exchange, state: State) -> None:
    with exchange.inside("aurora"):
        instruments.set_instrument_state(
            instrument=Instrument.objects.get(symbol="BTC-USDT"), state=state, acting_user=None
        )


def wait_for_state(exchange: Exchange, bot: bots.Bot, state: str) -> dict[str, Any]:
    def ask() -> Any:
        told = bot.get("/api/v1/auction/BTC-USDT").json()
        return told if told["state"] == state else None

    found: dict[str, Any] = exchange.world.wait_for(ask)
    return found


@pytest.fixture
def gathering(exchange: Exchange, alice_bot: bots.Bot) -> Iterator[None]:
    """BTC-USDT gathers orders; in the end it is open again and the books are proved."""
    set_state(exchange, State.AUCTION)
    wait_for_state(exchange, alice_bot, "auction")
    yield
    set_state(exchange, State.OPEN)
    wait_for_state(exchange, alice_bot, "open")
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


@pytest.mark.usefixtures("gathering")
def test_an_auction_from_its_first_order_to_its_trades(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    with bob_bot.stream() as stream:
        stream.sign_in()
        stream.follow_private()
        stream.ask("subscribe", channels=["auction:BTC-USDT"])
        mine = alice_bot.limit("buy", "0.2", "61010").json()
        other = bob_bot.limit("sell", "0.1", "61000").json()
        assert (mine["status"], mine["fills"]) == ("open", [])

        told = stream.until_seen(
            lambda m: m.get("channel") == "auction:BTC-USDT" and m["quantity"] == "0.10000"
        )
        assert (told["state"], told["surplus_side"]) == ("auction", "buy")
        assert told["price"] == "61010.00"
        seen = charlie_bot.get("/api/v1/auction/BTC-USDT").json()
        assert (seen["state"], seen["price"]) == ("open", None)

        refused = alice_bot.place(instrument="BTC-USDT", side="buy", type="market", quantity="0.1")
        assert (refused.status_code, code_of(refused)) == (409, "NOT_FOR_AUCTION")

        set_state(exchange, State.OPEN)
        fill = stream.until_seen(
            lambda m: m.get("type") == "fill" and m["fill"]["order_id"] == other["order_id"]
        )["fill"]
        assert (fill["price"], fill["quantity"]) == ("61010.00", "0.10000")
    left = alice_bot.get(f"/api/v1/orders/{mine['order_id']}").json()
    assert (left["status"], left["remaining_quantity"]) == ("partially_filled", "0.10000")
    alice_bot.send("DELETE", f"/api/v1/orders/{mine['order_id']}")


def test_a_day_order_tells_when_it_ends(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    placed = alice_bot.place(
        instrument="BTC-USDT",
        side="buy",
        quantity="0.01",
        price="58000",
        time_in_force="DAY",
        client_order_id=f"d-{secrets.token_hex(6)}",
    ).json()
    assert placed["time_in_force"] == "DAY"
    day_ms = 86_400_000
    assert placed["expires_at"] == (int(time.time() * 1000) // day_ms + 1) * day_ms
    assert code_of(bob_bot.send("DELETE", f"/api/v1/orders/{placed['order_id']}")) == (
        "UNKNOWN_ORDER"
    )
    ended = alice_bot.send("DELETE", f"/api/v1/orders/{placed['order_id']}").json()
    assert ended["status"] == "canceled"


def test_closed_means_no_orders(exchange: Exchange, alice_bot: bots.Bot) -> None:
    set_state(exchange, State.CLOSED)
    try:
        wait_for_state(exchange, alice_bot, "closed")
        refused = alice_bot.limit("buy", "0.01", "50000")
        assert (refused.status_code, code_of(refused)) == (409, "INSTRUMENT_CLOSED")
    finally:
        set_state(exchange, State.OPEN)
        wait_for_state(exchange, alice_bot, "open")


def test_unknown_instruments_have_no_auction(alice_bot: bots.Bot) -> None:
    answer = alice_bot.get("/api/v1/auction/NO-SUCH")
    assert (answer.status_code, code_of(answer)) == (404, "UNKNOWN_INSTRUMENT")
    with alice_bot.stream() as stream:
        refused = stream.ask("subscribe", channels=["auction:NO-SUCH"])
        assert refused["ok"] is False
