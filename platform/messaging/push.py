"""Web push (RFC 8030, 8291, 8292): the firm's key, and browsers that may be woken.

A subscription says where to and how to encrypt; `providers.webpush` sends.
"""

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.db import transaction

from identity import crypto
from messaging.models import PushKey, PushSubscription

MOST_SUBSCRIPTIONS = 20  # of a user; the oldest makes room
_POINT_BYTES, _AUTH_BYTES = 65, 16  # RFC 8291, 3.1 and 3.2


class BadSubscription(ValueError):
    """Not what a browser gives."""


def public_key() -> str:
    """The current schema's VAPID key for browsers, made at the first call."""
    row = PushKey.objects.filter(pk=1).first()
    if row is None:
        private = ec.generate_private_key(ec.SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        secret = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        # Of two at once, the first one's stands.
        row, _is_new = PushKey.objects.get_or_create(
            pk=1,
            defaults={
                "private_encrypted": crypto.encrypt(secret),
                "public": base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
            },
        )
    return str(row.public)


def keep(*, acting_user: Any, endpoint: Any, p256dh: Any, auth: Any, user_agent: str) -> None:
    """Keep a browser's subscription for the user who is signed in there now, and no other."""
    if not _is_endpoint(endpoint) or not _has_bytes(p256dh, _POINT_BYTES):
        raise BadSubscription
    if not _has_bytes(auth, _AUTH_BYTES):
        raise BadSubscription
    with transaction.atomic():
        PushSubscription.objects.update_or_create(
            endpoint=endpoint,
            defaults={
                "user_id": acting_user.pk,
                "p256dh": p256dh,
                "auth": auth,
                "user_agent": user_agent[:300],
            },
        )
        own = PushSubscription.objects.filter(user_id=acting_user.pk)
        kept = own.order_by("-id").values_list("pk", flat=True)[:MOST_SUBSCRIPTIONS]
        own.exclude(pk__in=list(kept)).delete()


def forget(*, acting_user: Any, endpoint: str) -> None:
    """The user's own subscription is gone; nothing happens if he has no such one."""
    with transaction.atomic():
        PushSubscription.objects.filter(user_id=acting_user.pk, endpoint=endpoint).delete()


def _is_endpoint(text: Any) -> bool:
    if not isinstance(text, str) or len(text) > 600 or not text.isascii() or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def _has_bytes(text: Any, count: int) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == count
    except (binascii.Error, ValueError):
        return False
