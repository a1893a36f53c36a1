"""Engine processes for these tests: started, killed, asked; and a little venue to load them."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from trading.engine import commands, journal, keys
from trading.engine.client import EngineClient, EngineUnavailable, EngineUnknown
from trading.engine.message import Message
from trading.engine.queries import QueryOrder, QueryStatus
from trading.engine.results import Result
from trading.engine.shard import Shard

ROOT = Path(__file__).resolve().parents[4]
# Small segments, as many of these tests read whole ones; and metrics that nobody waits for.
SEGMENT_BYTES = 1024 * 1024
QUICK = ("--segment-bytes", str(SEGMENT_BYTES), "--metrics-seconds", "0.05")
TENANT = 1
ACCOUNTS = 20


class RunningEngine:
    """``python -m trading.engine.process`` on ``engine_dir``."""

    def __init__(
        self, engine_dir: Path, *options: str, program: Path | None = None, starts: bool = True
    ) -> None:
        self._starts = starts  # on entering
        self.engine_dir = engine_dir
        self.options = options
        # What stands in the place of the module itself.
        self.program = (
            ["-m", "trading.engine.process", *QUICK] if program is None else [str(program)]
        )
        self.environment: dict[str, str] = {}  # beside this process's own
        self._socket_dir = tempfile.mkdtemp(prefix="mq-")
        self.socket_path = f"{self._socket_dir}/s"
        self.popen: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._starts:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen is not None and self.popen.poll() is None:
            self.popen.kill()
            self.popen.communicate()
        shutil.rmtree(self._socket_dir)

    def launch(self) -> subprocess.Popen[str]:
        """Start it without waiting for anything."""
        self.popen = subprocess.Popen(
            [
                *(sys.executable, *self.program),
                *("--dir", str(self.engine_dir), "--socket", self.socket_path, *self.options),
            ],
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
                **self.environment,
            },
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.popen

    def start(self) -> str:
        """Start it and wait until it serves; returns what it said."""
        popen = self.launch()
        assert popen.stderr is not None
        said = ""
        while "serves" not in said:
            line = popen.stderr.readline()
            assert line, f"the engine did not start: {said} (status {popen.wait()})"
            said += line
        return said

    def kill(self) -> None:
        """As if the machine stopped, but for what the system had taken already."""
        assert self.popen is not None
        self.popen.send_signal(signal.SIGKILL)
        self.popen.communicate(timeout=120)

    def stop(self) -> tuple[int, str]:
        """SIGTERM; returns status and what it said at last."""
        assert self.popen is not None
        self.popen.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Until it ends by itself; returns status and what it said at last."""
        assert self.popen is not None
        said = self.popen.communicate(timeout=120)[1]
        return self.popen.returncode, said

    def client(self, **options: float) -> EngineClient:
        return EngineClient(self.socket_path, **options)  # type: ignore[arg-type]


def setup_commands() -> list[Message]:
    """A venue with one instrument and funded accounts."""
    setup: list[Message] = [
        commands.OpenVenue(code="north"),
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
            state=1,
            symbol="BTC-USDT",
        ),
        commands.CreateAccount(account_id=99, role=1, state=1),
    ]
    for account_id in range(1, ACCOUNTS + 1):
        setup.append(commands.CreateAccount(account_id=account_id, state=1))
        for asset_id in (1, 2):
            setup.append(
                commands.CreditFunds(
                    account_id=account_id,
                    asset_id=asset_id,
                    amount_units=10**15,
                    reason=1,
                    reference_id=account_id,
                )
            )
    return setup


def furnish(client: EngineClient) -> int:
    """Send the setup; returns the seq after it."""
    seq = 0
    for message in setup_commands():
        answer = client.send(TENANT, message)
        assert answer.result == Result.ACCEPTED, (message, answer)
        seq = answer.seq
    return seq


def order(client_order_id: str, *, account_id: int = 1, **fields: int) -> commands.PlaceOrder:
    """A buy limit order, resting unless told otherwise."""
    given = {"lots": 5, "ticks": 1000, "side": 1, "order_type": 1, "time_in_force": 1, **fields}
    return commands.PlaceOrder(
        account_id=account_id,
        instrument_id=1,
        client_key=keys.client_order_key(client_order_id),
        client_order_id=client_order_id,
        **given,
    )


def query_order(client_order_id: str, *, account_id: int = 1) -> QueryOrder:
    return QueryOrder(account_id=account_id, client_key=keys.client_order_key(client_order_id))


def replayed(engine_dir: Path) -> Shard:
    """The state that the journal alone gives, from its first record on."""
    shard = Shard()
    for chunk in journal.read_chunks(engine_dir):
        shard.replay(chunk.data)
    return shard


def placed_counts(engine_dir: Path) -> dict[str, int]:
    """How often each client order id was accepted, by the journal."""
    counts: dict[str, int] = {}
    for record in journal.read_records(engine_dir):
        if record.kind == commands.PlaceOrder.KIND and record.result == Result.ACCEPTED:
            placed = commands.PlaceOrder.decode(record.payload, record.version)
            counts[placed.client_order_id] = counts.get(placed.client_order_id, 0) + 1
    return counts


class Trader(threading.Thread):
    """Places seeded orders, one after another, and keeps what it was told.

    An order whose answer is lost is asked about by its client order id when the engine is back,
    and sent again if it is not there.
    """

    def __init__(self, socket_path: str, number: int, seed: int) -> None:
        super().__init__(name=f"trader-{number}", daemon=True)
        self.number = number
        self.acknowledged: list[str] = []
        self.unknown = 0
        self.stopping = threading.Event()
        self.failure: BaseException | None = None
        self._random = random.Random(f"{seed}-{number}")
        self._client = EngineClient(socket_path, timeout_seconds=60.0, patience_seconds=120.0)

    def run(self) -> None:
        try:
            placed = 0
            while not self.stopping.is_set():
                self._place(f"t{self.number}-{placed}")
                placed += 1
        except BaseException as error:
            self.failure = error
        finally:
            self._client.close()

    def _place(self, client_order_id: str) -> None:
        account_id = self._random.randint(1, ACCOUNTS)
        placing = order(
            client_order_id,
            account_id=account_id,
            lots=self._random.randint(1, 9),
            ticks=1000 + self._random.randint(-5, 5),
            side=self._random.choice((1, 2)),
        )
        while True:
            try:
                answer = self._client.send(TENANT, placing)
            except EngineUnknown:
                self.unknown += 1
                if not self._is_there(client_order_id, account_id):
                    continue
            except EngineUnavailable:
                continue
            else:
                assert answer.result in (Result.ACCEPTED, Result.REPEATED), answer
            self.acknowledged.append(client_order_id)
            return

    def _is_there(self, client_order_id: str, account_id: int) -> bool:
        while True:
            with_key = query_order(client_order_id, account_id=account_id)
            try:
                return self._client.send(TENANT, with_key).result == Result.ACCEPTED
            except EngineUnavailable:
                time.sleep(0.01)


def status(client: EngineClient) -> int:
    """The engine's last seq."""
    answer = client.send(0, QueryStatus())
    assert answer.result == Result.ACCEPTED
    return answer.seq
