"""Clearing as a process: a failing schema is left behind and catches up, nobody else waits."""

import random

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from clearing import selectors
from tenants.models import Tenant
from traders import open_traders, send_all
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.engine.client import EngineClient
from trading.orders.models import Trade
from wallets.ledger.verify import verify_books


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def cleared_seq():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM clearing_checkpoint")
        return int(cursor.fetchone()[0])


@pytest.mark.slow
def test_a_failing_schema_is_quarantined_and_catches_up(world):
    with world.engine() as engine, world.connected():
        client = EngineClient(engine.socket)
        tenants = [Tenant.objects.get(slug=slug) for slug in ("aurora", "longmen")]
        with world.process("relay", "--skip-checks"):
            traders = [open_traders(tenant, 4) for tenant in tenants]
            for tenant in tenants:
                with tenant_context(tenant):
                    world.wait_for(
                        lambda: not QueuedCommand.objects.filter(answered=False).exists(),
                        seconds=60,
                    )
        rng = random.Random(7)
        with world.process("clearing", "--skip-checks"):
            with tenant_context(tenants[1]):
                world.wait_for(cleared_seq, seconds=60)
                execute("ALTER TABLE orders_trade RENAME TO orders_trade_away")
            for tenant, group in zip(tenants, traders, strict=True):
                send_all(client, tenant.pk, group.commands(rng, 500))
            last = int(client.send(0, queries.QueryStatus()).events[0].durable_seq)
            with tenant_context(tenants[0]):
                world.wait_for(lambda: cleared_seq() >= last, seconds=30)
                assert Trade.objects.exists()
            assert verify_books(tenants[0]) == []
            world.wait_for(lambda: "QUARANTINE: tenant longmen" in world.output_of("clearing"))
            with tenant_context(tenants[0]):
                assert selectors.quarantine() is None
            with tenant_context(tenants[1]):
                assert cleared_seq() < last
                aside = world.wait_for(selectors.quarantine)
                assert "orders_trade" in aside.error and aside.seq == cleared_seq()
                execute("ALTER TABLE orders_trade_away RENAME TO orders_trade")
                world.wait_for(lambda: cleared_seq() >= last, seconds=90)
                assert Trade.objects.exists()
                world.wait_for(lambda: selectors.quarantine() is None)
                actions = AuditRecord.objects.filter(action__startswith="clearing.")
                assert set(actions.values_list("action", flat=True)) == {
                    "clearing.quarantine",
                    "clearing.release",
                }
            assert "tenant longmen is out of quarantine" in world.output_of("clearing")
            for tenant in tenants:
                assert verify_books(tenant) == []


@pytest.mark.slow
def test_a_tenant_made_while_clearing_runs_is_cleared(world):
    with (
        world.engine(),
        world.connected(),
        world.process("relay", "--skip-checks"),
        world.process("clearing", "--skip-checks"),
    ):
        world.manage(
            "create_tenant",
            "meridian",
            *("--name", "Meridian"),
            *("--domain", "meridian.localhost"),
            *("--owner", "owner@meridian.example"),
            "--skip-checks",
        )
        tenant = Tenant.objects.get(slug="meridian")
        with tenant_context(tenant):
            world.wait_for(cleared_seq, seconds=30)
        assert verify_books(tenant) == []
        assert "in order" in world.manage("verify_books", "--tenant", "meridian", "--skip-checks")


@pytest.mark.slow
def test_verify_books_exits_with_1_on_a_break(world):
    with (
        world.engine(),
        world.connected(),
        world.process("relay", "--skip-checks"),
        world.process("clearing", "--skip-checks"),
    ):
        tenant = Tenant.objects.get(slug="aurora")
        with tenant_context(tenant):
            world.wait_for(lambda: cleared_seq() > 20, seconds=30)
            execute("UPDATE ledger_balance SET units = units + 1")
        with pytest.raises(AssertionError, match="balance_unlike_postings"):
            world.manage("verify_books", "--tenant", "aurora", "--skip-checks")


@pytest.mark.slow
def test_two_clearings_write_nothing_twice(world):
    with world.engine() as engine, world.connected(), world.process("relay", "--skip-checks"):
        client = EngineClient(engine.socket)
        tenant = Tenant.objects.get(slug="aurora")
        traders = open_traders(tenant, 4)
        with tenant_context(tenant):
            world.wait_for(
                lambda: not QueuedCommand.objects.filter(answered=False).exists(), seconds=60
            )
        with (
            world.process("clearing", "--skip-checks", "--batch-bytes", "20000"),
            world.process("clearing", "--skip-checks", "--batch-bytes", "30000"),
        ):
            send_all(client, tenant.pk, traders.commands(random.Random(3), 1500))
            last = int(client.send(0, queries.QueryStatus()).events[0].durable_seq)
            with tenant_context(tenant):
                world.wait_for(lambda: cleared_seq() >= last, seconds=60)
            assert verify_books(tenant) == []
