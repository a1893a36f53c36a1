"""Background work of transfers, in one tenant's schema."""

from celery import shared_task

from wallets.transfers import actions


@shared_task
def advance_transfers() -> int:
    """Go on from what the engine has answered; how many."""
    return actions.advance()
