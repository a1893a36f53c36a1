"""Engine, outbox and clearing inside one test's database transaction.

``books.settle()`` does what the relay and clearing do, with the product's own code on the test's
own connection: queued commands go to the real engine process, its journal becomes rows.
``books.prove()`` settles and fails the test if the books do not add up.
"""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django_tenants.utils import tenant_context

from clearing import batches
from clearing.writer import TenantWriter
from engines import EngineProcess
from tenants.models import Tenant
from trading.commands import actions
from trading.commands.relay import Relay
from trading.commands.stream import CommandStream
from trading.engine import journal
from trading.instruments import info
from wallets.ledger.verify import verify_books


class Books:
    """One tenant's outbox and tables, brought up to the engine by hand."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.relay = Relay(
            connect=self._never,
            stream=CommandStream(settings.ENGINE_SOCKET),
            on_refused=lambda schema, number, result: actions.note_refused(
                schema_name=schema, number=number, result=result
            ),
            on_stopped=lambda schema, engine_no, known: actions.note_relay_stopped(
                schema_name=schema, engine_no=engine_no, known=known
            ),
        )
        self.writer = TenantWriter(tenant.pk, tenant.schema_name)

    def settle(self) -> None:
        """Deliver the outbox, then clear what is new in the journal."""
        with tenant_context(self.tenant):
            connection.ensure_connection()
            self.relay.drain(connection.connection, self.tenant.pk, self.tenant.schema_name)
            self.clear()

    def clear(self, *, records_a_batch: int = 0) -> None:
        """Clear what is new in the journal; in batches of so many records, or in one."""
        with tenant_context(self.tenant):
            connection.ensure_connection()
            own = connection.connection
            seq = self.writer.read_checkpoint(own)
            chunks = list(journal.read_chunks(settings.ENGINE_DIR, seq + 1))
            for data in cut(b"".join(chunk.data for chunk in chunks), records_a_batch):
                batch = batches.split(data).get(self.tenant.pk)
                if batch is not None:
                    self.writer.write(own, batch)
            if chunks and self.writer.seq < chunks[-1].last_seq:
                self.writer.pass_by(own, chunks[-1].last_seq, 1)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        info.forget(self.tenant.schema_name)

    def prove(self) -> None:
        """Settle, then fail the test on any break."""
        self.settle()
        breaks = verify_books(self.tenant, wait_s=0)
        assert breaks == [], "\n".join(map(str, breaks))

    @staticmethod
    def _never() -> Any:
        raise AssertionError("this relay works on the test's connection")


def cut(data: bytes, records: int) -> list[bytes]:
    """Whole records in pieces of so many; 0: one piece."""
    pieces, start, offset, count = [], 0, 0, 0
    while offset < len(data):
        offset += int.from_bytes(data[offset : offset + 4], "little")
        count += 1
        if count == records:
            pieces.append(data[start:offset])
            start, count = offset, 0
    return [*pieces, data[start:]] if start < len(data) else pieces


@pytest.fixture
def books(tenant: Tenant, engine: EngineProcess) -> Books:
    """The tenant north at work: its venue is open, customers' accounts trade once settled."""
    own = Books(tenant)
    own.settle()
    return own
