"""What accounts do when something happens elsewhere."""

from typing import Any

from django.db import transaction

from trading.accounts import actions, selectors
from trading.accounts.models import Account, AccountRole, AccountState


def on_email_verified(sender: Any, *, user: Any, **_: Any) -> None:
    """A customer proved his address: he gets his first trading account."""
    if not user.is_staff and not selectors.accounts_of(user).exists():
        actions.open_account(user=user, acting_user=user)


def restrict_by_rule(user_id: int, account_id: int, reason: str) -> None:
    """A rule restricts a customer: his account (or with 0 all of his) becomes cancel-only by an
    engine command. What is not active stays as it is, so a second time changes nothing."""
    with transaction.atomic():
        # Who opens a further account at the same time has either done so, or finds these frozen.
        actions.lock_customer(user_id)
        _restrict(user_id, account_id, reason)


def _restrict(user_id: int, account_id: int, reason: str) -> None:
    rows = Account.objects.filter(role=AccountRole.CUSTOMER, state=AccountState.ACTIVE)
    rows = rows.filter(pk=account_id) if account_id else rows.filter(user_id=user_id)
    for account in rows.order_by("pk"):
        actions.set_account_state(
            account=account, state=AccountState.CANCEL_ONLY, acting_user=None, reason=reason[:500]
        )
