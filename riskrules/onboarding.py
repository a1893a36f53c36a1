"""A new firm starts with the declared rules as its first version of each kind."""

from typing import Any

from riskrules import actions, kinds


def furnish(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Write them, in the creating transaction."""
    for kind in kinds.known():
        actions.furnish(kind, acting_user=acting_user)
