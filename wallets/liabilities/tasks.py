"""Background work of the proof of liabilities; it runs in one tenant's schema."""

from celery import shared_task

from wallets.liabilities import actions


@shared_task
def publish_asked() -> str:
    """Make the publication that somebody asked for, if there is one; what became of it."""
    row = actions.publish_asked()
    return row.state if row is not None else ""
