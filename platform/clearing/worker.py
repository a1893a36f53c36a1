"""The clearing process: follows the engine journal and keeps every tenant's tables up to it.

Each tenant's part of a batch is one database transaction with its checkpoint, so a crash
anywhere repeats nothing and loses nothing. A tenant whose schema fails is quarantined: people are
told, the others go on, it is tried again with back-off from its own checkpoint, and it catches up
by itself. A lost database connection stops everybody until it is back; the batch is kept meanwhile.

Tenants of one shard are fair to each other: who has more at once than a slice is *left behind*. The
head of the journal goes on without him, and he is brought forward from his own checkpoint, a slice
at a time, in turn with others like him and with the head. So nobody waits for another's flood
longer than for a slice of it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from clearing import batches
from clearing.alerts import Alerts
from clearing.batches import TenantBatch
from clearing.behind import LeftBehind
from clearing.reader import Chunk, ReadAhead
from clearing.writer import CheckpointMoved, TenantWriter
from trading.engine import journal

log = logging.getLogger("clearing")

BATCH_BYTES = 12 * 1024 * 1024
SLICE_BYTES = 3 * 1024 * 1024
SLICE_AT_LEAST_EVERY_S = 1.0
IDLE_CHECKPOINT_S = 0.5
BUSY_CHECKPOINT_S = 3.0  # later, when there is work to do
UNKNOWN_AGAIN_S = 5.0
RETRY_FIRST_S, RETRY_LONGEST_S = 1.0, 60.0


@dataclass(slots=True)
class Quarantine:
    """Why a tenant is left behind, and when it is tried again (monotonic seconds)."""

    error: str
    delay_s: float
    retry_at_s: float


class Clearing:
    """Brings the journal in `engine_dir` into the tables of the tenants.

    `tenants` gives {engine tenant id: schema name} whenever it is asked; `follow` gives chunks
    from a seq on; `connect` opens a database connection; `alerts` tells people of quarantines.
    """

    def __init__(
        self,
        engine_dir: Path,
        *,
        follow: "Callable[[int], Iterator[Chunk]]",
        tenants: Callable[[], Mapping[int, str]],
        connect: "Callable[[], psycopg.Connection[Any]]",
        alerts: Alerts | None = None,
        batch_bytes: int = BATCH_BYTES,
        slice_bytes: int = SLICE_BYTES,
    ) -> None:
        self.engine_dir = engine_dir
        self.seq = 0
        self.time_ns = 0
        self.quarantined: dict[int, Quarantine] = {}
        self._follow = follow
        self._tenants = tenants
        self._connect = connect
        self._alerts = alerts or Alerts()
        self._batch_bytes = batch_bytes
        self._slice_bytes = slice_bytes
        self._behind: dict[int, LeftBehind] = {}
        self._slice_due_s = 0.0
        self._connection: psycopg.Connection[Any] | None = None
        self._writers: dict[int, TenantWriter] = {}
        self._unknown_ids: set[int] = set()
        self._idle_checkpoints_at_s = 0.0
        self._unknown_again_at_s = 0.0
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; raises if the journal itself cannot be read."""
        self._stop = stop
        self._wait_for_database()
        if stop.is_set():
            return
        self.seq = self._start_seq()
        log.info("clearing starts behind seq %s", self.seq)
        ahead = ReadAhead(self._follow(self.seq + 1), 2 * self._batch_bytes)
        while not stop.is_set():
            try:
                chunks = ahead.take(self._batch_bytes, timeout_s=0.02 if self._behind else 0.1)
            except EOFError:
                if not self._behind:
                    return
                chunks = []
            if chunks and not self._apply(chunks):
                return  # stopped halfway: nothing may pass what was not written
            if not chunks or time.monotonic() >= self._slice_due_s:
                self._next_slice()
            self._upkeep(idle=ahead.is_empty() and not self._behind)

    def _apply(self, chunks: list[Chunk]) -> bool:
        """Write the chunks for every tenant that keeps up; false if it was stopped before all were
        written."""
        data = b"".join(chunk.data for chunk in chunks)
        found = batches.split(data)
        for tenant_id, batch in sorted(found.items(), key=lambda item: item[1].size_bytes):
            self.time_ns = max(self.time_ns, batch.last_ns)
            writer = self._writer(tenant_id)
            if writer is None or tenant_id in self.quarantined or tenant_id in self._behind:
                continue
            if len(self._writers) > 1 and batch.size_bytes > self._slice_bytes:
                self._leave_behind(writer)
            else:
                self._write(writer, batch, data)
        if self._stop.is_set():
            return False
        self.seq = chunks[-1].last_seq
        return True

    def _writer(self, tenant_id: int) -> TenantWriter | None:
        writer = self._writers.get(tenant_id)
        if writer is None and tenant_id not in self._unknown_ids:
            self._reload_tenants()
            writer = self._writers.get(tenant_id)
            if writer is None:
                self._unknown_ids.add(tenant_id)
                log.error("the journal has records of tenant %s, which does not exist", tenant_id)
        return writer

    def _write(self, writer: TenantWriter, batch: TenantBatch, data: bytes) -> None:
        """Write the batch, whatever happens to the connection; quarantine on anything else."""
        while not self._stop.is_set():
            try:
                connection = self._connected()
                if writer.seq < 0:
                    writer.read_checkpoint(connection)
                if writer.seq >= batch.last_seq:
                    return
                if writer.seq >= batch.first_seq:
                    batch = batches.split(batches.after(data, writer.seq))[batch.tenant_id]
                writer.write(connection, batch)
                self._alerts.taken(writer.schema_name)
                return
            except CheckpointMoved:
                log.warning("tenant %s: its checkpoint moved; reading it", writer.schema_name)
                writer.forget()
            except Exception as error:
                writer.forget()
                if self._is_connected():
                    self._quarantine(writer, error)
                    return
                log.error("the database connection was lost (%s); trying again", error)
                self._wait_for_database()

    def _upkeep(self, *, idle: bool) -> None:
        now_s = time.monotonic()
        if self._unknown_ids and now_s >= self._unknown_again_at_s:
            self._unknown_again_at_s = now_s + UNKNOWN_AGAIN_S
            self._reload_tenants()
        for tenant_id, quarantine in list(self.quarantined.items()):
            if now_s >= quarantine.retry_at_s:
                self._reload_tenants()
                if (writer := self._writers.get(tenant_id)) is not None:
                    self._leave_behind(writer)
                    self._catch_up(writer)
        late_s = 0.0 if idle else BUSY_CHECKPOINT_S
        if now_s >= self._idle_checkpoints_at_s + late_s:
            self._idle_checkpoints_at_s = now_s + IDLE_CHECKPOINT_S
            self._pass_idle_tenants()
            self._alerts.settle()

    def _pass_idle_tenants(self) -> None:
        """Bring the checkpoints of tenants that nothing happened to up to what was read."""
        for tenant_id, writer in self._writers.items():
            if tenant_id in self.quarantined or tenant_id in self._behind:
                continue
            if writer.seq >= self.seq or not self.time_ns:
                continue
            try:
                connection = self._connected()
                if writer.seq < 0:
                    writer.read_checkpoint(connection)
                if writer.seq < self.seq:
                    writer.pass_by(connection, self.seq, self.time_ns)
                self._alerts.taken(writer.schema_name)
            except CheckpointMoved:
                writer.forget()
            except Exception as error:
                writer.forget()
                if not self._is_connected():
                    self._wait_for_database()
                    return
                self._quarantine(writer, error)

    def _quarantine(self, writer: TenantWriter, error: Exception) -> None:
        before = self.quarantined.get(writer.tenant_id)
        delay_s = min(before.delay_s * 2, RETRY_LONGEST_S) if before else RETRY_FIRST_S
        self.quarantined[writer.tenant_id] = Quarantine(
            error=f"{type(error).__name__}: {error}",
            delay_s=delay_s,
            retry_at_s=time.monotonic() + delay_s,
        )
        self._forget_behind(writer.tenant_id)
        self._alerts.refused(writer.schema_name, self.quarantined[writer.tenant_id].error)
        log.critical(
            "QUARANTINE: tenant %s is left behind, the others go on; next try in %.0f s",
            writer.schema_name,
            delay_s,
            exc_info=error,
        )

    def _leave_behind(self, writer: TenantWriter) -> None:
        if not self._behind:
            self._slice_due_s = time.monotonic() + SLICE_AT_LEAST_EVERY_S
        self._behind.setdefault(writer.tenant_id, LeftBehind(self.engine_dir, self._slice_bytes))

    def _forget_behind(self, tenant_id: int) -> None:
        if (behind := self._behind.pop(tenant_id, None)) is not None:
            behind.close()

    def _next_slice(self) -> None:
        """A slice for whoever of those left behind has waited longest. While the head of the
        journal has more, it goes first, but not for ever."""
        self._slice_due_s = time.monotonic() + SLICE_AT_LEAST_EVERY_S
        for tenant_id, behind in list(self._behind.items()):
            writer = self._writers.get(tenant_id)
            if writer is None or tenant_id in self.quarantined:
                self._forget_behind(tenant_id)
                continue
            self._catch_up(writer)
            if self._behind.pop(tenant_id, None) is not None:
                self._behind[tenant_id] = behind  # to the end of the queue
            return

    def _catch_up(self, writer: TenantWriter) -> None:
        """Bring a tenant forward by a slice of the journal, others come in between."""
        behind = self._behind[writer.tenant_id]
        try:
            connection = self._connected()
            if writer.seq < 0:
                behind.close()
                writer.read_checkpoint(connection)
            data, last_seq = behind.read(self._behind_seq(writer.seq), self.seq)
            batch = batches.split(data).get(writer.tenant_id) if data else None
            if batch is not None:
                writer.write(connection, batch)
            elif last_seq > writer.seq:
                writer.pass_by(connection, last_seq, self.time_ns)
            self._alerts.taken(writer.schema_name)
            if self.quarantined.pop(writer.tenant_id, None) is not None:
                log.warning("tenant %s is out of quarantine", writer.schema_name)
            if last_seq >= self.seq:
                self._forget_behind(writer.tenant_id)
        except CheckpointMoved:
            writer.forget()
        except Exception as error:
            writer.forget()
            if self._is_connected():
                self._quarantine(writer, error)
            else:
                self._wait_for_database()

    def _start_seq(self) -> int:
        """The smallest checkpoint; a tenant that cannot be read is quarantined from its own."""
        self._reload_tenants()
        seqs = []
        for writer in self._writers.values():
            try:
                seqs.append(writer.read_checkpoint(self._connected()))
            except psycopg.Error as error:
                if not self._is_connected():
                    raise
                self._quarantine(writer, error)
        return self._behind_seq(min(seqs, default=0))

    def _behind_seq(self, seq: int) -> int:
        """The checkpoint to go on from. Before its first record a tenant has none, and nothing of
        it can stand in what was archived and removed before it was made."""
        return seq or journal.first_seq(self.engine_dir) - 1

    def _reload_tenants(self) -> None:
        """Take note of new and vanished tenants."""
        while not self._stop.is_set():
            try:
                schemas = self._tenants()
                break
            except psycopg.OperationalError:
                self._wait_for_database()
        else:
            return
        for tenant_id in self._writers.keys() - schemas.keys():
            log.warning("tenant %s is gone", self._writers.pop(tenant_id).schema_name)
            self.quarantined.pop(tenant_id, None)
            self._forget_behind(tenant_id)
            self._unknown_ids.add(tenant_id)
        for tenant_id in schemas.keys() - self._writers.keys():
            self._writers[tenant_id] = TenantWriter(tenant_id, schemas[tenant_id])
            if tenant_id in self._unknown_ids:
                # Its first records went by already; it reads them up from the journal.
                self._unknown_ids.discard(tenant_id)
                self._leave_behind(self._writers[tenant_id])

    def _connected(self) -> "psycopg.Connection[Any]":
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _is_connected(self) -> bool:
        """Whether the server still answers on our connection."""
        if self._connection is None or self._connection.closed:
            return False
        try:
            with self._connection.transaction():
                self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._connection.close()
            return False
        return True

    def _wait_for_database(self) -> None:
        delay_s = 0.1
        while not self._stop.is_set():
            try:
                self._connected()
                return
            except psycopg.OperationalError as error:
                log.error("the database cannot be reached (%s); next try in %.1f s", error, delay_s)
                self._stop.wait(delay_s)
                delay_s = min(delay_s * 2, 5.0)
