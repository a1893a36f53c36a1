"""What follows from a decision: written down, told, restricted; and a no where rules fail."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from messaging.models import Notice
from riskrules import actions, evaluation, judging, recording, selectors
from riskrules.errors import RulesError
from riskrules.evaluation import Decision
from riskrules.models import Alert, Evaluation
from riskrules.rulesets import Comparison, Outcome, rule
from trading.accounts.models import Account, AccountState
from trading.accounts.selectors import access_account
from trading.commands.models import QueuedCommand
from wallets.payments.declared_rules import KINDS

WITHDRAWALS = next(kind for kind in KINDS if kind.name == "withdrawals")
CALM = dict.fromkeys(WITHDRAWALS.by_name, 0) | {"password_hours": 10**6}


def decided(outcome, user, account, at):
    """A judgement by one rule with this outcome."""
    one = rule("a rule", "amount", Comparison.AT_LEAST, 0, outcome, "It is so.")
    subject = judging.Subject(user.pk, account.pk, "test")
    return judging.Judged("withdrawals", 1, CALM, Decision(outcome, (one,)), subject, at)


@pytest.fixture
def account(alice):
    return access_account(alice)


def now():
    from django.utils import timezone

    return timezone.now()


def test_what_was_judged_is_written_without_a_word_about_the_person(alice, account):
    subject = judging.Subject(alice.pk, account.pk, "withdrawal to 3")
    judging.judge("withdrawals", CALM, subject)
    row = Evaluation.objects.get()
    assert (row.kind, row.version, row.outcome, row.fired) == ("withdrawals", 1, 0, [])
    assert row.facts == CALM and row.is_complete
    assert (row.user_id, row.account_id) == (alice.pk, account.pk)
    assert not Alert.objects.exists()


def test_an_alert_is_raised_once_and_counts_on_until_somebody_saw_to_it(alice, account, staff_of):
    officer, support = staff_of("compliance"), staff_of("support")
    for _ in range(3):
        recording.keep([decided(Outcome.ALERT, alice, account, now())])
    alert = Alert.objects.get()
    assert (alert.count, alert.rule, alert.user_id) == (3, "a rule", alice.pk)
    notice = Notice.objects.get(user=officer)
    assert notice.path == f"/backoffice/rules/alerts/{alert.pk}/"
    assert not Notice.objects.filter(user=support).exists()
    with pytest.raises(PermissionDenied):
        actions.see_to(alert=alert, note="Looked at it", acting_user=support)
    with pytest.raises(RulesError):
        actions.see_to(alert=alert, note="ok", acting_user=officer)
    assert selectors.open_alerts().count() == 1
    actions.see_to(alert=alert, note="Spoke to the customer", acting_user=officer)
    actions.see_to(alert=alert, note="And once more", acting_user=officer)
    alert.refresh_from_db()
    assert alert.note == "Spoke to the customer" and not selectors.open_alerts().exists()
    recording.keep([decided(Outcome.ALERT, alice, account, now())])
    assert selectors.open_alerts().get().count == 1


@pytest.mark.parametrize("outcome", [Outcome.ALLOW, Outcome.HOLD, Outcome.DENY])
def test_other_outcomes_raise_none(alice, account, outcome):
    recording.keep([decided(outcome, alice, account, now())])
    assert not Alert.objects.exists()
    assert Account.objects.get(pk=account.pk).state == AccountState.ACTIVE


def test_restricting_makes_accounts_cancel_only_once_by_a_command(alice, account):
    before = QueuedCommand.objects.count()
    for _ in range(2):
        recording.keep([decided(Outcome.RESTRICT, alice, account, now())])
    account.refresh_from_db()
    assert account.state == AccountState.CANCEL_ONLY
    assert QueuedCommand.objects.count() == before + 1
    assert Alert.objects.get().count == 2
    version = account.versions.latest("version")
    assert version.reason == "Rule: a rule" and version.changed_by == "system"


def test_restricting_a_customer_leaves_what_staff_suspended(alice, account):
    Account.objects.filter(pk=account.pk).update(state=AccountState.SUSPENDED)
    before = QueuedCommand.objects.count()
    recording.keep([decided(Outcome.RESTRICT, alice, account, now())])
    assert Account.objects.get(pk=account.pk).state == AccountState.SUSPENDED
    assert QueuedCommand.objects.count() == before


def test_what_is_refused_is_written_after_the_flow_was_undone(alice, account):
    subject = judging.Subject(alice.pk, account.pk, "test")
    with pytest.raises(judging.Refused) as refused, transaction.atomic():
        judging.require("withdrawals", CALM | {"account_not_active": 1}, subject)
    assert not Evaluation.objects.exists()
    assert "suspended or restricted" in refused.value.sentence
    refused.value.keep()
    assert Evaluation.objects.get().outcome == Outcome.DENY


@pytest.mark.parametrize("way", ["no DONE", "an error", "a bad fact", "too slow", "bad rows"])
def test_rules_that_fail_refuse_and_raise_an_alert(alice, account, monkeypatch, way):
    facts = CALM
    if way == "no DONE":
        monkeypatch.setattr(evaluation.lang, "assert_fact", lambda *_: None)
    elif way == "an error":
        monkeypatch.setattr(evaluation, "check_facts", lambda *_: 1 / 0)
    elif way == "a bad fact":
        facts = CALM | {"amount": 2**63}
    elif way == "too slow":
        monkeypatch.setattr(judging, "MOST_SECONDS", -1.0)
    else:
        monkeypatch.setattr(selectors.RuleRow, "as_rule", lambda _: 1 / 0)
    with pytest.raises(judging.Refused) as refused:
        judging.require("withdrawals", facts, judging.Subject(alice.pk, account.pk, "test"))
    assert "could not be worked out" in refused.value.sentence
    refused.value.keep()
    assert not Evaluation.objects.get().is_complete
    alert = Alert.objects.get()
    assert alert.rule == "" and alert.outcome == Outcome.DENY
