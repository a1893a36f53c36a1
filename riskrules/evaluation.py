"""Facts in, decision out, by durable_rules in the one pattern that was found to be safe.

durable_rules swallows what an action raises, keeps a state for each session it ever saw, and
compares text by spelling. So: facts are validated integers, each evaluation is a session of its own
that is deleted at the end, actions only note which rule fired, and a rule that always fires
must have fired: if it has not, nothing was decided and the answer is no.

The package is built with a C compiler. Where there was none, the same declared rules are read
by plain Python; the tests hold both to the same decisions.
"""

import contextlib
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riskrules.rulesets import Comparison, Outcome, Rule, RuleSet

try:
    from durable import lang
except ImportError:
    lang = None

_DONE = "done"
_INT64 = 1 << 63


class FactsError(ValueError):
    """Facts that a rule set cannot be asked about: missing, unknown, or no 64-bit integers."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The gravest outcome and the rules that fired; `is_complete` is false if judging failed."""

    outcome: Outcome
    fired: tuple[Rule, ...] = ()
    is_complete: bool = True

    @property
    def is_allowed(self) -> bool:
        return self.outcome < Outcome.HOLD

    @property
    def sentences(self) -> list[str]:
        """Why, for a person, the gravest first."""
        if not self.is_complete:
            return ["The rules could not be worked out, so this is refused. Please try again."]
        return [rule.sentence for rule in sorted(self.fired, key=lambda r: -r.outcome)]


REFUSED = Decision(Outcome.DENY, is_complete=False)


@dataclass(slots=True)
class _Loaded:
    """A rule set inside durable_rules, and what fired in the evaluations under way."""

    name: str
    rules: dict[str, Rule]
    fired: dict[str, list[str]] = field(default_factory=dict)


_loaded: dict[tuple[str, int], _Loaded] = {}
_lock = threading.Lock()


def evaluate(rule_set: RuleSet, facts: Mapping[str, int]) -> Decision:
    """Judge `facts`; raises FactsError on bad facts, answers REFUSED if judging itself failed."""
    _check_facts(rule_set, facts)
    if lang is None:
        return _decision(tuple(rule for rule in rule_set.rules if _compare(facts[rule.fact], rule)))
    loaded = _load(rule_set)
    sid = uuid.uuid4().hex
    loaded.fired[sid] = []
    try:
        lang.assert_fact(loaded.name, {**facts, "sid": sid, _DONE: 1})
    except Exception:  # whatever it was, nothing was decided
        return REFUSED
    finally:
        names = loaded.fired.pop(sid)
        with contextlib.suppress(Exception):  # there is none if the facts never arrived
            lang.delete_state(loaded.name, sid)
    if _DONE not in names:
        return REFUSED
    return _decision(tuple(loaded.rules[name] for name in names if name != _DONE))


def _decision(fired: tuple[Rule, ...]) -> Decision:
    return Decision(max((rule.outcome for rule in fired), default=Outcome.ALLOW), fired)


def _check_facts(rule_set: RuleSet, facts: Mapping[str, int]) -> None:
    if facts.keys() != rule_set.facts.keys():
        wrong = ", ".join(sorted(facts.keys() ^ rule_set.facts.keys()))
        raise FactsError(f"{rule_set.name}: missing or unknown facts: {wrong}")
    for name, value in facts.items():
        if type(value) is not int or not -_INT64 <= value < _INT64:
            raise FactsError(f"{rule_set.name}: {name} is no 64-bit integer")


def _load(rule_set: RuleSet) -> _Loaded:
    key = (rule_set.name, rule_set.version)
    with _lock:
        if key not in _loaded:
            loaded = _Loaded(f"{key[0]}-{key[1]}", {rule.name: rule for rule in rule_set.rules})
            with lang.ruleset(loaded.name):
                for rule in rule_set.rules:
                    condition = _compare(getattr(lang.m, rule.fact), rule)
                    lang.when_all(condition)(_noting(loaded, rule.name))
                lang.when_all(lang.m.done == 1)(_noting(loaded, _DONE))
            _loaded[key] = loaded
        return _loaded[key]


def _compare(fact: Any, rule: Rule) -> Any:
    """The fact held against the rule's value: true or false for a number, a condition of
    durable_rules for what stands for one there."""
    if rule.comparison == Comparison.ABOVE:
        return fact > rule.value
    if rule.comparison == Comparison.AT_LEAST:
        return fact >= rule.value
    if rule.comparison == Comparison.BELOW:
        return fact < rule.value
    return fact == rule.value


def _noting(loaded: _Loaded, name: str) -> Callable[[Any], None]:
    def note(context: Any) -> None:
        loaded.fired[context.s.sid].append(name)

    note.__name__ = f"note_{len(loaded.rules)}_{name.replace(' ', '_')}"
    return note
