"""What was judged is written down, and what follows from it is done.

Many at a time: before orders nothing is written at once, so they come here by the hundred.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import roles
from identity.models import User
from messaging import notices
from riskrules import effects
from riskrules.evaluation import UNSURE, Decision
from riskrules.models import Alert, Evaluation
from riskrules.rulesets import Outcome
from tenants import brands
from tenants.selectors import current_tenant

log = structlog.get_logger("marque.rules")

NOTICE_PATH = "/backoffice/rules/alerts/{}/"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what it is about, by ids alone: ``label`` is such as ``withdrawal 12``."""

    user_id: int = 0
    account_id: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """Facts that were judged, by which version, and what came of it."""

    kind: str
    version: int
    facts: dict[str, int]
    decision: Decision
    subject: Subject
    at: datetime

    @property
    def is_telling(self) -> bool:
        """Whether something follows that must not wait."""
        return bool(self.decision.fired) or not self.decision.is_complete


def keep(entries: Iterable[Judged]) -> None:
    """Write them down, raise their alerts, restrict whom they restrict: one transaction."""
    entries = list(entries)
    with transaction.atomic():
        Evaluation.objects.bulk_create(
            [
                Evaluation(
                    kind=each.kind,
                    at=each.at,
                    version=each.version,
                    facts=each.facts,
                    outcome=int(each.decision.outcome),
                    is_complete=each.decision.is_complete,
                    fired=each.decision.names,
                    user_id=each.subject.user_id,
                    account_id=each.subject.account_id,
                    subject=each.subject.label[:60],
                )
                for each in entries
            ]
        )
        _follow(entries)


@dataclass(slots=True)
class _Raised:
    """An alert that judgements of one transaction raise, however often."""

    judged: Judged
    sentence: str
    outcome: Outcome
    count: int = 0


def _follow(entries: list[Judged]) -> None:
    """Raise what is to be told and restrict whom it is about, each once."""
    raised: dict[tuple[str, str, int, int], _Raised] = {}
    restricted: dict[tuple[int, int], str] = {}
    for judged in entries:
        subject = judged.subject
        about = (subject.user_id, subject.account_id)
        for rule, sentence, outcome in _told(judged):
            one = raised.setdefault((judged.kind, rule, *about), _Raised(judged, sentence, outcome))
            one.judged = judged
            one.count += 1
            if outcome == Outcome.RESTRICT:
                restricted.setdefault(about, f"Rule: {rule}")
    for (kind, rule, user_id, account_id), one in raised.items():
        _alert({"kind": kind, "rule": rule, "user_id": user_id, "account_id": account_id}, one)
    for (user_id, account_id), reason in restricted.items():
        effects.restrict(user_id, account_id, reason)


def _told(judged: Judged) -> list[tuple[str, str, Outcome]]:
    """The rules that want somebody to see it; one without a name if judging failed."""
    if not judged.decision.is_complete:
        return [("", UNSURE, Outcome.DENY)]
    return [
        (rule.name, rule.sentence, rule.outcome)
        for rule in judged.decision.fired
        if rule.outcome in (Outcome.ALERT, Outcome.RESTRICT)
    ]


def _alert(of_same: dict[str, Any], raised: _Raised) -> None:
    """Raise an alert, or count the open one on."""
    judged = raised.judged
    newest = {
        "last_at": judged.at,
        "subject": judged.subject.label[:60],
        "facts": judged.facts,
    }
    known = Alert.objects.filter(**of_same, seen_at=None)
    if known.update(count=F("count") + raised.count, **newest):
        return
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                **of_same,
                **newest,
                sentence=raised.sentence[:300],
                outcome=int(raised.outcome),
                count=raised.count,
                first_at=judged.at,
            )
    except IntegrityError:  # somebody else was quicker: it counts there
        known.update(count=F("count") + raised.count, **newest)
        return
    audit.record(
        "rules.alert", alert, new={"kind": alert.kind, "rule": alert.rule}, acting_user=None
    )
    _tell_staff(alert)


def sentence_of(alert: Alert) -> str:
    """What an alert says: the rule's own sentence, or ours in the language in force."""
    return alert.sentence if alert.rule else _(alert.sentence)


def _language_of(user: User) -> str:
    """Staff work in any language of the product, else in the brand's own."""
    if user.language in dict(settings.LANGUAGES):
        return user.language
    return brands.view_of(current_tenant()).default_language


def _tell_staff(alert: Alert) -> None:
    """A notice to whoever works on alerts, in his language."""
    for user in User.objects.filter(is_staff=True, is_active=True):
        if roles.has(user, "rules.edit"):
            with translation.override(_language_of(user)):
                notices.notify(
                    user=user,
                    title=_("A rule raised an alert"),
                    text=sentence_of(alert),
                    path=NOTICE_PATH.format(alert.pk),
                    tone=notices.Tone.WARN,
                    key=f"rules.alert.{alert.pk}",
                )
    log.warning("a rule raised an alert", kind=alert.kind, rule=alert.rule, alert=alert.pk)
