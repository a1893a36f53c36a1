"""Reads of adjustments."""

from django.db.models import QuerySet

from trading.engine.results import Result
from wallets.adjustments.models import Adjustment, State


def adjustments() -> QuerySet[Adjustment]:
    """All adjustments of the tenant, newest first."""
    return Adjustment.objects.select_related("account", "asset", "requested_by", "approved_by")


def waiting() -> QuerySet[Adjustment]:
    """Adjustments that a second person has to decide, oldest first."""
    return adjustments().filter(state=State.REQUESTED).order_by("id")


def result_text(adjustment: Adjustment) -> str:
    """The engine's result in words; empty while there is none."""
    if adjustment.result is None:
        return ""
    return Result(adjustment.result).name.replace("_", " ").capitalize()
