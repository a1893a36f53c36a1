"""Chunks of the engine journal, cut into one batch per tenant."""

from dataclasses import dataclass

import numpy as np

from trading.bulk.arrays import Array
from trading.bulk.tables import EventTables
from trading.engine import columns


@dataclass(frozen=True, slots=True)
class TenantBatch:
    """What one tenant's records say, from `first_seq` to `last_seq` of the shard's journal.

    `size_bytes` is that of its events, so about what it costs to write.
    """

    tenant_id: int
    first_seq: int
    last_seq: int
    last_ns: int
    size_bytes: int
    headers: Array
    tables: EventTables


def split(data: bytes) -> dict[int, TenantBatch]:
    """Batches by tenant id; `data` is whole records."""
    headers = np.frombuffer(columns.split_headers(data), dtype=columns.header_dtype())
    rows: dict[int, dict[str, bytes]] = {}
    for (tenant_id, event_name), event_rows in columns.split_records(data).items():
        rows.setdefault(tenant_id, {})[event_name] = event_rows
    batches = {}
    for tenant_id in np.unique(headers["tenant_id"]).tolist():
        own = headers[headers["tenant_id"] == tenant_id]
        batches[tenant_id] = TenantBatch(
            tenant_id=tenant_id,
            first_seq=int(own["seq"][0]),
            last_seq=int(own["seq"][-1]),
            last_ns=int(own["time_ns"][-1]),
            size_bytes=sum(map(len, rows.get(tenant_id, {}).values())),
            headers=own,
            tables=EventTables(rows.get(tenant_id, {})),
        )
    return batches


def after(data: bytes, seq: int) -> bytes:
    """The records of `data` behind `seq`."""
    offset = 0
    while offset < len(data) and int.from_bytes(data[offset + 8 : offset + 16], "little") <= seq:
        offset += int.from_bytes(data[offset : offset + 4], "little")
    return data[offset:]
