"""Notices: news for a user on the firm's pages, at once on those that are open.

A notice is a row in the transaction that causes it. After the commit its user's channel of the
streams gets it with the number of those not read yet; without Redis the pages show it when they
are loaded next.
"""

from typing import Any

import msgspec
import redis
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from messaging import selectors
from messaging.models import Notice

log = structlog.get_logger("marque.notices")

Tone = Notice.Tone
KEEP_COUNT_SECONDS = 3_600  # the snapshot a page begins with; the row count is the truth


def notify(
    *,
    user: Any,
    title: str,
    text: str = "",
    path: str = "",
    tone: Notice.Tone = Tone.INFO,
    key: str = "",
) -> Notice | None:
    """Tell ``user`` something, in words of his language (``translation.override``).

    ``path`` leads on to a page of the firm's host. With a ``key`` the same thing is told once:
    a second time nothing happens (None).
    """
    with transaction.atomic():
        values = {"tone": tone, "title": title[:200], "text": text[:600], "path": path[:200]}
        if key:
            notice, is_new = Notice.objects.get_or_create(user_id=user.pk, key=key, defaults=values)
            if not is_new:
                return None
        else:
            notice = Notice.objects.create(user_id=user.pk, **values)
        _tell_after_commit(user.pk, notice)
    return notice


def read(*, acting_user: Any, notice_id: int) -> Notice | None:
    """The user's own notice, read from now on; None if he has no such one."""
    with transaction.atomic():
        notice = selectors.notices_of(acting_user).filter(pk=notice_id).first()
        if notice is not None and notice.read_at is None:
            Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
            _tell_after_commit(acting_user.pk, None)
    return notice


def read_all(*, acting_user: Any) -> int:
    """All of the user's notices are read from now on; returns how many were not."""
    with transaction.atomic():
        count = (
            selectors.notices_of(acting_user).filter(read_at=None).update(read_at=timezone.now())
        )
        if count:
            _tell_after_commit(acting_user.pk, None)
    return count


def addresses(schema_name: str, user_id: int) -> tuple[str, str]:
    """The Redis channel of a user's notices, and the key its snapshot stands under."""
    return f"md:{schema_name}:notices:{user_id}", f"md:snapshot:{schema_name}:notices:{user_id}"


def _tell_after_commit(user_id: int, notice: Notice | None) -> None:
    channel, key = addresses(connection.schema_name, user_id)
    # Counted in this transaction: after the commit the connection may work for another tenant.
    body: dict[str, Any] = {"channel": "notices", "unread": selectors.unread_count(user_id)}
    snapshot = msgspec.json.encode({**body, "type": "snapshot"})
    if notice is not None:
        body["notice"] = {
            "id": notice.pk,
            "tone": str(notice.tone),
            "title": notice.title,
            "text": notice.text,
        }
    update = msgspec.json.encode({**body, "type": "update"})

    def publish() -> None:
        try:
            client = redis.Redis.from_url(settings.REDIS_URL)
            with client, client.pipeline() as pipe:
                pipe.set(key, snapshot, ex=KEEP_COUNT_SECONDS)
                pipe.publish(channel, update)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("notice not told at once: no Redis", error=type(error).__name__)

    transaction.on_commit(publish)
