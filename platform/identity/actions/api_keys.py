import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import crypto, sessions, signals
from identity.errors import IdentityError
from identity.models import ApiKey, TotpDevice, User
from messaging import actions as messaging
from messaging import notices
from messaging.models import SECURITY

MAX_KEYS = 20
MAX_NETWORKS = 20


@dataclass(frozen=True)
class NewApiKey:
    """A fresh key with its secret, which is readable only here."""

    key: ApiKey
    secret: str


def create_api_key(
    *,
    request: HttpRequest | None,
    user: User,
    label: str,
    permissions: list[str],
    networks: list[str] | None = None,
    expires_at: datetime | None = None,
    acting_user: User,
) -> NewApiKey:
    """Make an API key of a customer; staff have none. From the web the second factor must have
    been shown lately; ``request`` None stands for the command line. Raises IdentityError."""
    if user.is_staff:
        raise IdentityError("staff", _("You may not do this"))
    if request is not None:
        sessions.require_recent(request)
    chosen = [value for value in ApiKey.Permission.values if value in permissions]
    if not chosen or len(chosen) != len(set(permissions)):
        raise IdentityError("no_permission", _("Choose what the key may do."))
    if request is not None and "withdraw" in chosen and not _has_second_factor(user):
        raise IdentityError(
            "second_factor_required", _("Set up your second factor before such a key.")
        )
    secret = secrets.token_urlsafe(36)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if ApiKey.objects.filter(user=user, revoked_at=None).count() >= MAX_KEYS:
            raise IdentityError("too_many_keys", _("Revoke a key before you make another one."))
        key = ApiKey.objects.create(
            user=user,
            public_id=crypto.new_key_id(),
            secret_encrypted=crypto.encrypt(secret.encode()),
            label=label.strip()[:60],
            permissions=chosen,
            networks=parse_networks(networks or []),
            expires_at=expires_at,
        )
        signals.api_key_changed.send(sender=ApiKey, public_id=key.public_id)
        audit.record(
            "identity.create_api_key",
            key,
            new={"permissions": chosen, "networks": key.networks},
            acting_user=acting_user,
        )
        messaging.tell(
            user=user,
            kind=SECURITY,
            template="api_key_created",
            context={"label": key.label},
            path="/api-keys",
            tone=notices.Tone.WARN,
        )
    return NewApiKey(key, secret)


def revoke_api_key(*, user: User, public_id: str, acting_user: Any) -> bool:
    """End a key of the user at once; False if he has no such living key."""
    if not crypto.is_key_id(public_id):
        return False
    with transaction.atomic():
        key = (
            ApiKey.objects.select_for_update()
            .filter(user=user, public_id=public_id, revoked_at=None)
            .first()
        )
        if key is None:
            return False
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        signals.api_key_changed.send(sender=ApiKey, public_id=public_id)
        audit.record("identity.revoke_api_key", key, acting_user=acting_user)
    return True


def revoke_all_api_keys(*, user: User, acting_user: Any) -> int:
    """End every living key of the user; returns how many."""
    with transaction.atomic():
        living = ApiKey.objects.filter(user=user, revoked_at=None)
        return sum(
            revoke_api_key(user=user, public_id=public_id, acting_user=acting_user)
            for public_id in list(living.values_list("public_id", flat=True))
        )


def note_api_key_use(*, public_id: str) -> None:
    """Note that a key is in use; call it now and then, not for every request."""
    ApiKey.objects.filter(public_id=public_id).update(last_used_at=timezone.now())


def parse_networks(texts: list[str]) -> list[str]:
    """Addresses and CIDR networks in one spelling; raises IdentityError naming a bad one."""
    if len(texts) > MAX_NETWORKS:
        raise IdentityError("too_many_networks", _("At most 20 addresses or networks."))
    networks = []
    for text in texts:
        try:
            networks.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError as error:
            raise IdentityError(
                "bad_network", _("%(text)s is no address or network.") % {"text": text[:60]}
            ) from error
    return networks


def _has_second_factor(user: User) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed=True).exists()
