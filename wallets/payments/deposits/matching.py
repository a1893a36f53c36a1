"""Whose a bank's line is: by reference, else by announced amount and name. Never by a guess."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from trading.accounts.errors import NoAccount
from trading.accounts.models import Account
from trading.accounts.selectors import access_account
from wallets.payments import numbers
from wallets.payments.models import (
    Announcement,
    CustomerReference,
    Match,
    PaymentMethod,
    StatementLine,
)

ANNOUNCED_DAYS = 14


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose it is, and how that was known."""

    user: Any
    account: Account
    match: Match
    method: PaymentMethod | None = None
    announcement: Announcement | None = None


def owner_of(line: StatementLine) -> Owner | None:
    """The one customer a line belongs to; None where there is none, or more than one."""
    by_reference = _by_reference(line)
    if by_reference:
        return by_reference[0] if len(by_reference) == 1 else None
    return _by_announcement(line)


def _by_reference(line: StatementLine) -> list[Owner]:
    texts = f"{line.remittance} {line.end_to_end_id}"
    found = CustomerReference.objects.filter(
        reference__in=numbers.references_in(texts), user__is_active=True
    ).select_related("user")
    owners = []
    for reference in found:
        account = _account_of(reference.user)
        if account is not None:
            owners.append(Owner(reference.user, account, Match.REFERENCE))
    return owners


def _by_announcement(line: StatementLine) -> Owner | None:
    """The amount is announced and the sender bears the announcing customer's name."""
    rows = Announcement.objects.filter(
        deposit=None,
        amount_units=line.amount_units,
        method__bank_account=line.bank_account,
        announced_at__gt=timezone.now() - timedelta(days=ANNOUNCED_DAYS),
        user__is_active=True,
    ).select_related("user", "method")
    named = [row for row in rows if numbers.is_same_name(row.user.name, line.name)]
    if len({row.user_id for row in named}) != 1:
        return None
    first = min(named, key=lambda row: row.pk)
    account = _account_of(first.user)
    if account is None:
        return None
    return Owner(first.user, account, Match.NAME, first.method, first)


def _account_of(user: Any) -> Account | None:
    """The account that the customer works with as his money arrives."""
    try:
        return access_account(user)
    except NoAccount:
        return None
