"""Reads of accounts, and the guard every access to one goes through."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from trading.accounts.errors import NoAccount
from trading.accounts.models import Account, AccountGroup, AccountRole


def accounts_of(user: Any) -> QuerySet[Account]:
    """A customer's own accounts in the current tenant, oldest first."""
    if not user.is_authenticated or user.home_schema != connection.schema_name:
        return Account.objects.none()
    return Account.objects.filter(user_id=user.pk).select_related("group")


def access_account(user: Any, account_id: int | None = None) -> Account:
    """The user's account with this id, or his first one; raises NoAccount.

    Somebody else's account and one that does not exist are the same answer.
    """
    accounts = accounts_of(user)
    if account_id is not None:
        accounts = accounts.filter(pk=account_id)
    account = accounts.first()
    if account is None:
        raise NoAccount("You have no such account.")
    return account


def house_accounts() -> QuerySet[Account]:
    """Accounts of the tenant itself."""
    return Account.objects.exclude(role=AccountRole.CUSTOMER).select_related("group")


def house_account(role: AccountRole, name: str = "") -> Account:
    """The first house account with a role (and name); raises NoAccount."""
    accounts = house_accounts().filter(role=role)
    if name:
        accounts = accounts.filter(name=name)
    account = accounts.first()
    if account is None:
        raise NoAccount(f"This firm has no house account with the role {role.label}.")
    return account


def groups() -> QuerySet[AccountGroup]:
    return AccountGroup.objects.all()
