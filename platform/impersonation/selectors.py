from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from identity.crypto import hash_token
from identity.models import User
from impersonation.models import Impersonation
from tenants import registry

CUSTOMERS = "customers.see_as"  # what a firm's staff need
TENANTS = "tenants.see_as"  # what operators need


def impersonations() -> QuerySet[Impersonation]:
    """All of the firm's, newest first."""
    return Impersonation.objects.select_related("user")


def open_by_platform() -> QuerySet[Impersonation]:
    """Those of operators that go on now."""
    return impersonations().filter(
        actor_schema=settings.PUBLIC_SCHEMA_NAME,
        begun_at__isnull=False,
        ended_at=None,
        expires_at__gt=timezone.now(),
    )


def by_cookie(secret: str) -> Impersonation | None:
    """The open impersonation that a cookie stands for, if its actor still has the right to it."""
    if not secret or len(secret) > 100:
        return None
    row = (
        Impersonation.objects.select_related("user")
        .filter(cookie_hash=hash_token(secret), ended_at=None, expires_at__gt=timezone.now())
        .first()
    )
    return row if row is not None and may_go_on(row) else None


def may_go_on(row: Impersonation) -> bool:
    """Whether the actor may see as this user now; his rights may have changed since."""
    if not row.user.is_active:
        return False
    actor = actor_of(row)
    return actor is not None and may_see_as(actor, row.user)


def actor_of(row: Impersonation) -> User | None:
    """Who sees; None if his login is closed or gone."""
    with schema_context(row.actor_schema):
        return User.objects.filter(pk=row.actor_id, is_active=True, is_staff=True).first()


def may_see_as(actor: Any, user: User) -> bool:
    """Operators see as anybody of a firm that lets them; staff as customers of their firm."""
    if actor.home_schema == settings.PUBLIC_SCHEMA_NAME:
        return bool(actor.can(TENANTS) and registry.get("impersonation.by_platform"))
    is_customer_here = not user.is_staff and user.home_schema == actor.home_schema
    return bool(is_customer_here and actor.can(CUSTOMERS))
