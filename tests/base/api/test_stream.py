"""The WebSocket, against the running exchange."""

import json
import secrets
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

import bots
from identity import sessions
from identity.models import UserSession
from live_exchange import AURORA, LONGMEN, Exchange, session_cookie


@pytest.fixture
def stream(alice_bot: bots.Bot) -> Iterator[bots.Stream]:
    with alice_bot.stream() as opened:
        yield opened


def order_args(**changes: str) -> dict[str, Any]:
    return {
        "instrument": "BTC-USDT",
        "side": "buy",
        "quantity": "0.1",
        "price": "60000",
        **changes,
    }


def error_code(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    error = answer["error"]
    assert error["message"] and error["help"] and error["number"]
    return str(error["code"])


class Book:
    """What a client keeps of a depth channel; notices every gap."""

    def __init__(self) -> None:
        self.seq = -1
        self.snapshots = 0
        self.sides: dict[str, dict[str, str]] = {"bids": {}, "asks": {}}

    def see(self, message: dict[str, Any]) -> None:
        if message["type"] == "snapshot":
            self.sides = {"bids": {}, "asks": {}}
            self.snapshots += 1
        else:
            assert message["previous"] == self.seq, "a gap"
        self.seq = message["seq"]
        for name, levels in self.sides.items():
            for price, quantity in message[name]:
                if quantity == "0":
                    del levels[price]
                else:
                    levels[price] = quantity


def test_a_book_kept_from_the_stream_equals_the_book(
    stream: bots.Stream, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    stream.sign_in()
    assert stream.subscribe("depth:BTC-USDT")["ok"]
    for number in range(40):
        side = "buy" if number % 2 else "sell"
        price = f"{60_900 + number * (1 if side == 'sell' else -1)}"
        bot = alice_bot if number % 3 else bob_bot
        bot.limit(side, f"0.{number + 1:03}", price)
    bob_bot.limit("buy", "0.2", "60950", time_in_force="IOC")
    alice_bot.limit("buy", "0.1", "60700")
    book = Book()
    for message in stream.messages:
        if message.get("channel") == "depth:BTC-USDT":
            book.see(message)
    while "60700.00" not in book.sides["bids"]:  # the last of them
        book.see(stream.until(lambda m: m.get("channel") == "depth:BTC-USDT"))
    wanted = alice_bot.get("/api/v1/depth/BTC-USDT?limit=1000").json()
    assert book.seq == wanted["seq"] and book.snapshots == 1
    for name in ("bids", "asks"):
        assert book.sides[name] == dict(wanted[name])
        assert wanted[name]


def test_trades_tickers_and_candles_follow_a_trade(
    stream: bots.Stream, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    channels = ["trades:ETH-USDT", "tickers", "candles:ETH-USDT:1m", "candles:ETH-USDT:1w"]
    assert stream.subscribe(*channels)["result"]["channels"] == sorted(channels)
    alice_bot.place(instrument="ETH-USDT", side="sell", quantity="0.5", price="3000.10")
    bob_bot.place(instrument="ETH-USDT", side="buy", type="market", quote_amount="300.01")
    trade = stream.until_seen(
        lambda m: m.get("channel") == "trades:ETH-USDT" and m["type"] == "update"
    )["trades"][-1]
    assert (trade["price"], trade["side"]) == ("3000.10", "buy")
    assert abs(trade["time"] - time.time() * 1000) < 300_000
    ticker = stream.until_seen(
        lambda m: (
            m.get("channel") == "tickers"
            and any(t["instrument"] == "ETH-USDT" and t["last"] for t in m["tickers"])
        )
    )
    assert ticker["tickers"]
    for interval in ("1m", "1w"):
        candle = stream.until_seen(
            lambda m, name=interval: m.get("channel") == f"candles:ETH-USDT:{name}"
        )["candles"][-1]
        assert candle[4] == "3000.10" and candle[0] % 60_000 == 0


def test_private_updates_reach_their_owner_only(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    with alice_bot.stream() as alices, bob_bot.stream() as bobs, charlie_bot.stream() as charlies:
        for stream in (alices, bobs, charlies):
            stream.sign_in()
            stream.follow_private()
        order = alice_bot.limit("sell", "0.3", "61000").json()
        bob_bot.limit("buy", "0.1", "61000", time_in_force="IOC")

        def private(kind: str) -> Any:
            return lambda m: m.get("channel") == "private" and m["type"] == kind

        fill = alices.until_seen(private("fill"))["fill"]
        assert (fill["order_id"], fill["liquidity"]) == (order["order_id"], "maker")
        alices.until_seen(
            lambda m: private("order")(m) and m["order"]["status"] == "partially_filled"
        )
        assert alices.until_seen(private("balance"))["balance"]["account"] == order["account"]
        assert bobs.until_seen(private("fill"))["fill"]["liquidity"] == "taker"
        # What is published later than all of that has come to him, and nothing before it.
        last = charlie_bot.limit("buy", "0.01", "60000").json()
        charlies.until_seen(
            lambda m: private("order")(m) and m["order"]["order_id"] == last["order_id"]
        )
    for stream, name in ((alices, "alice"), (bobs, "bob"), (charlies, "charlie")):
        for message in stream.messages:
            if message.get("channel") == "private":
                assert message[message["type"]]["account"] == exchange.account_id(name)


def test_another_exchanges_market_is_never_seen(charlie_bot: bots.Bot, alice_bot: bots.Bot) -> None:
    with charlie_bot.stream() as there, alice_bot.stream() as home:
        there.subscribe("depth:BTC-USDT", "trades:BTC-USDT", "tickers")
        home.subscribe("depth:BTC-USDT")
        before = len(there.messages)
        alice_bot.limit("buy", "0.123", "60001")
        home.until_seen(lambda m: "60001" in json.dumps(m))
        charlie_bot.limit("buy", "0.01", "60002")  # published after it
        there.until_seen(lambda m: "60002" in json.dumps(m))
        seen = json.dumps(there.messages[before:])
        assert "60001" not in seen and "0.123" not in seen
    with alice_bot.stream() as here:
        for channel in ("depth:2:BTC-USDT", "private:5", "md:2:depth:BTC-USDT", "depth:*"):
            assert error_code(here.subscribe(channel)) in ("UNKNOWN_CHANNEL", "UNKNOWN_INSTRUMENT")


def test_orders_over_the_socket(stream: bots.Stream) -> None:
    assert error_code(stream.ask("order.place", args=order_args())) == "NOT_SIGNED_IN"
    assert stream.sign_in()["ok"]
    mine = f"s-{secrets.token_hex(6)}"
    placed = stream.ask("order.place", args=order_args(client_order_id=mine))["result"]
    assert placed["client_order_id"] == mine and placed["status"] == "open"
    batch = stream.ask(
        "order.place_batch", args={"orders": [order_args(), order_args(price="0"), order_args()]}
    )
    assert [item["ok"] for item in batch["result"]["results"]] == [True, False, True]
    canceled = stream.ask("order.cancel", args={"client_order_id": mine})["result"]
    assert (canceled["order_id"], canceled["status"]) == (placed["order_id"], "canceled")
    assert stream.ask("order.cancel_all", args={"instrument": "BTC-USDT"})["result"]["count"] == 2
    assert error_code(stream.ask("order.cancel", args={"order_id": "1", "client_order_id": "x"}))


def test_answers_come_to_many_orders_at_once(stream: bots.Stream) -> None:
    stream.sign_in()
    for number in range(200):
        message = {"op": "order.place", "id": f"n{number}", "args": order_args(quantity="0.01")}
        stream.socket.send(json.dumps(message))
    answers = {}
    while len(answers) < 200:
        answer = stream.receive()
        if str(answer.get("id", "")).startswith("n"):
            answers[answer["id"]] = answer["ok"]
    assert all(answers.values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "BAD_JSON"),
        ("{", "BAD_JSON"),
        ("[]", "BAD_JSON"),
        ("{}", "UNKNOWN_OPERATION"),
        ('{"op": 5}', "UNKNOWN_OPERATION"),
        ('{"op": "order.nonsense"}', "NOT_SIGNED_IN"),
        ('{"op": "order.place", "args": []}', "BAD_REQUEST"),
        ('{"op": "subscribe"}', "BAD_REQUEST"),
        ('{"op": "subscribe", "channels": "tickers"}', "BAD_REQUEST"),
        ('{"op": "subscribe", "channels": [1]}', "BAD_REQUEST"),
        ('{"op": "subscribe", "channels": ["candles:BTC-USDT:2m"]}', "UNKNOWN_CHANNEL"),
        ('{"op": "subscribe", "channels": ["depth:NO-SUCH"]}', "UNKNOWN_INSTRUMENT"),
        ('{"op": "subscribe", "channels": ["private"]}', "NOT_SIGNED_IN"),
        ('{"op": "ping", "id": {"a": 1}}', "BAD_REQUEST"),
        ('{"op": "auth", "key": 1}', "BAD_TIMESTAMP"),
        ("[" * 100_000, "BAD_JSON"),
        ('{"op": "' + "x" * 140_000 + '"}', "BODY_TOO_LARGE"),
    ],
    ids=lambda value: value[:30],
)
def test_nonsense_is_answered_and_the_socket_lives(
    stream: bots.Stream, text: str, code: str
) -> None:
    stream.socket.send(text)
    assert error_code(stream.receive()) == code
    assert stream.ask("ping")["ok"]


def test_binary_frames_are_answered(stream: bots.Stream) -> None:
    stream.socket.send(b"\x00\x01")
    assert error_code(stream.receive()) == "BAD_JSON"


def test_good_channels_are_taken_beside_bad_ones(stream: bots.Stream) -> None:
    answer = stream.subscribe("tickers", "private", "depth:BTC-USDT")
    assert error_code(answer) == "NOT_SIGNED_IN"
    assert answer["error"]["channel"] == "private"
    assert answer["error"]["subscribed"] == ["depth:BTC-USDT", "tickers"]


def test_after_unsubscribing_nothing_comes(stream: bots.Stream, bob_bot: bots.Bot) -> None:
    stream.subscribe("depth:BTC-USDT")
    assert stream.ask("unsubscribe", channels=["depth:BTC-USDT"])["result"]["channels"] == []
    before = len(stream.messages)
    with bob_bot.stream() as other:
        other.subscribe("depth:BTC-USDT")
        bob_bot.limit("buy", "0.1", "60003")
        other.until_seen(lambda m: "60003" in json.dumps(m))
    stream.ask("ping")
    assert all("channel" not in message for message in stream.messages[before:])


def test_a_signature_signs_in_once(alice_bot: bots.Bot) -> None:
    stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(8)
    signature = bots.sign(alice_bot.secret, f"{stamp}{nonce}AUTH")
    fields = {"key": alice_bot.key, "timestamp": stamp, "nonce": nonce, "signature": signature}
    with alice_bot.stream() as first, alice_bot.stream() as second:
        assert first.ask("auth", **fields)["ok"]
        assert error_code(second.ask("auth", **fields)) == "NONCE_USED"
        wrong = {**fields, "nonce": secrets.token_hex(8)}
        assert error_code(second.ask("auth", **wrong)) == "BAD_SIGNATURE"
        assert error_code(second.ask("order.cancel_all")) == "NOT_SIGNED_IN"


def test_a_revoked_key_closes_its_socket(exchange: Exchange) -> None:
    key, bot = exchange.make_key("bob")
    with bot.stream() as stream:
        stream.sign_in()
        exchange.revoke_key(key)
        with pytest.raises(ConnectionClosed):
            stream.receive()
        assert stream.socket.close_code == 4001
        assert "ended" in str(stream.socket.close_reason)


def test_an_unknown_host_or_path_is_no_stream(exchange: Exchange) -> None:
    with pytest.raises(InvalidStatus) as refused:
        exchange.stranger("nobody.localhost").stream()
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body)["error"]["code"] == "UNKNOWN_HOST"


@pytest.mark.parametrize("key", ["\0", "mk_" + "\0" * 20, "é" * 23, "x" * 100_000])
def test_what_cannot_be_a_key_is_an_unknown_one(stream: bots.Stream, key: str) -> None:
    fields = {"timestamp": str(int(time.time() * 1000)), "nonce": secrets.token_hex(8)}
    refused = stream.ask("auth", key=key, signature="0" * 64, **fields)
    assert error_code(refused) == "UNKNOWN_KEY"
    assert error_code(stream.subscribe("private")) == "NOT_SIGNED_IN"


def test_no_order_is_asked_for_by_control_characters(stream: bots.Stream) -> None:
    stream.sign_in()
    for text in ("\0", "a\nb", " ", "é"):
        for operation in ("order.place", "order.cancel"):
            args = {"client_order_id": text}
            args |= order_args() if operation == "order.place" else {}
            assert error_code(stream.ask(operation, args=args)) == "BAD_CLIENT_ORDER_ID"


# Signed in by a page's session


def page_headers(cookie: str, origin: str = f"http://{AURORA}") -> dict[str, str]:
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Origin": origin}


def test_a_page_is_signed_in_by_its_session_until_that_ends(exchange: Exchange) -> None:
    cookie = session_cookie(exchange)
    page = exchange.stranger()
    with page.stream(headers=page_headers(cookie)) as stream:
        assert stream.subscribe("private")["ok"]
        placed = stream.ask("order.place", args=order_args())
        assert placed["result"]["account"] == exchange.account_id("alice")
        stream.ask("order.cancel_all")
        with exchange.inside("aurora"):
            sessions.end(UserSession.objects.filter(session_key=cookie))
        with pytest.raises(ConnectionClosed):
            while True:
                stream.receive()
        assert stream.socket.close_code == 4001


def test_another_sites_page_cannot_use_the_session(exchange: Exchange) -> None:
    cookie = session_cookie(exchange)
    page = exchange.stranger()
    for origin in ("http://evil.example", f"http://{LONGMEN}", "null"):
        with pytest.raises(InvalidStatus) as refused:
            page.stream(headers=page_headers(cookie, origin))
        assert refused.value.response.status_code == 403
        assert json.loads(refused.value.response.body)["error"]["code"] == "BAD_ORIGIN"


def test_a_session_means_nothing_at_another_exchange(exchange: Exchange) -> None:
    cookie = session_cookie(exchange)
    abroad = exchange.stranger(LONGMEN)
    with abroad.stream(headers=page_headers(cookie, f"http://{LONGMEN}")) as stream:
        assert error_code(stream.subscribe("private")) == "NOT_SIGNED_IN"


# Slow clients and lost messages


def test_a_slow_client_misses_updates_and_is_brought_up_to_date(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    """It does not read while far more is published than its buffers hold."""
    tenant_id = tenant_id_of(exchange)
    client = redis.Redis.from_url(settings.REDIS_URL)
    channel = f"md:{tenant_id}:depth:ETH-USDT"
    with (
        alice_bot.stream(max_queue=2, ping_interval=None) as slow,
        alice_bot.stream() as quick,
    ):
        slow.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131_072)
        slow.subscribe("depth:ETH-USDT")
        quick.subscribe("trades:ETH-USDT")
        start = alice_bot.get("/api/v1/depth/ETH-USDT").json()["seq"]
        bulk = json.dumps([[f"{price}.00", "1.0000"] for price in range(1_000, 3_000)])
        last = start
        for seq in range(start + 1, start + 301):
            client.publish(
                channel,
                f'{{"channel":"depth:ETH-USDT","type":"update","previous":{last},"seq":{seq},'
                f'"bids":{bulk},"asks":[]}}',
            )
            last = seq
        until_all_is_passed_on(client, tenant_id, quick)
        snapshots = 0
        received = 0
        expected = None
        # The true book comes back in the end, as a snapshot: the key was not touched.
        while snapshots == 0:
            message = slow.receive()
            if message.get("channel") != "depth:ETH-USDT":
                continue
            received += 1
            if message["type"] == "snapshot" and expected is not None:
                snapshots += 1
            expected = message["seq"]
        assert received < 300
        assert message["seq"] == start


def test_a_client_that_would_lose_private_updates_is_dropped_with_a_reason(
    exchange: Exchange, alice_bot: bots.Bot
) -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    tenant_id = tenant_id_of(exchange)
    channel = f"md:{tenant_id}:private:{exchange.account_id('alice')}"
    with (
        alice_bot.stream(max_queue=2, ping_interval=None) as slow,
        alice_bot.stream() as quick,
    ):
        quick.subscribe("trades:ETH-USDT")
        slow.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131_072)
        slow.sign_in()
        slow.subscribe("private")
        payload = json.dumps({"channel": "private", "type": "note", "text": "x" * 8_000})
        for _ in range(40):
            pipe = client.pipeline(transaction=False)
            for _ in range(100):
                pipe.publish(channel, payload)
            pipe.execute()
        until_all_is_passed_on(client, tenant_id, quick)  # it reads nothing meanwhile
        with pytest.raises(ConnectionClosed):
            while True:
                slow.receive()
        assert slow.socket.close_code == 4008
        assert "too slow" in str(slow.socket.close_reason)


def until_all_is_passed_on(client: redis.Redis, tenant_id: int, quick: bots.Stream) -> None:
    """Until the web process has handed on what was published so far, to whoever reads or not.

    It takes messages from Redis one after the other; ``quick`` follows the trades in ETH-USDT.
    """
    mark = secrets.token_hex(6)
    message = {"channel": "trades:ETH-USDT", "type": "update", "trades": [], "mark": mark}
    client.publish(f"md:{tenant_id}:trades:ETH-USDT", json.dumps(message))
    quick.until_seen(lambda m: m.get("mark") == mark)


def tenant_id_of(exchange: Exchange) -> int:
    with exchange.inside("aurora") as tenant:
        return int(tenant.pk)


def test_a_gap_gives_everybody_a_new_snapshot(exchange: Exchange, alice_bot: bots.Bot) -> None:
    tenant_id = tenant_id_of(exchange)
    client = redis.Redis.from_url(settings.REDIS_URL)
    with alice_bot.stream() as stream:
        stream.subscribe("depth:ETH-USDT")
        seq = alice_bot.get("/api/v1/depth/ETH-USDT").json()["seq"]
        for previous, number in ((seq, seq + 1), (seq + 5, seq + 6)):
            client.publish(
                f"md:{tenant_id}:depth:ETH-USDT",
                f'{{"channel":"depth:ETH-USDT","type":"update","previous":{previous},'
                f'"seq":{number},"bids":[],"asks":[]}}',
            )
        stream.until(lambda m: m.get("type") == "update" and m["seq"] == seq + 1)
        fresh = stream.until(lambda m: m.get("channel") == "depth:ETH-USDT")
        assert (fresh["type"], fresh["seq"]) == ("snapshot", seq)


def test_a_publisher_begun_anew_sends_snapshots(exchange: Exchange, alice_bot: bots.Bot) -> None:
    alice_bot.limit("buy", "0.4", "60007")
    with alice_bot.stream() as stream, alice_bot.stream() as private:
        stream.subscribe("depth:BTC-USDT")
        private.sign_in()
        private.subscribe("private")
        running = exchange.world._running
        publisher = next(p for p in running if "publisher" in p.args and p.poll() is None)
        publisher.kill()
        publisher.wait()
        missed = alice_bot.limit("buy", "0.2", "60005").json()
        exchange.world.start("publisher")
        fresh = stream.until(
            lambda m: m.get("channel") == "depth:BTC-USDT" and m["type"] == "snapshot", seconds=60
        )
        assert ["60007.00", "0.40000"] in fresh["bids"]
        assert ["60005.00", "0.20000"] in fresh["bids"]
        # Nobody published what was done meanwhile: who listened to it is told, by being closed.
        with pytest.raises(ConnectionClosed):
            while True:
                private.receive(timeout=60)
        assert private.socket.close_code == 4012
        assert "connect again" in str(private.socket.close_reason)
        told = [m["order"]["order_id"] for m in private.messages if m.get("type") == "order"]
        assert missed["order_id"] not in told
        with alice_bot.stream() as again:
            again.sign_in()
            again.subscribe("private")
            placed = alice_bot.limit("buy", "0.1", "60006").json()
            again.until(
                lambda m: m.get("type") == "order" and m["order"]["order_id"] == placed["order_id"],
                seconds=30,
            )
        update = stream.until(
            lambda m: m.get("channel") == "depth:BTC-USDT" and m["type"] == "update", seconds=30
        )
        assert update["previous"] == fresh["seq"] and ["60006.00", "0.10000"] in update["bids"]


def test_connections_from_one_address_are_limited(exchange: Exchange) -> None:
    page = exchange.stranger()
    opened = []
    try:
        with pytest.raises(InvalidStatus) as refused:
            for _ in range(70):
                opened.append(page.stream())
        assert refused.value.response.status_code == 429
        assert len(opened) <= 64
    finally:
        for stream in opened:
            stream.__exit__()
    assert code_of_body(refused.value.response.body) == "TOO_MANY_CONNECTIONS"


def code_of_body(body: bytes | None) -> str:
    assert body is not None
    return str(json.loads(body)["error"]["code"])
