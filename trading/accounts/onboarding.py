"""What a new tenant is furnished with: account groups and the house's own accounts."""

from typing import Any

from trading.accounts import actions
from trading.accounts.models import AccountRole

ROLES = {
    "fees": AccountRole.HOUSE_FEES,
    "market_maker": AccountRole.HOUSE_MARKET_MAKER,
    # It takes what is recorded, and quotes in its turn.
    "market_taker": AccountRole.HOUSE_MARKET_MAKER,
    "other": AccountRole.HOUSE_OTHER,
}


def open_house_accounts(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Create the groups of the template and open its house accounts."""
    default = actions.create_group(
        name=actions.DEFAULT_GROUP_NAME, is_default=True, acting_user=acting_user
    )
    groups = {"": default, default.name: default}
    for group in template.get("account_groups", []):
        groups[group["name"]] = actions.create_group(name=group["name"], acting_user=acting_user)
    for account in template.get("house_accounts", []):
        actions.open_house_account(
            role=ROLES[account["role"]],
            name=account["name"],
            group=groups[account.get("group", "")],
            acting_user=acting_user,
        )


def open_customer_accounts(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """Demo: every customer has an account."""
    for customer in customers:
        if not customer.accounts.exists():
            actions.open_account(user=customer, acting_user=customer)
