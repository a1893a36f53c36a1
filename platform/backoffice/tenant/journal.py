"""Records of the engine journal that belong to this tenant, for drill-down."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from clearing.models import Checkpoint
from trading.engine import enums, wire
from trading.engine.journal import JournalError, SegmentReader

_READ_BYTES = 64 * 1024
_MOST_RECORDS = 12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class JournalRecord:
    """A command of this tenant and the events it caused."""

    seq: int
    time: datetime
    result: int
    source: int
    source_no: int
    trace_id: int
    command: Any
    events: list[Any]


def record_of(tenant_id: int, seq: int) -> JournalRecord | None:
    """The record with ``seq`` if it is this tenant's and cleared; None also without a journal.

    A tenant's page never shows another tenant's record, nor one that is not durable yet.
    """
    checkpoint = Checkpoint.objects.first()
    if checkpoint is None or not 0 < seq <= checkpoint.seq:
        return None
    record = _read(seq)
    if record is None or record.tenant_id != tenant_id:
        return None
    return JournalRecord(
        seq=record.seq,
        time=EPOCH + timedelta(microseconds=record.time_ns // 1000),
        result=record.result,
        source=record.source,
        source_no=record.source_no,
        trace_id=record.trace_id,
        command=wire.record_command(record),
        events=list(wire.answer_events(record)),
    )


def records_of(tenant_id: int, seqs: Iterable[int]) -> list[JournalRecord]:
    """Some of this tenant's records: of many, the first and the last ones."""
    wanted = sorted(set(seqs))
    if len(wanted) > _MOST_RECORDS:
        wanted = [wanted[0], *wanted[-_MOST_RECORDS + 1 :]]
    records = (record_of(tenant_id, seq) for seq in wanted)
    return [record for record in records if record is not None]


def is_here() -> bool:
    """Whether this machine holds the engine journal at all."""
    return (Path(settings.ENGINE_DIR) / "segments").is_dir()


def _read(seq: int) -> wire.Record | None:
    if not is_here():
        return None
    with contextlib.suppress(JournalError, OSError):
        reader = SegmentReader(Path(settings.ENGINE_DIR), seq)
        try:
            chunk = reader.read(last_seq=seq, most_bytes=_READ_BYTES)
        finally:
            reader.close()
        if chunk is not None:
            return next(iter(wire.iterate_records(chunk.data)))
    return None


def orders_of(event: Any) -> set[int]:
    """Ids of the orders an event speaks of."""
    return {
        getattr(event, name)
        for name in ("order_id", "maker_order_id", "taker_order_id", "list_id")
        if hasattr(event, name)
    }


def tone_of(event: Any) -> str:
    """How a step of an order's life is painted."""
    name = type(event).__name__
    if name == "OrderClosed":
        return "good" if event.status == enums.OrderStatus.FILLED else "bad"
    return {
        "Traded": "good",
        "OrderReduced": "warn",
        "OrderWaiting": "warn",
        "OrderPending": "warn",
    }.get(name, "brand")
