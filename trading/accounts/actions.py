"""Every write of accounts and groups: row, version, audit, engine command."""

from typing import Any

from django.db import transaction

from audit import actions as audit
from trading.accounts.errors import AccountError
from trading.accounts.models import (
    Account,
    AccountGroup,
    AccountRole,
    AccountState,
    AccountVersion,
)
from trading.commands.actions import enqueue_command
from trading.commands.actors import label_of, require
from trading.engine import commands

DEFAULT_GROUP_NAME = "Customers"
MAIN_ACCOUNT_NAME = "Spot"


def create_group(
    *, name: str, acting_user: Any, description: str = "", is_default: bool = False
) -> AccountGroup:
    """Create an account group. Raises AccountError if the name is taken or empty."""
    require(acting_user, "fees.change")
    name = name.strip()
    if not name:
        raise AccountError("Give the group a name.")
    with transaction.atomic():
        if AccountGroup.objects.filter(name=name).exists():
            raise AccountError(f"There is already a group {name}.")
        group = AccountGroup.objects.create(
            name=name, description=description, is_default=is_default
        )
        audit.record("accounts.create_group", group, new={"name": name}, acting_user=acting_user)
    return group


def open_account(
    *,
    user: Any,
    acting_user: Any,
    name: str = MAIN_ACCOUNT_NAME,
    group: AccountGroup | None = None,
) -> Account:
    """Open a trading account for a customer; in the default group if none is given.

    A customer may open his own; staff need accounts.change. It trades once the engine has it.
    """
    if user.is_staff:
        raise AccountError("Staff have no trading accounts.")
    if acting_user is None or acting_user.pk != user.pk or acting_user.is_staff:
        require(acting_user, "accounts.change")
    with transaction.atomic():
        group = group or default_group()
        return _create(
            acting_user=acting_user,
            user=user,
            group=group,
            role=AccountRole.CUSTOMER,
            name=name,
        )


def open_house_account(
    *,
    role: AccountRole,
    name: str,
    group: AccountGroup,
    acting_user: Any,
    trade_group: int = 0,
) -> Account:
    """Open an account of the tenant itself; there is one for fees."""
    require(acting_user, "accounts.change")
    if role == AccountRole.CUSTOMER:
        raise AccountError("A house account has a house role.")
    with transaction.atomic():
        return _create(
            acting_user=acting_user,
            user=None,
            group=group,
            role=role,
            name=name,
            trade_group=trade_group,
        )


def set_account_state(
    *, account: Account, state: int, acting_user: Any, reason: str = ""
) -> Account:
    """Make an account active, cancel-only or suspended; effective once the engine has it."""
    if state not in AccountState.values:
        raise AccountError("Choose active, cancel-only or suspended.")
    return _change(account, acting_user, reason, "accounts.set_state", state=int(state))


def set_account_group(
    *, account: Account, group: AccountGroup, acting_user: Any, reason: str = ""
) -> Account:
    """Move an account to another group, with its fees, once the engine has it."""
    return _change(account, acting_user, reason, "accounts.set_group", group_id=group.pk)


def default_group() -> AccountGroup:
    """The group new customers start in."""
    group = AccountGroup.objects.filter(is_default=True).first()
    if group is None:
        raise AccountError("No group is marked as the default for new customers.")
    return group


def _create(*, acting_user: Any, **fields: Any) -> Account:
    account = Account.objects.create(**fields)
    queued = enqueue_command(
        commands.CreateAccount(
            account_id=account.pk,
            group_id=account.group_id,
            trade_group_id=account.trade_group,
            role=int(account.role),
            state=int(account.state),
        ),
        acting_user=acting_user,
    )
    _write_version(account, {}, queued, "accounts.open", acting_user, "")
    return account


def _change(
    account: Account, acting_user: Any, reason: str, action: str, **changes: int
) -> Account:
    require(acting_user, "accounts.change")
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        old = _values(account)
        for name, value in changes.items():
            setattr(account, name, value)
        if _values(account) == old:
            return account
        account.save()
        queued = enqueue_command(
            commands.ChangeAccount(
                account_id=account.pk,
                group_id=account.group_id,
                trade_group_id=account.trade_group,
                state=int(account.state),
            ),
            acting_user=acting_user,
        )
        _write_version(account, old, queued, action, acting_user, reason)
    return account


def _write_version(
    account: Account, old: dict[str, int], queued: Any, action: str, acting_user: Any, reason: str
) -> None:
    new = _values(account)
    AccountVersion.objects.create(
        account=account,
        version=account.versions.count() + 1,
        old=old,
        new=new,
        changed_by=label_of(acting_user),
        reason=reason,
        command=queued,
    )
    audit.record(
        action,
        account,
        old={name: value for name, value in old.items() if value != new[name]} or None,
        new={name: value for name, value in new.items() if value != old.get(name)},
        acting_user=acting_user,
        reason=reason,
    )


def _values(account: Account) -> dict[str, int]:
    return {
        "group_id": account.group_id,
        "state": int(account.state),
        "trade_group": account.trade_group,
    }
