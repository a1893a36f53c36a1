"""What this room holds of a person: his bank accounts, and who paid him or was paid.

The books keep amounts under the account's number, for good; names and accounts at banks go when the
firm's years are over, and with them files to banks that are as old.
"""

from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from tenants import registry
from wallets.payments.models import (
    Beneficiary,
    BeneficiaryState,
    Deposit,
    PaymentFile,
    StatementLine,
    Withdrawal,
)

ERASED = "erased"


def export_payments(user: Any) -> dict[str, Any]:
    return {
        "bank_accounts": [
            {
                "label": row.label,
                "holder": row.holder,
                "iban": row.iban,
                "bic": row.bic,
                "added_at": row.added_at.isoformat(),
                "state": row.state,
            }
            for row in Beneficiary.objects.filter(user=user).order_by("pk")
        ],
        "deposits": [
            {
                "number": row.pk,
                "amount": row.asset.text(int(row.amount_units)),
                "asset": row.asset.code,
                "from": row.sender_name,
                "iban": row.sender_iban,
                "text": row.remittance,
                "state": row.state,
                "at": row.recorded_at.isoformat(),
            }
            for row in Deposit.objects.filter(user=user).select_related("asset").order_by("pk")
        ],
        "withdrawals": [
            {
                "number": row.pk,
                "amount": row.asset.text(int(row.amount_units)),
                "fee": row.asset.text(int(row.fee_units)),
                "asset": row.asset.code,
                "to": row.holder,
                "iban": row.iban,
                "state": row.state,
                "at": row.requested_at.isoformat(),
            }
            for row in Withdrawal.objects.filter(user=user).select_related("asset").order_by("pk")
        ],
    }


def kept_until(user: Any) -> datetime | None:
    """The firm's years after the last payment that was begun or ended."""
    moments: list[datetime] = []
    for started, rows in (
        ("recorded_at", Deposit.objects.filter(user=user)),
        ("requested_at", Withdrawal.objects.filter(user=user)),
    ):
        for begun, ended in rows.values_list(started, "ended_at"):
            moments.append(ended or begun)
    if not moments:
        return None
    return max(moments) + relativedelta(years=registry.get("kyc.retention_years"))


def erase_payments(user: Any, now: datetime) -> None:
    """Names, accounts at banks and texts of transfers; amounts, states and steps stay."""
    deposits = Deposit.objects.filter(user=user)
    withdrawals = Withdrawal.objects.filter(user=user)
    for lines in (
        StatementLine.objects.filter(pk__in=deposits.values("line")),
        StatementLine.objects.filter(withdrawal__in=withdrawals),
    ):
        lines.update(name="", iban="", remittance="")
    deposits.update(sender_name="", sender_iban="", remittance="")
    files = set(withdrawals.values_list("file", flat=True)) | set(
        deposits.values_list("file", flat=True)
    )
    # As old as the newest of his payments at most: its time is over for everybody in it.
    PaymentFile.objects.filter(pk__in=files - {None}).update(xml="")
    withdrawals.update(holder=ERASED, iban="", bic="")
    Beneficiary.objects.filter(user=user).update(
        label=ERASED, holder=ERASED, iban="", bic="", state=BeneficiaryState.REMOVED
    )
