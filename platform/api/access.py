"""Who is calling: API keys and sessions, looked up in the host's tenant and kept for moments."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import Any

from api.database import in_tenant
from api.declared import KEYS
from api.errors import ApiError, Refusal
from identity import selectors as identity
from identity.models import User
from tenants import switches
from tenants.models import Tenant
from trading.accounts import selectors as accounts
from trading.engine.enums import AccountState
from trading.engine.results import Result

MAX_AGE_SECONDS = 5.0
PAGE_PERMISSIONS = frozenset({"read", "trade"})
_MAX_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A user as the API sees him: at one tenant, with what his key or session may do."""

    tenant: Tenant
    user_id: int
    bucket: str  # the name of his rate limit
    permissions: frozenset[str]
    account_ids: tuple[int, ...]
    default_account_id: int  # 0: none

    def require(self, permission: str) -> None:
        """Raises ApiError without the permission."""
        if permission not in self.permissions:
            raise ApiError(Refusal.PERMISSION_MISSING, f"This needs the permission {permission!r}.")

    def account_id(self, asked: object = None) -> int:
        """The account meant by a request's `account` field; raises ApiError."""
        if asked is None:
            if not self.default_account_id:
                raise ApiError(Result.UNKNOWN_ACCOUNT, "You have no trading account yet.")
            return self.default_account_id
        if type(asked) is not int or asked not in self.account_ids:
            raise ApiError(Result.UNKNOWN_ACCOUNT)
        return asked


@dataclass(slots=True)
class KeyEntry:
    """An API key as it was at ``loaded_at``, and whose it is. Holds the secret: never log it."""

    info: identity.ApiKeyInfo = field(repr=False)
    caller: Caller
    generation: str
    loaded_at: float


class KeyCache:
    """API keys of all tenants, at most seconds old and never older than the last change.

    ``generation`` is bumped in Redis whenever a key, session or user changes anywhere; the guard
    brings the current one along with every check.
    """

    def __init__(self) -> None:
        self._entries: dict[tuple[int, str], KeyEntry | None] = {}
        self._expiry: dict[tuple[int, str], float] = {}
        self._loading: dict[tuple[int, str], asyncio.Task[KeyEntry | None]] = {}

    async def entry(self, tenant: Tenant, public_id: str, generation: str) -> KeyEntry:
        """The key's entry as of ``generation``; raises ApiError if there is no such key."""
        name = (tenant.id, public_id)
        entry = self._entries.get(name)
        is_fresh = time.monotonic() < self._expiry.get(name, 0.0)
        if not is_fresh or (entry is not None and entry.generation != generation):
            entry = await self._load_once(tenant, public_id, generation)
        if entry is None:
            raise ApiError(Refusal.UNKNOWN_KEY)
        return entry

    async def reload(self, tenant: Tenant, public_id: str) -> KeyEntry:
        """The key's entry as it is now; raises ApiError if there is no such key."""
        entry = await self._load(tenant, public_id, "")
        if entry is None:
            raise ApiError(Refusal.UNKNOWN_KEY)
        return entry

    async def _load_once(self, tenant: Tenant, public_id: str, generation: str) -> KeyEntry | None:
        name = (tenant.id, public_id)
        loading = self._loading.get(name)
        if loading is None:
            loading = asyncio.create_task(self._load(tenant, public_id, generation))
            self._loading[name] = loading
            loading.add_done_callback(lambda _: self._loading.pop(name, None))
        return await asyncio.shield(loading)

    async def _load(self, tenant: Tenant, public_id: str, generation: str) -> KeyEntry | None:
        entry = await in_tenant(tenant, _load_key, tenant, public_id, generation)
        name = (tenant.id, public_id)
        if len(self._entries) >= _MAX_ENTRIES:
            self._entries.clear()
            self._expiry.clear()
        self._entries[name] = entry
        # An unknown key is remembered only briefly: it may be about to be made.
        lifetime = MAX_AGE_SECONDS if entry is not None else 0.5
        self._expiry[name] = time.monotonic() + lifetime
        return entry


def _load_key(tenant: Tenant, public_id: str, generation: str) -> KeyEntry | None:
    info = identity.api_key_by_public_id(public_id)
    if info is None:
        return None
    user = User.objects.get(pk=info.user_id)
    caller = caller_of(tenant, user, info.permissions, f"{tenant.id}:key:{public_id}")
    return KeyEntry(info, caller, generation, time.monotonic())


def caller_of(tenant: Tenant, user: User, permissions: frozenset[str], bucket: str) -> Caller:
    """The caller that a user of the current schema is."""
    owned = list(accounts.accounts_of(user))
    default = next((a.pk for a in owned if a.state == AccountState.ACTIVE), 0)
    return Caller(
        tenant=tenant,
        user_id=user.pk,
        bucket=bucket,
        permissions=permissions,
        account_ids=tuple(account.pk for account in owned),
        default_account_id=default or (owned[0].pk if owned else 0),
    )


def page_caller(tenant: Tenant, user: User, *, second_factor: bool) -> Caller | None:
    """The caller that a session signs in; None if it does not. ``second_factor`` says whether
    the session showed one. REST and WebSocket ask here alike."""
    if user.is_staff or not identity.has_shown_all(user, second_factor=second_factor):
        return None
    caller = caller_of(tenant, user, PAGE_PERMISSIONS, f"{tenant.id}:user:{user.pk}")
    if not caller.account_ids:
        return caller
    # What a page asks without naming an account is of the one chosen there; keys do not follow.
    return replace(caller, default_account_id=accounts.access_account(user).pk)


def check_features(tenant: Tenant, path: str = "", *, signed: bool) -> None:
    """Raises ApiError where a firm does not have what is asked for: an address, or API keys."""
    if signed and not switches.is_on(KEYS.name, tenant):
        raise ApiError(Refusal.FEATURE_OFF, "This exchange does not offer API keys.")
    if path and switches.closing(path, tenant) is not None:
        raise ApiError(Refusal.FEATURE_OFF)


def only_reading(caller: Caller, bucket: str) -> Caller:
    """The caller as somebody else sees him: he reads, on an allowance of his own."""
    return replace(caller, permissions=frozenset({"read"}), bucket=f"{caller.tenant.id}:{bucket}")


def load_session(tenant: Tenant, session_key: str) -> Caller | None:
    """The caller that a session cookie of the current schema signs in; None if it does not."""
    user: Any = identity.user_by_session(session_key)
    if user is None:
        return None
    return page_caller(tenant, user, second_factor=user.second_factor_passed)
