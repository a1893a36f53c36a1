"""Reads of payments, and the guards every access of a customer goes through."""

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wallets.payments import limits
from wallets.payments.errors import PaymentError
from wallets.payments.models import (
    BankAccount,
    BankStatement,
    Beneficiary,
    BeneficiaryState,
    Deposit,
    DepositState,
    FileState,
    ManualPayment,
    PaymentFile,
    PaymentMethod,
    StatementLine,
    StatementSource,
    StatementState,
    Withdrawal,
    WithdrawalState,
)


def methods_for(user: Any, *, withdrawal: bool) -> list[PaymentMethod]:
    """The methods a customer may use in one direction."""
    rows = PaymentMethod.objects.filter(is_active=True).select_related(
        "asset", "bank_account", "gateway"
    )
    return [row for row in rows if limits.is_offered(row, user, withdrawal=withdrawal)]


def methods() -> QuerySet[PaymentMethod]:
    return PaymentMethod.objects.select_related("asset", "bank_account", "gateway")


def bank_accounts() -> QuerySet[BankAccount]:
    return BankAccount.objects.select_related("asset")


def deposits() -> QuerySet[Deposit]:
    """All deposits of the tenant, newest first."""
    return Deposit.objects.select_related(
        "asset", "user", "account", "bank_account", "method", "proposed_by", "proposed_user", "line"
    )


def withdrawals() -> QuerySet[Withdrawal]:
    """All withdrawals of the tenant, newest first."""
    return Withdrawal.objects.select_related(
        "asset", "user", "account", "method", "beneficiary", "file", "first_by", "second_by",
        "told_by",
    )  # fmt: skip


def statements() -> QuerySet[BankStatement]:
    return BankStatement.objects.select_related(
        "bank_account", "bank_account__asset", "uploaded_by", "decided_by", "source"
    )


def sources() -> QuerySet[StatementSource]:
    """Where statements come from by themselves."""
    return StatementSource.objects.order_by("pk")


def files() -> QuerySet[PaymentFile]:
    return PaymentFile.objects.select_related(
        "bank_account", "bank_account__asset", "prepared_by", "released_by", "sent_by"
    )


def beneficiaries() -> QuerySet[Beneficiary]:
    return Beneficiary.objects.select_related("user", "method", "method__asset", "decided_by")


def by_hand() -> QuerySet[ManualPayment]:
    """Payments by hand, newest first."""
    return ManualPayment.objects.select_related(
        "account__user", "asset", "asked_by", "decided_by", "deposit"
    )


def work_list() -> QuerySet[Deposit]:
    """Deposits that wait for a person."""
    return deposits().filter(
        Q(state__in=[DepositState.HELD, DepositState.PROPOSED])
        | Q(state=DepositState.SUSPENSE, user=None)
    )


def unexplained_lines() -> QuerySet[StatementLine]:
    """What left a bank account without being a payment of ours."""
    return StatementLine.objects.select_related("bank_account__asset", "statement").filter(
        is_booked=True, is_credit=False, withdrawal=None, explanation=""
    )


def waiting_counts() -> dict[str, int]:
    """How much waits for staff, by what it is."""
    return {
        "deposits": work_list().count() + unexplained_lines().count(),
        "withdrawals": Withdrawal.objects.filter(
            Q(state=WithdrawalState.WAITING) | Q(state=WithdrawalState.UNKNOWN)
        ).count(),
        "statements": BankStatement.objects.filter(state=StatementState.PREVIEWED).count(),
        "files": PaymentFile.objects.filter(
            state__in=[FileState.PREPARED, FileState.RELEASED]
        ).count(),
        "beneficiaries": Beneficiary.objects.filter(state=BeneficiaryState.REVIEW).count(),
    }


def deposits_of(user: Any) -> QuerySet[Deposit]:
    """A customer's own deposits, newest first."""
    return deposits().filter(user_id=user.pk) if _is_own(user) else Deposit.objects.none()


def withdrawals_of(user: Any) -> QuerySet[Withdrawal]:
    return withdrawals().filter(user_id=user.pk) if _is_own(user) else Withdrawal.objects.none()


def beneficiaries_of(user: Any) -> QuerySet[Beneficiary]:
    """What a customer has in his book; what he removed is gone from it."""
    if not _is_own(user):
        return Beneficiary.objects.none()
    return beneficiaries().filter(user_id=user.pk).exclude(state=BeneficiaryState.REMOVED)


def access_withdrawal(user: Any, withdrawal_id: int) -> Withdrawal:
    """The customer's own withdrawal; somebody else's and none are the same answer."""
    row = withdrawals_of(user).filter(pk=withdrawal_id).first()
    if row is None:
        raise PaymentError(_("You have no such withdrawal."))
    return row


def access_beneficiary(user: Any, beneficiary_id: int) -> Beneficiary:
    row = beneficiaries_of(user).filter(pk=beneficiary_id).first()
    if row is None:
        raise PaymentError(_("You have no such beneficiary."))
    return row


def _is_own(user: Any) -> bool:
    return bool(user.is_authenticated and user.home_schema == connection.schema_name)
