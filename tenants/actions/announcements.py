from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants.actions.guards import audit_schema, require_operator
from tenants.errors import TenantError
from tenants.models import Announcement, Tenant

LONGEST = timedelta(days=366)


def announce(
    *,
    headline: str,
    text: str,
    tone: str,
    starts_at: datetime,
    ends_at: datetime,
    tenant: Tenant | None,
    acting_user: Any,
) -> Announcement:
    """Tell the staff of a firm (None: of all firms) something for a time, on each of their pages.

    Raises TenantError, PermissionDenied.
    """
    require_operator(acting_user)
    headline, text = headline.strip(), text.strip()
    if not 0 < len(headline) <= 120 or len(text) > 1000:
        raise TenantError("bad_text", _("A headline of at most 120 characters, and 1,000 of text."))
    if tone not in Announcement.Tone.values:
        raise TenantError("bad_tone", _("Choose a tone from the list."))
    if not starts_at < ends_at <= starts_at + LONGEST or ends_at <= now():
        raise TenantError("bad_time", _("It ends after it begins, in the future, within a year."))
    with transaction.atomic():
        row = Announcement.objects.create(
            tenant=tenant,
            tone=tone,
            headline=headline,
            text=text,
            starts_at=starts_at,
            ends_at=ends_at,
            announced_by=acting_user.email if acting_user else "system",
        )
        with audit_schema(acting_user):
            audit.record(
                "tenants.announce",
                ("tenants.announcement", row.pk),
                new={
                    "headline": headline,
                    "tenant": tenant.slug if tenant else "all",
                    "ends_at": ends_at.isoformat(),
                },
                acting_user=acting_user,
            )
    return row


def withdraw_announcement(*, announcement: Announcement, acting_user: Any, reason: str) -> None:
    """Show it no more. Raises TenantError, PermissionDenied."""
    require_operator(acting_user)
    with transaction.atomic():
        row = Announcement.objects.select_for_update(of=("self",)).get(pk=announcement.pk)
        if row.withdrawn_at is not None:
            raise TenantError("withdrawn", _("It was withdrawn already."))
        row.withdrawn_at = now()
        row.save(update_fields=["withdrawn_at"])
        with audit_schema(acting_user):
            audit.record(
                "tenants.withdraw_announcement",
                ("tenants.announcement", row.pk),
                new={"headline": row.headline},
                acting_user=acting_user,
                reason=reason,
            )
