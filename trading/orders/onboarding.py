"""What a new tenant is furnished with: the fees of its account groups."""

from typing import Any

from trading.accounts.models import AccountGroup
from trading.instruments.actions import set_fees


def set_group_fees(*, tenant: Any, template: dict[str, Any], acting_user: Any) -> None:
    """Set the fees of the template's groups that have their own."""
    for group in template.get("account_groups", []):
        if "maker_ppm" in group:
            set_fees(
                group=AccountGroup.objects.get(name=group["name"]),
                maker_ppm=group["maker_ppm"],
                taker_ppm=group["taker_ppm"],
                acting_user=acting_user,
            )
