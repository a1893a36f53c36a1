"""Reads of accounts, and the guard every access to one goes through."""

from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from tenants import registry
from trading.accounts.declared import MOST_ACCOUNTS
from trading.accounts.errors import NoAccount
from trading.accounts.models import Account, AccountGroup, AccountRole, ChosenAccount
from trading.commands import door
from trading.engine import events, queries
from trading.engine.results import Result


def accounts_of(user: Any) -> QuerySet[Account]:
    """A customer's own accounts in the current tenant, oldest first."""
    if not user.is_authenticated or user.home_schema != connection.schema_name:
        return Account.objects.none()
    return Account.objects.filter(user_id=user.pk).select_related("group")


def open_accounts_of(user: Any) -> QuerySet[Account]:
    """Those of them that are not closed."""
    return accounts_of(user).filter(closed_at=None)


def access_account(user: Any, account_id: int | None = None) -> Account:
    """The user's account with this id, or the one he works with; raises NoAccount.

    He works with the one he chose while it is open, else with his first open one, and where all
    are closed with the one closed first: what was in it can still be read. Somebody else's account
    and one that does not exist are the same answer.
    """
    accounts = accounts_of(user)
    if account_id is not None:
        account = accounts.filter(pk=account_id).first()
    else:
        chosen = ChosenAccount.objects.filter(account_id=OuterRef("pk"), user_id=user.pk)
        account = accounts.order_by(
            F("closed_at").asc(nulls_first=True), Exists(chosen).desc(), "pk"
        ).first()
    if account is None:
        raise NoAccount("You have no such account.")
    return account


def may_open(user: Any) -> bool:
    """Whether the firm lets a customer have one open account more than he has."""
    return open_accounts_of(user).count() < int(registry.get(MOST_ACCOUNTS))


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
        raise NoAccount(
            _("This firm has no house account with the role %(role)s.") % {"role": role.label}
        )
    return account


def groups() -> QuerySet[AccountGroup]:
    return AccountGroup.objects.all()


def available_units(account_id: int, asset_id: int) -> int | None:
    """What the engine would let go of an asset now; None: it cannot be asked just now."""
    try:
        answer = door.send_command(queries.QueryBalances(account_id=account_id))
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    if answer.result != Result.ACCEPTED:
        return None
    for row in answer.events:
        if isinstance(row, events.BalanceRow) and row.asset_id == asset_id:
            return row.available_units
    return 0
