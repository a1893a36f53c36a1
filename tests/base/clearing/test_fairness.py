"""Tenants of one shard are fair to each other: a flood of one delays nobody else for long."""

import random

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from clearing import database, selectors
from clearing.worker import Clearing
from clearings import durable_seq, make_traders
from tenants.models import Tenant
from traders import send_all
from trading.engine import journal
from trading.engine.client import EngineClient
from trading.orders.models import Trade


@pytest.mark.slow
def test_the_head_of_the_journal_goes_by_before_a_flood_is_written(world):
    with world.engine() as engine, world.connected():
        flooding, small = (Tenant.objects.get(slug=slug) for slug in ("aurora", "longmen"))
        client = EngineClient(engine.socket)
        rng = random.Random(11)
        with world.process("relay", "--skip-checks"):
            crowd, few = make_traders(world, flooding), make_traders(world, small)
        begun = durable_seq(client)
        send_all(client, flooding.pk, crowd.commands(rng, 4_000))
        send_all(client, small.pk, few.commands(rng, 20))
        last = durable_seq(client)
        work = Clearing(
            settings.ENGINE_DIR,
            follow=lambda seq: journal.read_chunks(settings.ENGINE_DIR, seq),
            tenants=database.tenant_schemas,
            connect=database.connect,
            slice_bytes=30_000,
        )
        seq = work._start_seq()
        for chunk in journal.read_chunks(settings.ENGINE_DIR, seq + 1, last):
            assert work._apply([chunk])
        # All of the journal went by. The small tenant's last orders are written, of the flood
        # nothing is.
        work._pass_idle_tenants()
        assert cleared(small) == last
        assert cleared(flooding) <= begun
        slices = 0
        while work._behind:
            work._next_slice()
            slices += 1
        work._pass_idle_tenants()
        assert slices >= 2 and cleared(flooding) == last
        assert trades(flooding) > 100


def cleared(tenant):
    with tenant_context(tenant):
        return selectors.cleared_seq()


def trades(tenant):
    with tenant_context(tenant):
        return Trade.objects.count()
