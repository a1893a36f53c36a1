"""Customers whose verification or document runs out are asked anew, in time."""

import datetime

from django.db import transaction

from audit import actions as audit
from kyc import selectors
from kyc.actions import cases
from kyc.models import OPEN_STATES, KycCase, Origin
from messaging import actions as messaging
from tenants import registry

ASKED_AT_ONCE = 500


def ask_anew(*, now: datetime.datetime) -> int:
    """Open a case for each customer who has none and runs out within the firm's notice."""
    due = (
        selectors.running_out(now, registry.get("kyc.expiry_notice_days"))
        .exclude(user__kyc_cases__in=KycCase.objects.filter(state__in=OPEN_STATES))
        .order_by("pk")[:ASKED_AT_ONCE]
    )
    count = 0
    for profile in due:
        code = profile.tier.form_code(profile.kind)
        if not code or selectors.latest_form(code) is None:
            continue
        with transaction.atomic():
            case = cases.open_case(
                user=profile.user,
                kind=profile.kind,
                tier=profile.tier,
                acting_user=None,
                origin=Origin.EXPIRY,
            )
            audit.record("kyc.ask_anew", case, acting_user=None)
            messaging.tell(
                user=profile.user,
                kind="verification",
                template="verification",
                context={"event": "expires", "count": 0},
                path="/verification",
            )
        count += 1
    return count
