"""What this room holds of a person: his accounts and what he called them."""

from datetime import datetime
from typing import Any

from trading.accounts.models import Account, ChosenAccount

ERASED = "erased"


def export_accounts(user: Any) -> list[dict[str, Any]]:
    return [
        {
            "account": row.pk,
            "name": row.name,
            "opened_at": row.opened_at.isoformat(),
            "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        }
        for row in Account.objects.filter(user_id=user.pk).order_by("pk")
    ]


def erase_accounts(user: Any, now: datetime) -> None:
    """Names are free text; the numbers are those of the books and stay."""
    for row in Account.objects.filter(user_id=user.pk):
        row.name = f"{ERASED} {row.pk}"
        row.save(update_fields=["name"])
    ChosenAccount.objects.filter(user_id=user.pk).delete()
