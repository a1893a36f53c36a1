"""The running product for API tests: demo data, real engine, publisher, clearing, web process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.conf import settings
from django.db import connection
from django.test import Client
from django_tenants.utils import tenant_context

import bots
import world as worlds
from identity.actions import api_keys
from identity.models import User, UserSession
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
    blocker: Any  # of the database, which tests that only speak HTTP may not touch
    keys: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    web: subprocess.Popen[bytes] | None = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """A process stands still during the block."""
        self.processes[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.processes[name].send_signal(signal.SIGCONT)

    @contextmanager
    def inside(self, slug: str) -> Iterator[Tenant]:
        """Django in this process works on the exchange's own tables, in a tenant's schema."""
        with self.blocker.unblock(), self.world.connected():
            tenant = Tenant.objects.get(slug=slug)
            with tenant_context(tenant):
                yield tenant

    def last_words(self) -> str:
        """The end of what each of its processes said."""
        return self.world.last_words()

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
        with self.inside("longmen" if name == "charlie" else "aurora"):
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

    def open_for(self, name: str) -> None:
        """Make somebody's key and fill his account."""
        key, bot = self.make_key(name)
        with self.inside("longmen" if name == "charlie" else "aurora"):
            account = accounts_of(user_of(name)).get()
            self.keys[name] = (key.public_id, bot.secret, account.pk)
            self.world.wait_for(lambda: fund(account.pk))

    def revoke_key(self, key: Any) -> None:
        with self.inside("aurora"):
            user = User.objects.get(pk=key.user_id)
            assert api_keys.revoke_api_key(user=user, public_id=key.public_id, acting_user=user)

    def start_web(self, **environ: str) -> None:
        """Start the web process the way the supervisor does, and wait until it answers. It
        stands behind one proxy of ours, so that a test can come from any address."""
        environ = {"MARQUE_TRUSTED_PROXIES": "1", **environ}
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
        self.world.wait_for(self._answers)

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


def code_of(response: httpx.Response) -> str:
    """The error code of an answer; every refusal has the whole body."""
    error = response.json()["error"]
    assert {"code", "number", "message", "help"} <= error.keys()
    assert error["message"] and error["help"]
    return str(error["code"])


def session_cookie(exchange: Exchange, name: str = "alice") -> str:
    """A customer's session, signed in through the product's own session list."""
    with exchange.inside("aurora"):
        user = user_of(name)
        client = Client(HTTP_HOST=AURORA)
        client.force_login(user)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert UserSession.objects.filter(session_key=key).exists()
        return key
