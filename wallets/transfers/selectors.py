"""Reads of transfers between own accounts."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from trading.accounts.models import Account
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer


def transfers() -> QuerySet[OwnTransfer]:
    """All of the tenant, newest first."""
    return OwnTransfer.objects.select_related("user", "source", "target", "asset")


def transfers_of(user: Any) -> QuerySet[OwnTransfer]:
    """A customer's own, newest first."""
    if not user.is_authenticated or user.home_schema != connection.schema_name:
        return OwnTransfer.objects.none()
    return transfers().filter(user_id=user.pk)


def access_transfer(user: Any, transfer_id: int) -> OwnTransfer:
    """The customer's own transfer; TransferError for any other."""
    row = transfers_of(user).filter(pk=transfer_id).first()
    if row is None:
        raise TransferError("You have no such transfer.")
    return row


def is_moving(account: Account) -> bool:
    """Whether something is on its way out of the account or to it."""
    own = Q(source=account) | Q(target=account)
    return OwnTransfer.objects.filter(own, ended_at=None).exists()
