"""Demo: customers are funded the way staff do it, by one person asking and another approving."""

from typing import Any

from trading.accounts.selectors import accounts_of
from trading.instruments.models import Asset
from wallets.adjustments import actions
from wallets.adjustments.models import Adjustment, Kind

DEMO_AMOUNTS = {"USDT": "100000", "BTC": "2", "ETH": "30"}


def fund_demo_customers(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """Credit each demo customer once."""
    requester, approver = staff["finance"], staff["owner"]
    for customer in customers:
        account = accounts_of(customer).first()
        if account is None or Adjustment.objects.filter(account=account).exists():
            continue
        for asset in Asset.objects.filter(code__in=DEMO_AMOUNTS):
            adjustment = actions.request_adjustment(
                account=account,
                asset=asset,
                amount_units=asset.units_of(DEMO_AMOUNTS[asset.code]),
                kind=Kind.TRANSFER,
                reason="Opening balance of a demo customer",
                acting_user=requester,
            )
            actions.approve_adjustment(adjustment=adjustment, acting_user=approver)
