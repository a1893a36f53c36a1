"""Sentences for volume tiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from backoffice.cells import percent_of_ppm
from trading.engine.limits import MOST_FEE_TIERS

if TYPE_CHECKING:
    from backoffice.words import Dictionary


def _valuation(event: Any, names: Dictionary) -> str:
    if event.asset_id == 0:
        return _("The volume of accounts is not counted")
    return _("The volume of accounts is counted in %(asset)s") % {
        "asset": names.assets[event.asset_id].code
        if event.asset_id in names.assets
        else f"#{event.asset_id}"
    }


def _tiers(event: Any, names: Dictionary) -> str:
    scope = {
        "group": _("group %(id)s") % {"id": event.group_id} if event.group_id else _("all groups")
    }
    steps = [
        _("from %(volume)s units maker %(maker)s, taker %(taker)s")
        % {
            "volume": f"{getattr(event, f'from_units_{n}'):,}",
            "maker": percent_of_ppm(getattr(event, f"maker_ppm_{n}")),
            "taker": percent_of_ppm(getattr(event, f"taker_ppm_{n}")),
        }
        for n in range(1, MOST_FEE_TIERS + 1)
        if getattr(event, f"from_units_{n}")
    ]
    if not steps:
        return _("The volume tiers of %(group)s are removed") % scope
    return _("Volume tiers of %(group)s: %(steps)s") % {**scope, "steps": "; ".join(steps)}


def _tier_changed(event: Any, names: Dictionary) -> str:
    return _("%(account)s trades in tier %(tier)s now, before in tier %(old)s") % {
        "account": names.account_text(event.account_id),
        "tier": event.tier,
        "old": event.old_tier,
    }


SENTENCES: dict[str, Callable[[Any, Dictionary], str]] = {
    "SetValuation": _valuation,
    "ValuationSet": _valuation,
    "SetFeeTiers": _tiers,
    "FeeTiersSet": _tiers,
    "FeeTierChanged": _tier_changed,
}
