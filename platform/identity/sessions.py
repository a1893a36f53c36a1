"""The rows beside Django's sessions: created at sign-in, touched by requests, ended by revoking."""

import time
from datetime import timedelta
from typing import Any

import django_otp
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from identity import visitors
from identity.errors import IdentityError
from identity.models import TotpDevice, UserSession

TOUCH_SECONDS = 60
RECENT_SECONDS = 600
SECOND_FACTOR_AT = "second_factor_at"
PASSWORD_AT = "password_at"


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address by the rule of :mod:`identity.visitors`."""
    meta = request.META
    peer, forwarded = meta.get("REMOTE_ADDR"), meta.get("HTTP_X_FORWARDED_FOR", "")
    return visitors.address_of(peer, forwarded) or None


def network_of(request: HttpRequest) -> str:
    """What limits count the visitor by; "" if his address is not known."""
    return visitors.network_of(address_of(request) or "")


def user_agent_of(request: HttpRequest) -> str:
    return request.META.get("HTTP_USER_AGENT", "")[:300]


def touch(request: HttpRequest) -> bool:
    """Note that the session is in use; False if it is not (or no longer) on its user's list."""
    row = UserSession.objects.filter(
        session_key=request.session.session_key, user_id=request.user.pk
    ).first()
    if row is None:
        return False
    now = timezone.now()
    if now - row.last_seen_at > timedelta(seconds=TOUCH_SECONDS):
        UserSession.objects.filter(pk=row.pk).update(
            last_seen_at=now, address=address_of(request), user_agent=user_agent_of(request)
        )
    return True


def on_signed_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Django signal ``user_logged_in``: write the session into its user's list."""
    if not isinstance(user, get_user_model()):
        return
    if request.session.session_key is None:
        request.session.create()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "address": address_of(request),
            "user_agent": user_agent_of(request),
            "last_seen_at": timezone.now(),
        },
    )


def on_signed_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Django signal ``user_logged_out``: the session leaves the list."""
    if request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def rotate(request: HttpRequest) -> None:
    """Give the session a new key; whoever knew the old one has nothing."""
    old_key = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


def mark_second_factor(request: HttpRequest, device: TotpDevice) -> None:
    """Note in the session that the second factor was shown just now."""
    django_otp.login(request, device)
    request.session[SECOND_FACTOR_AT] = int(time.time())
    UserSession.objects.filter(session_key=request.session.session_key).update(
        second_factor_at=timezone.now()
    )


def mark_password(request: HttpRequest) -> None:
    """Note in the session that the password was typed just now."""
    request.session[PASSWORD_AT] = int(time.time())


def is_recent(request: HttpRequest) -> bool:
    """Whether the user proved lately who he is: by his second factor, or, while he has none,
    by his password."""
    has_device = TotpDevice.objects.filter(user_id=request.user.pk, confirmed=True).exists()
    since = request.session.get(SECOND_FACTOR_AT if has_device else PASSWORD_AT, 0)
    return bool(time.time() - since < RECENT_SECONDS)


def require_recent(request: HttpRequest | None) -> None:
    """Raise IdentityError("step_up") unless :func:`is_recent`. None is the command line."""
    if request is not None and not is_recent(request):
        raise IdentityError("step_up", _("Confirm first that it is you."))


def end(rows: Any) -> int:
    """Delete the given UserSession rows and the sessions behind them; returns how many."""
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.model.objects.filter(session_key__in=keys).delete()
    return len(keys)
