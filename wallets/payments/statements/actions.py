"""Every write of bank statements: looked through, taken in by a second person, booked once."""

import hashlib
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import actions as audit
from wallets.payments import numbers
from wallets.payments.deposits import actions as deposits
from wallets.payments.deposits.matching import owner_of
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_another, require_staff, units_of
from wallets.payments.models import (
    BankAccount,
    BankStatement,
    Deposit,
    DepositState,
    StatementLine,
    StatementSource,
    StatementState,
    Verdict,
    Withdrawal,
    WithdrawalState,
)
from wallets.payments.providers.bank.files import read_statements
from wallets.payments.providers.bank.reading import ReadLine, ReadStatement, UnreadableFile
from wallets.payments.withdrawals import actions as withdrawals

_LOCK_CLASS = 0x4253  # "BS": statements are taken in one after another


class KnownFile(PaymentError):
    """The very file is there already."""


def upload_statement(*, data: bytes, file_name: str, acting_user: Any) -> BankStatement:
    """Read a file of the bank and show what it would do; nothing is booked yet.

    Raises PaymentError (the file is refused as a whole), PermissionDenied.
    """
    require_staff(acting_user, "bank.prepare")
    return _preview(data, file_name, acting_user, None)


def receive_statement(*, source: StatementSource, data: bytes, file_name: str) -> BankStatement:
    """The same for what a source brought; the caller knows that it is one of this firm's.

    Raises PaymentError; KnownFile where the very file is there already.
    """
    return _preview(data, file_name, None, source)


def _preview(
    data: bytes, file_name: str, acting_user: Any, source: StatementSource | None
) -> BankStatement:
    try:
        found = read_statements(data)
    except UnreadableFile as error:
        raise PaymentError(str(error), "file") from error
    bank = _account_of(found)
    for one in found:
        _check_statement(one, bank)
    digest = hashlib.sha256(data).hexdigest()
    try:
        with transaction.atomic():
            statement = BankStatement.objects.create(
                bank_account=bank,
                format=found[0].format,
                file_name=file_name[:120],
                sha256=digest,
                statement_id=found[0].statement_id,
                opening_units=_balance(found[0].opening, bank),
                closing_units=_balance(found[-1].closing, bank),
                closing_on=found[-1].closing_on,
                uploaded_by=acting_user,
                source=source,
            )
            lines = [line for one in found for line in one.lines]
            StatementLine.objects.bulk_create(
                _line(statement, number, line) for number, line in enumerate(lines, 1)
            )
            audit.record(
                "payments.upload_statement",
                statement,
                new={
                    "bank_account": bank.pk,
                    "lines": len(lines),
                    "sha256": digest,
                    "source": source.name if source is not None else "",
                },
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise KnownFile(_("This very file was uploaded already."), "file") from error
    return statement


def accept_statement(*, statement: BankStatement, reason: str, acting_user: Any) -> BankStatement:
    """The second person's yes: every new line is booked, once.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.release")
    return _take_in(statement, acting_user, reason)


def take_in_by_source(*, statement: BankStatement) -> BankStatement:
    """Take in what a source brought, where the firm said that it needs no person for that.

    Raises PaymentError.
    """
    source = statement.source
    if source is None or not source.takes_in or not source.is_active:
        raise PaymentError(_("A person takes this statement in."))
    return _take_in(statement, None, f"Taken in by itself: {source.name}")


def _take_in(statement: BankStatement, acting_user: Any, reason: str) -> BankStatement:
    with transaction.atomic():
        _wait_for_others()
        row = _decide(statement, StatementState.ACCEPTED, acting_user, reason)
        booked = 0
        # What left first: a payment that came back the same day was paid before.
        lines = row.lines.filter(verdict=Verdict.NEW).select_related("bank_account__asset")
        for line in lines.order_by("is_credit", "number"):
            booked += _book(line)
        audit.record(
            "payments.accept_statement",
            row,
            old={"state": "previewed"},
            new={"state": row.state, "booked": booked},
            acting_user=acting_user,
            reason=reason.strip(),
        )
    return row


def refuse_statement(*, statement: BankStatement, reason: str, acting_user: Any) -> BankStatement:
    """The second person's no; the file may be uploaded again.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "bank.release")
    reason = reason_of(reason)
    with transaction.atomic():
        row = _decide(statement, StatementState.REFUSED, acting_user, reason)
        audit.record(
            "payments.refuse_statement",
            row,
            old={"state": "previewed"},
            new={"state": row.state},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def explain_line(*, line: StatementLine, explanation: str, acting_user: Any) -> StatementLine:
    """Say what an entry was that is no payment of ours; its journal entry is asked for apart.

    Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "deposits.handle")
    explanation = reason_of(explanation)
    with transaction.atomic():
        row = StatementLine.objects.select_for_update().get(pk=line.pk)
        if not row.is_booked or row.is_credit or row.withdrawal_id or row.explained_by_id:
            raise PaymentError(_("This entry needs no explanation."))
        row.explained_by, row.explanation = acting_user, explanation
        row.save()
        audit.record("payments.explain_line", row, acting_user=acting_user, reason=explanation)
    return row


def _book(line: StatementLine) -> bool:
    """Book one line; False if another statement brought it meanwhile."""
    known = StatementLine.objects.filter(
        bank_account=line.bank_account, entry_key=line.entry_key, is_booked=True
    )
    if known.exists():
        line.verdict, line.reason = Verdict.DUPLICATE, "Taken in with another file meanwhile."
        line.save()
        return False
    line.is_booked = True
    line.save()
    if line.is_credit:
        _came_in(line)
    else:
        _went_out(line)
    return True


def _came_in(line: StatementLine) -> None:
    """A payment of ours that came back, or a deposit."""
    returned = _withdrawal_of(line)
    if returned is not None and returned.state == WithdrawalState.PAID:
        line.withdrawal = returned
        line.save()
        withdrawals.came_back(withdrawal=returned, line=line)
        return
    deposits.record_deposit(line=line, owner=None if returned is not None else owner_of(line))


def _went_out(line: StatementLine) -> None:
    """A withdrawal or a deposit that goes back; else it waits for an explanation."""
    row = _withdrawal_of(line)
    if row is not None and row.state in (WithdrawalState.SENT, WithdrawalState.UNKNOWN):
        line.withdrawal = row
        line.save()
        withdrawals.paid(withdrawal=row, line=line)
        return
    if row is not None:
        with translation.override("en"):  # it is kept
            state = row.get_state_display().lower()
        line.reason = f"Withdrawal {row.pk} is {state} here: ask the bank."
        line.save()
    back = _return_of(line)
    if back is not None:
        line.explanation = f"Deposit {back.pk} sent back"
        line.explained_by = back.decided_by
        line.save()
        deposits.sent_back(deposit=back, line=line)


def _withdrawal_of(line: StatementLine) -> Withdrawal | None:
    """The withdrawal whose key at the bank a line bears, if amount and account agree."""
    number = _number_of(line.end_to_end_id, "W")
    row = Withdrawal.objects.select_related("method").filter(pk=number).first() if number else None
    if row is None or row.method.bank_account_id != line.bank_account_id:
        return None
    return row if row.net_units == int(line.amount_units) else None


def _return_of(line: StatementLine) -> Deposit | None:
    number = _number_of(line.end_to_end_id, "R")
    row = Deposit.objects.filter(pk=number).first() if number else None
    if row is None or row.bank_account_id != line.bank_account_id:
        return None
    waits = row.state in (DepositState.RETURNING, DepositState.RETURN_IN_FILE)
    return row if waits and int(row.amount_units) == int(line.amount_units) else None


def _number_of(end_to_end_id: str, letter: str) -> int:
    digits = end_to_end_id[1:]
    is_ours = end_to_end_id[:1] == letter and len(digits) == 11
    return int(digits) if is_ours and digits.isascii() and digits.isdigit() else 0


def _line(statement: BankStatement, number: int, read: ReadLine) -> StatementLine:
    bank = statement.bank_account
    verdict, reason, units = _judged(read, bank)
    return StatementLine(
        statement=statement,
        bank_account=bank,
        number=number,
        entry_key=read.entry_key,
        is_credit=read.is_credit,
        is_reversal=read.is_reversal,
        amount_units=units,
        currency=read.currency[:3],
        booked_on=read.booked_on,
        name=read.name,
        iban=read.iban,
        remittance=read.remittance,
        end_to_end_id=read.end_to_end_id,
        bank_reference=read.bank_reference,
        verdict=verdict,
        reason=reason,
    )


def _judged(read: ReadLine, bank: BankAccount) -> tuple[Verdict, str, int]:
    """What a line is to us, why, and its units."""
    if read.currency != bank.currency:
        return Verdict.REFUSED, f"Its currency is {read.currency}, not {bank.currency}.", 0
    if read.is_pending:
        return Verdict.REFUSED, "The bank has not booked it yet.", 0
    if read.amount <= 0:
        return Verdict.REFUSED, f"Its amount is {read.amount}: not above zero.", 0
    try:
        with translation.override("en"):  # the reason is kept with the line
            units = units_of(read.amount, bank.asset)
    except PaymentError as error:
        return Verdict.REFUSED, str(error), 0
    known = StatementLine.objects.filter(
        bank_account=bank, entry_key=read.entry_key, is_booked=True
    ).first()
    if known is not None:
        return Verdict.DUPLICATE, f"Known from statement {known.statement_id}.", units
    return Verdict.NEW, "", units


def _account_of(found: list[ReadStatement]) -> BankAccount:
    """The one account of the firm that all statements of a file are of."""
    wanted = {one.account for one in found}
    if len(wanted) != 1:
        raise PaymentError(_("The file holds statements of several accounts: upload each."), "file")
    (name,) = wanted
    for bank in BankAccount.objects.select_related("asset"):
        others = {text.strip() for text in bank.other_ids.split(",") if text.strip()}
        if name and (name == bank.iban or name in others or _is_german(name, bank.iban)):
            return bank
    raise PaymentError(
        _("The statement is of the account %(account)s, which is none of this firm's.")
        % {"account": numbers.masked(name) if name else "–"},
        "file",
    )


def _is_german(name: str, iban: str) -> bool:
    """MT940 of German banks: eight digits of the bank, a slash, the account's number."""
    bank, _slash, number = name.partition("/")
    return iban[:2] == "DE" and iban[4:12] == bank and iban[12:] == number.zfill(10)


def _check_statement(one: ReadStatement, bank: BankAccount) -> None:
    if one.currency and one.currency != bank.currency:
        raise PaymentError(
            _("The statement is in %(theirs)s; the account %(account)s is in %(ours)s.")
            % {"theirs": one.currency, "account": bank.name, "ours": bank.currency},
            "file",
        )
    if not one.adds_up:
        raise PaymentError(
            _(
                "Opening balance and entries do not come to the closing balance: the file is "
                "damaged or not whole."
            ),
            "file",
        )


def _balance(amount: Any, bank: BankAccount) -> int | None:
    return None if amount is None else units_of(amount, bank.asset)


def _decide(
    statement: BankStatement, state: StatementState, acting_user: Any, reason: str
) -> BankStatement:
    row = BankStatement.objects.select_for_update().get(pk=statement.pk)
    if row.state != StatementState.PREVIEWED:
        raise PaymentError(
            _("It is decided already: %(state)s.") % {"state": row.get_state_display().lower()}
        )
    if acting_user is not None:
        require_another(row.uploaded_by_id, acting_user)
    row.state, row.decided_by, row.decided_at = state, acting_user, timezone.now()
    row.decision_reason = reason.strip()[:500]
    row.save()
    return row


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [_LOCK_CLASS]
        )
