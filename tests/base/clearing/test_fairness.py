"""Tenants of one shard are fair to each other: a flood of one delays nobody else for long."""

import random

import pytest
from django_tenants.utils import tenant_context

from clearing import selectors, worker
from clearing.writer import TenantWriter
from clearings import clearing, durable_seq, make_traders
from tenants.models import Tenant
from traders import send_all
from trading.engine.client import EngineClient
from wallets.ledger.verify import verify_books

SLICE = 30_000
CHUNK = 100_000


@pytest.mark.slow
def test_a_flood_of_one_tenant_delays_another_by_a_slice(world, monkeypatch):
    written: list[tuple[str, int]] = []
    write = TenantWriter.write

    def noting(self, connection, batch):
        write(self, connection, batch)
        written.append((self.schema_name, batch.last_seq))

    monkeypatch.setattr(TenantWriter, "write", noting)
    # However slow this machine is just now, the order is what counts.
    monkeypatch.setattr(worker, "SLICE_AT_LEAST_EVERY_S", 600.0)
    with world.engine() as engine, world.connected():
        flooding, small = (Tenant.objects.get(slug=slug) for slug in ("aurora", "longmen"))
        client = EngineClient(engine.socket)
        rng = random.Random(11)
        with world.process("relay", "--skip-checks"):
            crowd, few = make_traders(world, flooding), make_traders(world, small)
        send_all(client, flooding.pk, crowd.commands(rng, 12_000))
        send_all(client, small.pk, few.commands(rng, 20))
        last = durable_seq(client)
        with clearing(batch_bytes=CHUNK, slice_bytes=SLICE):
            with tenant_context(small):
                world.wait_for(lambda: selectors.cleared_seq() >= last - 20)
                mine = max(seq for schema, seq in written if schema == small.schema_name)
            with tenant_context(flooding):
                world.wait_for(lambda: selectors.cleared_seq() >= last)
        at = written.index((small.schema_name, mine))
        before = [seq for schema, seq in written[:at] if schema == flooding.schema_name]
        after = [seq for schema, seq in written[at:] if schema == flooding.schema_name]
        # The head of the journal went by; most of the flood came behind the small tenant's orders.
        assert len(after) > len(before), (len(before), len(after))
        for tenant in (flooding, small):
            assert verify_books(tenant) == []
