"""Rules decide what they say, under threads and over many evaluations, and refuse when unsure."""

import threading

import pytest

from riskrules import evaluation
from riskrules.evaluation import FactsError, evaluate
from riskrules.rulesets import ADJUSTMENTS, Comparison, Outcome, Rule, RuleSet

CALM = {"is_own_account": 0, "requests_last_hour": 0, "open_requests_same_account": 0}
SIZES = RuleSet(
    name="test-sizes",
    version=1,
    facts={"size": "a number"},
    rules=(
        Rule("big", "size", Comparison.ABOVE, 1000, Outcome.HOLD, "It is big."),
        Rule("huge", "size", Comparison.AT_LEAST, 2**62, Outcome.DENY, "It is huge."),
        Rule("tiny", "size", Comparison.BELOW, -5, Outcome.ALERT, "It is tiny."),
        Rule("odd one", "size", Comparison.EQUALS, 13, Outcome.ALERT, "It is thirteen."),
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
    assert {rule.name for rule in decision.fired} == names
    assert decision.is_complete
    assert decision.is_allowed == (outcome < Outcome.HOLD)


def test_adjustments() -> None:
    assert evaluate(ADJUSTMENTS, CALM).outcome == Outcome.ALLOW
    own = evaluate(ADJUSTMENTS, CALM | {"is_own_account": 1})
    assert own.outcome == Outcome.DENY
    assert own.sentences == ["Nobody adjusts an account of their own; ask a colleague."]
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
    assert not decision.is_complete
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


def test_a_rule_over_an_unknown_fact_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="which is no fact"):
        RuleSet("x", 1, {"a": ""}, (Rule("r", "b", Comparison.ABOVE, 1, Outcome.DENY, ""),))


@pytest.mark.parametrize("rule_set", [SIZES, ADJUSTMENTS], ids=lambda rule_set: rule_set.name)
def test_both_readers_decide_alike(rule_set: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    edges = sorted({rule.value + step for rule in rule_set.rules for step in (-1, 0, 1)})
    cases = [
        {**dict.fromkeys(rule_set.facts, 0), name: edge}
        for name in rule_set.facts
        for edge in edges
    ]
    by_engine = [evaluate(rule_set, facts) for facts in cases]
    monkeypatch.setattr(evaluation, "lang", None)
    by_python = [evaluate(rule_set, facts) for facts in cases]
    assert len({decision.outcome for decision in by_engine}) > 1
    for one, other in zip(by_engine, by_python, strict=True):
        assert (one.outcome, set(one.fired), one.is_complete) == (
            other.outcome,
            set(other.fired),
            other.is_complete,
        )
