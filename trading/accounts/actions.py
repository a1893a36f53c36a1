"""Every write of accounts and groups: row, version, audit, engine command."""

import unicodedata
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import actions as audit
from tenants import registry
from trading.accounts.declared import MOST_ACCOUNTS
from trading.accounts.errors import AccountError
from trading.accounts.models import (
    Account,
    AccountGroup,
    AccountRole,
    AccountState,
    AccountVersion,
    ChosenAccount,
)
from trading.accounts.signals import account_opened
from trading.commands.actions import enqueue_command
from trading.commands.actors import label_of, require
from trading.engine import commands

DEFAULT_GROUP_NAME = "Customers"
MAIN_ACCOUNT_NAME = "Spot"
MOST_NAME = 80


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
    key: str | None = None,
    reason: str = "",
) -> Account:
    """Open a trading account for a customer; in the default group if none is given.

    A customer may open his own; staff need accounts.change. It trades once the engine has it.
    With a `key` sent before, the account that was opened then is the answer. Nobody has more open
    accounts than the firm's setting says, whoever opens them and however many do so at once.

    While one of the customer's accounts may not trade there is no further one: it would trade in
    that one's place. What else holds him back finds the new account by `account_opened`.

    Raises AccountError, PermissionDenied.
    """
    if user.is_staff:
        raise AccountError(_("Staff have no trading accounts."))
    if acting_user is None or acting_user.pk != user.pk or acting_user.is_staff:
        require(acting_user, "accounts.change")
    with transaction.atomic():
        lock_customer(user.pk)
        made = Account.objects.filter(user_id=user.pk, opening_key=key).first() if key else None
        if made is not None:
            return made
        name = _check_opening(user, name)
        account = _create(
            acting_user=acting_user,
            reason=reason,
            user=user,
            group=group or default_group(),
            role=AccountRole.CUSTOMER,
            name=name,
            opening_key=key or None,
        )
        account_opened.send(sender=Account, account=account)
    return account


def rename_account(*, account: Account, name: str, acting_user: Any) -> Account:
    """Give an own open account another name; the engine knows none. Raises AccountError."""
    if acting_user is None or acting_user.is_staff or acting_user.pk != account.user_id:
        raise AccountError(_("Only its owner names an account."))
    with transaction.atomic():
        lock_customer(acting_user.pk)
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.closed_at is not None:
            raise AccountError(_("This account is closed."))
        name = _free_name(acting_user, name, account.pk)
        old = account.name
        if name == old:
            return account
        account.name = name
        account.save(update_fields=["name"])
        audit.record(
            "accounts.rename",
            account,
            old={"name": old},
            new={"name": name},
            acting_user=acting_user,
        )
    return account


def choose_account(*, account: Account, acting_user: Any) -> None:
    """From now on the customer works with this account of his; raises AccountError.

    It is a preference like any: nothing but his own pages depends on it, so it leaves no record.
    """
    if acting_user.pk != account.user_id or account.closed_at is not None:
        raise AccountError(_("Choose one of your open accounts."))
    with transaction.atomic():
        ChosenAccount.objects.update_or_create(
            user_id=acting_user.pk, defaults={"account": account}
        )


def mark_closed(*, account: Account) -> None:
    """Nothing is in it any more, and it is not counted; its closing is the caller's to record."""
    Account.objects.filter(pk=account.pk, closed_at=None).update(closed_at=timezone.now())


def mark_open(*, account: Account) -> None:
    """It counts again; staff may go beyond the firm's limit so. Raises AccountError where another
    open account took its name."""
    with transaction.atomic():
        if account.user is not None:
            lock_customer(account.user.pk)
            _free_name(account.user, account.name, account.pk)
        Account.objects.filter(pk=account.pk).update(closed_at=None)


def lock_customer(user_id: int) -> None:
    """Before his accounts are counted, named or frozen: who opens one at the same time waits."""
    get_user_model().objects.select_for_update().filter(pk=user_id).first()


def _check_opening(user: Any, name: str) -> str:
    """The name as it is kept, if a further account may be opened; raises AccountError."""
    own = Account.objects.filter(user_id=user.pk, closed_at=None)
    most = int(registry.get(MOST_ACCOUNTS))
    if own.count() >= most:
        raise AccountError(
            ngettext(
                "There may be %(most)s open account. Close one that is not needed first.",
                "There may be %(most)s open accounts. Close one that is not needed first.",
                most,
            )
            % {"most": most}
        )
    if own.exclude(state=AccountState.ACTIVE).exists():
        raise AccountError(
            _("An account may not trade just now, so no other is opened. Write to support.")
        )
    return _free_name(user, name, 0)


def _free_name(user: Any, name: str, account_id: int) -> str:
    """The name without its margins; raises AccountError unless it is one, and free."""
    name = unicodedata.normalize("NFC", name).strip()
    # Cc: control characters, Cf and Zl and Zp: what is not seen but turns or breaks a line.
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    if not name or len(name) > MOST_NAME or any(unicodedata.category(c) in unseen for c in name):
        raise AccountError(
            _("Give the account a name of 1 to %(most)s plain characters.") % {"most": MOST_NAME}
        )
    taken = Account.objects.filter(user_id=user.pk, closed_at=None, name__iexact=name)
    if taken.exclude(pk=account_id).exists():
        raise AccountError(_("There is an open account of this name: choose another name."))
    return name


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


def _create(*, acting_user: Any, reason: str = "", **fields: Any) -> Account:
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
    _write_version(account, {}, queued, "accounts.open", acting_user, reason)
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
