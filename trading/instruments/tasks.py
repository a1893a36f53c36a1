"""Background work of instruments; it runs in one tenant's schema."""

import logging

from celery import shared_task
from django.utils import timezone

from trading.instruments import actions

log = logging.getLogger("instruments")


@shared_task
def make_due_changes() -> int:
    """Make the scheduled changes whose time has come; how many were made."""
    made = actions.make_due_changes(timezone.now())
    if made:
        log.info("%s scheduled changes are in force", made)
    return made
