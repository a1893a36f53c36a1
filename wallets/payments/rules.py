"""Facts of deposits, withdrawals and beneficiaries, judged by the firm's rules.

The callers act on the decision; who is refused is told why (`riskrules.judging.Refused`).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from riskrules import judging, people
from riskrules.evaluation import Decision
from riskrules.rulesets import MOST
from trading.accounts.models import Account
from trading.engine.enums import AccountState
from trading.instruments.models import Asset
from trading.orders import selectors as orders
from wallets.payments.declared_rules import BENEFICIARIES, DEPOSITS, WITHDRAWALS
from wallets.payments.models import (
    Beneficiary,
    BeneficiaryState,
    Deposit,
    DepositState,
    PaymentMethod,
    Withdrawal,
)
from wallets.payments.numbers import is_same_name
from wallets.payments.states import WITHDRAWALS_VOID

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
ALMOST_PERCENT = 90  # of a limit, from which on an amount is "just below" it


def judge_deposit(
    deposit: Deposit, *, is_offered: bool, now: datetime, by_staff: bool = False
) -> Decision:
    """Whether a deposit whose customer is known may be credited by itself.

    With `by_staff`, two persons want it credited: raises judging.Refused where a rule denies.
    """
    user, account = deposit.user, deposit.account
    assert user is not None and account is not None
    subject = judging.Subject(user.pk, account.pk, f"deposit {deposit.pk}")
    facts = deposit_facts(deposit, is_offered=is_offered, now=now)
    return (judging.require if by_staff else judging.judge)(DEPOSITS, facts, subject)


def deposit_facts(deposit: Deposit, *, is_offered: bool, now: datetime) -> dict[str, int]:
    """What is known of a deposit whose customer is known."""
    user, account, method = deposit.user, deposit.account, deposit.method
    assert user is not None and account is not None
    units = int(deposit.amount_units)
    low = int(method.deposit_min_units) if method else 0
    high = int(method.deposit_max_units) if method else 0
    names_known = bool(deposit.sender_name and user.name)
    own = Deposit.objects.filter(user=user).exclude(state=DepositState.IGNORED)
    others = own.exclude(pk=deposit.pk)
    same = others.filter(asset=deposit.asset)
    asset = deposit.asset
    return {
        "name_differs": int(names_known and not is_same_name(deposit.sender_name, user.name)),
        "account_not_active": int(account.state != AccountState.ACTIVE),
        "beyond_method": int(units < low or bool(high and units > high)),
        "is_offered": int(is_offered),
        "is_first": int(not others.exists()),
        "amount": hundredths(units, asset),
        "deposits_last_day": own.filter(recorded_at__gt=now - DAY).count(),
        "deposits_last_30_days": own.filter(recorded_at__gt=now - MONTH).count(),
        "sum_last_day": hundredths(units + _sum(same.filter(recorded_at__gt=now - DAY)), asset),
        "sum_last_30_days": hundredths(
            units + _sum(same.filter(recorded_at__gt=now - MONTH)), asset
        ),
        "just_below_last_7_days": _just_below(
            same.filter(method=method, recorded_at__gt=now - WEEK), units, high
        ),
        "account_age_hours": people.whole(now, user.created_at, 3600),
    }


def judge_withdrawal(
    *, user: Any, account: Account, beneficiary: Beneficiary, amount_units: int, now: datetime
) -> Decision:
    """How closely a withdrawal is looked at; raises judging.Refused where he may not ask."""
    subject = judging.Subject(user.pk, account.pk, f"withdrawal to {beneficiary.pk}")
    facts = withdrawal_facts(
        user=user, account=account, beneficiary=beneficiary, amount_units=amount_units, now=now
    )
    return judging.require(WITHDRAWALS, facts, subject)


def withdrawal_facts(
    *, user: Any, account: Account, beneficiary: Beneficiary, amount_units: int, now: datetime
) -> dict[str, int]:
    """What is known when a customer asks to be paid out."""
    method = beneficiary.method
    asset = method.asset
    own = Withdrawal.objects.filter(user=user)
    paid = own.filter(beneficiary__iban=beneficiary.iban, state="paid")
    same = own.filter(asset=asset).exclude(state__in=WITHDRAWALS_VOID)
    credited = Deposit.objects.filter(
        user=user, asset=asset, state=DepositState.CREDITED, recorded_at__gt=now - WEEK
    )
    traded = orders.last_trade_at(account)
    return {
        "account_not_active": int(account.state != AccountState.ACTIVE),
        "amount": hundredths(amount_units, asset),
        "withdrawals_last_day": own.filter(requested_at__gt=now - DAY).count(),
        "withdrawals_last_30_days": own.filter(requested_at__gt=now - MONTH).count(),
        "sum_last_day": hundredths(
            amount_units + _sum(same.filter(requested_at__gt=now - DAY)), asset
        ),
        "sum_last_30_days": hundredths(
            amount_units + _sum(same.filter(requested_at__gt=now - MONTH)), asset
        ),
        "just_below_last_7_days": _just_below(
            same.filter(method=method, requested_at__gt=now - WEEK),
            amount_units,
            int(method.one_person_units),
        ),
        "password_hours": people.password_hours(user, now),
        "second_factor_hours": people.second_factor_hours(user, now),
        "device_hours": people.device_hours(user, now),
        "session_minutes": people.session_minutes(user, now),
        "beneficiary_hours": people.whole(now, beneficiary.usable_from or now, 3600),
        "is_first_to_beneficiary": int(not paid.exists()),
        "beneficiary_name_differs": int(not beneficiary.is_own_name),
        "paid_in_last_7_days": hundredths(_sum(credited), asset),
        "hours_since_trade": people.whole(now, traded, 3600) if traded is not None else MOST,
    }


def judge_beneficiary(
    *, user: Any, method: PaymentMethod, iban: str, is_own: bool, now: datetime
) -> Decision:
    """Whether a beneficiary may be added, and waits for staff; raises judging.Refused."""
    living = [BeneficiaryState.REVIEW, BeneficiaryState.ACTIVE]
    own = Beneficiary.objects.filter(user=user)
    others = Beneficiary.objects.filter(iban=iban, state__in=living).exclude(user=user)
    facts = {
        "name_differs": int(not is_own),
        "added_last_day": own.filter(added_at__gt=now - DAY).count(),
        "in_the_book": own.filter(state__in=living).count(),
        "same_at_others": others.values("user").distinct().order_by().count(),
        "password_hours": people.password_hours(user, now),
        "second_factor_hours": people.second_factor_hours(user, now),
        "device_hours": people.device_hours(user, now),
        "session_minutes": people.session_minutes(user, now),
        "account_age_hours": people.whole(now, user.created_at, 3600),
    }
    return judging.require(
        BENEFICIARIES, facts, judging.Subject(user.pk, 0, f"beneficiary by {method.code}")
    )


def hundredths(units: int, asset: Asset) -> int:
    """An amount as rules count it: hundredths of a whole unit, cut, within 64 bits."""
    return min(units * 100 // 10**asset.scale, MOST)


def _sum(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(units=Sum("amount_units"))["units"] or 0)


def _just_below(others: QuerySet[Any], units: int, limit: int) -> int:
    """How many amounts, `units` among them, are nearly as much as a limit; 0 without one."""
    if not limit:
        return 0
    low = -(-limit * ALMOST_PERCENT // 100)
    found = others.filter(amount_units__gte=low, amount_units__lte=limit).count()
    return found + int(low <= units <= limit)
