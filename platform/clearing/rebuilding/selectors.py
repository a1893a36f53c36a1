"""Reads of rebuilds."""

from django.db.models import QuerySet

from clearing.models import Rebuild, RebuildState


def rebuilds() -> QuerySet[Rebuild]:
    """All rebuilds of the tenant, newest first."""
    return Rebuild.objects.select_related("asked_by", "decided_by")


def is_mended(rebuild_id: int) -> bool:
    """Whether this rebuild has mended rows: what a break can be resolved by."""
    return Rebuild.objects.filter(pk=rebuild_id, state=RebuildState.MENDED).exists()
