"""Put rules in force by the product's own steps: one person writes, another agrees."""

from typing import Any

import people
from riskrules import actions, kinds, selectors
from riskrules.models import RuleVersion
from riskrules.rulesets import Rule
from tenants.selectors import current_tenant

REASON = "Agreed with the board"


def in_force(kind_name: str, *rules: Rule, keep: bool = True) -> RuleVersion:
    """A version with these rules (and, with `keep`, those before) judges from now on."""
    tenant = current_tenant()
    writer: Any = people.make_staff(tenant, "compliance")
    second: Any = people.make_staff(tenant, "owner")
    kind = kinds.get(kind_name)
    version = actions.begin_draft(kind=kind, acting_user=writer)

    def seen() -> str:
        return selectors.digest_of(selectors.rules_of(version, kind))

    names = {rule.name for rule in rules}
    for row in list(version.rules.all()):
        if not keep or row.name in names:
            actions.remove_rule(
                version=version, position=row.position, seen=seen(), acting_user=writer
            )
    for rule in rules:
        actions.write_rule(version=version, rule=rule, seen=seen(), acting_user=writer)
    actions.test(version=version, days=7, acting_user=writer)
    actions.propose(version=version, reason=REASON, acting_user=writer)
    return actions.activate(version=version, reason=REASON, acting_user=second)
