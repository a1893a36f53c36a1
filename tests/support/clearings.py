"""Clearing in a thread of the test, on a world's committed database."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

from clearing import database, selectors
from clearing.worker import Clearing
from tenants.models import Tenant
from traders import Traders, open_traders
from trading.commands.models import QueuedCommand
from trading.engine import follower, journal, queries
from trading.engine.client import EngineClient
from world import World

TABLES = ("orders_order", "orders_trade", "ledger_journalentry", "ledger_posting", "ledger_balance")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def durable_seq(client: EngineClient) -> int:
    return int(client.send(0, queries.QueryStatus()).events[0].durable_seq)


def counts() -> dict[str, int]:
    """How many rows the current tenant has, and how far it is."""
    found = {"seq": selectors.cleared_seq()}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def make_traders(world: World, tenant: Tenant) -> Traders:
    """Funded accounts of the tenant, known to the engine; needs a relay."""
    traders = open_traders(tenant, 4)
    with tenant_context(tenant):
        world.wait_for(
            lambda: not QueuedCommand.objects.filter(answered=False).exists(), seconds=120
        )
    return traders


class Running:
    """What the thread raised, once it ended."""

    error: BaseException | None = None


@contextmanager
def clearing(
    follow: "Callable[[int], Iterator[Any]] | None" = None, **options: Any
) -> Iterator[Running]:
    """Clearing as the command runs it, until the block ends."""
    stop = threading.Event()
    running = Running()
    work = Clearing(
        settings.ENGINE_DIR,
        follow=follow
        or (
            lambda seq: follower.follow(
                settings.ENGINE_DIR,
                settings.ENGINE_SOCKET,
                seq,
                stop,
                name="clearing",
                chunk_bytes=journal.READ_BYTES,
            )
        ),
        tenants=database.tenant_schemas,
        connect=database.connect,
        **options,
    )

    def run() -> None:
        try:
            work.run(stop)
        except BaseException as error:
            running.error = error

    thread = threading.Thread(target=run, name="clearing")
    thread.start()
    try:
        yield running
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
