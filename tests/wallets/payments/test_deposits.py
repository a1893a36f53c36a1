"""A deposit's life: recorded, suspense, screened, credited; and what is not known or looks odd."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import AuditRecord
from bank_files import Entry
from messaging.models import OutboxMail
from paying import REASON, line_units
from trading.commands.models import QueuedCommand
from wallets.ledger.models import EntryKind, JournalEntry, Line
from wallets.payments import numbers
from wallets.payments.deposits import actions
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import Deposit, DepositState, Match, Proposal, StatementLine


def kinds() -> list[int]:
    wanted = [
        EntryKind.DEPOSIT_RECORDED,
        EntryKind.DEPOSIT,
        EntryKind.OTHER_INCOME,
        EntryKind.DEPOSIT_SENT_BACK,
    ]
    found = JournalEntry.objects.filter(kind__in=[int(k) for k in wanted]).order_by("pk")
    return list(found.values_list("kind", flat=True))


def test_a_transfer_with_the_reference_is_credited_and_booked_step_by_step(paying, alice):
    reference = methods.reference_of(alice)
    assert methods.reference_of(alice) == reference
    shown = numbers.shown_reference(reference)
    paying.statement([Entry("1000.00", name="ALICE  EXAMPLE", text=f"pay in {shown.lower()}")])
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.match) == (DepositState.RECORDED, Match.REFERENCE)
    paying.settle()
    deposit.refresh_from_db()
    assert deposit.state == DepositState.CREDITED
    assert paying.has(alice) == 1000_00
    assert kinds() == [EntryKind.DEPOSIT_RECORDED, EntryKind.DEPOSIT]
    assert line_units(Line.BANK, paying) == 1000_00
    assert line_units(Line.SUSPENSE, paying) == 0
    states = list(deposit.steps.values_list("state", flat=True))
    assert states == ["recorded", "suspense", "screened", "credited"]
    assert OutboxMail.objects.filter(template="deposit_credited", to=alice.email).count() == 1
    paying.books.prove()


def test_a_fee_is_the_firms_income(paying, alice):
    methods.change_method(
        method=paying.method,
        version=1,
        reason=REASON,
        acting_user=paying.owner,
        deposit_fee_units=2_00,
        deposit_fee_ppm=1_500,
    )
    paying.paid_in(alice, "1000.33")
    deposit = Deposit.objects.get()
    # 2.00 and 0.15 % of 1000.33, rounded up: 1.50049… → 1.51
    assert deposit.fee_units == 2_00 + 1_51
    assert paying.has(alice) == 1000_33 - 3_51
    assert line_units(Line.OTHER_INCOME, paying) == -3_51
    assert line_units(Line.SUSPENSE, paying) == 0
    paying.books.prove()


def test_amount_and_name_announced_tell_whose_it_is_and_nothing_less_does(paying, alice, bob):
    actions.announce_deposit(user=alice, method=paying.method, amount_units=250_00)
    paying.statement(
        [
            Entry("250.00", name="Somebody Else"),
            Entry("250.01", name="Alice Example"),
            Entry("250.00", name="EXAMPLE, Alice"),
        ]
    )
    paying.settle()
    found = {d.line.number: d for d in Deposit.objects.select_related("line")}
    assert [found[n].state for n in (1, 2, 3)] == ["suspense", "suspense", "credited"]
    assert found[3].match == Match.NAME
    assert paying.has(alice) == 250_00
    # The announcement is used up: the same again is nobody's.
    paying.statement([Entry("250.00", name="Alice Example")])
    paying.settle()
    assert Deposit.objects.filter(state="suspense").count() == 3
    paying.books.prove()


def test_two_customers_references_in_one_text_are_nobodys(paying, alice, bob):
    text = f"{methods.reference_of(alice)} {methods.reference_of(bob)}"
    paying.statement([Entry("50.00", text=text)])
    paying.settle()
    assert Deposit.objects.get().user is None
    assert paying.has(alice) == paying.has(bob) == 0


def test_a_wrong_check_digit_is_no_reference(paying, alice):
    reference = methods.reference_of(alice)
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    paying.statement([Entry("50.00", text=wrong, name="X")])
    paying.settle()
    assert Deposit.objects.get().state == DepositState.SUSPENSE


def test_another_name_is_held_and_released_by_two(paying, alice):
    paying.statement([Entry("70.00", name="Mallory", text=methods.reference_of(alice))])
    paying.settle()
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.fired) == (DepositState.HELD, ["name differs"])
    assert paying.has(alice) == 0
    actions.propose(
        deposit=deposit,
        proposal=Proposal.ASSIGN,
        account=paying.account(alice),
        reason=REASON,
        acting_user=paying.finance,
    )
    before = QueuedCommand.objects.count()
    with pytest.raises(PermissionDenied, match="second person"):
        actions.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=paying.finance)
    assert QueuedCommand.objects.count() == before
    actions.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=paying.compliance)
    with pytest.raises(PaymentError, match="Nobody waits"):
        actions.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=paying.owner)
    paying.settle()
    assert paying.has(alice) == 70_00
    told = AuditRecord.objects.filter(object_type="payments.deposit", object_id=str(deposit.pk))
    assert {"payments.propose_deposit", "payments.decide_deposit"} <= {r.action for r in told}
    paying.books.prove()


def test_a_second_persons_no_puts_it_back_where_it_was(paying, alice):
    paying.statement([Entry("70.00", name="Unknown")])
    paying.settle()
    deposit = Deposit.objects.get()
    actions.propose(
        deposit=deposit, proposal=Proposal.IGNORE, reason=REASON, acting_user=paying.finance
    )
    actions.decide(deposit=deposit, agrees=False, reason=REASON, acting_user=paying.owner)
    deposit.refresh_from_db()
    assert (deposit.state, deposit.proposal) == (DepositState.SUSPENSE, Proposal.NONE)
    assert line_units(Line.SUSPENSE, paying) == -70_00


def test_what_is_sent_back_goes_out_in_a_file_and_is_booked_when_the_bank_shows_it(paying):
    paying.statement([Entry("70.00", name="Unknown Sender")])
    paying.settle()
    deposit = Deposit.objects.get()
    actions.propose(
        deposit=deposit, proposal=Proposal.RETURN, reason=REASON, acting_user=paying.finance
    )
    actions.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=paying.owner)
    file = paying.file()
    assert deposit.end_to_end_id in file.xml and "70.00" in file.xml
    leaving = Entry("70.00", side="DBIT", end_to_end_id=deposit.end_to_end_id)
    paying.statement([leaving])
    paying.settle()
    deposit.refresh_from_db()
    assert deposit.state == DepositState.RETURNED
    assert line_units(Line.SUSPENSE, paying) == line_units(Line.BANK, paying) == 0
    assert kinds() == [EntryKind.DEPOSIT_RECORDED, EntryKind.DEPOSIT_SENT_BACK]
    paying.books.prove()


@pytest.mark.parametrize("role", ["admin", "support", "auditor", "owner"])
def test_roles_that_may_not_propose(paying, staff_of, role):
    paying.statement([Entry("70.00", name="Unknown")])
    paying.settle()
    with pytest.raises(PermissionDenied):
        actions.propose(
            deposit=Deposit.objects.get(),
            proposal=Proposal.IGNORE,
            reason=REASON,
            acting_user=staff_of(role),
        )
    assert Deposit.objects.get().state == DepositState.SUSPENSE


def test_the_same_entry_in_two_files_is_credited_once(paying, alice):
    entry = Entry(
        "80.00", name="Alice Example", text=methods.reference_of(alice), reference="BANK-77"
    )
    paying.statement([entry])
    paying.statement([entry, Entry("5.00", name="X")], opening="1080.00")
    paying.settle()
    assert paying.has(alice) == 80_00
    assert StatementLine.objects.filter(verdict="duplicate").count() == 1
    paying.books.prove()
