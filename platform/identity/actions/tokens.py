from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from identity import crypto
from identity.errors import IdentityError
from identity.models import OneTimeToken, User

Purpose = OneTimeToken.Purpose

LIFETIME = {
    Purpose.VERIFY_EMAIL: timedelta(days=3),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}


def issue(user: User, purpose: OneTimeToken.Purpose) -> str:
    """A new link secret; earlier ones of the same purpose stop working."""
    OneTimeToken.objects.filter(user=user, purpose=purpose, used_at=None).delete()
    token = crypto.new_token()
    OneTimeToken.objects.create(
        user=user,
        purpose=purpose,
        token_hash=crypto.hash_token(token),
        expires_at=timezone.now() + LIFETIME[purpose],
    )
    return token


def forget_all(user: User) -> None:
    """No link that was mailed to the user works any longer."""
    OneTimeToken.objects.filter(user=user, used_at=None).delete()


def redeem(token: str, purpose: OneTimeToken.Purpose) -> User:
    """Use a link secret up; call inside a database transaction. Raises IdentityError."""
    row = (
        OneTimeToken.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(
            token_hash=crypto.hash_token(token),
            purpose=purpose,
            used_at=None,
            expires_at__gt=timezone.now(),
        )
        .first()
    )
    if row is None:
        raise IdentityError(
            "link_invalid", _("This link has expired or was used already. Ask for a new one.")
        )
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return row.user
