"""Closing an account for good: nothing may be in it or on its way, and the engine suspends it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from care.errors import CareError
from care.models import AccountClosing
from messaging import actions as messaging
from trading.accounts import actions as accounts
from trading.accounts.errors import AccountError
from trading.accounts.models import Account, AccountRole, AccountState
from trading.commands import door
from trading.commands.actors import require
from trading.engine import events, queries
from wallets.adjustments.models import Adjustment
from wallets.adjustments.models import State as AdjustmentState
from wallets.ledger import selectors as ledger
from wallets.payments.models import Deposit, Withdrawal
from wallets.payments.states import DEPOSITS_ENDED, WITHDRAWALS_ENDED
from wallets.transfers import selectors as transfers


def what_stands_against(account: Account) -> list[str]:
    """Sentences for its owner: what must end before the account can. Empty: nothing.

    Raises the door's errors while the engine does not answer.
    """
    found = []
    balances = door.send_command(queries.QueryBalances(account_id=account.pk)).events
    has_money = any(
        isinstance(row, events.BalanceRow) and (row.available_units or row.held_units)
        for row in balances
    )
    if has_money or ledger.has_funds([account.pk]):
        found.append(_("There is money in it: withdraw it first."))
    if door.send_command(queries.QueryOpenOrders(account_id=account.pk)).events:
        found.append(_("Orders are open: cancel them first."))
    deposits = Deposit.objects.filter(user_id=account.user_id).exclude(state__in=DEPOSITS_ENDED)
    withdrawals = Withdrawal.objects.filter(account=account).exclude(state__in=WITHDRAWALS_ENDED)
    adjustments = Adjustment.objects.filter(
        account=account, state__in=[AdjustmentState.REQUESTED, AdjustmentState.APPROVED]
    )
    if transfers.is_moving(account):
        found.append(_("A transfer between your accounts is on its way: wait for its end."))
    if deposits.exists() or withdrawals.exists() or adjustments.exists():
        found.append(_("A deposit or withdrawal is on its way: wait for its end."))
    return found


def close_account(*, account: Account, reason: str, acting_user: Any) -> AccountClosing:
    """Close it: by its owner himself, or by staff with accounts.change.

    The engine suspends it by a command of the same transaction. Raises CareError with all that
    stands against it, PermissionDenied, the door's errors.
    """
    is_own = not acting_user.is_staff and acting_user.pk == account.user_id
    if not is_own:
        require(acting_user, "accounts.change")
    if account.role != AccountRole.CUSTOMER:
        raise CareError(_("Only a customer's account is closed so."))
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if AccountClosing.objects.filter(account=account, reopened_at=None).exists():
            raise CareError(_("This account is closed already."))
        obstacles = what_stands_against(account)
        if obstacles:
            raise CareError(" ".join(obstacles))
        row = AccountClosing.objects.create(
            account=account, closed_by=acting_user, reason=reason.strip()[:500]
        )
        accounts.mark_closed(account=account)
        accounts.set_account_state(
            account=account,
            state=AccountState.SUSPENDED,
            acting_user=None if is_own else acting_user,
            reason=reason.strip()[:500] or "Closed by its owner",
        )
        audit.record(
            "care.close_account",
            account,
            new={"closing": row.pk},
            acting_user=acting_user,
            reason=reason,
        )
        messaging.tell(
            user=account.user,
            kind="account",
            template="account_closed",
            context={"account": f"{account.name} ({account.pk})"},
            path="/accounts",
            key=f"account-closed:{row.pk}",
        )
    return row


def reopen_account(*, account: Account, reason: str, acting_user: Any) -> AccountClosing:
    """Staff open a closed account again; the engine makes it active. Raises CareError."""
    require(acting_user, "accounts.change")
    with transaction.atomic():
        row = (
            AccountClosing.objects.select_for_update()
            .filter(account=account, reopened_at=None)
            .first()
        )
        if row is None:
            raise CareError(_("This account is not closed."))
        try:
            accounts.mark_open(account=account)
        except AccountError as error:
            raise CareError(str(error)) from error
        row.reopened_at = timezone.now()
        row.save(update_fields=["reopened_at"])
        accounts.set_account_state(
            account=account, state=AccountState.ACTIVE, acting_user=acting_user, reason=reason
        )
        audit.record(
            "care.reopen_account",
            account,
            old={"closing": row.pk},
            acting_user=acting_user,
            reason=reason,
        )
    return row
