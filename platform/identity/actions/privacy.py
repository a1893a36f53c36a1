"""What this room holds of a person: his login. A copy of it, and its end."""

from datetime import datetime
from typing import Any

from identity.models import (
    ApiKey,
    OneTimeToken,
    RecoveryCode,
    SignInAttempt,
    TotpDevice,
    TrustedDevice,
    User,
    UserSession,
)


def export_login(user: User) -> dict[str, Any]:
    """The login, where it was used, and its keys; no secret of any kind."""
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "time_zone": user.timezone,
        "created_at": _text(user.created_at),
        "email_verified_at": _text(user.email_verified_at),
        "password_changed_at": _text(user.password_changed_at),
        "has_second_factor": TotpDevice.objects.filter(user=user, confirmed=True).exists(),
        "sessions": [
            {
                "address": row.address,
                "browser": row.user_agent,
                "began_at": _text(row.created_at),
                "last_seen_at": _text(row.last_seen_at),
            }
            for row in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "trusted_browsers": [
            {
                "address": row.address,
                "browser": row.user_agent,
                "since": _text(row.created_at),
                "last_used_at": _text(row.last_used_at),
            }
            for row in TrustedDevice.objects.filter(user=user).order_by("pk")
        ],
        "sign_ins": [
            {
                "address": row.address,
                "browser": row.user_agent,
                "at": _text(row.created_at),
                "outcome": row.outcome,
            }
            for row in SignInAttempt.objects.filter(user=user).order_by("pk")
        ],
        "api_keys": [
            {
                "key": row.public_id,
                "label": row.label,
                "networks": row.networks,
                "created_at": _text(row.created_at),
                "last_used_at": _text(row.last_used_at),
                "revoked_at": _text(row.revoked_at),
            }
            for row in ApiKey.objects.filter(user=user).order_by("pk")
        ],
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def erase_login(user: User, now: datetime) -> None:
    """The row stays, since the books and the audit trail name it by its number; nothing on it says
    whose it was. Nobody can sign in with it."""
    for model in (UserSession, TrustedDevice, OneTimeToken, RecoveryCode, TotpDevice):
        model._default_manager.filter(user=user).delete()
    SignInAttempt.objects.filter(user=user).update(
        email_hash="", address=None, network="", user_agent=""
    )
    ApiKey.objects.filter(user=user).update(label="", networks=[], secret_encrypted=b"")
    ApiKey.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
    user.email = f"erased-{user.pk}@erased.invalid"
    user.name = user.timezone = ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
