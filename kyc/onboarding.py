"""What a new firm begins with: forms and tiers of its template."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from kyc.actions import rights
from kyc.actions import tiers as actions
from kyc.actions.providers import SECRETS, set_provider
from kyc.models import CheckProvider, Tier
from kyc.simulator.service import DEMO_ACCOUNT
from tenants import templates_data
from trading.instruments.models import Asset

_FOLDER = Path(__file__).parent / "defaults"


@lru_cache
def forms_of(name: str) -> dict[str, Any]:
    """The forms of a file of ``kyc/defaults``, by code. Read it only."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        forms: dict[str, Any] = tomllib.load(file)["forms"]
    return forms


def furnish(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Forms and tiers, with limits in the firm's reporting currency."""
    plan = template.get("kyc")
    asset = Asset.objects.filter(code=tenant.reporting_currency).first()
    if not plan or asset is None:
        return
    for code, data in forms_of(plan["forms"]).items():
        actions.set_form(code=code, data=data, acting_user=None, reason="As a new firm begins")
    for row in plan["tiers"]:
        actions.set_tier(
            number=row["number"],
            rules=actions.TierRules(
                names=row["names"],
                person_form=row.get("person_form", ""),
                company_form=row.get("company_form", ""),
                products=tuple(row["products"]),
                may_deposit=row["may_deposit"],
                asset=asset,
                withdraw_day_units=_units(asset, row.get("withdraw_day")),
                withdraw_month_units=_units(asset, row.get("withdraw_month")),
                valid_months=row.get("valid_months", 0),
            ),
            acting_user=None,
            reason="As a new firm begins",
        )


def _units(asset: Asset, text: str | None) -> int | None:
    return None if text is None else asset.units_of(text)


def seed_demo_provider(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """Demo: persons who ask for the second tier are checked by the simulator, where it runs.

    Its port may be another one at each start.
    """
    if not settings.KYC_SIMULATOR_PORT or not Tier.objects.filter(number=2).exists():
        return
    address = f"http://127.0.0.1:{settings.KYC_SIMULATOR_PORT}"
    known = CheckProvider.objects.filter(code="simulator").first()
    if known is not None and known.address == address:
        return
    set_provider(
        code="simulator",
        title="Simulated Identity Ltd",
        adapter="hosted",
        address=address,
        from_tier=2,
        is_active=True if known is None else known.is_active,
        secrets={name: getattr(DEMO_ACCOUNT, name) for name in SECRETS},
        acting_user=None,
        reason="As the demo begins",
    )


def furnish_demo(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """Demo: a firm from before KYC gets its tiers as well."""
    if not Tier.objects.exists() and tenant.template:
        furnish(tenant=tenant, template=templates_data.load(tenant.template), acting_user=None)
    verified = Tier.objects.order_by("-number").first()
    for customer in customers if verified is not None else ():
        # As if their cases were decided; who signs up begins at the first tier.
        profile = rights.ensure_profile(customer)
        if profile.tier_id != verified.pk and not profile.user.kyc_cases.exists():
            profile.tier = verified
            profile.save(update_fields=["tier"])
