"""A version held against what was judged before: what it would have done, beside what is in force.

Both are judged anew on the same recorded facts by the plain reader, so nothing follows from it.
"""

from datetime import datetime, timedelta
from typing import Any

from riskrules import selectors
from riskrules.evaluation import Decision, judge_plainly
from riskrules.kinds import Kind
from riskrules.models import RuleVersion
from riskrules.rulesets import Outcome

MOST_EVALUATIONS = 50_000  # the newest of the time that is looked at
MOST_SHOWN = 100


def run(version: RuleVersion, kind: Kind, *, days: int, now: datetime) -> dict[str, Any]:
    """What came of it, as JSON: counts by outcome and rule, and the cases that would differ.

    ``unfit`` counts evaluations from before a fact existed: they cannot be told.
    """
    draft = kind.rule_set(version.number, selectors.rules_of(version, kind)).rules
    live = selectors.in_force(kind)
    rows = selectors.evaluations(kind).filter(at__gte=now - timedelta(days=days)).order_by("-pk")
    counts: dict[str, dict[str, int]] = {"draft": {}, "live": {}}
    fired: dict[str, dict[str, int]] = {"draft": {}, "live": {}}
    shown: list[dict[str, Any]] = []
    looked = unfit = differing = 0
    for row in rows[:MOST_EVALUATIONS].iterator():
        if not kind.by_name.keys() <= row.facts.keys():
            unfit += 1
            continue
        looked += 1
        then, now_ = judge_plainly(draft, row.facts), judge_plainly(live.rules, row.facts)
        for name, decision in (("draft", then), ("live", now_)):
            _count(counts[name], decision.outcome.name)
            for rule in decision.fired:
                _count(fired[name], rule.name)
        if _would_tell(then, now_):
            differing += 1
            if len(shown) < MOST_SHOWN:
                shown.append(_told(row, then, now_))
    return {
        "digest": selectors.digest_of(selectors.rules_of(version, kind)),
        "days": days,
        "live": live.version,
        "looked": looked,
        "unfit": unfit,
        "cut": looked + unfit >= MOST_EVALUATIONS,
        "counts": counts,
        "fired": fired,
        "differing": differing,
        "shown": shown,
    }


def _would_tell(draft: Decision, live: Decision) -> bool:
    return draft.outcome != live.outcome or set(draft.names) != set(live.names)


def _told(row: Any, draft: Decision, live: Decision) -> dict[str, Any]:
    looked_at = {c.fact for rule in draft.fired + live.fired for c in rule.conditions}
    return {
        "evaluation": row.pk,
        "at": row.at.isoformat(),
        "user": row.user_id,
        "account": row.account_id,
        "subject": row.subject,
        "draft": Outcome(draft.outcome).name,
        "draft_fired": draft.names,
        "live": Outcome(live.outcome).name,
        "live_fired": live.names,
        "facts": {name: row.facts[name] for name in sorted(looked_at)},
    }


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
