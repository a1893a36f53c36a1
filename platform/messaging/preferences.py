"""What a customer wants to be told by which channel, and when he wants to be left alone."""

import datetime
import zoneinfo
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import actions as audit
from messaging.kinds import CHOSEN_CHANNELS, KINDS
from messaging.models import SECURITY, MessagePreferences, OutboxMessage


def channels_of(user: Any, kind_name: str) -> frozenset[str]:
    """The channels on which ``user`` is told of a kind."""
    row = MessagePreferences.objects.filter(user_id=user.pk).first()
    return _channels(row, kind_name)


def chosen(user: Any) -> dict[str, frozenset[str]]:
    """By kind the channels that are on."""
    row = MessagePreferences.objects.filter(user_id=user.pk).first()
    return {name: _channels(row, name) for name in KINDS}


def quiet_hours(user: Any) -> tuple[datetime.time, datetime.time] | None:
    row = MessagePreferences.objects.filter(user_id=user.pk).first()
    if row is None or row.quiet_from is None or row.quiet_until is None:
        return None
    return row.quiet_from, row.quiet_until


def keep(
    *,
    channels: dict[str, list[str]],
    quiet: tuple[datetime.time, datetime.time] | None,
    acting_user: Any,
) -> None:
    """Keep the customer's own choice. Raises ValueError for quiet hours that have no length."""
    if quiet is not None and quiet[0] == quiet[1]:
        raise ValueError("Quiet hours begin and end at different times.")
    known = {channel.value for channel in CHOSEN_CHANNELS}
    wanted = {
        name: sorted((set(channels.get(name, [])) & known) | kind.fixed)
        for name, kind in KINDS.items()
    }
    begin, end = quiet or (None, None)
    with transaction.atomic():
        MessagePreferences.objects.update_or_create(
            user_id=acting_user.pk,
            defaults={
                "channels": wanted,
                "quiet_from": begin,
                "quiet_until": end,
                "changed_at": timezone.now(),
            },
        )
        audit.record(
            "messaging.keep_preferences",
            acting_user,
            new={
                "channels": wanted,
                "quiet": [begin.isoformat(), end.isoformat()] if begin and end else None,
            },
            acting_user=acting_user,
        )


def quiet_until(message: OutboxMessage, now: datetime.datetime) -> datetime.datetime | None:
    """When the customer's quiet hours end, if ``now`` is within them and the message can wait."""
    if message.kind == SECURITY or message.user is None or message.channel == "webhook":
        return None
    hours = quiet_hours(message.user)
    if hours is None:
        return None
    return _end_of_quiet(now.astimezone(_zone(message.user.timezone)), *hours)


def _end_of_quiet(
    local: datetime.datetime, begin: datetime.time, end: datetime.time
) -> datetime.datetime | None:
    at = local.time().replace(tzinfo=None)
    inside = begin <= at < end if begin < end else at >= begin or at < end
    if not inside:
        return None
    day = local.date() + datetime.timedelta(days=int(at >= end))
    return datetime.datetime.combine(day, end, tzinfo=local.tzinfo)


def _zone(name: str) -> datetime.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name) if name else datetime.UTC
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return datetime.UTC


def _channels(row: MessagePreferences | None, kind_name: str) -> frozenset[str]:
    kind = KINDS[kind_name]
    if row is None or kind_name not in row.channels:
        return kind.usual | kind.fixed
    return frozenset(row.channels[kind_name]) | kind.fixed
