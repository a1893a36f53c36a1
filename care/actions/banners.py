"""What stands on top of the portal's pages for a time."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from care.errors import CareError
from care.models import Banner
from identity import roles

MOST_DAYS = 90


def show(
    *,
    tone: str,
    texts: dict[str, dict[str, str]],
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    acting_user: Any,
) -> Banner:
    """Tell all who come to the portal. ``texts``: language → headline, text. Raises CareError."""
    roles.require(acting_user, "messages.manage")
    told = {
        code: {"headline": words["headline"].strip()[:120], "text": words["text"].strip()[:1000]}
        for code, words in texts.items()
        if words["headline"].strip()
    }
    if not told:
        raise CareError(_("Write a headline in one language at least."))
    if tone not in Banner.Tone.values:
        raise CareError(_("Choose a tone."), field="tone")
    if ends_at <= max(starts_at, timezone.now()):
        raise CareError(_("It ends before it begins, or is over already."), field="ends_at")
    if ends_at - starts_at > datetime.timedelta(days=MOST_DAYS):
        raise CareError(
            _("A banner stands at most %(days)s days.") % {"days": MOST_DAYS}, field="ends_at"
        )
    with transaction.atomic():
        row = Banner.objects.create(
            tone=tone,
            texts=told,
            starts_at=starts_at,
            ends_at=ends_at,
            made_by=acting_user.email,
        )
        audit.record(
            "care.show_banner",
            row,
            new={
                "texts": told,
                "starts_at": starts_at.isoformat(),
                "ends_at": ends_at.isoformat(),
            },
            acting_user=acting_user,
        )
    return row


def withdraw(*, banner_id: int, acting_user: Any) -> Banner:
    """Show it no more. Raises CareError if it is not shown any more."""
    roles.require(acting_user, "messages.manage")
    with transaction.atomic():
        row = Banner.objects.select_for_update().get(pk=banner_id)
        if row.withdrawn_at is not None or row.ends_at <= timezone.now():
            raise CareError(_("This banner is over already."))
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        audit.record("care.withdraw_banner", row, acting_user=acting_user)
    return row
