from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from audit import traces
from audit.chain import GENESIS, canonical, record_hash
from audit.models import AuditRecord

_LOCK_CLASS = 0x4155  # "AU"; the second half of the advisory lock's key is the schema

# Names of values that may never stand in a record, however deep.
_SECRETS = ("password", "secret", "token", "code")


def record(
    action: str,
    object: models.Model | tuple[str, Any],
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    *,
    acting_user: Any,
    reason: str = "",
) -> AuditRecord:
    """Append to the audit trail of the current schema, in the caller's database transaction.

    ``object`` is a model instance or a pair (type, id). ``acting_user`` None means the system.
    Writers of one schema wait for each other from here to their commit, so call it late.
    """
    object_type, object_id = _reference(object)
    for values in (old, new):
        _refuse_secrets(values)
    # No savepoint: an action whose record cannot be written must not go on.
    with transaction.atomic(savepoint=False):
        _lock_chain()
        last = AuditRecord.objects.order_by("-id").only("id", "record_hash").first()
        entry = AuditRecord(
            id=last.id + 1 if last else 1,
            recorded_at=timezone.now(),
            **_actor(acting_user),
            action=action,
            object_type=object_type,
            object_id=object_id,
            old=None if old is None else canonical(old),
            new=None if new is None else canonical(new),
            reason=reason,
            trace_id=traces.current(),
            previous_hash=last.record_hash if last else GENESIS,
        )
        entry.record_hash = record_hash(entry)
        entry.save(force_insert=True)
    return entry


def note_view(*, viewer_id: int, page: str, object_type: str, object_id: Any) -> None:
    """Note that staff saw a page about somebody; in one hour once, then counted."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE_VIEW,
            {
                "viewer": viewer_id,
                "page": page[:80],
                "type": object_type,
                "id": str(object_id)[:80],
                "hour": now.replace(minute=0, second=0, microsecond=0),
                "now": now,
            },
        )


_NOTE_VIEW = """
INSERT INTO audit_pageview AS seen (
    viewer_id, page, object_type, object_id, hour, first_at, last_at, times)
VALUES (%(viewer)s, %(page)s, %(type)s, %(id)s, %(hour)s, %(now)s, %(now)s, 1)
ON CONFLICT (object_type, object_id, viewer_id, page, hour)
DO UPDATE SET last_at = excluded.last_at, times = seen.times + 1
"""


def _lock_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK_CLASS]
        )


def _reference(target: models.Model | tuple[str, Any]) -> tuple[str, str]:
    if isinstance(target, models.Model):
        return target._meta.label_lower, str(target.pk)
    kind, identifier = target
    return kind, str(identifier)


def _actor(user: Any) -> dict[str, Any]:
    if user is None or not getattr(user, "pk", None):
        return {"actor_kind": AuditRecord.Actor.SYSTEM, "actor_id": None, "actor_role": ""}
    if not user.is_staff:
        kind = AuditRecord.Actor.CUSTOMER
    elif getattr(user, "is_operator", False):
        kind = AuditRecord.Actor.OPERATOR
    else:
        kind = AuditRecord.Actor.STAFF
    return {"actor_kind": kind, "actor_id": user.pk, "actor_role": user.role}


def _refuse_secrets(values: Any) -> None:
    if isinstance(values, dict):
        for key, value in values.items():
            if str(key).lower() in _SECRETS:
                raise ValueError(f"{key!r} does not belong in the audit trail")
            _refuse_secrets(value)
    elif isinstance(values, list | tuple):
        for value in values:
            _refuse_secrets(value)
