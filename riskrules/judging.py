"""The one way in for flows that judge by rules: facts and a subject in, a decision out.

    try:
        with transaction.atomic():
            decision = judging.require("withdrawals", facts, subject)
            ...
    except judging.Refused as refused:
        refused.keep()
        raise PaymentError(refused.sentence) from None

What is refused is written down after the flow's transaction was undone, else it would be undone
as well; what is allowed is written within it.
"""

import time
from collections.abc import Mapping

import structlog
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from riskrules import evaluation, kinds, recording, selectors
from riskrules.evaluation import REFUSED, Decision
from riskrules.recording import Judged, Subject

__all__ = ["Judged", "Refused", "Subject", "judge", "require", "weigh"]

log = structlog.get_logger("marque.rules")

MOST_SECONDS = 1.0  # for one judgement; it takes some tenths of a millisecond


class Refused(Exception):
    """A rule refuses, or the rules could not be worked out."""

    def __init__(self, judged: Judged) -> None:
        super().__init__(judged.kind)
        self.judged = judged

    @property
    def sentence(self) -> str:
        """Why, for the person who is refused."""
        return " ".join(_(each) for each in self.judged.decision.refusals)

    def keep(self) -> None:
        """Write it down and do what follows; call it once the flow's transaction is undone."""
        recording.keep([self.judged])


def weigh(kind_name: str, facts: Mapping[str, int], subject: Subject) -> Judged:
    """Judge facts by the rules in force; nothing is written. What fails or takes too long is a
    refusal. Raises DatabaseError where the rules cannot be read."""
    begin = time.perf_counter()
    version, decision = 0, REFUSED
    try:
        rule_set = selectors.in_force(kinds.get(kind_name))
        version = rule_set.version
        decision = evaluation.evaluate(rule_set, facts)
    except DatabaseError:
        raise  # the transaction is spoilt: the whole flow ends
    except Exception:
        log.exception("rules could not be judged", kind=kind_name, version=version)
    if time.perf_counter() - begin > MOST_SECONDS:
        log.error("rules took too long", kind=kind_name, version=version)
        decision = REFUSED
    return Judged(kind_name, version, dict(facts), decision, subject, timezone.now())


def judge(kind_name: str, facts: Mapping[str, int], subject: Subject) -> Decision:
    """Judge, write it down and do what follows, in the caller's transaction, which goes on."""
    judged = weigh(kind_name, facts, subject)
    recording.keep([judged])
    return judged.decision


def require(kind_name: str, facts: Mapping[str, int], subject: Subject) -> Decision:
    """As `judge`, but raises Refused, with nothing written yet, where it is refused."""
    judged = weigh(kind_name, facts, subject)
    if judged.decision.is_refused:
        raise Refused(judged)
    recording.keep([judged])
    return judged.decision
