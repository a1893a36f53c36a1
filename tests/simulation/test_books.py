"""Clearing against a recomputation in plain Python, while it is killed at random.

A seed makes a world of orders; clearing runs as a real process that is killed, and whose database
connection is cut, again and again while the engine goes on. In the end every table says what the
journal says, recomputed one event at a time. A failure prints its seed.
"""

import os
import random
import signal
import threading
import time

import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

import plain_books
import sql_books
from tenants.models import Tenant
from traders import open_traders, send_all
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.engine.client import EngineClient
from trading.engine.enums import OrderStatus, TimeInForce
from trading.market_data.verify import candle_breaks
from wallets.ledger.verify import verify_books

SEED = 20261120
COMMANDS = 6_000
KILLS = 24
ACCOUNTS = 8
BATCH_BYTES = "40000"


def cleared_seq() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM clearing_checkpoint")
        return int(cursor.fetchone()[0])


def cut_connections() -> None:
    """As if the database server had dropped clearing's connections."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'marque-clearing' AND datname = current_database()"
        )


def engine_seq(client: EngineClient) -> int:
    return int(client.send(0, queries.QueryStatus()).events[0].durable_seq)


def timed_orders(client: EngineClient, tenant: Tenant) -> list[int]:
    """Open orders that end at a time."""
    answer = client.send(tenant.pk, queries.QueryOpenOrders())
    return [row.order_id for row in answer.events if row.time_in_force == TimeInForce.GTD]


def without_zeros(amounts):
    """A fee of nothing is no posting, and a trade with oneself moves nothing."""
    return {key: units for key, units in amounts.items() if units}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_clearing_writes_what_plain_python_computes(world):
    rng = random.Random(SEED)
    print("seed", SEED)
    with world.engine() as engine, world.connected():
        client = EngineClient(engine.socket)
        tenants = [Tenant.objects.get(slug=slug) for slug in ("aurora", "longmen")]
        with world.process("relay", "--skip-checks"):
            traders = [open_traders(tenant, ACCOUNTS) for tenant in tenants]
            for tenant in tenants:
                with tenant_context(tenant):
                    world.wait_for(
                        lambda: not QueuedCommand.objects.filter(answered=False).exists(),
                        seconds=60,
                    )
        send_all(client, tenants[0].pk, traders[0].commands(rng, COMMANDS // 3))

        stop = threading.Event()

        def go_on_trading() -> None:
            """Both tenants trade until clearing has died and come back often enough."""
            own = random.Random(SEED + 1)
            while not stop.wait(own.random() * 0.4):
                for tenant, group in zip(tenants, traders, strict=True):
                    send_all(client, tenant.pk, group.commands(own, 20))

        trading = threading.Thread(target=go_on_trading)
        trading.start()
        with tenant_context(tenants[0]):
            try:
                for kill in range(KILLS):
                    clearing = world.start(
                        "clearing", "--skip-checks", "--batch-bytes", BATCH_BYTES
                    )
                    before = cleared_seq()
                    world.wait_for(lambda b=before: cleared_seq() != b, seconds=60)
                    time.sleep(rng.random() * 0.15)
                    if kill % 3 == 0:
                        cut_connections()
                        time.sleep(rng.random() * 0.1)
                    os.killpg(clearing.pid, signal.SIGKILL)
                    clearing.wait()
            finally:
                stop.set()
                trading.join()
        # The engine ends orders by itself; what is read below must be all there is.
        for tenant in tenants:
            world.wait_for(lambda one=tenant: not timed_orders(client, one), seconds=60)
        last = engine_seq(client)
        with world.process("clearing", "--skip-checks"):
            for tenant in tenants:
                with tenant_context(tenant):
                    world.wait_for(lambda: cleared_seq() >= last, seconds=120)
                assert verify_books(tenant) == []
        for tenant, group in zip(tenants, traders, strict=True):
            plain = plain_books.PlainBooks(tenant.pk, set(group.quiet_ids)).read(
                settings.ENGINE_DIR
            )
            with tenant_context(tenant):
                assert len(plain.trades) > COMMANDS // 20
                assert sql_books.trades() == plain.trades
                assert sql_books.orders() == plain.orders
                ends = {order["status"] for order in plain.orders.values() if order["trigger"]}
                assert ends >= {OrderStatus.FILLED, OrderStatus.EXPIRED, OrderStatus.REJECTED}
                assert any(order["list"] and order["ended_by"] for order in plain.orders.values())
                assert plain.replaced_ids & plain.orders.keys()
                assert sql_books.replacements() == plain.replacements
                booked = sql_books.journal_entries()
                assert booked.keys() == plain.entries.keys()
                for place, postings in plain.entries.items():
                    assert without_zeros(booked[place]) == without_zeros(postings), place
                assert without_zeros(sql_books.balances()) == without_zeros(plain.balances)
                assert sql_books.receipts() == plain.receipts
                for info in group.instruments:
                    assert candle_breaks(info.id, info.base_scale) == []
