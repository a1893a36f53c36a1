"""Writes down, for people, that a tenant was set aside and that it goes on."""

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from audit import actions as audit
from clearing import selectors
from clearing.models import Quarantine

LONGEST_ERROR = 500


def note_quarantine(*, schema_name: str, error: str) -> None:
    """The tenant's schema refused a write; raises what the database raises if it refuses this."""
    now, error = timezone.now(), error[:LONGEST_ERROR]
    with schema_context(schema_name), transaction.atomic():
        known = selectors.quarantine()
        if known is not None:
            known.error, known.tried_at, known.tries = error, now, known.tries + 1
            known.save(update_fields=["error", "tried_at", "tries"])
            return
        seq = selectors.cleared_seq()
        made = Quarantine.objects.create(seq=seq, error=error, tried_at=now)
        audit.record(
            "clearing.quarantine", made, new={"seq": seq, "error": error}, acting_user=None
        )


def release_quarantine(*, schema_name: str) -> None:
    """The tenant's schema took a write; nothing happens if it was not set aside."""
    with schema_context(schema_name), transaction.atomic():
        known = selectors.quarantine()
        if known is None:
            return
        known.released_at = timezone.now()
        known.save(update_fields=["released_at"])
        audit.record("clearing.release", known, new={"tries": known.tries}, acting_user=None)
