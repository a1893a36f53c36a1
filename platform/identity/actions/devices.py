from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from audit import actions as audit
from identity import crypto, policy, sessions, signals
from identity.models import TrustedDevice, User, UserSession


def trust_device(*, request: HttpRequest, user: User) -> str:
    """Remember this browser; returns the secret for its cookie, which is shown only here."""
    token = crypto.new_token()
    days = policy.current().trusted_device_days
    with transaction.atomic():
        device = TrustedDevice.objects.create(
            user=user,
            token_hash=crypto.hash_token(token),
            address=sessions.address_of(request),
            user_agent=sessions.user_agent_of(request),
            expires_at=timezone.now() + timedelta(days=days),
        )
        audit.record("identity.trust_device", device, acting_user=user)
    return token


def trusted_device(token: str) -> TrustedDevice | None:
    """The unexpired device of a cookie's secret."""
    if not token:
        return None
    return (
        TrustedDevice.objects.select_related("user")
        .filter(token_hash=crypto.hash_token(token), expires_at__gt=timezone.now())
        .first()
    )


def note_use(device: TrustedDevice, request: HttpRequest) -> None:
    TrustedDevice.objects.filter(pk=device.pk).update(
        last_used_at=timezone.now(),
        address=sessions.address_of(request),
        user_agent=sessions.user_agent_of(request),
    )


def forget_device(*, user: User, device_id: int, acting_user: Any) -> bool:
    """Trust one of the user's browsers no longer; False if it is not his."""
    with transaction.atomic():
        deleted, _ = TrustedDevice.objects.filter(user=user, pk=device_id).delete()
        if deleted:
            audit.record(
                "identity.forget_device",
                ("identity.trusteddevice", device_id),
                acting_user=acting_user,
            )
    return bool(deleted)


def forget_all_devices(*, user: User, acting_user: Any) -> int:
    """Trust none of the user's browsers any longer; returns how many there were."""
    with transaction.atomic():
        deleted, _ = TrustedDevice.objects.filter(user=user).delete()
        if deleted:
            audit.record("identity.forget_all_devices", user, acting_user=acting_user)
    return deleted


def revoke_session(*, user: User, session_id: int, acting_user: Any) -> bool:
    """End one of the user's sessions (by its UserSession id); False if it is not his."""
    with transaction.atomic():
        ended = sessions.end(UserSession.objects.filter(user=user, pk=session_id))
        if ended:
            signals.sessions_ended.send(sender=User, user_id=user.pk)
            audit.record(
                "identity.revoke_session",
                ("identity.usersession", session_id),
                acting_user=acting_user,
            )
    return bool(ended)


def revoke_other_sessions(*, user: User, keep_key: str | None, acting_user: Any) -> int:
    """End all the user's sessions but the one with ``keep_key``; returns how many."""
    with transaction.atomic():
        rows = UserSession.objects.filter(user=user).exclude(session_key=keep_key or "")
        ended = sessions.end(rows)
        if ended:
            signals.sessions_ended.send(sender=User, user_id=user.pk)
            audit.record(
                "identity.revoke_sessions", user, new={"ended": ended}, acting_user=acting_user
            )
    return ended
