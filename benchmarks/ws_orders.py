"""Order → durable answer over the WebSocket: ``python benchmarks/ws_orders.py``.

Each connection keeps a window of orders under way and sends the next ones when answers come.
One order in two crosses a resting one; an answer means that the order is on disk. Goal:
15 000 orders/s on two cores, this generator included.
"""

import argparse
import asyncio
import base64
import hmac
import os
import random
import struct
import time

import rig
import uvloop

MASK = b"\x00\x00\x00\x00"  # a client must mask; zeros leave the text as it is


TEXT, PING, PONG = 1, 9, 10


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One masked frame."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", 0x80 | opcode, 0x80 | length) + MASK + payload
    return struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length) + MASK + payload


class Connection(asyncio.Protocol):
    """One socket: upgrade, sign in, then a window of orders."""

    def __init__(self, key: rig.Key, orders: list[bytes], window: int) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()
        self.latencies: list[float] = []
        self.refused: list[bytes] = []
        self._key = key
        self._orders = orders
        self._window = window
        self._next = 0
        self._sent_at: dict[int, float] = {}
        self._arrived = b""
        self._is_upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        nonce = base64.b64encode(os.urandom(16)).decode()
        self._write(
            f"GET /ws/v1/stream HTTP/1.1\r\nHost: {rig.HOST}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {nonce}\r\n\r\n".encode()
        )

    def begin(self) -> None:
        for _ in range(min(self._window, len(self._orders))):
            self._send()

    def _write(self, data: bytes) -> None:
        self._transport.write(data)  # type: ignore[attr-defined]

    def _send(self) -> None:
        self._sent_at[self._next] = time.perf_counter()
        self._write(self._orders[self._next])
        self._next += 1

    def data_received(self, data: bytes) -> None:
        data = self._arrived + data
        if not self._is_upgraded:
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                self._arrived = head
                return
            if b" 101 " not in head:
                raise SystemExit(head.decode())
            self._is_upgraded = True
            self._write(frame(sign_in(self._key)))
        at = 0
        while len(data) - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                if len(data) - at < 4:
                    break
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if len(data) < start + length:
                break
            if data[at] & 0x0F == PING:
                self._write(frame(data[start : start + length], PONG))
            else:
                self._on_message(data[start : start + length])
            at = start + length
        self._arrived = data[at:]

    def _on_message(self, text: bytes) -> None:
        if not self.ready.done():
            if b'"ok":true' not in text:
                raise SystemExit(text.decode())
            self.ready.set_result(None)
            return
        number = int(text[6 : text.index(b",", 6)])  # {"id":123,"ok":…
        self.latencies.append(time.perf_counter() - self._sent_at.pop(number))
        if b'"ok":true' not in text[:40]:
            self.refused.append(text)
        if self._next < len(self._orders):
            self._send()
        elif not self._sent_at:
            self._transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        for future in (self.ready, self.done):
            if not future.done():
                future.set_exception(error or ConnectionError("the server closed the connection"))


def sign_in(key: rig.Key) -> bytes:
    """The auth operation of a key."""
    stamp, nonce = str(int(time.time() * 1000)), os.urandom(8).hex()
    signature = hmac.digest(key.secret, f"{stamp}{nonce}AUTH".encode(), "sha256").hex()
    return (
        f'{{"op":"auth","id":0,"key":"{key.public_id}","timestamp":"{stamp}",'
        f'"nonce":"{nonce}","signature":"{signature}"}}'
    ).encode()


def orders_of(number: int, count: int) -> list[bytes]:
    """Frames ready to send: limit orders around one price, half of which cross."""
    choose = random.Random(number)
    salt = f"{time.monotonic_ns():x}"[-8:]
    made = []
    for index in range(count):
        side = "buy" if (number + index) % 2 else "sell"
        price = 60_000 + (choose.random() < 0.5) * (1 if side == "buy" else -1)
        made.append(
            frame(
                (
                    f'{{"op":"order.place","id":{index},"args":{{"instrument":"{rig.SYMBOL}",'
                    f'"side":"{side}","quantity":"0.001","price":"{price}",'
                    f'"client_order_id":"{salt}-{number}-{index}"}}}}'
                ).encode()
            )
        )
    return made


async def run(
    port: int, keys: list[rig.Key], connections: int, window: int, orders: int
) -> tuple[list[Connection], float]:
    """The finished connections, and the seconds from the first order to the last answer."""
    loop = asyncio.get_running_loop()
    each = orders // connections
    opened = [
        Connection(keys[n % len(keys)], orders_of(n, each), window) for n in range(connections)
    ]
    for connection in opened:
        await loop.create_connection(lambda own=connection: own, "127.0.0.1", port)
    await asyncio.gather(*(connection.ready for connection in opened))
    begin = time.perf_counter()
    for connection in opened:
        connection.begin()
    await asyncio.gather(*(connection.done for connection in opened))
    return opened, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--window", type=int, default=16)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=32)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    options = parser.parse_args()
    conditions = rig.conditions()
    with rig.Rig(web_processes=options.web) as exchange:
        keys = exchange.make_keys(options.keys)
        shape = (exchange.port, keys, options.connections, options.window)
        uvloop.run(run(*shape, 6_400))  # warm
        cpu = {name: exchange.cpu_seconds(name) for name in ("web", "engine")}
        own = time.process_time()
        done, seconds = uvloop.run(run(*shape, options.orders))
        own = time.process_time() - own
        cpu = {name: exchange.cpu_seconds(name) - before for name, before in cpu.items()}
    latencies = sorted(latency for connection in done for latency in connection.latencies)
    print(conditions)
    print(
        f"{len(latencies)} orders over WebSocket, {options.connections} connections with "
        f"{options.window} under way, {options.web} web processes: "
        f"{len(latencies) / seconds:,.0f}/s, p50 {rig.quantile_ms(latencies, 0.5):.2f} ms, "
        f"p99 {rig.quantile_ms(latencies, 0.99):.2f} ms, "
        f"p99.9 {rig.quantile_ms(latencies, 0.999):.2f} ms"
    )
    used = ", ".join(f"{name} {1e6 * value / len(latencies):.0f} µs" for name, value in cpu.items())
    print(f"CPU an order: {used}, load generator {1e6 * own / len(latencies):.0f} µs")
    refused = [text for connection in done for text in connection.refused]
    if refused:
        raise SystemExit(f"{len(refused)} orders were refused, such as {refused[0]!r}")


if __name__ == "__main__":
    main()
