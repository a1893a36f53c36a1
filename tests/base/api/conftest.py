"""One exchange for all API tests: demo data, real engine, publisher, clearing and web process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

import bots
import world as worlds
from identity.actions import api_keys
from identity.models import User
from runtime import ports
from tenants.models import Tenant
from trading.accounts.selectors import accounts_of
from trading.commands import door
from trading.engine import commands, enums
from trading.instruments.selectors import catalogue

AURORA, LONGMEN = "aurora.localhost", "longmen.localhost"


@dataclass
class Exchange:
    """The running product. Alice and Bob are customers of Aurora, Charlie of Longmen."""

    world: worlds.World
    port: int
    keys: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    web: subprocess.Popen[bytes] | None = None

    def bot(self, name: str, *, host: str = "") -> bots.Bot:
        """A program with somebody's key, at his exchange or another host."""
        key, secret, _ = self.keys[name]
        own = LONGMEN if name == "charlie" else AURORA
        return bots.Bot(self.port, host or own, key, secret)

    def stranger(self, host: str = AURORA) -> bots.Bot:
        return bots.Bot(self.port, host)

    def account_id(self, name: str) -> int:
        return self.keys[name][2]

    def make_key(self, name: str, **options: Any) -> tuple[Any, bots.Bot]:
        """Another key of somebody, with its bot."""
        slug = "longmen" if name == "charlie" else "aurora"
        with self.world.connected(), tenant_context(Tenant.objects.get(slug=slug)):
            user = user_of(name)
            permissions = options.pop("permissions", ["read", "trade"])
            made = api_keys.create_api_key(
                request=None,
                user=user,
                label="test",
                permissions=permissions,
                acting_user=user,
                **options,
            )
        host = LONGMEN if name == "charlie" else AURORA
        return made.key, bots.Bot(self.port, host, made.key.public_id, made.secret)

    def start_web(self, **environ: str) -> None:
        """Start the web process the way the supervisor does, and wait until it answers."""
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            os.set_inheritable(listener.fileno(), True)
            path = os.pathsep.join([str(settings.ROOT), str(settings.ROOT / "platform")])
            with (self.world.folder / "web.out").open("ab") as output:
                self.web = subprocess.Popen(
                    [sys.executable, "-m", "runtime.web", "--fd", str(listener.fileno())],
                    env={**self.world.environ, "PYTHONPATH": path, **environ},
                    cwd=settings.ROOT,
                    pass_fds=(listener.fileno(),),
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        self.world.wait_for(self._answers, seconds=60)

    def stop_web(self) -> None:
        if self.web is not None:
            worlds.end(self.web)

    def _answers(self) -> bool:
        try:
            return self.stranger().get("/api/v1/time").status_code == 200
        except httpx.TransportError:
            return False


def user_of(name: str) -> User:
    local = "alice" if name == "charlie" else name
    slug = connection.schema_name
    return User.objects.get(email=f"{local}@{slug}.example")


@pytest.fixture(scope="session")
def exchange(world_template: str, django_db_blocker: Any) -> Iterator[Exchange]:
    own = worlds.open_world("api", world_template)
    running = Exchange(own, ports.choose())
    with django_db_blocker.unblock():
        own.engine_process.start()
        for name in ("relay", "clearing", "publisher"):
            own.start(name)
        for name in ("alice", "bob", "charlie"):
            key, bot = running.make_key(name)
            slug = "longmen" if name == "charlie" else "aurora"
            with own.connected(), tenant_context(Tenant.objects.get(slug=slug)):
                account = accounts_of(user_of(name)).get()
                running.keys[name] = (key.public_id, bot.secret, account.pk)
                own.wait_for(lambda pk=account.pk: fund(pk), seconds=30)
        running.start_web()
    yield running
    running.stop_web()
    own.close()


def fund(account_id: int) -> bool:
    """Money for a long day of tests; False while the engine has no such account."""
    for code, units in (("BTC", 10**11), ("ETH", 10**11), ("USDT", 10**16)):
        answer = door.send_command(
            commands.CreditFunds(
                account_id=account_id,
                asset_id=catalogue().by_code[code].id,
                amount_units=units,
                reason=int(enums.FundsReason.HOUSE_FUNDING),
                reference_id=time.time_ns(),
            )
        )
        if answer.result:
            return False
    return True


@pytest.fixture
def alice_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("alice") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")


@pytest.fixture
def bob_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("bob") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")


@pytest.fixture
def charlie_bot(exchange: Exchange) -> Iterator[bots.Bot]:
    with exchange.bot("charlie") as bot:
        yield bot
        bot.send("DELETE", "/api/v1/orders")


def code_of(response: httpx.Response) -> str:
    """The error code of an answer; every refusal has the whole body."""
    error = response.json()["error"]
    assert {"code", "number", "message", "help"} <= error.keys()
    assert error["message"] and error["help"]
    return str(error["code"])


def web_output(exchange: Exchange) -> str:
    return Path(exchange.world.folder / "web.out").read_text(errors="replace")
