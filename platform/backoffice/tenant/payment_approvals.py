"""Payments that wait for a second person, as the inbox of approvals tells them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import cells, pages
from backoffice.approvals import Decide, Kind, Told, kinds
from backoffice.tenant import names
from backoffice.tenant import payment_words as words
from wallets.payments import selectors
from wallets.payments.beneficiaries import actions as beneficiaries
from wallets.payments.cards import claims, refunds
from wallets.payments.cards import selectors as cards
from wallets.payments.deposits import actions as deposits
from wallets.payments.manual import actions as manual
from wallets.payments.models import (
    BankStatement,
    Beneficiary,
    BeneficiaryState,
    CardRefund,
    Claim,
    Deposit,
    DepositState,
    FileState,
    ManualPayment,
    ManualState,
    PaymentFile,
    StatementState,
    Verdict,
    Withdrawal,
    WithdrawalState,
)
from wallets.payments.statements import actions as statements
from wallets.payments.withdrawals import actions as withdrawals
from wallets.payments.withdrawals import files

Rows = Callable[[], QuerySet]


def _amount(units: Any, asset: Any) -> str:
    return f"{cells.grouped(asset.text(int(units)))} {asset.code}"


def _reason(text: str) -> str:
    """What is written where a yes needs words and none were typed; kept, so in English."""
    return text if len(text.strip()) >= 5 else "Agreed in the inbox of approvals"


def _withdrawals() -> QuerySet[Withdrawal]:
    return selectors.withdrawals().filter(state=WithdrawalState.WAITING).order_by("pk")


def _withdrawal(request: HttpRequest, row: Withdrawal) -> Told:
    has = f"{bool(row.first_by_id) + bool(row.second_by_id)} / {row.approvals_needed}"
    return Told(
        title=_("Pay out %(amount)s") % {"amount": _amount(row.amount_units, row.asset)},
        asked_by=row.first_by or row.user,
        asked_at=row.requested_at,
        reason=row.note,
        address=pages.url(request, "withdrawal", row.pk),
        facts=[
            (_("Customer"), words.customer(request, row.user)),
            (pgettext("recipient", "To"), row.holder),
            (_("IBAN"), words.iban(row.iban)),
            (_("Arrives"), names.amount(row.net_units, row.asset)),
            (_("Approvals"), has),
            (_("Rules that fired"), ", ".join(row.fired) or cells.NOTHING),
        ],
    )


def _approve_withdrawal(row: Withdrawal, acting_user: Any, reason: str) -> str:
    row = withdrawals.approve_withdrawal(withdrawal=row, reason=reason, acting_user=acting_user)
    if row.state == WithdrawalState.APPROVED:
        return _("Approved. It goes into the next payment file.")
    return _("Your word is kept. Another person has to approve it as well.")


def _refuse_withdrawal(row: Withdrawal, acting_user: Any, reason: str) -> str:
    withdrawals.refuse_withdrawal(withdrawal=row, reason=reason, acting_user=acting_user)
    return _("Refused. The customer has his money back within about a second.")


def _outcomes() -> QuerySet[Withdrawal]:
    rows = selectors.withdrawals().filter(told_state=WithdrawalState.FAILED)
    return rows.filter(state=WithdrawalState.UNKNOWN).order_by("pk")


def _outcome(request: HttpRequest, row: Withdrawal) -> Told:
    return Told(
        title=_("Not paid: %(amount)s") % {"amount": _amount(row.amount_units, row.asset)},
        asked_by=row.told_by,
        asked_at=row.sent_at,
        reason=row.told_reason,
        address=pages.url(request, "withdrawal", row.pk),
        facts=[
            (_("Customer"), words.customer(request, row.user)),
            (_("Payment"), cells.mono(row.end_to_end_id)),
        ],
        changes=[(_("State"), row.get_state_display(), WithdrawalState.FAILED.label)],
    )


def _answers(
    decide: Callable[[Any, bool, Any, str], None], agreed: Any, refused: Any
) -> tuple[Decide, Decide]:
    """What a yes and a no of a second person do, and the sentence after each."""

    def answer(agrees: bool, sentence: Any) -> Decide:
        def act(row: Any, acting_user: Any, reason: str) -> str:
            decide(row, agrees, acting_user, reason)
            return str(sentence)

        return act

    return answer(True, agreed), answer(False, refused)


def _decide_outcome(row: Withdrawal, agrees: bool, acting_user: Any, reason: str) -> None:
    withdrawals.confirm_outcome(
        withdrawal=row, agrees=agrees, reason=_reason(reason), acting_user=acting_user
    )


def _deposits() -> QuerySet[Deposit]:
    return selectors.deposits().filter(state=DepositState.PROPOSED).order_by("pk")


def _deposit(request: HttpRequest, row: Deposit) -> Told:
    return Told(
        title=f"{row.get_proposal_display()}: {_amount(row.amount_units, row.asset)}",
        asked_by=row.proposed_by,
        asked_at=row.proposed_at,
        reason=row.proposal_reason,
        address=pages.url(request, "deposit", row.pk),
        facts=[
            (_("Sender"), row.sender_name or cells.NOTHING),
            (_("Text"), row.remittance or cells.NOTHING),
            (_("For"), words.customer(request, row.proposed_user)),
        ],
    )


def _decide_deposit(row: Deposit, agrees: bool, acting_user: Any, reason: str) -> None:
    deposits.decide(deposit=row, agrees=agrees, reason=_reason(reason), acting_user=acting_user)


def _statements() -> QuerySet[BankStatement]:
    return selectors.statements().filter(state=StatementState.PREVIEWED).order_by("pk")


def _statement(request: HttpRequest, row: BankStatement) -> Told:
    lines = row.lines.all()
    return Told(
        title=_("Take in %(what)s") % {"what": row},
        asked_by=row.uploaded_by,
        asked_at=row.uploaded_at,
        reason=row.file_name,
        address=pages.url(request, "bank_statement", row.pk),
        facts=[
            (_("Bank account"), row.bank_account),
            (_("Came by"), words.source_of(row)),
            (_("New entries"), cells.number(lines.filter(verdict=Verdict.NEW).count())),
            (_("Known already"), cells.number(lines.filter(verdict=Verdict.DUPLICATE).count())),
            (_("Refused"), cells.number(lines.filter(verdict=Verdict.REFUSED).count())),
        ],
    )


def _take_in(row: BankStatement, acting_user: Any, reason: str) -> str:
    statements.accept_statement(statement=row, reason=reason, acting_user=acting_user)
    return _("Taken in. Its entries are being booked.")


def _refuse_statement(row: BankStatement, acting_user: Any, reason: str) -> str:
    statements.refuse_statement(statement=row, reason=reason, acting_user=acting_user)
    return _("Refused. Nothing of it is booked.")


def _files() -> QuerySet[PaymentFile]:
    return selectors.files().filter(state=FileState.PREPARED).order_by("pk")


def _file(request: HttpRequest, row: PaymentFile) -> Told:
    asset = row.bank_account.asset
    return Told(
        title=_("Release %(what)s") % {"what": row.message_id},
        asked_by=row.prepared_by,
        asked_at=row.prepared_at,
        reason="",
        address=pages.url(request, "payment_file", row.pk),
        facts=[
            (_("Bank account"), row.bank_account),
            (_("Payments"), cells.number(row.count)),
            (_("Sum"), names.amount(int(row.total_units), asset)),
            (_("Execution"), row.execution_on),
        ],
    )


def _release(row: PaymentFile, acting_user: Any, reason: str) -> str:
    files.release_file(file=row, reason=reason, acting_user=acting_user)
    return _("Released. It can be handed over to the bank.")


def _discard(row: PaymentFile, acting_user: Any, reason: str) -> str:
    files.discard_file(file=row, reason=reason, acting_user=acting_user)
    return _("Discarded. Its payments wait for another file.")


def _beneficiaries() -> QuerySet[Beneficiary]:
    rows = selectors.beneficiaries().filter(state=BeneficiaryState.REVIEW)
    return rows.order_by("pk")


def _beneficiary(request: HttpRequest, row: Beneficiary) -> Told:
    return Told(
        title=_("Beneficiary of another name"),
        asked_by=row.user,
        asked_at=row.added_at,
        reason=row.label,
        address=pages.url(request, "beneficiaries"),
        facts=[
            (_("Customer"), words.customer(request, row.user)),
            (_("Customer's name"), row.user.name or cells.NOTHING),
            (_("Holder"), row.holder),
            (_("IBAN"), words.iban(row.iban)),
        ],
    )


def _decide_beneficiary(row: Beneficiary, approves: bool, acting_user: Any, reason: str) -> None:
    beneficiaries.decide_beneficiary(
        beneficiary=row, approves=approves, reason=_reason(reason), acting_user=acting_user
    )


def _refund(request: HttpRequest, row: CardRefund) -> Told:
    payment = row.payment
    return Told(
        title=_("Give %(amount)s back to the card")
        % {"amount": _amount(row.amount_units, payment.asset)},
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        reason=row.reason,
        address=pages.url(request, "card_payment", payment.pk),
        facts=[
            (_("Customer"), words.customer(request, payment.user)),
            (_("Paid"), names.amount(int(payment.paid_units), payment.asset)),
        ],
    )


def _decide_refund(row: CardRefund, agrees: bool, acting_user: Any, reason: str) -> None:
    refunds.decide_refund(refund=row, agrees=agrees, reason=reason, acting_user=acting_user)


def _by_hand() -> QuerySet[ManualPayment]:
    return selectors.by_hand().filter(state=ManualState.ASKED).order_by("pk")


def _payment_by_hand(request: HttpRequest, row: ManualPayment) -> Told:
    places = dict(manual.places())
    return Told(
        title=_("Record %(amount)s by hand") % {"amount": _amount(row.amount_units, row.asset)},
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        reason=row.reason,
        address=pages.url(request, "payments_by_hand"),
        facts=[
            (_("Account"), names.account_link(request, row.account)),
            (_("Paid by"), row.payer),
            (_("Receipt"), row.paper),
            (_("Where it is"), places.get(int(row.house), row.house)),
        ],
    )


def _decide_by_hand(row: ManualPayment, agrees: bool, acting_user: Any, reason: str) -> None:
    manual.decide_by_hand(payment=row, agrees=agrees, reason=reason, acting_user=acting_user)


def _write_off(request: HttpRequest, row: Claim) -> Told:
    payment = row.payment
    return Told(
        title=_("Write off %(amount)s") % {"amount": _amount(row.debt_units, payment.asset)},
        asked_by=row.write_off_by,
        asked_at=row.write_off_at,
        reason=row.write_off_reason,
        address=pages.url(request, "card_claim", row.pk),
        facts=[
            (_("Customer"), words.customer(request, payment.user)),
            (_("Taken from him"), names.amount(int(row.taken_units), payment.asset)),
        ],
        changes=[
            (
                _("Owed by the customer"),
                names.amount(row.debt_units, payment.asset),
                names.amount(0, payment.asset),
            )
        ],
    )


def _decide_write_off(row: Claim, agrees: bool, acting_user: Any, reason: str) -> None:
    claims.decide_write_off(claim=row, agrees=agrees, reason=reason, acting_user=acting_user)


for _kind in (
    Kind(
        "withdrawal", gettext_lazy("Withdrawal"), "north_east",
        "payments.view", "withdrawals.decide",
        _withdrawals, _withdrawal, _approve_withdrawal, _refuse_withdrawal,
        gettext_lazy("Approved by enough persons it goes into the next payment file."),
        "first_by", "requested_at",
    ),
    Kind(
        "unpaid", gettext_lazy("Withdrawal not paid"), "north_east",
        "payments.view", "bank.release",
        _outcomes, _outcome,
        *_answers(
            _decide_outcome, gettext_lazy("The customer has his money back."),
            gettext_lazy("It stays not known: ask the bank."),
        ),
        gettext_lazy("If you agree, the customer gets his money back. Ask the bank first."),
        "told_by", "sent_at",
    ),
    Kind(
        "deposit", gettext_lazy("Deposit"), "south_west",
        "payments.view", "deposits.decide",
        _deposits, _deposit,
        *_answers(
            _decide_deposit, gettext_lazy("Done."),
            gettext_lazy("It is back where it was."),
        ),
        gettext_lazy("It is credited, sent back or left, as proposed."),
        "proposed_by", "proposed_at",
    ),
    Kind(
        "statement", gettext_lazy("Bank statement"), "description",
        "payments.view", "bank.release",
        _statements, _statement, _take_in, _refuse_statement,
        gettext_lazy("Its new entries are booked at once."),
        "uploaded_by", "uploaded_at",
    ),
    Kind(
        "file", gettext_lazy("Payment file"), "outgoing_mail",
        "payments.view", "bank.release",
        _files, _file, _release, _discard,
        gettext_lazy("It can then be handed over to the bank. A no discards it."),
        "prepared_by", "prepared_at",
    ),
    Kind(
        "beneficiary", gettext_lazy("Beneficiary"), "contacts",
        "payments.view", "withdrawals.decide",
        _beneficiaries, _beneficiary,
        *_answers(
            _decide_beneficiary, gettext_lazy("Approved. It cools before it can be paid."),
            gettext_lazy("Refused. It cannot be paid."),
        ),
        gettext_lazy("The customer can be paid there after the cooling period."),
        "user", "added_at",
    ),
    Kind(
        "by-hand", gettext_lazy("Payment by hand"), "payments",
        "payments.view", "deposits.decide",
        _by_hand, _payment_by_hand,
        *_answers(
            _decide_by_hand, gettext_lazy("Recorded. It is screened and credited like any."),
            gettext_lazy("Refused. Nothing is booked."),
        ),
        gettext_lazy("It becomes a deposit: booked, screened, credited."),
        "asked_by", "asked_at",
    ),
    Kind(
        "card-refund", gettext_lazy("Card refund"), "undo",
        "payments.view", "deposits.decide",
        cards.waiting_refunds, _refund,
        *_answers(
            _decide_refund, gettext_lazy("Agreed. It is taken from the customer, then sent."),
            gettext_lazy("Refused. Nothing has moved."),
        ),
        gettext_lazy("It is taken from the customer's account and sent to the gateway."),
        "asked_by", "asked_at",
    ),
    Kind(
        "write-off", gettext_lazy("Write-off of a debt"), "money_off",
        "payments.view", "deposits.decide",
        cards.waiting_write_offs, _write_off,
        *_answers(
            _decide_write_off, gettext_lazy("Written off."),
            gettext_lazy("Refused. He owes it still."),
        ),
        gettext_lazy("The firm bears it: it becomes an expense."),
        "write_off_by", "write_off_at",
    ),
):  # fmt: skip
    kinds.register(_kind)
