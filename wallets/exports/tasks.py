from celery import shared_task
from django.utils import timezone

from tenants import switches
from wallets.exports import actions
from wallets.exports.declared import KEPT_REPORTS


@shared_task
def ask_for_due() -> int:
    """Ask for the files of kept reports that are due; how many there were."""
    if not switches.is_on(KEPT_REPORTS.name):
        return 0
    return actions.ask_for_due(timezone.now())
