"""What a rule set is: which facts are looked at, and what follows from them. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

INT64 = 1 << 63
MOST = INT64 - 1  # stands for "never" where a fact counts the time since something


class Outcome(IntEnum):
    """What a decision does, the gravest last; the gravest rule that fires decides."""

    ALLOW = 0
    ALERT = 1
    HOLD = 2
    DENY = 3
    RESTRICT = 4  # denies, and makes the customer's accounts cancel-only


class Comparison(StrEnum):
    """How a fact is held against a rule's value; all are integers."""

    ABOVE = "above"
    AT_LEAST = "at least"
    BELOW = "below"
    AT_MOST = "at most"
    EQUALS = "equals"
    DIFFERS = "differs from"


class Unit(StrEnum):
    """What a fact counts. Amounts are hundredths of an asset's whole unit, percents hundredths."""

    FLAG = "flag"
    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    MINUTES = "minutes"
    HOURS = "hours"
    INSTRUMENT = "instrument"
    ACCOUNT = "account"


SCALES = {Unit.AMOUNT: 2, Unit.PERCENT: 2}


@dataclass(frozen=True, slots=True)
class Fact:
    """A named 64-bit integer: ``meaning`` says of what, ``unit`` what it counts."""

    name: str
    meaning: Any  # lazy: staff read it in their language
    unit: Unit = Unit.COUNT

    @property
    def scale(self) -> int:
        """How many decimal places people read and write it with."""
        return SCALES.get(self.unit, 0)


@dataclass(frozen=True, slots=True)
class Condition:
    """True if the fact compares to the value."""

    fact: str
    comparison: Comparison
    value: int

    def is_met(self, value: int) -> bool:
        """Whether a value of the fact meets it."""
        return bool(compare(value, self))


@dataclass(frozen=True, slots=True)
class Rule:
    """If all conditions are met, the outcome follows; `sentence` says why to a person."""

    name: str
    conditions: tuple[Condition, ...]
    outcome: Outcome
    sentence: str


def rule(
    name: str, fact: str, comparison: Comparison, value: int, outcome: Outcome, sentence: str
) -> Rule:
    """A rule with one condition."""
    return Rule(name, (Condition(fact, comparison, value),), outcome, sentence)


@dataclass(frozen=True)
class RuleSet:
    """Rules over a fixed list of facts; version 0 is what is declared in code.

    Raises ValueError for rules that cannot be judged: without a condition, over a fact that is
    none, with a value that is no 64-bit integer, or two of one name.
    """

    name: str
    version: int
    facts: Mapping[str, Fact]
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        for each in self.rules:
            if not each.conditions:
                raise ValueError(f"rule {each.name!r} has no condition")
            for condition in each.conditions:
                if condition.fact not in self.facts:
                    raise ValueError(
                        f"rule {each.name!r} looks at {condition.fact!r}, which is no fact"
                    )
                if type(condition.value) is not int or not -INT64 <= condition.value < INT64:
                    raise ValueError(f"rule {each.name!r} has a value beyond 64 bits")
        if len({each.name for each in self.rules}) != len(self.rules):
            raise ValueError(f"two rules of {self.name!r} have one name")


def facts_by_name(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


def compare(fact: Any, condition: Condition) -> Any:
    """The fact held against the condition's value: true or false for a number, a condition of
    durable_rules for what stands for one there."""
    value = condition.value
    match condition.comparison:
        case Comparison.ABOVE:
            return fact > value
        case Comparison.AT_LEAST:
            return fact >= value
        case Comparison.BELOW:
            return fact < value
        case Comparison.AT_MOST:
            return fact <= value
        case Comparison.DIFFERS:
            return fact != value
    return fact == value
