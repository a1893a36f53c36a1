"""What trading costs whom, and what it would cost who trades more, for pages."""

from dataclasses import dataclass
from typing import Any

from trading.accounts import selectors as accounts
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account
from trading.commands.door import EngineUnavailable, EngineUnknown
from trading.fees import rates, selectors
from trading.fees.models import Tier
from trading.fees.rates import Rate
from trading.instruments.models import Asset


@dataclass(frozen=True)
class Position:
    """A customer's place on the ladder, in units of the asset; None as ``volume_units``: the engine
    could not be asked just now.
    """

    number: int
    volume_units: int | None = None
    today_units: int = 0
    next_units: int = 0  # 0: it is the last tier
    left_units: int = 0

    @property
    def tenths(self) -> int:
        """How far it is to the next tier, in tenths of a percent."""
        if self.next_units == 0:
            return 1000
        return min(1000, 1000 * (self.volume_units or 0) // self.next_units)


@dataclass(frozen=True)
class FeeSheet:
    """Rates of every instrument; and, where the firm counts volume, the ladder."""

    rates: list[Rate]
    asset: Asset | None
    tiers: list[Tier]
    position: Position | None


def rates_of(user: Any) -> list[Rate]:
    """The user's own rates, or the standard ones for visitors and users without an account."""
    return sheet_of(user).rates


def sheet_of(user: Any) -> FeeSheet:
    """The same with the tiers."""
    try:
        account = accounts.access_account(user)
    except NoAccount:
        return _sheet(_default_group(), None)
    return _sheet(account.group_id, account)


def standard_rates() -> list[Rate]:
    """What a new customer pays."""
    return rates.lines_of_group(_default_group())


def _default_group() -> int | None:
    return next((group.pk for group in accounts.groups() if group.is_default), None)


def _sheet(group_id: int | None, account: Account | None) -> FeeSheet:
    lines = rates.lines_of_group(group_id)
    asset = selectors.valuation_asset()
    tiers = selectors.tiers_of(group_id) if asset else []
    if account is None or not tiers:
        return FeeSheet(lines, asset, tiers, None)
    try:
        standing = selectors.standing_of(account)
    except (EngineUnavailable, EngineUnknown):
        return FeeSheet(lines, asset, tiers, Position(0))
    if standing is None or asset is None or standing.row.asset_id != asset.pk:
        return FeeSheet(lines, asset, tiers, None)  # on its way to the engine
    row = standing.row
    position = Position(
        row.tier, row.volume_units, row.today_units, row.next_from_units, standing.left_units
    )
    return FeeSheet(rates.lowered(lines, row.maker_ppm, row.taker_ppm), asset, tiers, position)
