"""Background work of the ledger chain; each runs in one tenant's schema."""

from celery import shared_task

from wallets.sealing import actions


@shared_task
def seal_days() -> int:
    """Seal the days that are over; how many."""
    return len(actions.seal_days())
