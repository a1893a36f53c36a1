"""Rules decide what they say, under threads and over many evaluations, and refuse when unsure."""

import random
import threading

import pytest

from riskrules import evaluation
from riskrules.evaluation import FactsError, evaluate, judge_plainly
from riskrules.rulesets import (
    INT64,
    Comparison,
    Condition,
    Fact,
    Outcome,
    Rule,
    RuleSet,
    facts_by_name,
    rule,
)
from wallets.adjustments.rules import KIND as ADJUSTMENTS_KIND

ADJUSTMENTS = ADJUSTMENTS_KIND.rule_set(0, ADJUSTMENTS_KIND.defaults)
CALM = dict.fromkeys(ADJUSTMENTS.facts, 0)
SIZES = RuleSet(
    name="test-sizes",
    version=1,
    facts=facts_by_name((Fact("size", "a number"),)),
    rules=(
        rule("big", "size", Comparison.ABOVE, 1000, Outcome.HOLD, "It is big."),
        rule("huge", "size", Comparison.AT_LEAST, 2**62, Outcome.DENY, "It is huge."),
        rule("tiny", "size", Comparison.BELOW, -5, Outcome.ALERT, "It is tiny."),
        rule("odd one", "size", Comparison.EQUALS, 13, Outcome.ALERT, "It is thirteen."),
    ),
)


@pytest.mark.parametrize(
    ("size", "outcome", "names"),
    [
        (0, Outcome.ALLOW, set()),
        (999, Outcome.ALLOW, set()),
        (1000, Outcome.ALLOW, set()),
        (1001, Outcome.HOLD, {"big"}),
        (2**62 - 1, Outcome.HOLD, {"big"}),
        (2**62, Outcome.DENY, {"big", "huge"}),
        (13, Outcome.ALERT, {"odd one"}),
        (-6, Outcome.ALERT, {"tiny"}),
    ],
)
def test_the_gravest_rule_decides(size: int, outcome: Outcome, names: set[str]) -> None:
    decision = evaluate(SIZES, {"size": size})
    assert decision.outcome == outcome
    assert set(decision.names) == names
    assert decision.is_complete
    assert decision.is_allowed == (outcome < Outcome.HOLD)


def test_all_conditions_of_a_rule_must_hold() -> None:
    facts = facts_by_name((Fact("a", ""), Fact("b", "")))
    both = Rule(
        "both",
        (
            Condition("a", Comparison.AT_LEAST, 10),
            Condition("a", Comparison.AT_MOST, 20),
            Condition("b", Comparison.DIFFERS, 0),
        ),
        Outcome.DENY,
        "Both.",
    )
    rules = RuleSet("test-and", 1, facts, (both,))
    found = {
        (a, b): evaluate(rules, {"a": a, "b": b}).outcome == Outcome.DENY
        for a in (9, 10, 20, 21)
        for b in (0, 1)
    }
    assert found == {(a, b): 10 <= a <= 20 and b != 0 for a, b in found}


def test_adjustments() -> None:
    assert evaluate(ADJUSTMENTS, CALM).outcome == Outcome.ALLOW
    own = evaluate(ADJUSTMENTS, CALM | {"is_own_account": 1})
    assert own.outcome == Outcome.DENY
    assert own.refusals == ["Nobody adjusts an account of their own; ask a colleague."]
    assert evaluate(ADJUSTMENTS, CALM | {"open_requests_same_account": 2}).is_allowed


@pytest.mark.parametrize(
    "facts",
    [{}, {"size": "13"}, {"size": 1.5}, {"size": None}, {"size": True}, {"size": 2**63},
     {"size": 1, "more": 2}],
)  # fmt: skip
def test_facts_that_are_no_integers_are_refused(facts: dict) -> None:
    with pytest.raises(FactsError):
        evaluate(SIZES, facts)


def test_no_answer_from_the_rules_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation.lang, "assert_fact", lambda *_: None)
    decision = evaluate(SIZES, {"size": 0})
    assert decision.outcome == Outcome.DENY
    assert not decision.is_complete and decision.is_refused
    assert "try again" in decision.sentences[0]


def test_many_evaluations_over_threads_stay_apart() -> None:
    """Far more sessions than durable_rules keeps at once (1 024)."""
    wrong: list[int] = []

    def work(start: int) -> None:
        for size in range(start, start + 600):
            expected = Outcome.HOLD if size > 1000 else Outcome.ALLOW
            if size != 13 and evaluate(SIZES, {"size": size}).outcome != expected:
                wrong.append(size)

    threads = [threading.Thread(target=work, args=(n * 300,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ((rule("r", "b", Comparison.ABOVE, 1, Outcome.DENY, ""),), "which is no fact"),
        ((Rule("r", (), Outcome.DENY, ""),), "no condition"),
        ((rule("r", "a", Comparison.ABOVE, 2**63, Outcome.DENY, ""),), "beyond 64 bits"),
        ((rule("r", "a", Comparison.ABOVE, 1, Outcome.DENY, ""),) * 2, "one name"),
    ],
)
def test_rules_that_cannot_be_judged_cannot_be_declared(rules, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        RuleSet("x", 1, facts_by_name((Fact("a", ""),)), rules)


NAMES = ("alpha", "beta", "gamma")
FACTS = facts_by_name(tuple(Fact(name, name) for name in NAMES))
EDGES = (0, 1, -1, 7, 10**9, -(10**18), INT64 - 1, -INT64)


def random_rules(rng: random.Random) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"rule {number}",
            tuple(
                Condition(rng.choice(NAMES), rng.choice(list(Comparison)), rng.choice(EDGES))
                for _ in range(rng.randint(1, 4))
            ),
            rng.choice(list(Outcome)),
            "A sentence.",
        )
        for number in range(rng.randint(0, 8))
    )


@pytest.mark.parametrize("seed", range(40))
def test_both_readers_decide_alike(seed: int) -> None:
    """Random rules and facts, at the edges of the values: durable_rules and plain Python."""
    rng = random.Random(seed)
    rules = RuleSet("test-twin", seed, FACTS, random_rules(rng))
    for _ in range(25):
        facts = {
            name: max(-INT64, min(INT64 - 1, rng.choice(EDGES) + rng.randint(-1, 1)))
            for name in NAMES
        }
        by_engine, by_python = evaluate(rules, facts), judge_plainly(rules.rules, facts)
        assert by_engine == by_python, (seed, facts, rules.rules)
        assert by_engine.is_complete


def test_the_random_worlds_see_every_outcome() -> None:
    seen = set()
    for seed in range(40):
        rng = random.Random(seed)
        rules = random_rules(rng)
        for _ in range(25):
            facts = {name: rng.choice(EDGES) for name in NAMES}
            seen.add(judge_plainly(rules, facts).outcome)
    assert seen == set(Outcome)
