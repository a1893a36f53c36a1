from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp import DEVICE_ID_SESSION_KEY

from identity import crypto, policy
from identity.models import (
    ApiKey,
    RecoveryCode,
    SignInAttempt,
    TotpDevice,
    TrustedDevice,
    User,
    UserSession,
)
from identity.session_store import SessionStore, is_session_key


@dataclass(frozen=True)
class ApiKeyInfo:
    """A living API key, ready to check a signature; holds its secret, so never log it."""

    key_id: int
    public_id: str
    secret: bytes
    user_id: int
    permissions: frozenset[str]
    networks: tuple[str, ...]
    expires_at: datetime | None

    def __repr__(self) -> str:
        return f"ApiKeyInfo({self.public_id})"

    def allows_address(self, address: str) -> bool:
        """Whether the key may be used from ``address``; without a list, from anywhere."""
        if not self.networks:
            return True
        try:
            visitor = ip_address(address)
        except ValueError:
            return False
        if mapped := getattr(visitor, "ipv4_mapped", None):
            visitor = mapped
        return any(visitor in ip_network(network) for network in self.networks)


def api_key_by_public_id(public_id: str) -> ApiKeyInfo | None:
    """The living key of an active user in the current schema. One query; for async code wrap it
    in ``sync_to_async`` inside ``tenant_context``. Signal ``api_key_changed`` ends a cached one."""
    if not crypto.is_key_id(public_id):
        return None
    key = (
        ApiKey.objects.filter(public_id=public_id, revoked_at=None, user__is_active=True)
        .exclude(expires_at__lte=timezone.now())
        .first()
    )
    if key is None:
        return None
    return ApiKeyInfo(
        key_id=key.pk,
        public_id=key.public_id,
        secret=crypto.decrypt(bytes(key.secret_encrypted)),
        user_id=key.user_id,
        permissions=frozenset(key.permissions),
        networks=tuple(key.networks),
        expires_at=key.expires_at,
    )


def user_by_session(session_key: str) -> User | None:
    """The active user signed in by a session cookie's value, in the current schema.

    ``user.second_factor_passed`` says whether this session showed a second factor.
    """
    if not is_session_key(session_key):
        return None
    if not UserSession.objects.filter(session_key=session_key).exists():
        return None
    data = SessionStore(session_key).load()
    user = User.objects.filter(pk=data.get(SESSION_KEY), is_active=True).first()
    if user is None or not _hash_fits(user, data.get(HASH_SESSION_KEY, "")):
        return None
    user.second_factor_passed = DEVICE_ID_SESSION_KEY in data  # type: ignore[attr-defined]
    return user


def _hash_fits(user: User, session_hash: str) -> bool:
    return any(
        constant_time_compare(session_hash, candidate)
        for candidate in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )


def has_second_factor(user: User) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed=True).exists()


def must_enrol(user: User) -> bool:
    """Whether a signed-in user may do nothing before he has enrolled a second factor."""
    required = user.is_staff or policy.current().customer_second_factor == "required"
    return required and not has_second_factor(user)


def is_fully_signed_in(request: HttpRequest) -> bool:
    """Whether the request's user showed all that is asked of him. Staff need it everywhere."""
    user: Any = request.user
    return user.is_authenticated and has_shown_all(user, second_factor=user.is_verified())


def has_shown_all(user: User, *, second_factor: bool) -> bool:
    """Whether a signed-in user showed all that is asked of him; ``second_factor`` says whether
    his session showed one. A customer's session is never begun without it, unless his browser
    is trusted: it is asked at sign-in, and turning it on ends the other sessions."""
    return second_factor if user.is_staff else not must_enrol(user)


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def sessions_of(user: User) -> models.QuerySet[UserSession]:
    """The user's signed-in sessions, the latest used first."""
    return UserSession.objects.filter(user=user)


def trusted_devices_of(user: User) -> models.QuerySet[TrustedDevice]:
    return TrustedDevice.objects.filter(user=user, expires_at__gt=timezone.now())


def sign_ins_of(user: User) -> models.QuerySet[SignInAttempt]:
    """The user's sign-in history, newest first."""
    return SignInAttempt.objects.filter(user=user, kind=SignInAttempt.Kind.SIGN_IN).exclude(
        outcome=SignInAttempt.Outcome.PENDING
    )


def api_keys_of(user: User) -> models.QuerySet[ApiKey]:
    """The user's living keys, newest first."""
    return ApiKey.objects.filter(user=user, revoked_at=None)


def customers() -> models.QuerySet[User]:
    """Users of the current schema who are no staff."""
    return User.objects.filter(is_staff=False)


def staff() -> models.QuerySet[User]:
    return User.objects.filter(is_staff=True)


def access_customer(acting_user: User, user_id: int) -> User:
    """A customer for a member of staff who may see customers; Http404 otherwise."""
    user = customers().filter(pk=user_id).first()
    if user is None or not acting_user.can("customers.view"):
        raise Http404
    return user
