"""Cases of high risk in the inbox of what waits for a second person."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import cells, pages
from backoffice.approvals import Kind, Told, kinds
from backoffice.tenant import kyc_queue
from kyc import actions, selectors
from kyc.models import KycCase


def _case(request: HttpRequest, row: KycCase) -> Told:
    """What can be told without opening the case: its content is seen, and noted, on its page."""
    now = selectors.allowance(row.user, kyc_queue.language())
    tier = kyc_queue.tier_name(row.tier)
    customer = cells.link(pages.url(request, "customer", row.user_id), row.user.email)
    then = f"{row.tier.number} {tier}"
    return Told(
        title=_("Case %(id)s: tier %(tier)s") % {"id": row.pk, "tier": tier},
        asked_by=row.proposed_by,
        asked_at=row.proposed_at,
        reason=row.proposed_reason,
        address=pages.url(request, "kyc_case", row.pk),
        facts=[
            (_("Customer"), customer),
            (_("Risk"), kyc_queue.risk_badge(row.risk)),
            (_("Due (UTC)"), kyc_queue.due_cell(row)),
        ],
        changes=[(_("Tier"), f"{now.tier_number} {now.tier_name}", then)],
        warning=_("Look at the case itself before you decide: it is of high risk."),
    )


def _approve(row: KycCase, acting_user: Any, reason: str) -> str:
    reason = reason.strip() or "Agrees with the first person"
    actions.approve_case(case=row, reason=reason, acting_user=acting_user, now=timezone.now())
    return _("Case %(id)s is approved.") % {"id": row.pk}


def _disagree(row: KycCase, acting_user: Any, reason: str) -> str:
    actions.disagree(case=row, reason=reason, acting_user=acting_user)
    return _("Case %(id)s is in review again, and yours.") % {"id": row.pk}


kinds.register(
    Kind(
        "verification",
        gettext_lazy("Verification"),
        "how_to_reg",
        "kyc.view",
        "kyc.decide",
        selectors.waiting_for_second,
        _case,
        _approve,
        _disagree,
        gettext_lazy("The customer gets the tier at once, and a mail. No: back to review."),
        "proposed_by",
        "proposed_at",
    )
)
