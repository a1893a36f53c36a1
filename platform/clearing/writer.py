"""One tenant's tables: a batch and its checkpoint in one database transaction."""

import logging
from typing import Any

import psycopg

from clearing import projections
from clearing.batches import TenantBatch
from trading.bulk.partitions import Room
from trading.commands import database
from trading.commands.projections import project_receipts
from trading.engine.enums import AccountRole
from trading.orders.additions import project_order_lists, project_replacements, project_trades
from trading.orders.partitions import TRADES
from trading.orders.projections import project_orders
from wallets.adjustments.projections import project_receipts_of_adjustments
from wallets.bookkeeping.projections import project_receipts_of_entries
from wallets.campaigns.projections import project_receipts_of_awards
from wallets.ledger.projections import LedgerProjection

log = logging.getLogger("clearing")


class CheckpointMoved(Exception):
    """Somebody else brought this tenant's tables forward; nothing was written."""


class TenantWriter:
    """Writes batches into one tenant's schema; knows how far it is (`seq`, -1: not read)."""

    def __init__(self, tenant_id: int, schema_name: str) -> None:
        self.tenant_id = tenant_id
        self.schema_name = schema_name
        self.seq = -1
        self._ledger = LedgerProjection()
        self._market_makers: frozenset[int] | None = None
        self._room_of_trades = Room(TRADES)

    def forget(self) -> None:
        """After a rollback: read again what is in the tables."""
        self.seq = -1
        self._ledger = LedgerProjection()
        self._market_makers = None
        self._room_of_trades = Room(TRADES)

    def read_checkpoint(self, connection: "psycopg.Connection[Any]") -> int:
        """The seq of the last record in the tables; 0 if there is none yet."""
        with connection.transaction(), connection.cursor() as cursor:
            self._enter(cursor)
            cursor.execute("SELECT seq FROM clearing_checkpoint")
            row = cursor.fetchone()
        self.seq = row[0] if row else 0
        return self.seq

    def write(self, connection: "psycopg.Connection[Any]", batch: TenantBatch) -> None:
        """Write a batch that begins behind the checkpoint; raises CheckpointMoved."""
        with connection.transaction(), connection.cursor() as cursor:
            self._enter(cursor)
            self._move_checkpoint(cursor, batch.last_seq, batch.last_ns)
            project_trades(cursor, batch.tables, self._room_of_trades)
            project_order_lists(cursor, batch.tables)
            project_orders(cursor, batch.tables, self._market_maker_ids(cursor, batch))
            project_replacements(cursor, batch.tables)
            self._ledger.project(cursor, batch.tables)
            project_receipts(cursor, batch.headers)
            project_receipts_of_adjustments(cursor, batch.headers)
            project_receipts_of_awards(cursor, batch.headers)
            project_receipts_of_entries(cursor, batch.headers)
            for project in projections.registered():
                project(cursor, batch.tables)
        self.seq = batch.last_seq

    def pass_by(self, connection: "psycopg.Connection[Any]", seq: int, time_ns: int) -> None:
        """Note that nothing concerned this tenant up to `seq`."""
        with connection.transaction(), connection.cursor() as cursor:
            self._enter(cursor)
            self._move_checkpoint(cursor, seq, time_ns)
        self.seq = seq

    def _enter(self, cursor: "psycopg.Cursor[Any]") -> None:
        database.enter_schema(cursor, self.schema_name)

    def _move_checkpoint(self, cursor: "psycopg.Cursor[Any]", seq: int, time_ns: int) -> None:
        # The row is locked from here to the commit, so two writers can never do the same batch.
        cursor.execute(
            "INSERT INTO clearing_checkpoint AS checkpoint (id, seq, time) "
            "VALUES (1, %(seq)s, to_timestamp(0) + %(us)s * interval '1 microsecond') "
            "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, time = excluded.time "
            "WHERE checkpoint.seq = %(was)s",
            {"seq": seq, "us": time_ns // 1000, "was": self.seq},
        )
        if cursor.rowcount != 1:
            raise CheckpointMoved(self.schema_name)

    def _market_maker_ids(
        self, cursor: "psycopg.Cursor[Any]", batch: TenantBatch
    ) -> "frozenset[int]":
        if self._market_makers is None or len(batch.tables["AccountCreated"]):
            cursor.execute(
                "SELECT id FROM accounts_account WHERE role = %s",
                [int(AccountRole.HOUSE_MARKET_MAKER)],
            )
            self._market_makers = frozenset(row[0] for row in cursor.fetchall())
        return self._market_makers
