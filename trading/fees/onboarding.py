"""What a new tenant is furnished with: the tiers of its template."""

from typing import Any

from trading.fees import actions
from trading.instruments.models import Asset


def declare_tiers(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Declare the template's tiers for all groups: shares of the firm's own standard fees."""
    declared = template.get("fee_tiers")
    if not declared:
        return
    before = template["fees"]["maker_ppm"], template["fees"]["taker_ppm"]
    steps = []
    for step in declared["steps"]:
        rates = [
            template["fees"][name] * step["percent"] // 100 for name in ("maker_ppm", "taker_ppm")
        ]
        if (rates[0], rates[1]) != before:
            before = rates[0], rates[1]
            steps.append(actions.Step(step["from_volume"], *before))
    if not steps:
        return  # it takes nothing anyway
    asset = Asset.objects.get(code=declared["asset"])
    actions.set_valuation(asset=asset, acting_user=acting_user)
    actions.set_ladder(steps=steps, acting_user=acting_user)
