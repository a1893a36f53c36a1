"""What several kinds of facts ask about a user: how long ago something of his changed."""

from datetime import datetime, timedelta
from typing import Any

from identity.models import SignInAttempt, TotpDevice, UserSession
from riskrules.rulesets import MOST

SEEN_BEFORE = timedelta(days=90)
SETTLED = timedelta(hours=1)  # what is set this soon after signing up is no change


def whole(now: datetime, since: datetime, seconds: int) -> int:
    """Whole times of `seconds` since then; never below zero."""
    return max(0, int((now - since).total_seconds()) // seconds)


def password_hours(user: Any, now: datetime) -> int:
    """Hours since a password took the place of another; the first one does not count."""
    changed = user.password_changed_at
    if changed is None or changed < user.created_at + SETTLED:
        return MOST
    return whole(now, changed, 3600)


def second_factor_hours(user: Any, now: datetime) -> int:
    """Hours since the second factor in use was set up; that of a new customer counts as well."""
    device = TotpDevice.objects.filter(user=user, confirmed=True).first()
    return whole(now, device.created_at, 3600) if device is not None else MOST


def session_minutes(user: Any, now: datetime) -> int:
    """Minutes since his newest session began."""
    row = UserSession.objects.filter(user=user).order_by("-created_at").first()
    return whole(now, row.created_at, 60) if row is not None else MOST


def device_hours(user: Any, now: datetime) -> int:
    """Hours since the kind of browser of his newest session first signed in as him, if that was in
    the last 90 days; a large number if it is known for longer, or if he has no session."""
    session = UserSession.objects.filter(user=user).order_by("-created_at").first()
    if session is None:
        return MOST
    earlier = SignInAttempt.objects.filter(
        user=user,
        outcome=SignInAttempt.Outcome.SIGNED_IN,
        user_agent=session.user_agent,
        created_at__gt=now - SEEN_BEFORE,
    )
    first = earlier.order_by("created_at").values_list("created_at", flat=True).first()
    began = min(first, session.created_at) if first is not None else session.created_at
    return whole(now, began, 3600)
