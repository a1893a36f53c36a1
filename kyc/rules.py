"""What the firm's rules say when a customer sends what he tells about himself."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kyc.models import CaseState, Hit, HitState, KycCase, Origin, SubjectKind
from riskrules import judging, people
from riskrules.evaluation import Decision
from riskrules.kinds import Kind
from riskrules.rulesets import Comparison, Condition, Fact, Outcome, Rule, Unit, rule

NAME = "kyc_changes"

KIND = Kind(
    name=NAME,
    title=_("Changes of identity"),
    explanation=_("Asked when a customer sends a case: a tier, or what has changed about him."),
    facts=(
        Fact("tier", _("number of the tier that is asked for")),
        Fact("is_company", _("the customer is a company"), Unit.FLAG),
        Fact("is_first", _("the customer was never approved before"), Unit.FLAG),
        Fact("is_own_wish", _("the customer asked by himself"), Unit.FLAG),
        Fact("sent_last_30_days", _("cases the customer sent in the last 30 days")),
        Fact("refused_before", _("cases of the customer that were refused")),
        Fact("names_to_judge", _("names near lists that nobody has judged")),
        Fact("risk_points", _("points of risk that the checks gave")),
        Fact("password_hours", _("time since the password was changed"), Unit.HOURS),
        Fact("second_factor_hours", _("time since the second factor was set up"), Unit.HOURS),
        Fact("device_hours",
             _("time since the kind of browser in use first signed in as the customer"),
             Unit.HOURS),
    ),
    defaults=(
        rule(
            "sent again and again", "sent_last_30_days", Comparison.AT_LEAST, 20, Outcome.DENY,
            gettext_noop("You have sent this many times. Please ask support before you go on."),
        ),
        Rule(
            "identity after password",
            (
                Condition("is_first", Comparison.EQUALS, 0),
                Condition("password_hours", Comparison.BELOW, 24),
            ),
            Outcome.ALERT,
            "An approved customer changes who he is within a day of a new password.",
        ),
    ),
)  # fmt: skip


def judge_case(case: KycCase, now: datetime) -> Decision:
    """Judge a case that is being sent; raises judging.Refused where a rule denies."""
    own = KycCase.objects.filter(user_id=case.user_id).exclude(pk=case.pk)
    facts = {
        "tier": case.tier.number,
        "is_company": int(case.kind == SubjectKind.COMPANY),
        "is_first": int(not own.filter(state=CaseState.APPROVED).exists()),
        "is_own_wish": int(case.origin == Origin.CUSTOMER),
        "sent_last_30_days": own.filter(submitted_at__gt=now - timedelta(days=30)).count(),
        "refused_before": own.filter(state=CaseState.REFUSED).count(),
        "names_to_judge": Hit.objects.filter(user_id=case.user_id, state=HitState.OPEN).count(),
        "risk_points": case.risk_points,
        "password_hours": people.password_hours(case.user, now),
        "second_factor_hours": people.second_factor_hours(case.user, now),
        "device_hours": people.device_hours(case.user, now),
    }
    return judging.require(NAME, facts, judging.Subject(case.user_id, 0, f"case {case.pk}"))
