"""What this room holds of a person: which amounts he moved between accounts of his, and when."""

from datetime import datetime
from typing import Any

from wallets.transfers import selectors


def export_transfers(user: Any) -> list[dict[str, Any]]:
    return [
        {
            "number": row.pk,
            "from_account": row.source_id,
            "to_account": row.target_id,
            "asset": row.asset.code,
            "amount": row.asset.text(int(row.amount_units)),
            "state": row.state,
            "at": row.requested_at.isoformat(),
        }
        for row in selectors.transfers().filter(user_id=user.pk).order_by("pk")
    ]


def erase_transfers(user: Any, now: datetime) -> None:
    """Numbers and states stay, as the books do; there is nothing else."""
