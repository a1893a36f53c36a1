"""Keeping and forgetting preferences.

They are no decisions about anybody: unlike other writes they leave no audit record and send no
message, since each drag of a panel's edge is one.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from portal import preferences, selectors
from portal.models import Preference


def keep_preference(*, acting_user: Any, name: str, body: bytes) -> Any:
    """Keep what a browser sent as JSON as the user's own; returns the value as kept.

    Raises :class:`preferences.BadPreference` for anything but a declared name and its shape, and
    for drawings on an instrument that is not listed.
    """
    value = preferences.read(name, body)
    selectors.check_drawable(name)
    with transaction.atomic():
        Preference.objects.update_or_create(user=acting_user, name=name, defaults={"value": value})
    return value


def forget_preference(*, acting_user: Any, name: str) -> None:
    """Back to what the page does by itself; nothing happens if nothing was kept."""
    preferences.shape_of(name)
    with transaction.atomic():
        Preference.objects.filter(user=acting_user, name=name).delete()


def erase_preferences(user: Any, now: datetime) -> None:
    """Forget everything a person set, once his data is erased."""
    Preference.objects.filter(user=user).delete()
