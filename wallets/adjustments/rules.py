"""What the declared rules say about an adjustment."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from riskrules.evaluation import Decision, evaluate
from riskrules.rulesets import ADJUSTMENTS
from trading.accounts.models import Account
from wallets.adjustments.models import Adjustment, State


def judge(*, account: Account, acting_user: Any, adjustment: Adjustment | None = None) -> Decision:
    """Judge a request for `account`, or with `adjustment` its approval, by `acting_user`."""
    others = Adjustment.objects.filter(account=account, state=State.REQUESTED)
    if adjustment is not None:
        others = others.exclude(pk=adjustment.pk)
    facts = {
        "is_own_account": int(account.user_id == acting_user.pk),
        "requests_last_hour": Adjustment.objects.filter(
            requested_by=acting_user, requested_at__gte=timezone.now() - timedelta(hours=1)
        ).count(),
        "open_requests_same_account": others.count(),
    }
    return evaluate(ADJUSTMENTS, facts)


def require_allowed(
    *, account: Account, acting_user: Any, adjustment: Adjustment | None = None
) -> Decision:
    """The decision if it allows; raises PermissionDenied with its sentence if it does not."""
    decision = judge(account=account, acting_user=acting_user, adjustment=adjustment)
    if not decision.is_allowed:
        raise PermissionDenied(" ".join(decision.sentences))
    return decision
