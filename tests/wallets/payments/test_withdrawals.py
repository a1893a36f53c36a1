"""A withdrawal's life: asked, reserved, approved, in a file, sent, paid; and what goes wrong."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

import people
from bank_files import Entry, pain002
from identity.errors import IdentityError
from kyc.actions import rights as kyc
from kyc.models import Tier
from paying import REASON, line_units
from trading.commands.models import QueuedCommand
from wallets.ledger.models import EntryKind, JournalEntry, Line
from wallets.payments.beneficiaries import actions as beneficiaries
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import Beneficiary, Deposit, PaymentFile, Withdrawal, WithdrawalState
from wallets.payments.withdrawals import actions, files


@pytest.fixture
def funded(paying, alice):
    paying.paid_in(alice, "1000.00")
    return alice


def test_from_the_request_to_the_banks_entry(paying, funded):
    row = paying.ask(funded, 800_00)
    assert (row.state, row.approvals_needed, row.fee_units) == ("requested", 2, 1_50)
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.WAITING
    assert paying.has(funded) == 200_00
    assert line_units(Line.WITHDRAWALS_IN_TRANSIT, paying) == -800_00
    actions.approve_withdrawal(withdrawal=row, reason=REASON, acting_user=paying.finance)
    row.refresh_from_db()
    assert row.state == WithdrawalState.WAITING
    actions.approve_withdrawal(withdrawal=row, reason=REASON, acting_user=paying.compliance)
    file = paying.file()
    row.refresh_from_db()
    assert (row.state, row.file_id) == (WithdrawalState.SENT, file.pk)
    assert '<InstdAmt Ccy="EUR">798.50</InstdAmt>' in file.xml.replace("'", '"')
    paying.statement([paying.entry_of(row)])
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.PAID
    assert line_units(Line.WITHDRAWALS_IN_TRANSIT, paying) == 0
    assert line_units(Line.BANK, paying) == 1000_00 - 798_50
    assert line_units(Line.OTHER_INCOME, paying) == -1_50
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert {EntryKind.WITHDRAWAL, EntryKind.WITHDRAWAL_PAID, EntryKind.OTHER_INCOME} <= kinds
    story = list(row.steps.values_list("state", flat=True))
    assert story == ["requested", "waiting", "approved", "in_file", "sent", "paid"]
    paying.books.prove()


def test_the_same_form_asks_once(paying, funded):
    key = uuid.uuid4()
    first = paying.ask(funded, request_key=key)
    again = paying.ask(funded, request_key=key)
    assert first.pk == again.pk
    paying.settle()
    assert paying.has(funded) == 900_00


def test_more_than_there_is_is_declined_by_the_engine(paying, funded):
    paying.ask(funded, 700_00)
    second = paying.ask(funded, 700_00)
    paying.settle()
    second.refresh_from_db()
    assert second.state == WithdrawalState.DECLINED
    assert paying.has(funded) == 300_00
    paying.books.prove()


def test_without_a_second_factor_just_now_nothing_is_asked(paying, funded):
    paying.beneficiary(funded)
    with pytest.raises(IdentityError):
        paying.ask(funded, request=paying.request_of(funded, recent=False))
    plain = people.make_customer(paying.tenant, "plain")
    with pytest.raises(PaymentError, match="second factor"):
        beneficiaries.add_beneficiary(
            request=paying.request_of(plain),
            method=paying.method,
            label="x",
            holder="Plain",
            iban="NL91ABNA0417164300",
        )
    assert not Withdrawal.objects.exists()
    assert not Beneficiary.objects.filter(user=plain).exists()


def test_a_new_beneficiary_cools_and_another_name_waits_for_staff(paying, funded):
    fresh = paying.beneficiary(funded, is_usable=False)
    with pytest.raises(PaymentError, match="too new"):
        paying.ask(funded, beneficiary=fresh)
    other = paying.beneficiary(
        funded, is_usable=False, holder="Aunt Agatha", iban="FR1420041010050500013M02606"
    )
    assert other.state == "review"
    with pytest.raises(PaymentError, match="not approved"):
        paying.ask(funded, beneficiary=other)
    beneficiaries.decide_beneficiary(
        beneficiary=other, approves=True, reason=REASON, acting_user=paying.compliance
    )
    other.refresh_from_db()
    assert other.state == "active" and other.usable_from > timezone.now()
    other.usable_from = timezone.now()
    other.save()
    row = paying.ask(funded, 30_00, beneficiary=other)
    assert (row.approvals_needed, "name differs" in row.fired) == (2, True)


def test_bobs_book_is_not_alices(paying, funded, bob):
    mine = paying.beneficiary(funded)
    with pytest.raises(Beneficiary.DoesNotExist):
        paying.ask(bob, beneficiary=mine)
    with pytest.raises(Beneficiary.DoesNotExist):
        beneficiaries.remove_beneficiary(beneficiary=mine, acting_user=bob)
    row = paying.ask(funded)
    with pytest.raises(PaymentError):
        actions.cancel_withdrawal(withdrawal=row, acting_user=bob)
    row.refresh_from_db()
    assert row.state == "requested"


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (0, "least"),
        (-5, "least"),
        (19_99, "least"),
        (20_000_01, "most"),
    ],
)
def test_amounts_outside_of_the_limits(paying, funded, units, words):
    with pytest.raises(PaymentError, match=words):
        paying.ask(funded, units)
    assert not Withdrawal.objects.exists()


def test_day_limits_count_what_is_not_void(paying, funded):
    paying.method.withdrawal_day_units = 300_00
    paying.method.save()
    first = paying.ask(funded, 200_00)
    with pytest.raises(PaymentError, match="leave 100"):
        paying.ask(funded, 100_01)
    paying.settle()
    first.refresh_from_db()
    actions.cancel_withdrawal(withdrawal=first, acting_user=funded)
    paying.settle()
    assert paying.has(funded) == 1000_00
    paying.ask(funded, 300_00)


def test_a_refusal_gives_everything_back(paying, funded):
    row = paying.ask(funded, 400_00)
    paying.settle()
    row.refresh_from_db()
    with pytest.raises(PaymentError, match="why"):
        actions.refuse_withdrawal(withdrawal=row, reason=" ", acting_user=paying.finance)
    actions.refuse_withdrawal(withdrawal=row, reason=REASON, acting_user=paying.finance)
    with pytest.raises(PaymentError, match="past"):
        actions.refuse_withdrawal(withdrawal=row, reason=REASON, acting_user=paying.owner)
    paying.settle()
    assert paying.has(funded) == 1000_00
    assert line_units(Line.WITHDRAWALS_IN_TRANSIT, paying) == 0
    paying.books.prove()


def test_one_person_never_approves_twice_nor_alone_above_the_threshold(paying, funded):
    row = paying.ask(funded, 500_01)
    paying.settle()
    row.refresh_from_db()
    actions.approve_withdrawal(withdrawal=row, reason="", acting_user=paying.finance)
    with pytest.raises(PaymentError, match="another person"):
        actions.approve_withdrawal(withdrawal=row, reason="", acting_user=paying.finance)
    with (
        pytest.raises(IntegrityError, match="withdrawal_approved_by_enough"),
        transaction.atomic(),
    ):
        Withdrawal.objects.filter(pk=row.pk).update(state="approved")


@pytest.mark.parametrize("role", ["admin", "support", "auditor"])
def test_roles_that_may_not_decide(paying, funded, staff_of, role):
    row = paying.ask(funded)
    paying.settle()
    row.refresh_from_db()
    for act in (actions.approve_withdrawal, actions.refuse_withdrawal):
        with pytest.raises(PermissionDenied):
            act(withdrawal=row, reason=REASON, acting_user=staff_of(role))
    row.refresh_from_db()
    assert (row.state, row.first_by) == ("waiting", None)


def test_a_file_is_released_by_a_second_person_and_taken_out_only_when_handed_over(paying, funded):
    row = paying.ask(funded, 100_00)
    paying.settle()
    row.refresh_from_db()
    paying.approve(row)
    file = files.prepare_file(
        bank_account=paying.bank, execution_on=timezone.now().date(), acting_user=paying.finance
    )
    with pytest.raises(PaymentError, match="Nothing approved"):
        files.prepare_file(
            bank_account=paying.bank,
            execution_on=timezone.now().date(),
            acting_user=paying.finance,
        )
    with pytest.raises(PermissionDenied, match="second person"):
        files.release_file(file=file, reason=REASON, acting_user=paying.finance)
    with pytest.raises(PaymentError):
        files.hand_over(file=file, acting_user=paying.finance)
    files.release_file(file=file, reason=REASON, acting_user=paying.owner)
    file.refresh_from_db()
    with pytest.raises(PaymentError, match="handed over"):
        files.bytes_of(file, acting_user=paying.finance)
    sent = files.hand_over(file=file, acting_user=paying.finance)
    assert files.bytes_of(sent, acting_user=paying.finance) == file.xml.encode()
    with pytest.raises(PaymentError, match="past"):
        files.discard_file(file=file, reason=REASON, acting_user=paying.owner)


def test_a_discarded_file_leaves_its_payments_for_the_next(paying, funded):
    row = paying.ask(funded, 100_00)
    paying.settle()
    row.refresh_from_db()
    paying.approve(row)
    file = files.prepare_file(
        bank_account=paying.bank, execution_on=timezone.now().date(), acting_user=paying.finance
    )
    files.discard_file(file=file, reason=REASON, acting_user=paying.owner)
    row.refresh_from_db()
    assert (row.state, row.file) == ("approved", None)
    second = paying.file()
    assert second.message_id != file.message_id
    assert PaymentFile.objects.filter(state="sent").count() == 1


def test_what_is_on_no_statement_is_unknown_and_never_given_back_by_itself(paying, funded):
    row = paying.sent(funded, 100_00)
    later = timezone.now() + timedelta(days=4)
    assert actions.doubt_overdue(timezone.now()) == 0
    assert actions.doubt_overdue(later) == 1
    assert actions.doubt_overdue(later) == 0
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.UNKNOWN
    assert paying.has(funded) == 900_00
    # The statement comes at last.
    paying.statement([paying.entry_of(row)])
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.PAID
    paying.books.prove()


def test_the_banks_rejection_needs_a_second_person_and_gives_back_once(paying, funded):
    row = paying.sent(funded, 100_00)
    report = pain002(row.file.message_id, {row.end_to_end_id: "RJCT", "W00000099999": "RJCT"})
    assert files.take_in_status(data=report, acting_user=paying.finance) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.told_state) == ("unknown", "failed")
    assert files.take_in_status(data=report, acting_user=paying.finance) == (0, 0)
    with pytest.raises(PermissionDenied, match="second person"):
        actions.confirm_outcome(
            withdrawal=row, agrees=True, reason=REASON, acting_user=paying.finance
        )
    actions.confirm_outcome(withdrawal=row, agrees=True, reason=REASON, acting_user=paying.owner)
    with pytest.raises(PaymentError):
        actions.confirm_outcome(
            withdrawal=row, agrees=True, reason=REASON, acting_user=paying.finance_2
        )
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.FAILED
    assert paying.has(funded) == 1000_00
    # A bank that pays it none the less: nothing moves by itself, it stands on the work list.
    paying.statement([paying.entry_of(row)])
    paying.settle()
    from wallets.payments import selectors

    (line,) = selectors.unexplained_lines()
    assert f"Withdrawal {row.pk}" in line.reason
    assert paying.has(funded) == 1000_00
    paying.books.prove()


def test_a_report_about_a_file_of_somebody_else(paying, funded):
    paying.sent(funded, 100_00)
    with pytest.raises(PaymentError, match="not handed over"):
        files.take_in_status(data=pain002("M9", {"W1": "RJCT"}), acting_user=paying.finance)


def test_what_comes_back_is_given_back_less_the_fee(paying, funded):
    row = paying.sent(funded, 100_00)
    paying.statement([paying.entry_of(row)])
    paying.settle()
    back = paying.entry_of(row, side="CRDT")
    paying.statement([back])
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.RETURNED
    assert paying.has(funded) == 1000_00 - 1_50
    assert line_units(Line.WITHDRAWALS_IN_TRANSIT, paying) == 0
    assert line_units(Line.BANK, paying) == 1000_00
    # The same again is money that nobody expects.
    before = QueuedCommand.objects.count()
    paying.statement([paying.entry_of(row, side="CRDT", reference="ANOTHER")])
    paying.settle()
    assert paying.has(funded) == 1000_00 - 1_50
    assert QueuedCommand.objects.count() == before + 1
    paying.books.prove()


def test_an_entry_with_our_key_and_another_amount_pays_nothing(paying, funded):
    row = paying.sent(funded, 100_00)
    paying.statement([paying.entry_of(row, amount="98.49")])
    paying.settle()
    row.refresh_from_db()
    assert row.state == WithdrawalState.SENT
    paying.books.prove()


def test_what_a_tier_allows(paying, funded, bob):
    tier = Tier.objects.get(number=2)
    paying.beneficiary(funded)
    # In the same asset they count beside the method's.
    tier.asset, tier.withdraw_day_units = paying.euro, 50_00
    tier.save()
    assert paying.ask(funded, 30_00).approvals_needed == 1
    with pytest.raises(PaymentError, match="limits leave 20 for now"):
        paying.ask(funded, 20_01)
    tier.withdraw_day_units = 0
    tier.save()
    with pytest.raises(PaymentError, match="not open to you"):
        paying.ask(funded, 20_00)


def test_a_stranger_pays_in_and_waits(paying, alice):
    profile = kyc.ensure_profile(alice)
    profile.tier = Tier.objects.get(number=0)
    profile.save()
    paying.statement([Entry("50.00", name="Alice Example", text=methods.reference_of(alice))])
    paying.settle()
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.fired) == ("held", ["not offered"])
    assert paying.has(alice) == 0
