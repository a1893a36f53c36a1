"""Background work of payments; each runs in one tenant's schema."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import connection
from django.utils import timezone

from wallets.payments import steps
from wallets.payments.cards import actions as cards
from wallets.payments.cards import asking, claims, refunds
from wallets.payments.sources import actions as sources
from wallets.payments.withdrawals import actions as withdrawals

_LOCK_CLASS = 0x5054  # "PT": tasks of payments


@shared_task
def advance_payments() -> int:
    """Go on from what the engine has booked; how many."""
    return steps.advance()


@shared_task
def doubt_overdue() -> int:
    """Payments that stand on no statement in time are not known; how many."""
    return withdrawals.doubt_overdue(timezone.now())


@shared_task
def advance_cards() -> int:
    """Bring card payments forward at their gateways: events, refunds, what is to be asked."""
    with _alone("cards") as is_mine:
        if not is_mine:  # a gateway that is slow keeps the one before at it
            return 0
        now = timezone.now()
        count = cards.apply_events() + asking.ask_due(now)
        count += refunds.take_up_returns() + refunds.send_due(now)
        return count + claims.go_on_with_all(now)


@shared_task
def look_at_sources() -> int:
    """Look at the folders of banks whose time it is; how many files were new."""
    return sources.look_due(timezone.now())


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other process does this in the schema; until the end none begins it."""
    with connection.cursor() as cursor:
        key = [_LOCK_CLASS, name]
        cursor.execute(
            "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || ':' || %s))", key
        )
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute(
                    "SELECT pg_advisory_unlock(%s, hashtext(current_schema() || ':' || %s))", key
                )
