"""What a new tenant is furnished with: a chart of accounts and funded house accounts."""

from typing import Any

from django.db import connection

from trading.accounts.models import AccountRole
from trading.accounts.selectors import house_accounts
from trading.commands.actions import enqueue_command
from trading.engine import commands
from trading.engine.enums import FundsReason
from trading.instruments.selectors import assets
from wallets.ledger import chart
from wallets.ledger.models import Line

DEFAULT_FUNDING = "1000000"


def open_books(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Open the chart of accounts and give the market-making accounts the house's own capital.

    The template's `house_funding` says how much of each asset (decimal text) each gets.
    """
    houses = list(house_accounts())
    wanted = []
    for asset in assets():
        wanted += [
            chart.ledger_account_id(line, 0, asset.pk) for line in chart.CLASSIFICATION_OF_LINE
        ]
        wanted += [
            chart.ledger_account_id(Line.ENGINE_ACCOUNT, account.pk, asset.pk) for account in houses
        ]
    with connection.cursor() as cursor:
        chart.ensure_ledger_accounts(cursor, wanted)
    funding = template.get("house_funding", {})
    for account in houses:
        if account.role == AccountRole.HOUSE_FEES:
            continue
        for asset in assets():
            amount = funding.get(asset.code, DEFAULT_FUNDING)
            enqueue_command(
                commands.CreditFunds(
                    account_id=account.pk,
                    asset_id=asset.pk,
                    amount_units=asset.units_of(amount),
                    reason=int(FundsReason.HOUSE_FUNDING),
                    reference_id=account.pk,
                    against=chart.main_custody(asset.code),
                ),
                acting_user=acting_user,
            )
