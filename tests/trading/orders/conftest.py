import pytest

from books import books
from trading.accounts.selectors import access_account
from trading.instruments.models import Asset
from wallets.adjustments import actions as adjustments

__all__ = ["books"]


@pytest.fixture
def funded(books, alice, bob, staff_of):
    """Alice and Bob with 10 000 USDT and 1 BTC each."""
    for customer in (alice, bob):
        for code, amount in (("USDT", "10000"), ("BTC", "1")):
            asset = Asset.objects.get(code=code)
            adjustment = adjustments.request_adjustment(
                account=access_account(customer),
                asset=asset,
                amount_units=asset.units_of(amount),
                reason="Opening balance",
                acting_user=staff_of("finance"),
            )
            adjustments.approve_adjustment(adjustment=adjustment, acting_user=staff_of("owner"))
    books.settle()
    return books
