"""Rules before a sign-in keep customers out, never staff, and are told."""

import people
import ruling
from identity import actions
from identity.models import SignInAttempt, UserSession
from riskrules import sign_ins
from riskrules.models import Alert, Evaluation
from riskrules.rulesets import Comparison, Condition, Outcome, Rule, rule
from trading.accounts.models import AccountState
from trading.accounts.selectors import access_account
from visits import visit

NEW_NETWORK = Rule(
    "new network",
    (
        Condition("is_new_network", Comparison.EQUALS, 1),
        Condition("is_first", Comparison.EQUALS, 0),
    ),
    Outcome.DENY,
    "You sign in from a new place. Please ask support.",
)


def sign_in(user, address="203.0.113.5", password=people.PASSWORD):
    request = visit(address)
    return request, actions.sign_in(request=request, email=user.email, password=password)


def test_facts_of_a_sign_in(alice):
    sign_in(alice, password="wrong-Horse-battery-7")
    sign_in(alice)
    first = Evaluation.objects.get(kind="sign_ins")
    assert first.user_id == alice.pk
    wanted = {"is_staff": 0, "is_first": 1, "is_new_device": 1, "is_new_network": 1,
              "failed_last_hour": 1, "failed_networks_last_day": 1}  # fmt: skip
    assert {name: first.facts[name] for name in wanted} == wanted
    sign_in(alice)
    second = Evaluation.objects.filter(kind="sign_ins").latest("pk").facts
    assert (second["is_first"], second["is_new_device"], second["is_new_network"]) == (0, 0, 0)
    assert second["sign_ins_last_hour"] == 1
    assert second.keys() == sign_ins.KIND.by_name.keys()


def test_a_customer_is_kept_out_and_nothing_of_a_session_is_left(alice, bob):
    sign_in(alice)
    ruling.in_force("sign_ins", NEW_NETWORK)
    sessions = UserSession.objects.count()
    request, answer = sign_in(alice, "198.51.100.7")
    assert (answer.state, answer.message) == ("refused", NEW_NETWORK.sentence)
    assert UserSession.objects.count() == sessions
    assert "_auth_user_id" not in request.session
    assert Evaluation.objects.latest("pk").outcome == Outcome.DENY
    newest = SignInAttempt.objects.filter(user=alice).latest("pk")
    assert newest.outcome == SignInAttempt.Outcome.PENDING
    assert sign_in(alice)[1].state == "signed_in"
    assert sign_in(bob, "198.51.100.7")[1].state == "signed_in"  # his first


def test_staff_are_told_of_never_kept_out(tenant, staff_of):
    everyone = rule("all", "is_first", Comparison.AT_LEAST, 0, Outcome.DENY, "Nobody comes in.")
    ruling.in_force("sign_ins", everyone)
    finance = staff_of("finance")
    assert sign_ins.check(visit(), finance) == ""
    row = Evaluation.objects.get(kind="sign_ins", user_id=finance.pk)
    assert (row.outcome, row.facts["is_staff"]) == (Outcome.DENY, 1)


def test_a_sign_in_can_restrict_the_accounts(alice):
    ruling.in_force(
        "sign_ins",
        rule("guessed", "failed_last_hour", Comparison.AT_LEAST, 2, Outcome.RESTRICT, "Guessed."),
    )
    for _ in range(2):
        sign_in(alice, password="wrong-Horse-battery-7")
    assert sign_in(alice)[1].state == "refused"
    assert access_account(alice).state == AccountState.CANCEL_ONLY
    assert Alert.objects.get().rule == "guessed"
