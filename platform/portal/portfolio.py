"""What a customer has, and what it is worth: booked, held and available, in integers."""

from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError

from money.units import MoneyError, parse_units
from trading.accounts.models import Account
from trading.instruments import selectors as instruments
from trading.instruments.rules import AssetInfo, Catalogue
from trading.market_data import selectors as market_data
from trading.orders import selectors as orders
from wallets.ledger.models import Balance, Line

log = structlog.get_logger("marque.portal")


@dataclass(frozen=True)
class Holding:
    """One asset of an account. ``value_units``: in the valuing asset; None without a price."""

    asset: AssetInfo
    booked_units: int
    held_units: int
    value_units: int | None = None

    @property
    def available_units(self) -> int:
        return self.booked_units - self.held_units

    @property
    def held_value_units(self) -> int:
        """The worth of what is held, by the same price; 0 without one."""
        if not self.booked_units or not self.value_units:
            return 0
        return self.value_units * self.held_units // self.booked_units


@dataclass(frozen=True)
class Portfolio:
    """All holdings, the most valuable first, and their sum in one asset."""

    valued_in: AssetInfo | None
    total_units: int
    holdings: list[Holding]

    @property
    def held_value_units(self) -> int:
        """What open orders hold of it all."""
        return sum(holding.held_value_units for holding in self.holdings)

    @property
    def unpriced(self) -> list[str]:
        """Assets that have no price just now, so the total leaves them out."""
        return [h.asset.code for h in self.holdings if h.value_units is None]

    @property
    def shares(self) -> list[tuple[str, int]]:
        """(asset, tenths of a percent of the total), largest first; nothing below one tenth."""
        if self.total_units <= 0:
            return []
        parts = [
            (h.asset.code, h.value_units * 1000 // self.total_units)
            for h in self.holdings
            if h.value_units
        ]
        return [(code, share) for code, share in parts if share > 0]


def portfolio_of(account: Account, valued_in: str) -> Portfolio:
    """The account's holdings valued at last prices in the asset with code ``valued_in``."""
    catalogue = instruments.catalogue()
    held = orders.held_units(account.pk)
    booked = booked_units(account)
    target = catalogue.by_code.get(valued_in)
    prices = _last_prices(catalogue, target) if target else {}
    holdings = []
    for asset in catalogue.assets.values():
        units = booked.get(asset.id, 0)
        value = units * prices[asset.id] // 10**asset.scale if asset.id in prices else None
        if units or held.get((account.pk, asset.id)):
            holdings.append(Holding(asset, units, held.get((account.pk, asset.id), 0), value))
    holdings.sort(key=lambda holding: -(holding.value_units or 0))
    return Portfolio(target, sum(h.value_units or 0 for h in holdings), holdings)


def booked_units(account: Account) -> dict[int, int]:
    """Booked balances by asset id; a customer's money is a credit in the tenant's ledger."""
    rows = Balance.objects.filter(
        ledger_account__account_id=account.pk, ledger_account__line=Line.ENGINE_ACCOUNT
    ).values_list("ledger_account__asset_id", "units")
    return {asset_id: -int(units) for asset_id, units in rows}


def _last_prices(catalogue: Catalogue, target: AssetInfo) -> dict[int, int]:
    """Units of ``target`` for one whole of each asset that is priced in it."""
    prices = {target.id: 10**target.scale}
    for ticker in current_tickers():
        info = catalogue.by_symbol.get(ticker["instrument"])
        if info is None or info.quote_id != target.id or not ticker.get("last"):
            continue
        try:
            prices[info.base_id] = parse_units(ticker["last"], target.scale)
        except MoneyError:
            log.warning("price not understood", instrument=info.symbol)
    return prices


def current_tickers() -> list[dict[str, Any]]:
    """Last prices; none while Redis is not there, so that pages show balances without values."""
    try:
        return market_data.current_tickers()
    except RedisError:
        log.warning("no tickers: no Redis")
        return []
