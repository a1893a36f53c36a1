from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from messaging import outbox
from messaging.models import OutboxMessage

BATCH = 200
KEEP_DAYS = 30


@shared_task
def deliver(message_id: int) -> None:
    """Deliver one message of this schema."""
    outbox.deliver(message_id)


@shared_task
def deliver_due() -> None:
    """Deliver what is due: retries, and what no broker was there for."""
    # A fresh message has its own message on the way; a minute later it is taken here.
    now = timezone.now()
    due = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, next_attempt_at__lte=now)
    due = due.exclude(attempts=0, created_at__gt=now - timedelta(seconds=60)).order_by("id")
    for message_id in due.values_list("pk", flat=True)[:BATCH]:
        outbox.deliver(message_id)


@shared_task
def purge_old_mail() -> None:
    """Delete messages that has been done with for a month."""
    limit = timezone.now() - timedelta(days=KEEP_DAYS)
    OutboxMessage.objects.filter(created_at__lt=limit).exclude(
        state=OutboxMessage.State.QUEUED
    ).delete()
