"""Durable commands through the engine's unix socket: ``python benchmarks/engine_durable.py``.

The engine process and this load generator share the machine; every command is on disk (written
and synced) before its answer leaves the engine. The flow is seeded: 10 000 accounts, about 10 000
resting orders, 36 % cancels by client order id, 22 % orders that cross. Each connection sends a
window of commands, awaits all its answers, and sends the next. Latency is that of a whole window.

Then the recovery of a journal of a million commands, with and without a snapshot.
"""

import argparse
import gc
import os
import platform
import random
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

# ruff: noqa: E402
from benchmarks import compiled_line
from trading.engine import COMPILED, commands, enums, journal, recovery, snapshot, system, wire
from trading.engine.client import EngineClient, Request
from trading.engine.message import Message
from trading.engine.results import Result

ACCOUNTS = 10_000
RESTING = 10_000
MIDDLE_TICKS = 3_000_000
SEED = 20_260
EXPECTED_RESULTS = {Result.ACCEPTED, Result.UNKNOWN_ORDER, Result.ORDER_ALREADY_CLOSED}

LINE = compiled_line.load()


class Figures(NamedTuple):
    """What one run gave."""

    name: str
    commands: int
    seconds: float
    latencies: list[float]  # of the windows, seconds, sorted
    engine_cpu_seconds: float
    own_cpu_seconds: float

    def quantile_ms(self, part: float) -> float:
        return self.latencies[min(int(len(self.latencies) * part), len(self.latencies) - 1)] * 1e3


class Flow:
    """A seeded stream of commands whose cancels name orders of the same stream."""

    def __init__(self, seed: int, first_key: int) -> None:
        self._random = random.Random(seed)
        self._next_key = first_key
        self._open: list[tuple[int, int]] = []  # (account_id, client_key), most likely resting

    def place_resting(self) -> Message:
        side = self._random.choice((enums.Side.BUY, enums.Side.SELL))
        away = 1 + int(self._random.expovariate(1 / 200))
        ticks = MIDDLE_TICKS - away if side == enums.Side.BUY else MIDDLE_TICKS + away
        return self._place(side, ticks, enums.TimeInForce.GTC, rests=True)

    def next(self) -> Message:
        chance = self._random.random()
        if chance < 0.36 and self._open:
            place = self._random.randrange(len(self._open))
            account_id, key = self._open[place]
            self._open[place] = self._open[-1]
            self._open.pop()
            return commands.CancelOrder(account_id=account_id, client_key=key)
        if chance < 0.58:
            side = self._random.choice((enums.Side.BUY, enums.Side.SELL))
            reach = 150 if side == enums.Side.BUY else -150
            return self._place(side, MIDDLE_TICKS + reach, enums.TimeInForce.IOC, rests=False)
        return self.place_resting()

    def _place(
        self, side: enums.Side, ticks: int, force: enums.TimeInForce, *, rests: bool
    ) -> Message:
        account_id = self._random.randint(1, ACCOUNTS)
        key = self._next_key
        self._next_key += 1
        if rests:
            self._open.append((account_id, key))
        return commands.PlaceOrder(
            account_id=account_id,
            instrument_id=1,
            lots=self._random.randint(1, 50),
            ticks=ticks,
            side=side,
            order_type=enums.OrderType.LIMIT,
            time_in_force=force,
            self_trade_prevention=1,
            client_key=key,
            client_order_id=f"bench-{key}",
        )


class Engine:
    """An engine process of its own, in a directory of its own."""

    def __init__(self, engine_dir: Path, *options: str) -> None:
        self.engine_dir = engine_dir
        self.socket_path = str(engine_dir) + ".sock"
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "trading.engine.process"),
                *("--dir", str(engine_dir), "--socket", self.socket_path, *options),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        self.greeting = self._process.stderr.readline().strip()
        self.start_seconds = time.perf_counter() - started
        if "serves" not in self.greeting:
            raise SystemExit(self.greeting + self._process.stderr.read())

    def cpu_seconds(self) -> float:
        """Processor time used so far, user and system together."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(number)
        self._process.wait(60)


def furnish(engine: Engine) -> None:
    """Assets, instrument, funded accounts and a book."""
    client = EngineClient(engine.socket_path)
    setup: list[Message] = [
        commands.OpenVenue(code="bench"),
        commands.CreateAsset(asset_id=1, scale=8, code="BTC"),
        commands.CreateAsset(asset_id=2, scale=8, code="USDT"),
        commands.CreateInstrument(
            instrument_id=1,
            base_asset_id=1,
            quote_asset_id=2,
            tick_units=10**6,
            lot_units=1000,
            min_lots=1,
            max_lots=10**9,
            maker_ppm=1000,
            taker_ppm=2000,
            state=enums.InstrumentState.OPEN,
            symbol="BTC-USDT",
        ),
        commands.CreateAccount(
            account_id=ACCOUNTS + 1,
            role=enums.AccountRole.HOUSE_FEES,
            state=enums.AccountState.ACTIVE,
        ),
    ]
    for account_id in range(1, ACCOUNTS + 1):
        setup.append(commands.CreateAccount(account_id=account_id, state=enums.AccountState.ACTIVE))
        for asset_id in (1, 2):
            setup.append(
                commands.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=10**17,
                    reason=1,
                    reference_id=account_id,
                )
            )
    flow = Flow(SEED, 1 << 50)
    setup += [flow.place_resting() for _ in range(RESTING)]
    for start in range(0, len(setup), 5000):
        answers = client.send_frames([Request(1, m) for m in setup[start : start + 5000]])
        refused = [answer for answer in answers if answer.result]
        if refused:
            raise SystemExit(f"The benchmark's own setup was refused: {refused[0]}")
    client.close()


def windows_of(connection_no: int, window: int, count: int) -> list[bytes]:
    """``count`` windows of encoded commands for one connection."""
    flow = Flow(SEED + 1 + connection_no, (connection_no + 1) << 32)
    return [
        b"".join(wire.request_of(flow.next(), 1, request_id=i) for i in range(window))
        for _ in range(count)
    ]


def connect(engine: Engine, windows: Sequence[list[bytes]], size: int) -> list[Any]:
    """A line for each list of windows of so many commands, and its socket behind it."""
    lines = []
    for each in windows:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(engine.socket_path)
        lines.append((LINE.Line(sock.fileno(), each, size), sock))
    return lines


def watch(lines: Sequence[Any]) -> select.epoll:
    """What tells when answers have arrived."""
    poller = select.epoll()
    for line, _ in lines:
        poller.register(line.fd, select.EPOLLIN)
    return poller


def close(lines: Sequence[Any], poller: select.epoll) -> list[float]:
    """End; all latencies in seconds, sorted. Answers that cannot be mean that nothing is right."""
    poller.close()
    latencies: list[float] = []
    results: Counter[int] = Counter()
    for line, sock in lines:
        sock.close()
        latencies += [latency / 1e9 for latency in line.latencies_ns]
        results.update({code: count for code, count in enumerate(line.results) if count})
    # Cancels of orders that have traded meanwhile, and orders whose account has nothing left.
    odd = set(results) - EXPECTED_RESULTS
    if odd or results[Result.ACCEPTED] < 0.6 * results.total():
        raise SystemExit(f"The engine answered what it should not: {dict(results)}")
    return sorted(latencies)


def drive(engine: Engine, connections: int, window: int, total: int) -> Figures:
    """Send ``total`` commands over the connections, always one window each under way."""
    count = total // (connections * window)
    lines = connect(engine, [windows_of(c, window, count) for c in range(connections)], window)
    poller = watch(lines)
    events = bytearray(system.EVENT_BYTES)
    gc.collect()
    gc.freeze()
    gc.disable()  # pauses of its own are not the engine's
    engine_cpu = engine.cpu_seconds()
    own_cpu = time.process_time()
    started = time.perf_counter()
    LINE.keep_one_under_way([line for line, _ in lines], events, poller, poller.fileno())
    seconds = time.perf_counter() - started
    engine_cpu = engine.cpu_seconds() - engine_cpu
    own_cpu = time.process_time() - own_cpu
    gc.enable()
    latencies = close(lines, poller)
    name = f"{connections} x {window} in flight"
    return Figures(name, count * connections * window, seconds, latencies, engine_cpu, own_cpu)


def measure_load(folder: Path, scale: float) -> list[Figures]:
    """The three loads, each on an engine of its own."""
    figures = []
    for connections, window, total in ((64, 16, 1_000_000), (64, 1, 200_000), (1, 1, 20_000)):
        engine = Engine(folder / f"load-{connections}-{window}")
        furnish(engine)
        figures.append(drive(engine, connections, window, int(total * scale)))
        engine.stop(signal.SIGKILL)
    return figures


def measure_recovery(engine_dir: Path) -> list[str]:
    """Start on the largest load's journal: by replaying all of it, then from a snapshot."""
    lines = []
    next_seq = journal.find_tail(engine_dir).next_seq
    replayed = recovery.recover(engine_dir, next_seq)
    lines.append(
        f"replay of {replayed.replayed_records} records: {replayed.seconds:.2f} s, "
        f"{replayed.replayed_records / replayed.seconds / 1e6:.2f} M commands/s"
    )
    started = time.perf_counter()
    path = snapshot.write(engine_dir, replayed.shard)
    lines.append(
        f"snapshot of {path.stat().st_size / 1e6:.1f} MB written in "
        f"{time.perf_counter() - started:.2f} s"
    )
    loaded = recovery.recover(engine_dir, next_seq)
    lines.append(f"recovery from the snapshot at the journal's end: {loaded.seconds:.2f} s")
    if loaded.shard.state_hash() != replayed.shard.state_hash():
        raise SystemExit("Snapshot and replay gave different states.")
    path.unlink()
    engine = Engine(engine_dir)
    lines.append(f"process start to serving, replaying all: {engine.start_seconds:.2f} s")
    engine.stop()
    engine = Engine(engine_dir)
    lines.append(f"process start to serving, from its snapshot: {engine.start_seconds:.2f} s")
    engine.stop()
    return lines


def conditions(folder: Path) -> str:
    """Where this ran."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":")[1].strip()
            break
    syncs = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        os.pwrite(file.fileno(), bytes(1 << 20), 0)
        os.fsync(file.fileno())
        for i in range(200):
            started = time.perf_counter()
            os.pwrite(file.fileno(), bytes(4096), i * 4096)
            os.fdatasync(file.fileno())
            syncs.append(time.perf_counter() - started)
    return (
        f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, "
        f"Python {platform.python_version()}, core {'compiled' if COMPILED else 'interpreted'}, "
        f"write and fdatasync of 4 KiB {statistics.median(syncs) * 1e6:.0f} us"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, help="where to put the journals (a real disk)")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0: a million commands")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="engine-durable-", dir=given.dir))
    out = sys.stdout
    try:
        out.write(conditions(folder) + "\n")
        for figure in measure_load(folder, given.scale):
            out.write(
                f"{figure.name}: {figure.commands / figure.seconds:,.0f} commands/s, "
                f"p50 {figure.quantile_ms(0.5):.2f} ms, p99 {figure.quantile_ms(0.99):.2f} ms, "
                f"p99.9 {figure.quantile_ms(0.999):.2f} ms, "
                f"longest {figure.latencies[-1] * 1e3:.1f} ms ({figure.commands} commands; "
                f"processor time a command: engine "
                f"{figure.engine_cpu_seconds / figure.commands * 1e6:.2f} us, "
                f"load generator {figure.own_cpu_seconds / figure.commands * 1e6:.2f} us)\n"
            )
        for line in measure_recovery(folder / "load-64-16"):
            out.write(line + "\n")
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
