"""Background work of the reports; it runs in one tenant's schema."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from wallets.reports import actions

AT_MOST = timedelta(seconds=20)  # of a turn, so that a long backlog leaves the worker to others


@shared_task
def write_balance_checkpoints() -> int:
    """Write the balance checkpoints that are due; how many."""
    return actions.write_checkpoints(until=timezone.now() + AT_MOST)
