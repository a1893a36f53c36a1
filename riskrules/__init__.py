"""Rule sets over facts, the decisions they lead to, and what follows from these.

Each kind of fact (:mod:`riskrules.kinds`) is declared by the room that works its facts out, with
the rules a new firm starts with and those that hold whatever a firm writes (its floor). A firm's
own rules are rows in versions that never change (:mod:`riskrules.models`), written by one person
and put in force by another (:mod:`riskrules.actions`). They are judged by durable_rules
(:mod:`riskrules.evaluation`) or, before an order, by the plain reader of the same rules. Hard
limits do not stand here: they are integers in the engine.
"""
