"""Taking a lost second factor away: one asks, another agrees, the customer has time to stop it."""

import datetime
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from care.errors import CareError
from care.models import OPEN_RESETS, FactorReset, ResetState
from identity import actions as identity
from identity import roles
from identity import selectors as people
from messaging import actions as messaging
from messaging.models import SECURITY
from messaging.notices import Tone
from tenants import registry

log = structlog.get_logger("marque.care")

_MOVES = {
    (ResetState.ASKED, ResetState.WAITING),
    (ResetState.ASKED, ResetState.REFUSED),
    (ResetState.ASKED, ResetState.STOPPED),
    (ResetState.WAITING, ResetState.DONE),
    (ResetState.WAITING, ResetState.REFUSED),
    (ResetState.WAITING, ResetState.STOPPED),
}


def ask(*, user: Any, reason: str, acting_user: Any) -> FactorReset:
    """Ask that a customer's second factor be taken away; he is told by every way at once.

    Raises CareError, PermissionDenied.
    """
    roles.require(acting_user, "resets.ask")
    if user.is_staff:
        raise PermissionDenied(_("Colleagues are reset by whom they work for."))
    if not people.has_second_factor(user):
        raise CareError(_("This customer has no second factor, so there is nothing to reset."))
    try:
        with transaction.atomic():
            row = FactorReset.objects.create(user=user, reason=reason, requested_by=acting_user)
            audit.record("care.ask_reset", row, acting_user=acting_user, reason=reason)
            _tell(row, "asked")
    except IntegrityError as error:
        raise CareError(_("A reset of this customer's second factor is under way.")) from error
    return row


def approve(*, reset_id: int, reason: str, acting_user: Any) -> FactorReset:
    """Another person agrees; it happens by itself after the firm's waiting time."""
    hours = registry.get("care.reset_wait_hours")
    with transaction.atomic():
        row = _decided(reset_id, reason, acting_user, ResetState.WAITING)
        row.due_at = row.decided_at + datetime.timedelta(hours=hours)
        row.save()
        _record(row, "care.approve_reset", ResetState.ASKED, acting_user, reason)
        _tell(row, "waiting")
    return row


def refuse(*, reset_id: int, reason: str, acting_user: Any) -> FactorReset:
    with transaction.atomic():
        row = _decided(reset_id, reason, acting_user, ResetState.REFUSED)
        row.save()
        _record(row, "care.refuse_reset", ResetState.ASKED, acting_user, reason)
    return row


def stop(*, acting_user: Any) -> FactorReset:
    """The customer still has his second factor, or did not ask: nothing is taken away."""
    with transaction.atomic():
        row = (
            FactorReset.objects.select_for_update(of=("self",))
            .filter(user_id=acting_user.pk, state__in=OPEN_RESETS)
            .first()
        )
        if row is None:
            raise CareError(_("There is nothing to stop any more."))
        before = _move(row, ResetState.STOPPED)
        row.save()
        _record(row, "care.stop_reset", before, acting_user, "")
    return row


def perform_due(*, now: datetime.datetime) -> int:
    """Take away the second factors whose waiting time is over; how many."""
    count = 0
    due = FactorReset.objects.filter(state=ResetState.WAITING, due_at__lte=now)
    for pk in due.values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            row = _locked(pk)
            if row.state != ResetState.WAITING or row.due_at is None or row.due_at > now:
                continue
            # Whoever agreed must still be one who may; nobody else's word stands behind it.
            needed = ("resets.approve", "customers.edit")
            if not all(roles.has(row.decided_by, right) for right in needed):
                _move(row, ResetState.REFUSED)
                row.save()
                _record(row, "care.refuse_reset", ResetState.WAITING, None, "No right any more")
                continue
            _move(row, ResetState.DONE)
            row.save()
            identity.reset_second_factor(
                user=row.user, acting_user=row.decided_by, reason=row.reason
            )
            _record(row, "care.perform_reset", ResetState.WAITING, None, row.reason)
            count += 1
    return count


def _decided(reset_id: int, reason: str, acting_user: Any, after: ResetState) -> FactorReset:
    roles.require(acting_user, "resets.approve")
    row = _locked(reset_id)
    if row.requested_by_id == acting_user.pk:
        raise PermissionDenied(_("Somebody else has to decide what you asked for."))
    if row.state != ResetState.ASKED:
        raise CareError(_("This was decided already."))
    _move(row, after)
    row.decided_by, row.decided_at, row.decision_reason = acting_user, timezone.now(), reason
    return row


def _move(row: FactorReset, after: ResetState) -> ResetState:
    before = ResetState(row.state)
    if (before, after) not in _MOVES:
        raise CareError(_("This was decided already."))
    row.state = after
    if after not in OPEN_RESETS:
        row.ended_at = timezone.now()
    return before


def _record(
    row: FactorReset, action: str, before: ResetState, acting_user: Any, reason: str
) -> None:
    audit.record(
        action,
        row,
        old={"state": before.value},
        new={"state": str(row.state)},
        acting_user=acting_user,
        reason=reason,
    )


def _tell(row: FactorReset, event: str) -> None:
    messaging.tell(
        user=row.user,
        kind=SECURITY,
        template="second_factor_reset",
        context={"event": event, "hours": registry.get("care.reset_wait_hours")},
        path="/security",
        tone=Tone.WARN,
        key=f"factor-reset:{row.pk}:{event}",
    )


def _locked(reset_id: int) -> FactorReset:
    rows = FactorReset.objects.select_for_update(of=("self",))
    return rows.select_related("user", "decided_by").get(pk=reset_id)
