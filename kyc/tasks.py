"""Background work of KYC; each runs in one tenant's schema."""

import time

import structlog
from celery import shared_task
from django.utils import timezone

from kyc import selectors
from kyc.actions import checks, privacy, rights, screening, watch
from kyc.models import KycProfile

log = structlog.get_logger("marque.kyc")

SCREENED_AT_ONCE = 200
CHECKS_FOR_S = 30.0  # of one turn: providers that do not answer keep a worker no longer


@shared_task
def watch_expiry() -> int:
    """Ask customers anew whose verification or document runs out; how many were asked."""
    return watch.ask_anew(now=timezone.now())


@shared_task
def rescreen_due() -> int:
    """Screen again who is due since a list changed, a part at a time; how many there were."""
    due = (
        KycProfile.objects.filter(screen_due_at__isnull=False)
        .select_related("user")
        .order_by("screen_due_at")[:SCREENED_AT_ONCE]
    )
    count = 0
    for profile in due:
        screening.screen_customer(user=profile.user, cause="list", acting_user=None)
        count += 1
    if count:
        log.info("customers screened again", count=count)
    return count


@shared_task
def keep_rights() -> int:
    """Accounts follow changed tiers, and those opened since; how many customers were looked at."""
    users = selectors.users_to_hold_or_release()
    for user in users:
        rights.apply_rights(user=user, acting_user=None, reason="By the customer's tier")
    return len(users)


@shared_task
def erase_due() -> int:
    """Erase what need not be kept any longer; how many customers and drafts there were."""
    return privacy.erase_due(now=timezone.now())


@shared_task
def run_checks() -> int:
    """Send checks to providers and ask about those that nobody told of; how many were due."""
    until = time.monotonic() + CHECKS_FOR_S
    due = selectors.due_checks(timezone.now())
    for check_id in due:
        if time.monotonic() > until:
            break
        checks.run_check(check_id=check_id, now=timezone.now())
    return len(due)
