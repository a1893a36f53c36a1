from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from messaging import actions
from messaging.models import OutboxMail

BATCH = 200
KEEP_DAYS = 30


@shared_task
def deliver(mail_id: int) -> None:
    """Deliver one mail of this schema."""
    actions.deliver_mail(mail_id)


@shared_task
def deliver_due() -> None:
    """Deliver what is due: retries, and what no broker was there for."""
    # A fresh mail has its own message on the way; a minute later it is taken here.
    now = timezone.now()
    due = OutboxMail.objects.filter(state=OutboxMail.State.QUEUED, next_attempt_at__lte=now)
    due = due.exclude(attempts=0, created_at__gt=now - timedelta(seconds=60)).order_by("id")
    for mail_id in due.values_list("pk", flat=True)[:BATCH]:
        actions.deliver_mail(mail_id)


@shared_task
def purge_old_mail() -> None:
    """Delete mail that has been done with for a month."""
    limit = timezone.now() - timedelta(days=KEEP_DAYS)
    OutboxMail.objects.filter(created_at__lt=limit).exclude(state=OutboxMail.State.QUEUED).delete()
