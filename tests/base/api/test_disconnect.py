"""Orders that end with the connection that armed them, or when nothing was heard for too long:
Alice's own, out of Bob's and Charlie's reach, whatever is killed. The books are proved."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

import bots
from live_exchange import AURORA, Exchange, code_of, session_cookie
from wallets.ledger.verify import verify_books

TIMER = "/api/v1/orders/cancel-all-after"


@pytest.fixture(autouse=True)
def proved(exchange: Exchange) -> Iterator[None]:
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def rows(bot: bots.Bot, path: str) -> list[dict[str, Any]]:
    """A read that waits out its rate limit."""
    while (answer := bot.get(path)).status_code == 429:
        time.sleep(0.2)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def open_ids(bot: bots.Bot) -> list[str]:
    return [row["order_id"] for row in rows(bot, "/api/v1/orders")]


def armed(bot: bots.Bot) -> list[dict[str, Any]]:
    return rows(bot, TIMER)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + bots.PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def arm(stream: bots.Stream, **args: Any) -> dict[str, Any]:
    assert stream.sign_in()["ok"]
    answer = stream.ask("order.cancel_on_disconnect", args=args)
    assert answer["ok"], answer
    result: dict[str, Any] = answer["result"]
    return result


def test_a_closed_socket_takes_the_accounts_orders_along(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    kept = bob_bot.limit("buy", "0.01", "59000").json()["order_id"]
    with alice_bot.stream() as stream:
        result = arm(stream)
        assert result == {
            "armed": True,
            "account": exchange.account_id("alice"),
            "instrument": None,
        }
        args = {"instrument": "BTC-USDT", "side": "buy", "quantity": "0.01", "price": "59000"}
        assert stream.ask("order.place", args=args)["ok"]
        assert alice_bot.limit("buy", "0.01", "59001").status_code == 200  # not over the socket
        assert len(open_ids(alice_bot)) == 2
        assert armed(alice_bot) == [{"instrument": None, "on_disconnect": True, "cancels_at": None}]
    until(lambda: open_ids(alice_bot) == [])
    until(lambda: armed(alice_bot) == [])
    assert kept in open_ids(bob_bot)


def test_orders_under_way_when_the_socket_breaks_do_not_stay(alice_bot: bots.Bot) -> None:
    with alice_bot.stream() as stream:
        arm(stream)
        order = '{"instrument": "BTC-USDT", "side": "buy", "quantity": "0.01", "price": "59000"}'
        for number in range(100):
            stream.socket.send(f'{{"op": "order.place", "id": {number}, "args": {order}}}')
        stream.socket.socket.close()  # without a word
    until(lambda: armed(alice_bot) == [])
    assert open_ids(alice_bot) == []


def test_only_the_chosen_instrument(alice_bot: bots.Bot) -> None:
    with alice_bot.stream() as stream:
        assert arm(stream, instrument="ETH-USDT")["instrument"] == "ETH-USDT"
        alice_bot.place(instrument="ETH-USDT", side="buy", quantity="0.1", price="2000")
        stays = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
        assert len(open_ids(alice_bot)) == 2
    until(lambda: open_ids(alice_bot) == [stays])


def test_disarmed_orders_stay(alice_bot: bots.Bot) -> None:
    with alice_bot.stream() as stream:
        arm(stream)
        stays = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
        assert not arm(stream, armed=False)["armed"]
        assert armed(alice_bot) == []
    time.sleep(0.5)
    assert open_ids(alice_bot) == [stays]


def test_each_socket_arms_for_itself(alice_bot: bots.Bot) -> None:
    with alice_bot.stream() as second:
        arm(second)
        with alice_bot.stream() as first:
            arm(first)
            alice_bot.limit("buy", "0.01", "59000")
        until(lambda: open_ids(alice_bot) == [])
        assert [row["on_disconnect"] for row in armed(alice_bot)] == [True]
        with alice_bot.stream() as unarmed:
            assert unarmed.sign_in()["ok"]
        stays = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
        time.sleep(0.3)
        assert open_ids(alice_bot) == [stays]
    until(lambda: open_ids(alice_bot) == [] and armed(alice_bot) == [])


def test_a_revoked_key_ends_its_orders(exchange: Exchange, alice_bot: bots.Bot) -> None:
    key, bot = exchange.make_key("alice")
    with bot, bot.stream() as stream:
        arm(stream)
        alice_bot.limit("buy", "0.01", "59000")
        exchange.revoke_key(key)
        until(lambda: open_ids(alice_bot) == [])


def test_others_accounts_are_out_of_reach(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    alices = exchange.account_id("alice")
    stays = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
    with bob_bot.stream() as stream:
        assert stream.sign_in()["ok"]
        for operation, args in (
            ("order.cancel_on_disconnect", {"account": alices}),
            ("order.cancel_all_after", {"account": alices, "seconds": 1}),
        ):
            answer = stream.ask(operation, args=args)
            assert answer["error"]["code"] == "UNKNOWN_ACCOUNT"
    refused = bob_bot.send("POST", TIMER, {"account": alices, "seconds": 1})
    assert (refused.status_code, code_of(refused)) == (404, "UNKNOWN_ACCOUNT")
    assert bob_bot.get(f"{TIMER}?account={alices}").status_code == 404
    # At another exchange an account may have the same number.
    with charlie_bot.stream() as stream:
        arm(stream)
        assert charlie_bot.send("POST", TIMER, {"seconds": 1}).is_success
        assert armed(alice_bot) == []
    with bob_bot.stream() as stream:
        answer = stream.ask("order.cancel_on_disconnect", args={})
        assert answer["error"]["code"] == "NOT_SIGNED_IN"
    time.sleep(1.2)
    assert open_ids(alice_bot) == [stays]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"armed": 1}, "BAD_REQUEST"),
        ({"armed": "no"}, "BAD_REQUEST"),
        ({"instruments": []}, "BAD_REQUEST"),
        ({"instrument": "NO-SUCH"}, "UNKNOWN_INSTRUMENT"),
        ({"account": "1"}, "UNKNOWN_ACCOUNT"),
    ],
)
def test_nonsense_arms_nothing(alice_bot: bots.Bot, args: dict[str, Any], code: str) -> None:
    with alice_bot.stream() as stream:
        assert stream.sign_in()["ok"]
        answer = stream.ask("order.cancel_on_disconnect", args=args)
        assert answer["error"]["code"] == code
        assert armed(alice_bot) == []


@pytest.mark.parametrize("seconds", [-1, 1.5, "5", None, True, 86_401, 2**70])
def test_impossible_timers(alice_bot: bots.Bot, seconds: Any) -> None:
    refused = alice_bot.send("POST", TIMER, {"seconds": seconds})
    assert (refused.status_code, code_of(refused)) == (400, "BAD_TIMEOUT")
    assert armed(alice_bot) == []


def test_a_timer_cancels_unless_it_is_set_again(alice_bot: bots.Bot, bob_bot: bots.Bot) -> None:
    stays = bob_bot.limit("buy", "0.01", "59000").json()["order_id"]
    alice_bot.limit("buy", "0.01", "59000")
    with alice_bot.stream() as stream:
        assert stream.sign_in()["ok"]
        for _ in range(4):
            answer = stream.ask("order.cancel_all_after", args={"seconds": 3})
            assert answer["result"]["cancels_at"] > time.time() * 1000
            time.sleep(1)
            assert len(open_ids(alice_bot)) == 1
    until(lambda: open_ids(alice_bot) == [])
    assert armed(alice_bot) == []
    assert stays in open_ids(bob_bot)


def test_a_timer_is_taken_away_and_may_be_for_an_instrument(alice_bot: bots.Bot) -> None:
    order = alice_bot.limit("buy", "0.01", "59000").json()["order_id"]
    set_anew = alice_bot.send("POST", TIMER, {"seconds": 600}).json()
    assert armed(alice_bot)[0]["cancels_at"] == set_anew["cancels_at"]
    gone = alice_bot.send("POST", TIMER, {"seconds": 0}).json()
    assert gone["cancels_at"] is None
    alice_bot.send("POST", TIMER, {"seconds": 1, "instrument": "ETH-USDT"})
    time.sleep(1.5)
    assert (open_ids(alice_bot), armed(alice_bot)) == ([order], [])


def test_a_page_sets_a_timer_too(exchange: Exchange, alice_bot: bots.Bot) -> None:
    token = "a" * 32
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_cookie(exchange)}; "
    cookie += f"{settings.CSRF_COOKIE_NAME}={token}"
    headers = {"Host": AURORA, "Cookie": cookie, "X-CSRFToken": token}
    headers["Content-Type"] = "application/json"
    answer = exchange.stranger().send("POST", TIMER, {"seconds": 0}, headers=headers)
    assert (answer.status_code, answer.json()["cancels_at"]) == (200, None)
    refused = exchange.stranger().send("POST", TIMER, {"seconds": "x"}, headers=headers)
    assert (refused.status_code, code_of(refused)) == (400, "BAD_TIMEOUT")


def test_a_killed_web_process_takes_armed_orders_along(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    stays = bob_bot.limit("buy", "0.01", "59000").json()["order_id"]
    with alice_bot.stream() as stream:
        arm(stream)
        alice_bot.limit("buy", "0.01", "59000")
        alice_bot.send("POST", TIMER, {"seconds": 3, "instrument": "ETH-USDT"})
        alice_bot.place(instrument="ETH-USDT", side="buy", quantity="0.1", price="2000")
        bob_bot.send("POST", TIMER, {"seconds": 600, "instrument": "BTC-USDT"})
        assert exchange.web is not None
        exchange.web.kill()
        exchange.web.wait()
        exchange.start_web()
    until(lambda: open_ids(alice_bot) == [])
    until(lambda: armed(alice_bot) == [])
    # Bob's timer outlived the process; he takes it away.
    assert stays in open_ids(bob_bot)
    assert [row["instrument"] for row in armed(bob_bot)] == ["BTC-USDT"]
    assert bob_bot.send("POST", TIMER, {"seconds": 0, "instrument": "BTC-USDT"}).is_success


def test_a_killed_engine_cancels_when_it_is_back_and_the_socket_is_closed(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    stays = bob_bot.limit("buy", "0.01", "59000").json()["order_id"]
    with alice_bot.stream() as stream:
        arm(stream)
        alice_bot.limit("buy", "0.01", "59000")
        exchange.world.engine_process.kill()
        with pytest.raises(ConnectionClosed) as closed:
            stream.until(lambda _: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4013
        exchange.world.engine_process.start()
    until(lambda: alice_bot.get("/api/v1/orders").status_code == 200)
    assert (open_ids(alice_bot), armed(alice_bot)) == ([], [])
    assert stays in open_ids(bob_bot)
