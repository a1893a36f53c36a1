"""Background work of care; each runs in one tenant's schema."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from care.actions import resets, tickets
from tenants import registry


@shared_task
def close_idle() -> int:
    """Close questions that were answered and rested since; how many."""
    days = registry.get("care.close_after_days")
    return tickets.close_idle(before=timezone.now() - timedelta(days=days))


@shared_task
def perform_resets() -> int:
    """Take away the second factors whose waiting time is over; how many."""
    return resets.perform_due(now=timezone.now())
