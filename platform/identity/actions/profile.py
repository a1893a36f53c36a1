import zoneinfo
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from audit import actions as audit
from identity.errors import IdentityError
from identity.models import User


def set_language(*, user: User, language: str) -> None:
    """The language of the user's pages and mail; which there are, the brand says."""
    user.language = language
    user.save(update_fields=["language"])


def set_timezone(*, user: User, timezone: str) -> None:
    """The IANA time zone the user's pages show times in; empty means the tenant's."""
    if timezone and timezone not in zoneinfo.available_timezones():
        raise IdentityError("unknown_timezone", _("Choose a time zone from the list."))
    user.timezone = timezone
    user.save(update_fields=["timezone"])


def set_name(*, user: User, name: str, acting_user: Any) -> None:
    """The name the firm knows a customer by: payments compare senders and holders with it.

    The audit trail says that it was changed, not what it is: a name can be erased, the trail not.
    """
    with transaction.atomic():
        old, user.name = user.name, " ".join(name.split())[:120]
        user.save(update_fields=["name"])
        audit.record(
            "identity.set_name",
            user,
            new={"had_one": bool(old), "has_one": bool(user.name)},
            acting_user=acting_user,
        )


def set_password(user: User, password: str) -> None:
    """Judge a new password and set it; call inside a database transaction. Raises
    IdentityError("weak_password")."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise IdentityError("weak_password", " ".join(error.messages)) from error
    user.set_password(password)
    user.password_changed_at = clock.now()
    user.save(update_fields=["password", "password_changed_at"])
