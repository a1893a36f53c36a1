"""Seeded commands of every kind, clearing killed at random, every report against plain Python.

The engine, its journal and the clearing worker are real processes. Clearing dies again and again
(by kill -9): at a random moment, at a random record of its backlog, at a random byte of what it
sends to the database; now and then its connection was cut before. In the end every table, report
and proof of every tenant is compared with a recomputation from the engine's journal alone.

A million commands and 200 kills by hand:

    MARQUE_BOOKS_COMMANDS=1000000 MARQUE_BOOKS_KILLS=200 MARQUE_BOOKS_REPORT=million.json \
        python -m runtime.sandbox python -m pytest tests/simulation/test_million_commands.py -s

MARQUE_BOOKS_SEED gives another world.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

from book_flow import flow
from clearings import durable_seq
from tenants.models import Tenant
from traders import Traders, open_traders, send_all
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.engine.client import EngineClient
from trading.engine.enums import TimeInForce
from wallets.reports.actions import write_checkpoints
from whole_books import WholeBooks
from world import World

SEED = int(os.environ.get("MARQUE_BOOKS_SEED", "20261128"))
COMMANDS = int(os.environ.get("MARQUE_BOOKS_COMMANDS", "20000"))
KILLS = int(os.environ.get("MARQUE_BOOKS_KILLS", "6"))
SHARES = {"aurora": 0.75, "longmen": 0.25}
ACCOUNTS = 8
MOMENTS = 4 if COMMANDS < 100_000 else 8
DYING = Path(__file__).parents[1] / "support" / "dying_clearing.py"
BATCH_BYTES = (20_000, 200_000, 2_000_000, 12 * 1024 * 1024)
SOON_S = 2.5  # no order of the flow begins later
LONGEST_LIFE_S = 0.6  # after it is connected
BYTES_A_COMMAND = 300  # about what a command sends to the database
NAME = "marque-clearing"


class Play:
    """The world while clearing is killed in it; `done` counts what was done."""

    def __init__(self, world: World, client: EngineClient) -> None:
        self.world = world
        self.client = client
        self.rng = random.Random(SEED)
        self.done: Counter[str] = Counter()
        self.tenants = [Tenant.objects.get(slug=slug) for slug in SHARES]
        self.traders: list[Traders] = []
        self._failure: list[BaseException] = []

    def furnish(self) -> None:
        """Accounts with funds, known to the engine."""
        with self.world.process("relay", "--skip-checks"):
            self.traders = [open_traders(tenant, ACCOUNTS) for tenant in self.tenants]
            for tenant in self.tenants:
                with tenant_context(tenant):
                    self.world.wait_for(
                        lambda: not QueuedCommand.objects.filter(answered=False).exists()
                    )

    def trade(self, count: int, seed: int) -> None:
        """Send so many commands, in turns between the tenants."""
        rng = random.Random(seed)
        made = [
            flow(group, rng, round(count * share))
            for group, share in zip(self.traders, SHARES.values(), strict=True)
        ]
        for start in range(0, max(map(len, made)), 1_000):
            for tenant, own in zip(self.tenants, made, strict=True):
                send_all(self.client, tenant.pk, own[start : start + 1_000])
        self.done["commands"] += sum(map(len, made))

    def trade_meanwhile(self, count: int, seed: int) -> threading.Thread:
        def run() -> None:
            try:
                self.trade(count, seed)
            except BaseException as error:
                self._failure.append(error)

        thread = threading.Thread(target=run, name="traders")
        thread.start()
        return thread

    def kill_once(self, number: int, count: int) -> None:
        """A round of trading during which clearing starts, works and dies."""
        trading = self.trade_meanwhile(count, SEED + number)
        how = ("moment", "record", "byte")[number % 3]
        if how == "byte":
            clearing = self._start(self.rng.randrange(1, BYTES_A_COMMAND * max(count, 100)))
        else:
            clearing = self._start()
        try:
            getattr(self, f"_die_at_a_{how}")(clearing)
        finally:
            trading.join()
        assert not self._failure, self._failure
        assert clearing.wait() == -signal.SIGKILL, self.world.output_of("clearing")[-2000:]
        self.done[f"killed at a {how}"] += 1
        self._look_for_halves()

    def _start(self, dying_byte: int = 0) -> "subprocess.Popen[bytes]":
        options = ["--skip-checks", "--batch-bytes", str(self.rng.choice(BATCH_BYTES))]
        if not dying_byte:
            return self.world.start("clearing", *options)
        command = [sys.executable, str(DYING), str(dying_byte), *options]
        return self.world.start_program("clearing", command)

    def _die_at_a_moment(self, clearing: Any) -> None:
        pid = self.world.wait_for(_backend)
        time.sleep(self.rng.random() * LONGEST_LIFE_S)
        if self.rng.random() < 0.4:
            _execute("SELECT pg_terminate_backend(%s)", [pid])
            self.done["connections cut"] += 1
            time.sleep(self.rng.random() * 0.3)
        self._kill(clearing)

    def _die_at_a_record(self, clearing: Any) -> None:
        before, last = _cleared(self.tenants[0]), durable_seq(self.client)
        target = self.rng.randint(before, max(before, last))
        self.world.wait_for(lambda: _cleared(self.tenants[0]) >= target)
        self._kill(clearing)

    def _die_at_a_byte(self, clearing: Any) -> None:
        """It kills itself; if it ran out of work first, more is sent until it does."""
        deadline_s = time.monotonic() + 120
        while clearing.poll() is None:
            assert time.monotonic() < deadline_s, "clearing did not die at its byte"
            time.sleep(0.05)
            if _cleared(self.tenants[0]) >= durable_seq(self.client):
                self.trade(200, SEED * 1_000 + self.done["extra rounds"])
                self.done["extra rounds"] += 1

    def _kill(self, clearing: Any) -> None:
        in_transaction = _execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s "
            "AND datname = current_database() AND xact_start IS NOT NULL",
            [NAME],
        )
        os.killpg(clearing.pid, signal.SIGKILL)
        self.done["seen in a transaction"] += bool(in_transaction)

    def _look_for_halves(self) -> None:
        """Nothing stands in the tables that the checkpoint does not know."""
        for tenant in self.tenants:
            with tenant_context(tenant):
                # One statement sees one moment, so a commit on its way cannot look like a half.
                assert _execute(
                    "SELECT coalesce((SELECT max(id) >> 20 FROM ledger_journalentry), 0) <= at AND "
                    "coalesce((SELECT seq FROM orders_trade ORDER BY id DESC LIMIT 1), 0) <= at "
                    "AND NOT EXISTS (SELECT FROM ledger_unchecked) "
                    "FROM (SELECT coalesce(max(seq), 0) AS at FROM clearing_checkpoint) cleared"
                ), tenant
        self.done["looked for halves"] += 1

    def keep_checkpoints(self) -> None:
        """Balance checkpoints as the worker writes them, wherever clearing happens to be."""
        for tenant in self.tenants:
            with tenant_context(tenant):
                step = max(50, COMMANDS // 100)
                self.done["balance checkpoints"] += write_checkpoints(entries=step, postings=50)

    def clear_all(self) -> None:
        """Until every tenant's tables say what the journal says; then nothing moves any more."""
        time.sleep(SOON_S)  # orders begin and end by themselves
        for tenant in self.tenants:
            self.world.wait_for(lambda one=tenant: not _timed_orders(self.client, one))
        last = durable_seq(self.client)
        with self.world.process("clearing", "--skip-checks"):
            for tenant in self.tenants:
                self.world.wait_for(lambda one=tenant: _cleared(one) >= last, seconds=1200)
        self.keep_checkpoints()


def _execute(statement: str, values: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def _backend() -> int:
    """The server process of clearing's connection; 0: it has none."""
    found = _execute(
        "SELECT max(pid) FROM pg_stat_activity "
        "WHERE application_name = %s AND datname = current_database()",
        [NAME],
    )
    return int(found or 0)


def _cleared(tenant: Tenant) -> int:
    with tenant_context(tenant):
        return int(_execute("SELECT coalesce(max(seq), 0) FROM clearing_checkpoint"))


def _timed_orders(client: EngineClient, tenant: Tenant) -> list[int]:
    """Open orders that end at a time."""
    answer = client.send(tenant.pk, queries.QueryOpenOrders())
    return [row.order_id for row in answer.events if row.time_in_force == TimeInForce.GTD]


def _report(done: dict[str, Any]) -> None:
    print(json.dumps(done, indent=1))
    if "MARQUE_BOOKS_REPORT" in os.environ:
        Path(os.environ["MARQUE_BOOKS_REPORT"]).write_text(json.dumps(done, indent=1) + "\n")


# Generous: some seconds a kill, and some milliseconds a command, however slow the machine.
@pytest.mark.timeout(300 + 20 * KILLS + COMMANDS // 100)
@pytest.mark.slow
def test_every_report_is_what_plain_python_makes_of_the_journal(world: World) -> None:
    begun_s = time.monotonic()
    told: dict[str, Any] = {"seed": SEED, "kills": KILLS}

    def note(what: str) -> None:
        told[what] = round(time.monotonic() - begun_s, 1)

    with world.engine() as engine, world.connected():
        play = Play(world, EngineClient(engine.socket))
        play.furnish()
        note("furnished after, s")
        for number in range(KILLS):
            play.kill_once(number, COMMANDS // KILLS)
            if number % max(1, KILLS // 8) == 0:
                play.keep_checkpoints()
        note("played after, s")
        play.clear_all()
        note("cleared after, s")
        compared: dict[str, Any] = {}
        for tenant, group in zip(play.tenants, play.traders, strict=True):
            whole = WholeBooks(tenant, group, settings.ENGINE_DIR)
            compared[tenant.slug] = dict(whole.check(random.Random(SEED), MOMENTS))
            note(f"{tenant.slug} compared after, s")
            del whole  # a million entries are some gigabytes
        _report({**told, "done": dict(play.done), "compared": compared})
    assert play.done["looked for halves"] == KILLS
    assert play.done["commands"] >= COMMANDS * 0.99
    for found in compared.values():
        kinds = {"trades", "orders", "entries", "postings", "hashed entries", "report lines",
                 "values", "checkpoints", "fee lines", "statement lines", "statement pages",
                 "overview lines", "tax lines", "leaves"}  # fmt: skip
        assert kinds <= found.keys(), kinds - found.keys()
