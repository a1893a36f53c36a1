"""The firm's rules over payments: facts, and what becomes of deposits, withdrawals, accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

import ruling
from bank_files import Entry
from paying import ALICES_IBAN, REASON
from riskrules.models import Alert, Evaluation
from riskrules.rulesets import Comparison, Condition, Outcome, Rule, rule
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from trading.commands.models import QueuedCommand
from wallets.payments import rules
from wallets.payments.deposits import actions as deposits
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import Beneficiary, Deposit, DepositState, Withdrawal, WithdrawalState

TOO_MUCH = rule(
    "too much", "amount", Comparison.ABOVE, 300_00, Outcome.DENY,
    "Please speak to us before you take out this much.",
)  # fmt: skip


@pytest.fixture
def funded(paying, alice):
    paying.paid_in(alice, "1000.00")
    return alice


def test_an_activated_rule_stops_a_withdrawal_live(paying, funded):
    assert paying.ask(funded, 400_00).state == "requested"
    ruling.in_force("withdrawals", TOO_MUCH)
    before = Withdrawal.objects.count(), QueuedCommand.objects.count()
    with pytest.raises(PaymentError, match="speak to us"):
        paying.ask(funded, 400_00)
    assert (Withdrawal.objects.count(), QueuedCommand.objects.count()) == before
    row = Evaluation.objects.filter(kind="withdrawals").latest("pk")
    assert (row.outcome, row.facts["amount"]) == (Outcome.DENY, 400_00)
    assert row.fired == ["first payment", "too much"]
    assert paying.ask(funded, 300_00).state == "requested"
    paying.settle()
    assert paying.has(funded) == 300_00
    paying.books.prove()


def test_a_rule_that_holds_makes_two_persons_approve(paying, funded):
    ruling.in_force(
        "withdrawals",
        rule("look", "amount", Comparison.AT_LEAST, 50_00, Outcome.HOLD, "Look at it."),
    )
    assert paying.ask(funded, 49_99).approvals_needed == 1
    held = paying.ask(funded, 50_00)
    assert (held.approvals_needed, held.fired) == (2, ["first payment", "look"])


def test_a_rule_that_restricts_refuses_and_the_engine_lets_no_order_through(paying, funded):
    ruling.in_force(
        "withdrawals",
        rule("gone", "amount", Comparison.AT_LEAST, 50_00, Outcome.RESTRICT, "Ask support."),
    )
    with pytest.raises(PaymentError, match="Ask support"):
        paying.ask(funded, 60_00)
    assert not Withdrawal.objects.exists()
    assert access_account(funded).state == AccountState.CANCEL_ONLY
    alert = Alert.objects.get(rule="gone")
    assert (alert.user_id, alert.facts["amount"]) == (funded.pk, 60_00)
    paying.settle()
    # The floor holds from now on, and the account is restricted by one command alone.
    commands = QueuedCommand.objects.count()
    with pytest.raises(PaymentError, match="suspended or restricted"):
        paying.ask(funded, 40_00)
    assert QueuedCommand.objects.count() == commands
    paying.books.prove()


def test_rules_that_fail_refuse_a_withdrawal_and_hold_a_deposit(paying, funded, monkeypatch):
    from riskrules import evaluation

    paying.beneficiary(funded)
    monkeypatch.setattr(evaluation.lang, "assert_fact", lambda *_: None)
    with pytest.raises(PaymentError, match="could not be worked out"):
        paying.ask(funded, 100_00)
    assert not Withdrawal.objects.exists()
    assert Alert.objects.get(kind="withdrawals").rule == ""
    reference = methods.reference_of(funded)
    paying.statement([Entry("50.00", name=funded.name, text=f"Deposit {reference}")])
    paying.settle()
    deposit = Deposit.objects.latest("pk")
    assert deposit.state == DepositState.HELD and "could not be worked out" in deposit.note
    assert paying.has(funded) == 1000_00


def test_facts_of_withdrawals_count_and_add_up(paying, funded):
    for units in (460_00, 100_00):
        paying.ask(funded, units)
    paying.settle()
    facts = rules.withdrawal_facts(
        user=funded,
        account=access_account(funded),
        beneficiary=Beneficiary.objects.get(user=funded),
        amount_units=500_00,
        now=timezone.now(),
    )
    wanted = {
        "amount": 500_00,
        "withdrawals_last_day": 2,
        "sum_last_day": 1060_00,
        "sum_last_30_days": 1060_00,
        "just_below_last_7_days": 2,  # 460 and 500 of the 500 that one person approves
        "paid_in_last_7_days": 1000_00,
        "hours_since_trade": rules.MOST,
        "is_first_to_beneficiary": 1,
        "account_not_active": 0,
        "second_factor_hours": 0,
        "password_hours": rules.MOST,
    }
    assert {name: facts[name] for name in wanted} == wanted
    later = rules.withdrawal_facts(
        user=funded,
        account=access_account(funded),
        beneficiary=Beneficiary.objects.get(user=funded),
        amount_units=500_00,
        now=timezone.now() + timedelta(days=8),
    )
    assert (later["sum_last_day"], later["sum_last_30_days"]) == (500_00, 1060_00)
    assert (later["just_below_last_7_days"], later["paid_in_last_7_days"]) == (1, 0)
    assert later["second_factor_hours"] == 8 * 24


def test_money_that_passes_through_is_told(paying, alice):
    paying.paid_in(alice, "12000.00")
    row = paying.ask(alice, 100_00)
    assert "passing through" in row.fired
    alert = Alert.objects.get()
    assert (alert.rule, alert.account_id) == ("passing through", access_account(alice).pk)


def test_a_rule_that_denies_holds_a_deposit_and_two_persons_cannot_pass_it(paying, alice):
    ruling.in_force(
        "deposits",
        rule("too large", "amount", Comparison.ABOVE, 900_00, Outcome.DENY, "Too large for us."),
    )
    paying.paid_in(alice, "1000.00")
    deposit = Deposit.objects.get()
    assert (deposit.state, deposit.fired) == (DepositState.HELD, ["too large"])
    assert paying.has(alice) == 0
    deposits.propose(
        deposit=deposit, proposal="assign", account=access_account(alice), reason=REASON,
        acting_user=paying.finance,
    )  # fmt: skip
    with pytest.raises(PaymentError, match="Too large for us"):
        deposits.decide(deposit=deposit, agrees=True, reason=REASON, acting_user=paying.compliance)
    deposit.refresh_from_db()
    assert deposit.state == DepositState.PROPOSED and paying.has(alice) == 0
    assert Evaluation.objects.filter(kind="deposits", outcome=Outcome.DENY).count() == 2
    paying.books.prove()


def test_facts_of_deposits(paying, alice):
    paying.paid_in(alice, "100.00")
    paying.paid_in(alice, "46000.00")
    first, second = Evaluation.objects.filter(kind="deposits").order_by("pk")
    assert (first.facts["is_first"], second.facts["is_first"]) == (1, 0)
    assert (first.facts["sum_last_day"], second.facts["sum_last_day"]) == (100_00, 46_100_00)
    assert second.facts["just_below_last_7_days"] == 1
    assert second.facts["deposits_last_day"] == 2


def test_beneficiaries_wait_for_staff_or_are_refused(paying, funded, bob):
    paying.beneficiary(funded)
    ruling.in_force(
        "beneficiaries",
        rule("shared", "same_at_others", Comparison.AT_LEAST, 1, Outcome.HOLD, "Shared."),
        Rule(
            "two a day",
            (
                Condition("added_last_day", Comparison.AT_LEAST, 1),
                Condition("name_differs", Comparison.EQUALS, 0),
            ),
            Outcome.DENY,
            "One a day, please.",
        ),
    )
    shared = paying.beneficiary(bob, is_usable=False, iban=ALICES_IBAN)
    assert (shared.state, shared.usable_from, shared.is_own_name) == ("review", None, True)
    before = Beneficiary.objects.count()
    with pytest.raises(PaymentError, match="One a day"):
        paying.beneficiary(funded, iban="FR1420041010050500013M02606")
    assert Beneficiary.objects.count() == before
    row = Evaluation.objects.filter(kind="beneficiaries").latest("pk")
    assert row.outcome == Outcome.DENY and "IBAN" not in str(row.facts).upper()


def test_a_withdrawal_at_another_firm_is_judged_by_its_own_rules(paying, funded, other_tenant):
    from django_tenants.utils import tenant_context

    with tenant_context(other_tenant):
        ruling.in_force("withdrawals", TOO_MUCH)
    assert paying.ask(funded, 400_00).state == "requested"
    paying.settle()
    assert Withdrawal.objects.get().state == WithdrawalState.WAITING
