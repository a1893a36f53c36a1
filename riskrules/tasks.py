"""Background work of the rules; in one tenant's schema."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from riskrules.models import Evaluation
from tenants import registry

_AT_ONCE = 20_000


@shared_task
def forget_evaluations() -> int:
    """Delete what is older than the firm keeps it; how many there were."""
    oldest = timezone.now() - timedelta(days=registry.get("riskrules.keep_days"))
    count = 0
    while True:
        rows = Evaluation.objects.filter(at__lt=oldest)
        keys = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
        if not keys:
            return count
        count += Evaluation.objects.filter(pk__in=keys).delete()[0]
