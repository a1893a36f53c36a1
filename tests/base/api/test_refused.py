"""Wrong credentials are limited by network, at every door alike."""

import asyncio
import secrets
from typing import Any

import pytest
import redis.asyncio
from django.conf import settings
from websockets.exceptions import InvalidStatus

import bots
from api.errors import ApiError, Refusal
from api.guard import Guard, Limit
from api.refused import Refused
from live_exchange import AURORA, Exchange, code_of, session_cookie

LIMITED = "TOO_MANY_WRONG_CREDENTIALS"


def some_network() -> str:
    """An IPv6 /64 that no other test uses."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}"


def test_a_network_waits_when_its_allowance_is_used_up() -> None:
    async def main() -> None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        here, there = (Refused(Guard(client), Limit(1, 3)) for _ in range(2))
        network = some_network()
        try:
            for number in range(3):
                here.check(f"{network}::1")
                await here.note(f"{network}:{number}::1")
            with pytest.raises(ApiError) as refused:
                here.check(f"{network}::ffff")
            assert refused.value.code is Refusal.TOO_MANY_WRONG_CREDENTIALS
            assert refused.value.headers["Retry-After"] == "1"
            here.check(f"{some_network()}::1")
            # Another web process has counted none of these, but finds the allowance used up.
            there.check(f"{network}::1")
            await there.note(f"{network}::1")
            with pytest.raises(ApiError):
                there.check(f"{network}::1")
        finally:
            await client.aclose()

    asyncio.run(main())


def wrong_key(exchange: Exchange, network: str) -> bots.Bot:
    key = f"mk_{secrets.token_hex(10)}"
    return bots.Bot(
        exchange.port, AURORA, key, "wrong", address=f"{network}::{secrets.token_hex(2)}"
    )


def wrong_secret(exchange: Exchange, network: str) -> bots.Bot:
    key, _, _ = exchange.keys["alice"]
    return bots.Bot(exchange.port, AURORA, key, "wrong", address=f"{network}::1")


def ask_rest(exchange: Exchange, network: str) -> str:
    with wrong_key(exchange, network) as bot:
        return code_of(bot.get("/api/v1/balances"))


def ask_orders(exchange: Exchange, network: str) -> str:
    with wrong_secret(exchange, network) as bot:
        return code_of(bot.limit("buy", "0.1", "60000"))


def ask_stream(exchange: Exchange, network: str) -> str:
    with wrong_secret(exchange, network) as bot, bot.stream() as stream:
        return str(stream.sign_in()["error"]["code"])


def ask_by_session(exchange: Exchange, network: str) -> str:
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={secrets.token_hex(16)}"}
    with bots.Bot(exchange.port, AURORA, address=f"{network}::1") as bot:
        return code_of(bot.send("GET", "/api/v1/balances", headers={"Host": AURORA, **headers}))


def ask_stream_by_session(exchange: Exchange, network: str) -> str:
    headers = {
        "Origin": f"http://{AURORA}",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={secrets.token_hex(16)}",
    }
    with bots.Bot(exchange.port, AURORA, address=f"{network}::1") as bot:
        try:
            with bot.stream(headers=headers) as stream:
                return str(stream.subscribe("private")["error"]["code"])
        except InvalidStatus as refused:
            assert refused.response.status_code == 429
            assert int(refused.response.headers["Retry-After"]) >= 1
            return LIMITED


DOORS = {
    ask_rest: "UNKNOWN_KEY",
    ask_orders: "BAD_SIGNATURE",
    ask_stream: "BAD_SIGNATURE",
    ask_by_session: "NOT_SIGNED_IN",
    ask_stream_by_session: "NOT_SIGNED_IN",
}


@pytest.mark.parametrize("ask", DOORS, ids=lambda ask: ask.__name__)
def test_wrong_credentials_come_to_an_end(
    exchange: Exchange, alice_bot: bots.Bot, ask: Any
) -> None:
    network, answers = some_network(), []
    while len(answers) < 400 and LIMITED not in answers:
        answers.append(ask(exchange, network))
    assert answers[-1] == LIMITED
    assert set(answers[:-1]) == {DOORS[ask]} and len(answers) > 60
    # Elsewhere nothing is stopped, and what asks for no credentials goes on here as well.
    assert alice_bot.get("/api/v1/balances").status_code == 200
    with bots.Bot(exchange.port, AURORA, address=f"{network}::1") as here:
        assert here.get("/api/v1/tickers").status_code == 200


def test_the_doors_share_one_count_and_open_again(exchange: Exchange) -> None:
    network = some_network()
    for _ in range(60):
        ask_rest(exchange, network)
    key, secret, _ = exchange.keys["alice"]
    with bots.Bot(exchange.port, AURORA, key, secret, address=f"{network}::2") as alice:
        for ask in DOORS:
            # Each wrong one uses up at once what came back meanwhile.
            exchange.world.wait_for(lambda ask=ask: ask(exchange, network) == LIMITED, seconds=20)
        exchange.world.wait_for(
            lambda: alice.get("/api/v1/balances").status_code == 200, seconds=20
        )


def test_a_living_session_is_not_counted(exchange: Exchange) -> None:
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_cookie(exchange)}"}
    with bots.Bot(exchange.port, AURORA, address=f"{some_network()}::1") as bot:
        for _ in range(70):
            answer = bot.send("GET", "/api/v1/account", headers={"Host": AURORA, **headers})
            assert answer.status_code == 200 or code_of(answer) == "RATE_LIMITED"
