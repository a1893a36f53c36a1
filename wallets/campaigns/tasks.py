from celery import shared_task
from django.db import connection
from django.utils import timezone

from wallets.campaigns import settling

_LOCK = "SELECT pg_try_advisory_lock(hashtext('campaigns'), hashtext(current_schema()))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('campaigns'), hashtext(current_schema()))"


@shared_task
def settle() -> None:
    """Give what the tenant's campaigns owe; two rounds at once would only wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return
        try:
            settling.settle_campaigns(timezone.now())
        finally:
            cursor.execute(_UNLOCK)
