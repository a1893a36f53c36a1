"""How far the current tenant's tables have come."""

from clearing.models import Checkpoint, Quarantine


def cleared_seq() -> int:
    """The last engine journal record in the current tenant's tables; 0 before the first."""
    return Checkpoint.objects.values_list("seq", flat=True).first() or 0


def quarantine() -> Quarantine | None:
    """Why clearing has set the current tenant aside; None: it has not."""
    return Quarantine.objects.filter(released_at=None).first()
