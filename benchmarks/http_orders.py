"""Order → durable answer through the HTTP fast path: ``python benchmarks/http_orders.py``.

Each connection sends a signed order, waits for its answer, and sends the next. Signatures are
made before the clock runs. One order in two crosses a resting one. An answer means that the
order is on disk. Goal: 8 000 orders/s and p99 ≤ 10 ms on two cores, this generator included.
"""

import argparse
import asyncio
import hmac
import random
import time

import rig
import uvloop


class Connection(asyncio.Protocol):
    """One keep-alive connection with its requests ready to send."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.done = done
        self.latencies: list[float] = []
        self.refused = 0
        self.first_refusal = b""
        self._next = 0
        self._sent_at = 0.0
        self._arrived = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        if self._next == len(self.requests):
            self._transport.close()
            self.done.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self.requests[self._next])  # type: ignore[attr-defined]
        self._next += 1

    def data_received(self, data: bytes) -> None:
        arrived = self._arrived + data if self._arrived else data
        head_end = arrived.find(b"\r\n\r\n")
        if head_end < 0:
            self._arrived = arrived
            return
        at = arrived.index(b"content-length: ") + 16
        length = int(arrived[at : arrived.index(b"\r", at)])
        if len(arrived) < head_end + 4 + length:
            self._arrived = arrived
            return
        self._arrived = b""
        self.latencies.append(time.perf_counter() - self._sent_at)
        if not arrived.startswith(b"HTTP/1.1 200"):
            self.refused += 1
            self.first_refusal = self.first_refusal or arrived[head_end + 4 :]
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))


def requests_of(key: rig.Key, number: int, count: int) -> list[bytes]:
    """Signed requests: limit orders around one price, half of which cross."""
    choose = random.Random(number)
    stamp = str(int(time.time() * 1000))
    salt = f"{time.monotonic_ns():x}"[-8:]  # another one for the warm-up than for the run
    made = []
    for index in range(count):
        side = "buy" if (number + index) % 2 else "sell"
        price = 60_000 + (choose.random() < 0.5) * (1 if side == "buy" else -1)
        body = (
            f'{{"instrument":"{rig.SYMBOL}","side":"{side}","quantity":"0.001",'
            f'"price":"{price}","client_order_id":"{salt}-{number}-{index}"}}'
        ).encode()
        nonce = f"{salt}-{number:06}{index:08}"
        window = "60000"
        text = f"{stamp}:{window}:{nonce}POST/api/v1/orders".encode() + body
        signature = hmac.digest(key.secret, text, "sha256").hex()
        made.append(
            f"POST /api/v1/orders HTTP/1.1\r\nHost: {rig.HOST}\r\nX-MARQUE-KEY: {key.public_id}\r\n"
            f"X-MARQUE-TIMESTAMP: {stamp}\r\nX-MARQUE-NONCE: {nonce}\r\n"
            f"X-MARQUE-RECV-WINDOW: {window}\r\nX-MARQUE-SIGNATURE: {signature}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return made


async def run(port: int, keys: list[rig.Key], connections: int, orders: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    each = orders // connections
    protocols = [
        Connection(requests_of(keys[n % len(keys)], n, each), loop.create_future())
        for n in range(connections)
    ]
    for protocol in protocols:
        await loop.create_connection(lambda own=protocol: own, "127.0.0.1", port)
    await asyncio.gather(*(protocol.done for protocol in protocols))
    return protocols


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=32)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    options = parser.parse_args()
    conditions = rig.conditions()
    with rig.Rig(web_processes=options.web) as exchange:
        keys = exchange.make_keys(options.keys)
        uvloop.run(run(exchange.port, keys, options.connections, 6_400))  # warm
        cpu = {name: exchange.cpu_seconds(name) for name in ("web", "engine")}
        own = time.process_time()
        begin = time.perf_counter()
        done = uvloop.run(run(exchange.port, keys, options.connections, options.orders))
        seconds = time.perf_counter() - begin
        own = time.process_time() - own
        cpu = {name: exchange.cpu_seconds(name) - before for name, before in cpu.items()}
    latencies = sorted(latency for protocol in done for latency in protocol.latencies)
    refused = [protocol for protocol in done if protocol.refused]
    print(conditions)
    print(
        f"{len(latencies)} orders over HTTP, {options.connections} connections one at a time, "
        f"{options.web} web processes: "
        f"{len(latencies) / seconds:,.0f}/s, p50 {rig.quantile_ms(latencies, 0.5):.2f} ms, "
        f"p99 {rig.quantile_ms(latencies, 0.99):.2f} ms, "
        f"p99.9 {rig.quantile_ms(latencies, 0.999):.2f} ms"
    )
    used = ", ".join(f"{name} {1e6 * value / len(latencies):.0f} µs" for name, value in cpu.items())
    print(f"CPU an order: {used}, load generator {1e6 * own / len(latencies):.0f} µs")
    if refused:
        count = sum(protocol.refused for protocol in refused)
        raise SystemExit(f"{count} orders were refused, such as {refused[0].first_refusal!r}")


if __name__ == "__main__":
    main()
