"""Facts in, decision out, by durable_rules in the one pattern that was found to be safe.

durable_rules swallows what an action raises, keeps a state for each session it ever saw, and
compares text by spelling. So: facts are validated integers, each evaluation is a session of its own
that is deleted at the end, actions only note which rule fired, and a rule that always fires
must have fired: if it has not, nothing was decided and the answer is no.

The package is built with a C compiler. Where there was none, and before an order, where there is
no time for it, the same rules are read by plain Python (`judge_plainly`); the tests hold both to
the same decisions.
"""

import contextlib
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

from django.utils.translation import gettext_noop

from riskrules.rulesets import INT64, Comparison, Condition, Outcome, Rule, RuleSet, compare

try:
    from durable import lang
except ImportError:
    lang = None

_DONE = "done"
UNSURE = gettext_noop("The rules could not be worked out, so this is refused. Please try again.")


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
    def is_refused(self) -> bool:
        return self.outcome >= Outcome.DENY or not self.is_complete

    @property
    def names(self) -> list[str]:
        return [rule.name for rule in self.fired]

    @property
    def sentences(self) -> list[str]:
        """Why, for a person, the gravest first."""
        if not self.is_complete:
            return [UNSURE]
        return [rule.sentence for rule in sorted(self.fired, key=lambda r: -r.outcome)]

    @property
    def refusals(self) -> list[str]:
        """The sentences of the rules that refuse, for whom they refuse."""
        if not self.is_complete:
            return [UNSURE]
        return [rule.sentence for rule in self.fired if rule.outcome >= Outcome.DENY]


REFUSED = Decision(Outcome.DENY, is_complete=False)
ALLOWED = Decision(Outcome.ALLOW)


@dataclass(slots=True)
class _Loaded:
    """A rule set inside durable_rules, and what fired in the evaluations under way."""

    name: str
    rules: tuple[Rule, ...]
    fired: dict[str, list[int]] = field(default_factory=dict)


_IS_DONE = -1  # stands for the rule that must have fired; others by their place
_loaded: dict[Any, _Loaded] = {}
_lock = threading.Lock()


def evaluate(rule_set: RuleSet, facts: Mapping[str, int]) -> Decision:
    """Judge `facts`; raises FactsError on bad facts, answers REFUSED if judging itself failed."""
    check_facts(rule_set, facts)
    if lang is None:
        return judge_plainly(rule_set.rules, facts)
    sid = uuid.uuid4().hex
    try:
        loaded = _load(rule_set)
    except Exception:  # a rule that cannot be read refuses
        return REFUSED
    loaded.fired[sid] = []
    try:
        lang.assert_fact(loaded.name, {**facts, "sid": sid, _DONE: 1})
    except Exception:  # whatever it was, nothing was decided
        return REFUSED
    finally:
        places = loaded.fired.pop(sid)
        with contextlib.suppress(Exception):  # there is none if the facts never arrived
            lang.delete_state(loaded.name, sid)
    if _IS_DONE not in places:
        return REFUSED
    # Each once and in the order of the set: the engine tells them as it likes.
    return decision_of(tuple(loaded.rules[n] for n in sorted(set(places)) if n != _IS_DONE))


def judge_plainly(rules: tuple[Rule, ...], facts: Mapping[str, int]) -> Decision:
    """The same decision by plain Python: no engine, no validation, some microseconds."""
    fired = []
    for rule in rules:
        for condition in rule.conditions:
            if not _MEETS[condition.comparison](facts[condition.fact], condition.value):
                break
        else:
            fired.append(rule)
    return decision_of(tuple(fired)) if fired else ALLOWED


# By comparison, without the steps of `compare`: this stands before every order.
_MEETS: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.ABOVE: int.__gt__,
    Comparison.AT_LEAST: int.__ge__,
    Comparison.BELOW: int.__lt__,
    Comparison.AT_MOST: int.__le__,
    Comparison.EQUALS: int.__eq__,
    Comparison.DIFFERS: int.__ne__,
}


def decision_of(fired: tuple[Rule, ...]) -> Decision:
    return Decision(max((rule.outcome for rule in fired), default=Outcome.ALLOW), fired)


def check_facts(rule_set: RuleSet, facts: Mapping[str, int]) -> None:
    """Raise FactsError unless these are all the facts of the set, as 64-bit integers."""
    if facts.keys() != rule_set.facts.keys():
        wrong = ", ".join(sorted(facts.keys() ^ rule_set.facts.keys()))
        raise FactsError(f"{rule_set.name}: missing or unknown facts: {wrong}")
    for name, value in facts.items():
        if type(value) is not int or not -INT64 <= value < INT64:
            raise FactsError(f"{rule_set.name}: {name} is no 64-bit integer")


def _load(rule_set: RuleSet) -> _Loaded:
    # By what it says, not by its number: firms number their versions alike.
    key = (rule_set.name, tuple(rule_set.facts), rule_set.rules)
    with _lock:
        if key not in _loaded:
            loaded = _Loaded(f"{rule_set.name}-{len(_loaded)}", rule_set.rules)
            with lang.ruleset(loaded.name):
                for place, rule in enumerate(rule_set.rules):
                    lang.when_all(_condition(rule.conditions))(_noting(loaded, place))
                lang.when_all(lang.m.done == 1)(_noting(loaded, _IS_DONE))
            _loaded[key] = loaded
        return _loaded[key]


def _condition(conditions: tuple[Condition, ...]) -> Any:
    """All of them about one and the same fact of durable_rules."""
    return reduce(and_, (compare(getattr(lang.m, each.fact), each) for each in conditions))


def _noting(loaded: _Loaded, place: int) -> Callable[[Any], None]:
    def note(context: Any) -> None:
        loaded.fired[context.s.sid].append(place)

    note.__name__ = f"note_{place + 1}"
    return note
