"""Rule sets over facts, and the decisions they lead to.

A rule set is declared as data (:mod:`riskrules.rulesets`) and judged by durable_rules
(:mod:`riskrules.evaluation`). Hard limits do not stand here: they are integers in the engine.
"""
