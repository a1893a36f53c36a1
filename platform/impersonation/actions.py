"""Beginning and ending; each call runs in the firm's schema."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from audit import actions as audit
from identity import crypto, roles
from identity.models import User
from impersonation import selectors
from impersonation.errors import ImpersonationError
from impersonation.models import Impersonation
from messaging import actions as messaging
from messaging import notices
from tenants import brands, registry
from tenants.selectors import current_tenant

LINK_SECONDS = 120


def begin(*, user: User, acting_user: Any, reason: str) -> tuple[Impersonation, str]:
    """Let staff or an operator see the firm's pages as ``user``; the row and a secret that opens
    it once, within two minutes (`open_link`).

    What of his was open ends. Owners are mailed when it is the platform that looks; a customer is
    told where the firm's setting says so. Raises PermissionDenied, ImpersonationError.
    """
    if not selectors.may_see_as(acting_user, user):
        raise PermissionDenied("You may not see pages as this person.")
    if not user.is_active:
        raise ImpersonationError("closed", _("This login is closed: nobody sees anything with it."))
    if len(reason.strip()) < 5:
        raise ImpersonationError("reason", _("Say why, in a few words."))
    secret, now = crypto.new_token(), timezone.now()
    with transaction.atomic():
        mine = Impersonation.objects.filter(
            actor_schema=acting_user.home_schema, actor_id=acting_user.pk, ended_at=None
        )
        mine.update(ended_at=now, ended_by="another one begun")
        row = Impersonation.objects.create(
            user=user,
            actor_schema=acting_user.home_schema,
            actor_id=acting_user.pk,
            actor_email=acting_user.email,
            reason=reason.strip()[:500],
            link_hash=crypto.hash_token(secret),
            asked_at=now,
            expires_at=now + timedelta(seconds=LINK_SECONDS),
        )
        _record("impersonation.ask", row, acting_user, reason)
    return row, secret


def open_link(secret: str) -> tuple[Impersonation, str, int]:
    """Use a link up: the row, the cookie's secret, and for how many seconds it holds.

    From here on everybody who has to know is told. Raises ImpersonationError.
    """
    cookie, now = crypto.new_token(), timezone.now()
    seconds = 60 * registry.get("impersonation.minutes")
    with transaction.atomic():
        row = (
            Impersonation.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(
                link_hash=crypto.hash_token(secret),
                begun_at=None,
                ended_at=None,
                expires_at__gt=now,
            )
            .first()
        )
        if row is None or not selectors.may_go_on(row):
            raise ImpersonationError("link", _("This link was used already, or its time is over."))
        row.link_hash, row.cookie_hash = None, crypto.hash_token(cookie)
        row.begun_at, row.expires_at = now, now + timedelta(seconds=seconds)
        row.save()
        actor = selectors.actor_of(row)
        _record("impersonation.begin", row, actor, row.reason)
        _tell(row)
    return row, cookie, seconds


def _record(action: str, row: Impersonation, actor: Any, reason: str = "") -> None:
    """In the firm's trail; of an operator's doing in the platform's as well."""
    facts = {"impersonation": row.pk, "user": row.user_id, "until": row.expires_at.isoformat()}
    audit.record(action, row.user, new=facts, acting_user=actor, reason=reason)
    if row.is_by_platform:
        tenant = current_tenant()
        with schema_context(settings.PUBLIC_SCHEMA_NAME):
            audit.record(
                action,
                tenant,
                new={**facts, "schema": tenant.schema_name},
                acting_user=actor if actor is not None and actor.is_operator else None,
                reason=reason,
            )


def _tell(row: Impersonation) -> None:
    if row.is_by_platform:
        owners = User.objects.filter(role=roles.OWNER, is_active=True, is_staff=True)
        for owner in owners.order_by("pk"):
            messaging.send_mail(
                "platform_sees_as",
                owner.email,
                {
                    "seen": row.user.email,
                    "reason": row.reason,
                    "until": row.expires_at,
                    "path": "/backoffice/seen-as/",
                },
                language=owner.language,
            )
    if not row.user.is_staff and registry.get("impersonation.tell_customer"):
        brand = brands.view_of(current_tenant())
        wanted = row.user.language
        with translation.override(wanted if wanted in brand.languages else brand.default_language):
            notices.notify(
                user=row.user,
                title=_("Support looked at your pages"),
                text=_(
                    "Somebody of support sees your pages as you do, to help. Nothing can be "
                    "changed that way, and no secrets are shown."
                ),
                key=f"seen-as:{row.pk}",
            )


def note_page(row: Impersonation, page: str) -> None:
    """Count a page that is about to be shown; staff's looks at a customer are noted as always."""
    Impersonation.objects.filter(pk=row.pk).update(pages=F("pages") + 1, seen_at=timezone.now())
    if not row.is_by_platform:
        audit.note_view(
            viewer_id=row.actor_id,
            page=f"as the customer: {page}",
            object_type="identity.user",
            object_id=row.user_id,
        )


def end(*, row: Impersonation, acting_user: Any) -> None:
    """End it now: by the one who sees, or by the firm's staff who manage staff."""
    is_actor = acting_user is not None and (
        (acting_user.home_schema, acting_user.pk) == (row.actor_schema, row.actor_id)
    )
    if not is_actor and acting_user is not None:
        roles.require(acting_user, "staff.manage")
        if acting_user.home_schema != connection.schema_name:
            raise PermissionDenied("This belongs to another firm.")
    with transaction.atomic():
        fresh = Impersonation.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.ended_at is not None:
            return
        fresh.ended_at = timezone.now()
        fresh.ended_by = acting_user.email if acting_user is not None else "system"
        fresh.link_hash = fresh.cookie_hash = None
        fresh.save()
        _record("impersonation.end", fresh, acting_user)


def on_signed_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    """Django signal ``user_logged_out``: what staff see as customers ends with their session."""
    if user is None or not getattr(user, "is_staff", False) or user.is_operator:
        return
    rows = Impersonation.objects.filter(
        actor_schema=user.home_schema,
        actor_id=user.pk,
        ended_at=None,
        expires_at__gt=timezone.now(),
    )
    for row in rows:
        end(row=row, acting_user=user)
