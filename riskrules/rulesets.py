"""Declared rule sets: which facts are looked at, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Outcome(IntEnum):
    """What a decision does, the gravest last; the gravest rule that fires decides."""

    ALLOW = 0
    ALERT = 1
    HOLD = 2
    DENY = 3


class Comparison(StrEnum):
    """How a fact is held against a rule's value; all are integers."""

    ABOVE = "above"
    AT_LEAST = "at least"
    BELOW = "below"
    EQUALS = "equals"


@dataclass(frozen=True, slots=True)
class Rule:
    """If the fact compares to the value, the outcome follows; `sentence` says why to a person."""

    name: str
    fact: str
    comparison: Comparison
    value: int
    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class RuleSet:
    """Rules over a fixed list of facts; name and version identify it for ever."""

    name: str
    version: int
    facts: Mapping[str, str]
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        for rule in self.rules:
            if rule.fact not in self.facts:
                raise ValueError(f"rule {rule.name!r} looks at {rule.fact!r}, which is no fact")
        if len({rule.name for rule in self.rules}) != len(self.rules):
            raise ValueError(f"two rules of {self.name!r} have one name")


ADJUSTMENTS = RuleSet(
    name="adjustments",
    version=1,
    facts=MappingProxyType(
        {
            "is_own_account": "1 if the account belongs to the one who asks or approves",
            "requests_last_hour": "adjustments the same person asked for in the last hour",
            "open_requests_same_account": "adjustments of this account that still wait",
        }
    ),
    rules=(
        Rule(
            "own account",
            "is_own_account",
            Comparison.EQUALS,
            1,
            Outcome.DENY,
            "Nobody adjusts an account of their own; ask a colleague.",
        ),
        Rule(
            "too many requests",
            "requests_last_hour",
            Comparison.AT_LEAST,
            60,
            Outcome.DENY,
            "You asked for 60 adjustments within an hour; wait, or ask a colleague.",
        ),
        Rule(
            "several open requests",
            "open_requests_same_account",
            Comparison.AT_LEAST,
            1,
            Outcome.ALERT,
            "Another adjustment of this account is still waiting: check that it is not the same.",
        ),
    ),
)
