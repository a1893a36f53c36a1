"""What a new tenant is furnished with: its venue, assets and instruments."""

from typing import Any

from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.instruments import actions
from trading.instruments.models import State

VENUE_CODE_CHARACTERS = 24


def open_venue(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Open the tenant's venue in the engine, with the template's assets and instruments."""
    enqueue_command(
        commands.OpenVenue(code=tenant.slug[:VENUE_CODE_CHARACTERS]), acting_user=acting_user
    )
    assets = {
        asset["code"]: actions.create_asset(**asset, acting_user=acting_user)
        for asset in template.get("assets", [])
    }
    fees = template.get("fees", {})
    for instrument in template.get("instruments", []):
        actions.create_instrument(
            symbol=instrument["symbol"],
            base=assets[instrument["base"]],
            quote=assets[instrument["quote"]],
            tick_size=instrument["tick_size"],
            lot_size=instrument["lot_size"],
            min_quantity=instrument.get("minimum_quantity", ""),
            max_quantity=instrument["maximum_quantity"],
            min_notional=instrument.get("minimum_notional", "0"),
            max_notional=instrument.get("maximum_notional", "0"),
            price_band_bp=instrument.get("price_band_bp", 0),
            maker_ppm=instrument.get("maker_ppm", fees.get("maker_ppm", 0)),
            taker_ppm=instrument.get("taker_ppm", fees.get("taker_ppm", 0)),
            state=State[instrument.get("state", "open").upper()],
            acting_user=acting_user,
        )
