"""When a key, session or user changes: every web process hears of it at once.

A counter in Redis makes cached keys stale (the guard brings it along with every request); a
message on the control channel makes open sockets look again whether they still may be open.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import redis
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save

from api.guard import GENERATION_KEY
from api.streams.hub import CONTROL_CHANNEL
from identity import signals
from identity.models import ApiKey, User, UserSession
from trading.accounts.models import Account

log = structlog.get_logger("marque.api")


def connect() -> None:
    """Listen to what identity and the accounts say."""
    signals.api_key_changed.connect(_on_key_changed)
    signals.sessions_ended.connect(_on_sessions_ended)
    post_delete.connect(_on_session_deleted, sender=UserSession)
    post_save.connect(_on_user_saved, sender=User)
    post_save.connect(_on_account_saved, sender=Account)


def _on_key_changed(sender: Any, public_id: str, **_: Any) -> None:
    key = ApiKey.objects.filter(public_id=public_id).first()
    _tell(key.user_id if key is not None else None)


def _on_sessions_ended(sender: Any, user_id: int, **_: Any) -> None:
    _tell(user_id)


def _on_session_deleted(sender: Any, instance: UserSession, **_: Any) -> None:
    _tell(instance.user_id)


def _on_user_saved(sender: Any, instance: User, created: bool, **_: Any) -> None:
    if not created:
        _tell(instance.pk)


def _on_account_saved(sender: Any, instance: Account, **_: Any) -> None:
    if instance.user_id is not None:
        _tell(instance.user_id)


def _tell(user_id: int | None) -> None:
    """After the commit: bump the generation and name the tenant and user (None: anybody)."""
    change = msgspec.json.encode({"tenant": connection.schema_name, "user": user_id})

    def publish() -> None:
        pipe = _redis().pipeline(transaction=True)
        pipe.incr(GENERATION_KEY)
        pipe.publish(CONTROL_CHANNEL, change)
        try:
            pipe.execute()
        except redis.RedisError:
            # Without Redis no signed request passes; caches end by their age.
            log.exception("a change of access could not be told")

    transaction.on_commit(publish)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
