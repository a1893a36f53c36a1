"""Rules before a sign-in: a device or network not seen before, failed attempts."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity import cookies, crypto, sessions
from identity import selectors as identity
from identity.actions import devices
from identity.models import SignInAttempt
from identity.models.user import normalize_email
from riskrules import judging, people
from riskrules.kinds import Kind
from riskrules.rulesets import (
    Comparison,
    Condition,
    Fact,
    Outcome,
    Rule,
    Unit,
)

NAME = "sign_ins"
_WRONG = (SignInAttempt.Outcome.WRONG, SignInAttempt.Outcome.WRONG_CODE)

KIND = Kind(
    name=NAME,
    title=_("Sign-ins"),
    explanation=_(
        "Asked when password and code were right. Staff are never kept out by a rule: what fires "
        "for them is told."
    ),
    facts=(
        Fact("is_staff", _("the user works for the firm"), Unit.FLAG),
        Fact("is_first", _("the user never signed in before"), Unit.FLAG),
        Fact("is_new_device", _("this kind of browser did not sign in as the user in 90 days"),
             Unit.FLAG),
        Fact("is_new_network", _("this network did not sign in as the user in 90 days"), Unit.FLAG),
        Fact("has_second_factor", _("the user has a second factor"), Unit.FLAG),
        Fact("failed_last_hour", _("wrong passwords and codes for the user in the last hour")),
        Fact("failed_networks_last_day",
             _("networks that sent wrong passwords or codes for the user in the last 24 hours")),
        Fact("sign_ins_last_hour", _("sign-ins of the user in the last hour")),
        Fact("password_hours", _("time since the password was changed"), Unit.HOURS),
        Fact("second_factor_hours", _("time since the second factor was set up"), Unit.HOURS),
    ),
    defaults=(
        Rule(
            "many networks guess",
            (
                Condition("failed_networks_last_day", Comparison.AT_LEAST, 5),
                Condition("is_new_network", Comparison.EQUALS, 1),
            ),
            Outcome.ALERT,
            "Several networks tried wrong passwords, and now one that is new got in.",
        ),
        Rule(
            "new device after failures",
            (
                Condition("is_new_device", Comparison.EQUALS, 1),
                Condition("is_first", Comparison.EQUALS, 0),
                Condition("failed_last_hour", Comparison.AT_LEAST, 5),
            ),
            Outcome.ALERT,
            "A new device signed in after several wrong attempts.",
        ),
    ),
)  # fmt: skip


def check(request: HttpRequest, user: Any) -> str:
    """The sentence that keeps a customer out, or "": see :mod:`identity.gate`."""
    if user.is_operator:
        return ""
    subject = judging.Subject(user_id=user.pk, label=f"sign-in {user.pk}")
    facts = facts_of(request, user, timezone.now())
    if user.is_staff:
        judging.judge(NAME, facts, subject)
        return ""
    try:
        judging.require(NAME, facts, subject)
    except judging.Refused as refused:
        refused.keep()
        return refused.sentence
    return ""


def facts_of(request: HttpRequest, user: Any, now: datetime) -> dict[str, int]:
    """What is known when somebody has shown that he is the user."""
    tries = SignInAttempt.objects.filter(
        email_hash=crypto.keyed_hash(normalize_email(user.email), purpose="sign-in"),
        kind=SignInAttempt.Kind.SIGN_IN,
    )
    inside = tries.filter(outcome=SignInAttempt.Outcome.SIGNED_IN)
    lately = inside.filter(created_at__gt=now - people.SEEN_BEFORE)
    wrong = tries.filter(outcome__in=_WRONG)
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    agent, network = sessions.user_agent_of(request), sessions.network_of(request)
    trusted = devices.trusted_device(request.COOKIES.get(cookies.TRUSTED_DEVICE, ""))
    is_trusted = trusted is not None and trusted.user_id == user.pk
    networks = wrong.filter(created_at__gt=day).order_by().values("network").distinct()
    return {
        "is_staff": int(user.is_staff),
        "is_first": int(not inside.exists()),
        "is_new_device": int(not is_trusted and not lately.filter(user_agent=agent).exists()),
        "is_new_network": int(not lately.filter(network=network).exists()),
        "has_second_factor": int(identity.has_second_factor(user)),
        "failed_last_hour": wrong.filter(created_at__gt=hour).count(),
        "failed_networks_last_day": networks.count(),
        "sign_ins_last_hour": inside.filter(created_at__gt=hour).count(),
        "password_hours": people.password_hours(user, now),
        "second_factor_hours": people.second_factor_hours(user, now),
    }
