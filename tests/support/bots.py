"""A program that trades over the API, as a stranger would write it: only the wire is ours."""

import hashlib
import hmac
import itertools
import json
import secrets
import socket
import time
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 60  # a busy machine; what is there comes at once
_counter = itertools.count(1)


def sign(secret: str, text: str, body: bytes = b"") -> str:
    return hmac.new(secret.encode(), text.encode() + body, hashlib.sha256).hexdigest()


class Bot:
    """Signed requests to one host of a server at 127.0.0.1:port."""

    def __init__(
        self, port: int, host: str, key: str = "", secret: str = "", *, address: str = ""
    ) -> None:
        self.port, self.host, self.key, self.secret = port, host, key, secret
        # Where the proxy in front of the server says that the program is.
        self.origin = {"X-Forwarded-For": address} if address else {}
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=self.origin, timeout=PATIENCE_S
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def headers(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        timestamp: int | None = None,
        nonce: str = "",
        window: str = "",
    ) -> dict[str, str]:
        """Host and signature headers."""
        stamp = str(int(time.time() * 1000) if timestamp is None else timestamp)
        nonce = nonce or secrets.token_hex(8)
        head = f"{stamp}:{window}:" if window else stamp
        headers = {
            "Host": self.host,
            "X-MARQUE-KEY": self.key,
            "X-MARQUE-TIMESTAMP": stamp,
            "X-MARQUE-NONCE": nonce,
            "X-MARQUE-SIGNATURE": sign(self.secret, f"{head}{nonce}{method}{target}", body),
        }
        if window:
            headers["X-MARQUE-RECV-WINDOW"] = window
        return headers if self.key else {"Host": self.host}

    def send(
        self, method: str, target: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        data = (
            b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        sent = headers if headers is not None else self.headers(method, target, data)
        return self.http.request(method, target, content=data or None, headers=sent)

    def get(self, target: str) -> httpx.Response:
        return self.send("GET", target)

    def place(self, **fields: Any) -> httpx.Response:
        return self.send("POST", "/api/v1/orders", fields)

    def limit(self, side: str, quantity: str, price: str, **fields: Any) -> httpx.Response:
        """A limit order in BTC-USDT."""
        return self.place(
            instrument="BTC-USDT", side=side, quantity=quantity, price=price, **fields
        )

    def stream(self, **options: Any) -> "Stream":
        return Stream(self, **options)


class Stream:
    """A WebSocket to /ws/v1/stream; remembers what came on each channel."""

    def __init__(self, bot: Bot, *, headers: dict[str, str] | None = None, **options: Any) -> None:
        self.bot = bot
        self.messages: list[dict[str, Any]] = []
        self._connecting = connect(
            f"ws://{bot.host}:{bot.port}/ws/v1/stream",
            sock=socket.create_connection(("127.0.0.1", bot.port), timeout=PATIENCE_S),
            additional_headers={**bot.origin, **(headers or {})},
            compression=None,
            open_timeout=PATIENCE_S,
            **options,
        )
        self.socket: ClientConnection = self._connecting.__enter__()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connecting.__exit__(None, None, None)

    def ask(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Send an operation and wait for its answer."""
        number = next(_counter)
        self.socket.send(json.dumps({"op": operation, "id": number, **fields}))
        return self.until(lambda message: message.get("id") == number)

    def subscribe(self, *channels: str) -> dict[str, Any]:
        return self.ask("subscribe", channels=list(channels))

    def follow_private(self) -> None:
        """Subscribe to one's own updates. Returns once the first has come: the publisher looks
        every moment who listens, and what happens before it knows is not told."""
        assert self.subscribe("private")["ok"]
        deadline = time.monotonic() + PATIENCE_S
        while True:
            order_id = self.bot.limit("buy", "0.01", "60000").json()["order_id"]
            self.bot.send("DELETE", f"/api/v1/orders/{order_id}")
            try:
                # An order that ended says so last.
                self.until_seen(
                    lambda m, own=order_id: (
                        m.get("type") == "order"
                        and (m["order"]["order_id"], m["order"]["status"]) == (own, "canceled")
                    ),
                    seconds=1,
                )
            except TimeoutError:
                assert time.monotonic() < deadline, "no private update came"
            else:
                return

    def sign_in(self) -> dict[str, Any]:
        stamp, nonce = str(int(time.time() * 1000)), secrets.token_hex(8)
        return self.ask(
            "auth",
            key=self.bot.key,
            timestamp=stamp,
            nonce=nonce,
            signature=sign(self.bot.secret, f"{stamp}{nonce}AUTH"),
        )

    def receive(self, timeout: float = PATIENCE_S) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=timeout))
        self.messages.append(message)
        return message

    def until(self, condition: Any, *, seconds: float = PATIENCE_S) -> dict[str, Any]:
        """The next message that fits; fails the test after some seconds."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive(timeout=max(0.01, deadline - time.monotonic()))
            if condition(message):
                return message

    def until_seen(self, condition: Any, *, seconds: float = PATIENCE_S) -> dict[str, Any]:
        """The first message that fits, also one that came before."""
        for message in self.messages:
            if condition(message):
                return message
        return self.until(condition, seconds=seconds)
