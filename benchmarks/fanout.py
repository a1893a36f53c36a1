"""One update to many clients: ``python benchmarks/fanout.py``.

Clients subscribe to one depth channel; updates of about 220 bytes are published in Redis the way
the publisher does it, at a fixed rate. Latency is from publishing to the client's socket, in this
process, which reads for all clients. Every client checks that no number is missing.
"""

import argparse
import asyncio
import resource
import time

import redis.asyncio
import rig
import uvloop
from ws_orders import PING, PONG, frame

CHANNEL = f"depth:{rig.SYMBOL}"


class Client(asyncio.Protocol):
    """One subscriber: counts updates, their latency, and gaps."""

    def __init__(self) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self.gaps = 0
        self.snapshots = 0
        self._seq = -1
        self._arrived = b""
        self._is_upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._write(
            f"GET /ws/v1/stream HTTP/1.1\r\nHost: {rig.HOST}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def _write(self, data: bytes) -> None:
        self._transport.write(data)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data = self._arrived + data
        if not self._is_upgraded:
            _, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                return
            self._is_upgraded = True
            self._write(frame(f'{{"op":"subscribe","id":1,"channels":["{CHANNEL}"]}}'.encode()))
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
                self._on_message(data[start : start + length], now)
            at = start + length
        self._arrived = data[at:]

    def _on_message(self, text: bytes, now: float) -> None:
        if text.startswith(b'{"id":1,'):
            if b'"ok":true' not in text[:30]:
                raise SystemExit(text.decode())
            self.ready.set_result(None)
            return
        if b'"snapshot"' in text[:70]:
            self.snapshots += 1
            return
        previous, seq = number(text, b'"previous":'), number(text, b'"seq":')
        if self._seq >= 0 and previous != self._seq:
            self.gaps += 1
        self._seq = seq
        self.latencies.append(now - number(text, b'"sent":') / 1e9)

    def close(self) -> None:
        self._transport.close()


def number(text: bytes, name: bytes) -> int:
    """The whole number behind a name."""
    at = text.index(name) + len(name)
    end = at
    while text[end : end + 1].isdigit():
        end += 1
    return int(text[at:end])


async def run(
    exchange: rig.Rig, clients: int, per_second: int, seconds: float
) -> tuple[list[Client], float]:
    """The clients after the run, and the CPU seconds that the web processes used in it."""
    loop = asyncio.get_running_loop()
    tenant_id = exchange.tenant_id()
    opened = []
    for _ in range(clients):
        _, client = await loop.create_connection(Client, "127.0.0.1", exchange.port)
        opened.append(client)
    async with asyncio.timeout(120):
        await asyncio.gather(*(client.ready for client in opened))
    publishing = redis.asyncio.Redis.from_url(exchange.redis_url)
    used = exchange.cpu_seconds("web")
    begin = loop.time()
    count = int(per_second * seconds)
    first = 10**9
    for index in range(count):
        levels = ",".join(f'["{60_000 + (index + step) % 100}.00","0.12345"]' for step in range(4))
        await publishing.publish(
            f"md:{tenant_id}:{CHANNEL}",
            f'{{"channel":"{CHANNEL}","type":"update","previous":{first + index},'
            f'"seq":{first + index + 1},"sent":{time.perf_counter_ns()},'
            f'"bids":[{levels}],"asks":[]}}',
        )
        await asyncio.sleep(max(0.0, begin + (index + 1) / per_second - loop.time()))
    await asyncio.sleep(1.5)
    used = exchange.cpu_seconds("web") - used
    for client in opened:
        client.close()
    await publishing.aclose()
    return opened, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--per-second", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--web", type=int, default=1, help="web processes")
    options = parser.parse_args()
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    conditions = rig.conditions()
    with rig.Rig(web_processes=options.web) as exchange:
        exchange.make_keys(1)
        clients, used = uvloop.run(
            run(exchange, options.clients, options.per_second, options.seconds)
        )
    latencies = sorted(latency for client in clients for latency in client.latencies)
    wanted = options.clients * int(options.per_second * options.seconds)
    print(conditions)
    print(
        f"{options.clients} clients, {options.per_second} updates/s, {options.web} web processes: "
        f"{len(latencies):,} of {wanted:,} messages delivered as they were, "
        f"p50 {rig.quantile_ms(latencies, 0.5):.1f} ms, "
        f"p99 {rig.quantile_ms(latencies, 0.99):.1f} ms"
    )
    print(
        f"CPU of the web: {100 * used / options.seconds:.0f} % of one core, "
        f"{1e6 * used / max(len(latencies), 1):.1f} µs a message; "
        f"gaps seen by clients: {sum(client.gaps for client in clients)}; "
        f"snapshots sent: {sum(client.snapshots for client in clients)}"
    )


if __name__ == "__main__":
    main()
