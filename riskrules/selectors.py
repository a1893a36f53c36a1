"""Reads of rules, evaluations and alerts of the current tenant."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404

from riskrules import kinds
from riskrules.kinds import Kind
from riskrules.models import OPEN, Alert, Evaluation, RuleRow, RuleVersion, VersionState
from riskrules.rulesets import Rule, RuleSet


def in_force(kind: Kind) -> RuleSet:
    """The rules that judge now: the floor, and the version in force or, where a firm has none,
    what is declared. Raises ValueError or TypeError if its rows cannot be rules."""
    rows = list(
        RuleRow.objects.filter(
            version__kind=kind.name, version__state=VersionState.LIVE
        ).select_related("version")
    )
    if rows:
        return kind.rule_set(rows[0].version.number, tuple(row.as_rule() for row in rows))
    live = live_version(kind)
    if live is not None:
        return kind.rule_set(live.number, ())
    return kind.rule_set(0, kind.defaults)


def live_version(kind: Kind) -> RuleVersion | None:
    return RuleVersion.objects.filter(kind=kind.name, state=VersionState.LIVE).first()


def open_version(kind: Kind) -> RuleVersion | None:
    """The version that somebody works on or that waits, if there is one."""
    return RuleVersion.objects.filter(kind=kind.name, state__in=OPEN).first()


def versions(kind: Kind | None = None) -> QuerySet[RuleVersion]:
    """All versions, newest first; of one kind or of all."""
    rows = RuleVersion.objects.select_related(
        "created_by", "tested_by", "proposed_by", "decided_by"
    )
    return rows if kind is None else rows.filter(kind=kind.name)


def access_kind(name: str) -> Kind:
    """The kind of a name in an address; Http404 if there is none."""
    try:
        return kinds.get(name)
    except kinds.UnknownKind:
        raise Http404 from None


def access_version(number: Any) -> RuleVersion:
    """The version with this id; Http404 if there is none, or nobody judges by its kind any more."""
    row = versions().filter(pk=number).first()
    if row is None:
        raise Http404
    access_kind(row.kind)
    return row


def rules_of(version: RuleVersion | None, kind: Kind) -> tuple[Rule, ...]:
    """The rules of a version, without the floor; None is what is declared."""
    if version is None:
        return kind.defaults
    return tuple(row.as_rule() for row in version.rules.all())


def waiting() -> QuerySet[RuleVersion]:
    """What waits for a second person, the oldest first."""
    return versions().filter(state=VersionState.PROPOSED).order_by("proposed_at")


def digest_of(rules: Iterable[Rule]) -> str:
    """A short name for what rules say: other rules have another one."""
    told = [
        [each.name, [list(c) for c in _plain(each)], int(each.outcome), each.sentence]
        for each in rules
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _plain(rule: Rule) -> list[tuple[str, str, int]]:
    return [(c.fact, str(c.comparison), c.value) for c in rule.conditions]


def alerts() -> QuerySet[Alert]:
    return Alert.objects.select_related("seen_by")


def open_alerts() -> QuerySet[Alert]:
    """What nobody has seen to yet."""
    return alerts().filter(seen_at=None)


def open_alert_counts() -> dict[str, int]:
    """How many, by kind."""
    rows = Alert.objects.filter(seen_at=None).order_by().values_list("kind")
    return dict(rows.annotate(count=Count("pk")))


def evaluations(kind: Kind) -> QuerySet[Evaluation]:
    return Evaluation.objects.filter(kind=kind.name)


def sentences(kind_name: str, names: Iterable[str]) -> dict[str, str]:
    """The sentence of each rule by its name, as it was last written; else the name itself."""
    wanted = set(names)
    kind = kinds.get(kind_name)
    found = {name: name for name in wanted}
    found |= {r.name: r.sentence for r in kind.floor + kind.defaults if r.name in wanted}
    rows = RuleRow.objects.filter(version__kind=kind_name, name__in=wanted)
    for row in rows.order_by("version__number"):
        found[row.name] = row.sentence
    return found
