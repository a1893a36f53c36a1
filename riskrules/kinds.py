"""Kinds of facts that rules are written for; the room that works the facts out registers one."""

from dataclasses import dataclass, field
from typing import Any

from riskrules.rulesets import Fact, Outcome, Rule, RuleSet, facts_by_name


@dataclass(frozen=True)
class Kind:
    """``defaults`` is what a new firm starts with; ``floor`` holds whatever a firm writes.

    ``outcomes`` are those that the flow can act on, `held` what "hold" means there.
    """

    name: str
    title: Any
    explanation: Any
    facts: tuple[Fact, ...]
    defaults: tuple[Rule, ...] = ()
    floor: tuple[Rule, ...] = ()
    outcomes: tuple[Outcome, ...] = (
        Outcome.ALLOW,
        Outcome.ALERT,
        Outcome.DENY,
        Outcome.RESTRICT,
    )
    held: Any = ""
    by_name: dict[str, Fact] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", facts_by_name(self.facts))
        self.rule_set(0, self.defaults)  # raises on rules that cannot be

    def rule_set(self, version: int, rules: tuple[Rule, ...]) -> RuleSet:
        """Rules of a firm behind the floor. Raises ValueError."""
        return RuleSet(self.name, version, self.by_name, self.floor + rules)


class UnknownKind(LookupError):
    """No room registered such a kind of facts."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Have rules written for a kind of facts, from ``AppConfig.ready``."""
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """The kind of a name; raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"There are no rules for {name!r}.") from None


def known() -> list[Kind]:
    """All kinds, as they were registered."""
    return list(_kinds.values())
