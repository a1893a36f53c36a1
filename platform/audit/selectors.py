from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from audit.chain import GENESIS, record_hash
from audit.models import AuditRecord, PageView


def records() -> models.QuerySet[AuditRecord]:
    """All records of the current schema, newest first."""
    return AuditRecord.objects.all()


def records_of(target: models.Model | tuple[str, Any]) -> models.QuerySet[AuditRecord]:
    """The trail of one object, newest first."""
    if isinstance(target, models.Model):
        target = (target._meta.label_lower, target.pk)
    return AuditRecord.objects.filter(object_type=target[0], object_id=str(target[1]))


def records_of_trace(trace_id: int) -> models.QuerySet[AuditRecord]:
    """What one click changed, in order."""
    return AuditRecord.objects.filter(trace_id=trace_id).order_by("id")


def views() -> models.QuerySet[PageView]:
    """Who saw what, newest first."""
    return PageView.objects.all()


def records_by(user: Any) -> models.QuerySet[AuditRecord]:
    """What one user did, newest first."""
    return AuditRecord.objects.filter(actor_id=user.pk).exclude(actor_kind=AuditRecord.Actor.SYSTEM)


@dataclass(frozen=True)
class ChainBreak:
    """The first record that does not fit, and why."""

    record_id: int
    problem: str


@dataclass(frozen=True)
class ChainCheck:
    count: int
    head_hash: str
    chain_break: ChainBreak | None

    @property
    def is_whole(self) -> bool:
        return self.chain_break is None


def verify_chain() -> ChainCheck:
    """Recompute the current schema's chain from its beginning; stops at the first break.

    The count and head hash, kept elsewhere, also show records cut off at the end.
    """
    previous_hash, count = GENESIS, 0
    for entry in AuditRecord.objects.order_by("id").iterator(chunk_size=2000):
        problem = _problem(entry, count + 1, previous_hash)
        if problem:
            return ChainCheck(count, previous_hash, ChainBreak(entry.id, problem))
        previous_hash, count = entry.record_hash, count + 1
    return ChainCheck(count, previous_hash, None)


def _problem(entry: AuditRecord, expected_id: int, previous_hash: str) -> str:
    if entry.id != expected_id:
        return _("record %(id)s is missing") % {"id": expected_id}
    if entry.previous_hash != previous_hash:
        return _("it does not follow the record before it")
    if entry.record_hash != record_hash(entry):
        return _("its content was changed")
    return ""
