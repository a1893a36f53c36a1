"""Payment files: prepared by one person, released by another, handed over once.

The bytes are made when the file is prepared and never again. Nobody can take them out before the
file says that it is with the bank; from then on only the bank's word brings its payments forward.
"""

import hashlib
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants.selectors import current_tenant
from wallets.payments import states
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_another, require_staff
from wallets.payments.models import (
    BankAccount,
    Deposit,
    DepositState,
    FileState,
    PaymentFile,
    Withdrawal,
    WithdrawalState,
)
from wallets.payments.providers.bank import pain, status
from wallets.payments.withdrawals.actions import tell_outcome

MOST_PAYMENTS = 5_000


def prepare_file(*, bank_account: BankAccount, execution_on: date, acting_user: Any) -> PaymentFile:
    """Put all that is approved, and all that is to be sent back, of a bank account into a file.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.prepare")
    now = timezone.now()
    if execution_on < now.date():
        raise PaymentError(_("The day of execution is past."), "execution_on")
    with transaction.atomic():
        withdrawals = list(
            Withdrawal.objects.select_for_update(of=("self",))
            .select_related("asset", "user")
            .filter(state=WithdrawalState.APPROVED, method__bank_account=bank_account)
            .order_by("pk")[:MOST_PAYMENTS]
        )
        returns = list(
            Deposit.objects.select_for_update(of=("self",))
            .filter(state=DepositState.RETURNING, bank_account=bank_account)
            .order_by("pk")[:MOST_PAYMENTS]
        )
        transfers = [_payout(row) for row in withdrawals] + [_return(row) for row in returns]
        if not transfers:
            raise PaymentError(_("Nothing approved waits for this account."))
        message_id = f"M{current_tenant().pk:04d}-{now:%Y%m%d%H%M%S}-{_next_number():06d}"
        xml = pain.write(
            message_id=message_id,
            made_at=now,
            execution_on=execution_on,
            payer=pain.Payer(
                name=bank_account.holder,
                iban=bank_account.iban,
                bic=bank_account.bic,
                currency=bank_account.currency,
                scale=bank_account.asset.scale,
            ),
            transfers=transfers,
        )
        file = PaymentFile.objects.create(
            bank_account=bank_account,
            message_id=message_id,
            execution_on=execution_on,
            xml=xml,
            sha256=hashlib.sha256(xml.encode()).hexdigest(),
            count=len(transfers),
            total_units=sum(one.units for one in transfers),
            prepared_by=acting_user,
        )
        for row in withdrawals:
            row.file = file
            states.apply(row, WithdrawalState.IN_FILE, now=now, acting_user=acting_user)
        for back in returns:
            back.file = file
            states.apply(back, DepositState.RETURN_IN_FILE, now=now, acting_user=acting_user)
        _audit("payments.prepare_file", file, acting_user)
    return file


def release_file(*, file: PaymentFile, reason: str, acting_user: Any) -> PaymentFile:
    """The second person's yes. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "bank.release")
    with transaction.atomic():
        row = _locked(file)
        states.require(row, FileState.RELEASED)
        require_another(row.prepared_by_id, acting_user)
        row.state, row.released_by, row.released_at = (
            FileState.RELEASED,
            acting_user,
            timezone.now(),
        )
        row.save()
        _audit("payments.release_file", row, acting_user, reason)
    return row


def discard_file(*, file: PaymentFile, reason: str, acting_user: Any) -> PaymentFile:
    """Take a file back that nobody has handed over: its payments wait for another one.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.release")
    reason = reason_of(reason)
    now = timezone.now()
    with transaction.atomic():
        row = _locked(file)
        states.require(row, FileState.DISCARDED)
        for withdrawal in _withdrawals_of(row):
            withdrawal.file = None
            states.apply(
                withdrawal, WithdrawalState.APPROVED, now=now, acting_user=acting_user, note=reason
            )
        for back in Deposit.objects.select_for_update().filter(file=row).order_by("pk"):
            back.file = None
            states.apply(
                back, DepositState.RETURNING, now=now, acting_user=acting_user, note=reason
            )
        row.state = FileState.DISCARDED
        row.save()
        _audit("payments.discard_file", row, acting_user, reason)
    return row


def hand_over(*, file: PaymentFile, acting_user: Any) -> PaymentFile:
    """Say that the file goes to the bank; only then can it be taken out.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.prepare")
    now = timezone.now()
    with transaction.atomic():
        row = _locked(file)
        states.require(row, FileState.SENT)
        row.state, row.sent_by, row.sent_at = FileState.SENT, acting_user, now
        row.save()
        for withdrawal in _withdrawals_of(row):
            withdrawal.sent_at = now
            states.apply(withdrawal, WithdrawalState.SENT, now=now, acting_user=acting_user)
        _audit("payments.hand_over_file", row, acting_user)
    return row


def bytes_of(file: PaymentFile, *, acting_user: Any) -> bytes:
    """The file as the bank gets it, the same each time. Raises PaymentError, PermissionDenied."""
    require_staff(acting_user, "bank.prepare")
    if file.state != FileState.SENT:
        raise PaymentError(_("Say first that it is handed over to the bank."))
    data = file.xml.encode()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise PaymentError(_("The file was changed since it was released: it is not given out."))
    _audit("payments.take_out_file", file, acting_user)
    return data


def take_in_status(*, data: bytes, acting_user: Any) -> tuple[int, int]:
    """Read a pain.002: what the bank rejected waits for a second person to confirm it.

    Returns (rejected, others). What is accepted stays *sent*: paid is what a statement shows.
    Raises UnreadableFile, PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.prepare")
    found = status.read(data)
    rejected = others = 0
    for told in found:
        file = PaymentFile.objects.filter(message_id=told.message_id, state=FileState.SENT).first()
        if file is None:
            raise PaymentError(_("The report is about a file that was not handed over from here."))
        if told.status != status.REJECTED:
            others += 1
            continue
        rows = [
            row
            for row in Withdrawal.objects.filter(
                file=file, state__in=[WithdrawalState.SENT, WithdrawalState.UNKNOWN], told_state=""
            )
            if told.end_to_end_id in ("", row.end_to_end_id)
        ]
        for row in rows:
            tell_outcome(
                withdrawal=row,
                outcome=WithdrawalState.FAILED,
                reason=f"pain.002: rejected {told.reason}".strip(),
                acting_user=acting_user,
            )
        rejected += len(rows)
    return rejected, others


def _payout(row: Withdrawal) -> pain.Transfer:
    return pain.Transfer(
        end_to_end_id=row.end_to_end_id,
        units=row.net_units,
        name=row.holder,
        iban=row.iban,
        bic=row.bic,
        text=f"Withdrawal {row.pk}",
    )


def _return(row: Deposit) -> pain.Transfer:
    return pain.Transfer(
        end_to_end_id=row.end_to_end_id,
        units=int(row.amount_units),
        name=row.sender_name or "Sender",
        iban=row.sender_iban,
        bic="",
        text=f"Return of your transfer {row.remittance}"[:140],
    )


def _next_number() -> int:
    last = PaymentFile.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (last or 0) + 1


def _withdrawals_of(file: PaymentFile) -> list[Withdrawal]:
    return list(
        Withdrawal.objects.select_for_update(of=("self",))
        .select_related("asset", "user", "method")
        .filter(file=file)
        .order_by("pk")
    )


def _locked(file: PaymentFile) -> PaymentFile:
    return PaymentFile.objects.select_for_update().get(pk=file.pk)


def _audit(action: str, file: PaymentFile, acting_user: Any, reason: str = "") -> None:
    audit.record(
        action,
        file,
        new={
            "message_id": file.message_id,
            "state": file.state,
            "payments": file.count,
            "sha256": file.sha256,
        },
        acting_user=acting_user,
        reason=reason.strip(),
    )
