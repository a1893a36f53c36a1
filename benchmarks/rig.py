"""A throwaway exchange for the web benchmarks: own database, engine and web process.

Needs a PostgreSQL and a Redis (DATABASE_URL, REDIS_URL); the database is made for the run and
dropped. Everything runs on this machine, the load generator included.
"""

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

HOST = "bench.localhost"
SYMBOL = "BTC-USDT"


class Key(NamedTuple):
    """An API key of a funded customer."""

    public_id: str
    secret: bytes
    account_id: int


class Rig:
    """The exchange; use it as a context manager."""

    def __init__(
        self, *, web_processes: int = 1, publisher: bool = False, clearing: bool = False
    ) -> None:
        self._web_processes = web_processes
        self._with = [
            name for name, is_on in (("publisher", publisher), ("clearing", clearing)) if is_on
        ]
        self._folder = Path(tempfile.mkdtemp(prefix="mq-bench-"))
        self._database = f"marque_bench_{os.getpid()}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.port = _free_port()
        self._server_url = os.environ.get(
            "DATABASE_URL", "postgresql://marque@127.0.0.1:54320/postgres"
        )

    def __enter__(self) -> Self:
        self._sql(f'CREATE DATABASE "{self._database}"')
        os.environ.update(
            DATABASE_URL=self._url(self._database),
            MARQUE_DATA_DIR=str(self._folder),
            MARQUE_ENGINE_DIR=str(self._folder / "engine"),
            MARQUE_ENGINE_SOCKET=str(self._folder / "engine.sock"),
            MARQUE_API_ORDER_RATE="1000000/1000000",
            MARQUE_API_CONNECTIONS_PER_ADDRESS="20000",
            DJANGO_SETTINGS_MODULE="config.settings",
            PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        )
        os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:63790/0")
        self._manage("migrate_schemas", "--shared", "--verbosity", "0", "--skip-checks")
        self._start(
            "engine",
            "-m",
            "trading.engine.process",
            "--dir",
            os.environ["MARQUE_ENGINE_DIR"],
            "--socket",
            os.environ["MARQUE_ENGINE_SOCKET"],
        )
        _wait(lambda: Path(os.environ["MARQUE_ENGINE_SOCKET"]).exists(), "the engine")
        self._manage("create_tenant", *self._tenant_arguments())
        self._start("relay", str(ROOT / "manage.py"), "relay")
        for name in self._with:
            self._start(name, str(ROOT / "manage.py"), name)
        listener = socket.create_server(("127.0.0.1", self.port), backlog=4096)
        os.set_inheritable(listener.fileno(), True)
        for number in range(self._web_processes):
            self._start(
                f"web-{number}",
                "-m",
                "runtime.web",
                "--fd",
                str(listener.fileno()),
                pass_fds=(listener.fileno(),),
            )
        listener.close()
        import django

        django.setup()
        return self

    def __exit__(self, *_: object) -> None:
        for popen in reversed(self._processes.values()):
            popen.send_signal(signal.SIGTERM)
            try:
                popen.wait(timeout=20)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait()
        from django.db import connection

        connection.close()
        connection.close_pool()
        # WITH (FORCE) would end autovacuum's process too, which our role may not; a plain one asks
        # it to leave.
        self._sql(f'DROP DATABASE "{self._database}"')
        shutil.rmtree(self._folder, ignore_errors=True)

    def make_keys(self, count: int) -> list[Key]:
        """So many customers, each with an account full of money and a key to trade."""
        from django_tenants.utils import tenant_context

        from tenants.models import Tenant

        tenant = Tenant.objects.get(slug="bench")
        self._tenant_id = int(tenant.pk)
        with tenant_context(tenant):
            keys = [_make_key(number) for number in range(count)]
        _wait(lambda: _fund(tenant, keys), "accounts in the engine")
        _wait(lambda: _answers(self.port), "the web process")
        return keys

    def cpu_seconds(self, name: str) -> float:
        """CPU time that the processes of this name have used."""
        used = 0
        for process, popen in self._processes.items():
            if process.partition("-")[0] == name:
                stat = Path(f"/proc/{popen.pid}/stat").read_text()
                used += sum(map(int, stat.rpartition(")")[2].split()[11:13]))
        return used / os.sysconf("SC_CLK_TCK")

    @property
    def redis_url(self) -> str:
        return os.environ["REDIS_URL"]

    def tenant_id(self) -> int:
        """The exchange's number in channel names."""
        return self._tenant_id

    def output_of(self, name: str) -> str:
        return (self._folder / f"{name}.out").read_text(errors="replace")

    def _start(self, name: str, *arguments: str, **options: Any) -> None:
        with (self._folder / f"{name}.out").open("wb") as output:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=output, **options
            )

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"manage.py {arguments[0]}:\n{done.stdout}{done.stderr}")

    @staticmethod
    def _tenant_arguments() -> list[str]:
        return ["bench", "--name", "Bench", "--domain", HOST, "--owner", "owner@bench.example"]

    def _url(self, database: str) -> str:
        return urlunsplit(urlsplit(self._server_url)._replace(path=f"/{database}"))

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def _make_key(number: int) -> Key:
    from identity.actions.api_keys import create_api_key
    from identity.models import User
    from trading.accounts.actions import open_account

    user = User.objects.create(email=f"bot-{number}@bench.example")
    account = open_account(user=user, acting_user=user)
    made = create_api_key(
        request=None, user=user, label="bench", permissions=["read", "trade"], acting_user=user
    )
    return Key(made.key.public_id, made.secret.encode(), account.pk)


def _fund(tenant: Any, keys: list[Key]) -> bool:
    from trading.commands import door
    from trading.engine import commands, enums
    from trading.engine.results import Result

    for reference, key in enumerate(keys):
        for asset_id in (1, 2, 3):
            credit = commands.CreditFunds(
                account_id=key.account_id,
                asset_id=asset_id,
                amount_units=10**20,
                reason=int(enums.FundsReason.HOUSE_FUNDING),
                reference_id=reference + 1,
            )
            answer = door.send_command(credit, tenant=tenant)
            if answer.result is Result.UNKNOWN_ACCOUNT or answer.result is Result.UNKNOWN_TENANT:
                return False
    return True


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(f"GET /api/v1/time HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            return sock.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _wait(condition: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"Not within {seconds} s: {what}.")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def conditions() -> str:
    """The machine, in a line."""
    from trading.engine import COMPILED

    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    engine = "compiled" if COMPILED else "interpreted"
    return (
        f"{os.cpu_count()} × {model}, Python {platform.python_version()}, engine {engine}, "
        f"load before the run {os.getloadavg()[0]:.1f}; everything on this machine"
    )


def quantile_ms(latencies: list[float], part: float) -> float:
    """A quantile of sorted seconds, in ms."""
    return latencies[min(int(len(latencies) * part), len(latencies) - 1)] * 1000
