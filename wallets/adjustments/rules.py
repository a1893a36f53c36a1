"""What the firm's rules say about an adjustment."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from riskrules import judging
from riskrules.evaluation import Decision
from riskrules.kinds import Kind
from riskrules.rulesets import Comparison, Fact, Outcome, Unit, rule
from trading.accounts.models import Account
from trading.instruments.models import Asset
from wallets.adjustments.models import Adjustment, State

NAME = "adjustments"
MOST = (1 << 63) - 1

KIND = Kind(
    name=NAME,
    title=_("Adjustments"),
    explanation=_("Asked when staff ask for a credit or debit, and again when one is approved."),
    facts=(
        Fact("is_own_account", _("the account belongs to the one who asks or approves"), Unit.FLAG),
        Fact("is_approval", _("it is being approved, not asked for"), Unit.FLAG),
        Fact("is_credit", _("the account is credited, not debited"), Unit.FLAG),
        Fact("amount", _("amount of the adjustment, without its sign"), Unit.AMOUNT),
        Fact("requests_last_hour", _("adjustments the same person asked for in the last hour")),
        Fact("open_requests_same_account", _("other adjustments of this account that still wait")),
        Fact(
            "approved_last_30_days", _("adjustments of this account approved in the last 30 days")
        ),
    ),
    floor=(
        rule(
            "own account",
            "is_own_account",
            Comparison.EQUALS,
            1,
            Outcome.DENY,
            gettext_noop("Nobody adjusts an account of their own; ask a colleague."),
        ),
    ),
    defaults=(
        rule(
            "too many requests",
            "requests_last_hour",
            Comparison.AT_LEAST,
            60,
            Outcome.DENY,
            "You asked for 60 adjustments within an hour; wait, or ask a colleague.",
        ),
        rule(
            "several open requests",
            "open_requests_same_account",
            Comparison.AT_LEAST,
            1,
            Outcome.ALERT,
            "Another adjustment of this account is still waiting: check that it is not the same.",
        ),
    ),
)


def require_allowed(
    *,
    account: Account,
    asset: Asset,
    amount_units: int,
    acting_user: Any,
    adjustment: Adjustment | None = None,
) -> Decision:
    """Judge a request for `account`, or with `adjustment` its approval, by `acting_user`: the
    decision if it allows; raises judging.Refused if it does not."""
    others = Adjustment.objects.filter(account=account, state=State.REQUESTED)
    if adjustment is not None:
        others = others.exclude(pk=adjustment.pk)
    now = timezone.now()
    facts = {
        "is_own_account": int(account.user_id == acting_user.pk),
        "is_approval": int(adjustment is not None),
        "is_credit": int(amount_units > 0),
        "amount": min(abs(amount_units) * 100 // 10**asset.scale, MOST),
        "requests_last_hour": Adjustment.objects.filter(
            requested_by=acting_user, requested_at__gte=now - timedelta(hours=1)
        ).count(),
        "open_requests_same_account": others.count(),
        "approved_last_30_days": Adjustment.objects.filter(
            account=account, decided_at__gte=now - timedelta(days=30)
        )
        .exclude(state__in=(State.REQUESTED, State.REFUSED))
        .count(),
    }
    label = "adjustment" if adjustment is None else f"adjustment {adjustment.pk}"
    subject = judging.Subject(account.user_id or 0, account.pk, label)
    return judging.require(NAME, facts, subject)
