"""Reads of breaks and outside balances."""

from django.db.models import QuerySet

from wallets.reconciliation.models import BooksBreak, OutsideBalance, ProvenPoint
from wallets.reconciliation.states import UNDONE


def breaks() -> QuerySet[BooksBreak]:
    """All breaks of the tenant, newest first."""
    return BooksBreak.objects.select_related(
        "account__user", "asset", "seen_by", "explained_by", "proposed_by", "resolved_by"
    )


def undone() -> QuerySet[BooksBreak]:
    """Breaks that somebody still has to do something about, oldest first."""
    return breaks().filter(state__in=UNDONE).order_by("pk")


def outside_balances() -> QuerySet[OutsideBalance]:
    """What was entered of the outside, newest first."""
    return OutsideBalance.objects.select_related("asset", "entered_by")


def proven_point() -> ProvenPoint | None:
    """Up to where everything was proved; None: nothing yet."""
    return ProvenPoint.objects.first()
