"""The relay as a real process: killed again and again it loses nothing and doubles nothing."""

import itertools
import os
import random
import signal
import threading
import time

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from tenants.models import Tenant
from traders import FUNDS_UNITS, open_traders
from trading.commands.actions import enqueue_command
from trading.commands.models import QueuedCommand
from trading.engine import commands, queries
from trading.engine.client import EngineClient
from trading.engine.enums import FundsReason

KILLS = 8
WRITERS = 3
ANSWERS_A_RELAY = 20


def unanswered(tenant):
    with tenant_context(tenant):
        return QueuedCommand.objects.filter(answered=False).count()


def answered(tenant):
    with tenant_context(tenant):
        return QueuedCommand.objects.filter(answered=True).count()


def balances(engine, tenant_id):
    answer = EngineClient(engine.socket).send(tenant_id, queries.QueryBalances())
    return {(row.account_id, row.asset_id): row.available_units for row in answer.events}


@pytest.mark.slow
def test_killed_relays_and_engines_lose_and_double_nothing(world):
    rng = random.Random(20261120)
    with world.engine() as engine, world.connected():
        tenant = Tenant.objects.get(slug="aurora")
        traders = open_traders(tenant, 4)
        asset_id = traders.instruments[0].quote_id
        expected = dict.fromkeys(traders.account_ids, FUNDS_UNITS)
        lock, killed = threading.Lock(), threading.Event()

        def write(seed: int) -> None:
            """Credits of random sizes until the last relay was killed; every fifth transaction is
            rolled back."""
            own = random.Random(seed)
            try:
                with tenant_context(tenant):
                    for number in itertools.count():
                        if killed.is_set():
                            return
                        account_id = own.choice(traders.account_ids)
                        units = own.randint(1, 10**6)
                        with transaction.atomic():
                            enqueue_command(
                                commands.CreditFunds(
                                    account_id=account_id,
                                    asset_id=asset_id,
                                    amount_units=units,
                                    reason=int(FundsReason.DEPOSIT),
                                    reference_id=number + 1,
                                ),
                                acting_user=None,
                            )
                            if number % 5 == 4:
                                transaction.set_rollback(True)
                                continue
                        with lock:
                            expected[account_id] += units
                        time.sleep(own.random() * 0.04)
            finally:
                connection.close()

        writers = [threading.Thread(target=write, args=(seed,)) for seed in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            for kill in range(KILLS):
                relay = world.start("relay", "--skip-checks")
                enough = answered(tenant) + ANSWERS_A_RELAY
                world.wait_for(lambda e=enough: answered(tenant) >= e)
                time.sleep(rng.random() * 0.3)
                if kill % 4 == 3:
                    engine.kill()
                    time.sleep(rng.random() * 0.2)
                    engine.start()
                os.killpg(relay.pid, signal.SIGKILL)
                relay.wait()
        finally:
            killed.set()
            for writer in writers:
                writer.join()
        with world.process("relay", "--skip-checks"):
            world.wait_for(lambda: unanswered(tenant) == 0)
        found = balances(engine, tenant.pk)
        assert {a: found[a, asset_id] for a in traders.account_ids} == expected


@pytest.mark.slow
def test_while_the_engine_is_away_commands_wait(world):
    with world.connected():
        tenant = Tenant.objects.get(slug="aurora")
        with world.process("relay", "--skip-checks"):
            traders = open_traders(tenant, 1)
            waiting = unanswered(tenant)
            assert waiting > 0
            world.wait_for(lambda: "the engine is away" in world.output_of("relay"))
            assert unanswered(tenant) == waiting
            with world.engine() as engine:
                world.wait_for(lambda: unanswered(tenant) == 0)
                found = balances(engine, tenant.pk)
        asset_id = traders.instruments[0].quote_id
        assert found[traders.account_ids[0], asset_id] == FUNDS_UNITS


@pytest.mark.slow
def test_two_relays_work_one_after_the_other(world):
    with world.engine() as engine, world.connected():
        tenant = Tenant.objects.get(slug="aurora")
        with world.process("relay", "--skip-checks"):
            world.wait_for(lambda: unanswered(tenant) == 0)
            second = world.start("relay", "--skip-checks")
            world.wait_for(lambda: "another relay is at work" in world.output_of("relay"))
            traders = open_traders(tenant, 2)
            world.wait_for(lambda: unanswered(tenant) == 0)
        open_traders(tenant, 2)
        world.wait_for(lambda: unanswered(tenant) == 0)
        assert second.poll() is None
        found = balances(engine, tenant.pk)
        for account_id in traders.account_ids:
            assert found[account_id, traders.instruments[0].quote_id] == FUNDS_UNITS


@pytest.mark.slow
def test_a_restored_database_stops_its_firm_until_an_operator_decides(world):
    with world.engine() as engine, world.connected():
        aurora, longmen = (Tenant.objects.get(slug=slug) for slug in ("aurora", "longmen"))
        with world.process("relay", "--skip-checks"):
            traders = open_traders(aurora, 1)
            world.wait_for(lambda: unanswered(aurora) + unanswered(longmen) == 0, seconds=60)
        with tenant_context(aurora):  # a backup from before the last three commands
            latest = QueuedCommand.objects.order_by("-number")[:3].values_list("pk", flat=True)
            QueuedCommand.objects.filter(pk__in=list(latest)).delete()
        before = balances(engine, aurora.pk)
        with world.process("relay", "--skip-checks"):
            world.wait_for(lambda: "manage.py relay_resume" in world.output_of("relay"), seconds=60)
            more = open_traders(aurora, 1)
            other = open_traders(longmen, 1)
            world.wait_for(lambda: unanswered(longmen) == 0, seconds=60)
            assert unanswered(aurora) > 0
            assert balances(engine, aurora.pk) == before
            found = balances(engine, longmen.pk)
            assert found[other.account_ids[0], other.instruments[0].quote_id] == FUNDS_UNITS
            world.manage(
                *("relay_resume", "aurora", "--skip-checks"),
                *("--in-doubt", "send", "--reason", "They were written after the backup."),
            )
            world.wait_for(lambda: unanswered(aurora) == 0, seconds=60)
        found = balances(engine, aurora.pk)
        for account_id in (*traders.account_ids, *more.account_ids):
            assert found[account_id, more.instruments[0].quote_id] == FUNDS_UNITS
