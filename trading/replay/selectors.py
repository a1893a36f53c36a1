"""Where recordings can be played: instruments and house accounts of the current tenant."""

from decimal import Decimal

from trading.accounts.models import Account, AccountRole
from trading.engine.enums import AccountState
from trading.instruments import selectors as instruments
from trading.replay.market_maker import ReplayTarget


class NoTarget(LookupError):
    """The tenant lacks the instrument or the house accounts; the message says which."""


def replay_target(tenant_id: int, symbol: str) -> ReplayTarget:
    """The current tenant's instrument and its two market-making accounts; raises NoTarget."""
    try:
        info = instruments.instrument_info(symbol)
    except instruments.UnknownInstrument as error:
        raise NoTarget(str(error)) from error
    account_ids = list(
        Account.objects.filter(
            role=AccountRole.HOUSE_MARKET_MAKER, state=AccountState.ACTIVE
        ).values_list("id", flat=True)[:2]
    )
    if len(account_ids) < 2:
        raise NoTarget("A replay needs two active house accounts with the role market maker.")
    return ReplayTarget(
        tenant_id=tenant_id,
        instrument_id=info.id,
        symbol=info.symbol,
        tick_size=Decimal(info.tick_units).scaleb(-info.quote_scale),
        lot_size=Decimal(info.lot_units).scaleb(-info.base_scale),
        account_ids=(account_ids[0], account_ids[1]),
    )
