"""How audit records are chained: each hash covers the record and the hash before it."""

import hashlib
import json
from datetime import UTC
from typing import Any

from audit.models import AuditRecord

GENESIS = "0" * 64


def canonical(value: Any) -> Any:
    """``value`` as JSON would give it back from the database."""
    return json.loads(json.dumps(value, default=str, sort_keys=True))


def record_hash(record: AuditRecord) -> str:
    """Hex SHA-256 over every field but the hash itself, in a fixed spelling."""
    fields = {
        "id": record.id,
        "recorded_at": record.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_kind": record.actor_kind,
        "actor_id": record.actor_id,
        "actor_role": record.actor_role,
        "action": record.action,
        "object_type": record.object_type,
        "object_id": record.object_id,
        "old": record.old,
        "new": record.new,
        "reason": record.reason,
        "previous_hash": record.previous_hash,
    }
    if record.trace_id:  # records from before it was kept have none
        fields["trace_id"] = record.trace_id
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
