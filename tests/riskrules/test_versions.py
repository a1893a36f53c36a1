"""Rules as rows: drafted, tested, proposed by one, put in force by another, brought back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from audit.models import AuditRecord
from riskrules import actions, judging, kinds, selectors
from riskrules.errors import RulesError
from riskrules.models import Alert, Evaluation, RuleRow, RuleVersion, VersionState
from riskrules.rulesets import Comparison, Condition, Outcome, Rule
from riskrules.tasks import forget_evaluations
from wallets.payments.declared_rules import KINDS

WITHDRAWALS = next(kind for kind in KINDS if kind.name == "withdrawals")
CALM = dict.fromkeys(WITHDRAWALS.by_name, 0) | {"password_hours": 10**6}
BIG = Rule(
    "very large",
    (Condition("amount", Comparison.ABOVE, 5_000_00),),
    Outcome.DENY,
    "Please speak to us before you take out this much.",
)
REASON = "Agreed with the board"


@pytest.fixture
def officer(staff_of):
    return staff_of("compliance")


@pytest.fixture
def second(staff_of):
    return staff_of("owner")


@pytest.fixture
def draft(tenant, officer):
    return actions.begin_draft(kind=WITHDRAWALS, acting_user=officer)


def write(version, rule=BIG, *, by, position=0):
    seen = selectors.digest_of(selectors.rules_of(version, WITHDRAWALS))
    return actions.write_rule(
        version=version, rule=rule, seen=seen, acting_user=by, position=position
    )


def put_in_force(version, officer, second):
    version = actions.test(version=version, days=30, acting_user=officer)
    version = actions.propose(version=version, reason=REASON, acting_user=officer)
    return actions.activate(version=version, reason=REASON, acting_user=second)


def judged(facts=CALM, **changes):
    return judging.weigh("withdrawals", facts | changes, judging.Subject(7, 8, "test"))


def test_a_new_firm_starts_with_what_is_declared(tenant, other_tenant):
    for firm in (tenant, other_tenant):
        with tenant_context(firm):
            for kind in kinds.known():
                live = selectors.live_version(kind)
                assert live is not None and live.number == 1
                assert selectors.rules_of(live, kind) == kind.defaults
                assert selectors.in_force(kind).rules == kind.floor + kind.defaults
    assert {kind.name for kind in kinds.known()} == {
        "orders", "sign_ins", "beneficiaries", "deposits", "withdrawals", "kyc_changes",
        "adjustments",
    }  # fmt: skip


def test_from_draft_to_force_and_back(draft, officer, second):
    kind = WITHDRAWALS
    draft = write(draft, by=officer)
    assert not judged(amount=6_000_00).decision.is_refused
    with pytest.raises(RulesError, match="Test it first"):
        actions.propose(version=draft, reason=REASON, acting_user=officer)
    live = put_in_force(draft, officer, second)
    assert (live.state, live.number) == (VersionState.LIVE, 2)
    assert RuleVersion.objects.get(kind=kind.name, number=1).state == VersionState.RETIRED
    found = judged(amount=6_000_00)
    assert found.version == 2 and found.decision.refusals == [BIG.sentence]
    assert not judged(amount=5_000_00).decision.is_refused
    back = actions.roll_back(
        version=RuleVersion.objects.get(kind=kind.name, number=1),
        reason=REASON,
        acting_user=officer,
    )
    assert judged(amount=6_000_00).decision.is_refused
    actions.activate(version=back, reason=REASON, acting_user=second)
    assert not judged(amount=6_000_00).decision.is_refused
    assert selectors.live_version(kind).number == 3
    told = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"rules.begin_draft", "rules.write_rule", "rules.test", "rules.propose",
            "rules.activate", "rules.roll_back"} <= told  # fmt: skip


def test_nobody_puts_his_own_in_force(draft, officer):
    write(draft, by=officer)
    version = actions.test(version=draft, days=7, acting_user=officer)
    version = actions.propose(version=version, reason=REASON, acting_user=officer)
    with pytest.raises(PermissionDenied, match="second person"):
        actions.activate(version=version, reason=REASON, acting_user=officer)
    version.refresh_from_db()
    assert version.state == VersionState.PROPOSED
    assert not judged(amount=6_000_00).decision.is_refused
    with pytest.raises(DatabaseError, match="four_eyes"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(decided_by=officer)


def test_what_is_proposed_never_changes(draft, officer, second):
    write(draft, by=officer)
    version = put_in_force(draft, officer, second)
    row = version.rules.first()
    for spoil in (
        lambda: RuleRow.objects.filter(pk=row.pk).update(sentence="Another one"),
        lambda: RuleRow.objects.filter(pk=row.pk).delete(),
        lambda: RuleRow.objects.create(
            version=version, position=99, name="x", conditions=[["amount", "above", 1]], outcome=0,
            sentence="x",
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            spoil()
    with pytest.raises(RulesError, match="Only a draft"):
        write(version, by=officer)
    assert version.rules.count() == len(WITHDRAWALS.defaults) + 1


def test_a_change_after_the_test_wants_another_test(draft, officer):
    write(draft, by=officer)
    version = actions.test(version=draft, days=7, acting_user=officer)
    other = Rule(BIG.name, (Condition("amount", Comparison.ABOVE, 1),), Outcome.DENY, "Other.")
    position = version.rules.get(name=BIG.name).position
    version = write(version, other, by=officer, position=position)
    assert version.state == VersionState.DRAFT and version.test == {}
    with pytest.raises(RulesError, match="Test it first"):
        actions.propose(version=version, reason=REASON, acting_user=officer)


def test_two_people_on_one_draft_do_not_overwrite_each_other(draft, officer, second):
    seen = selectors.digest_of(selectors.rules_of(draft, WITHDRAWALS))
    write(draft, by=officer)
    before = list(draft.rules.values_list("name", "conditions"))
    with pytest.raises(RulesError, match="A colleague has changed"):
        actions.remove_rule(version=draft, position=1, seen=seen, acting_user=second)
    assert list(draft.rules.values_list("name", "conditions")) == before
    assert actions.begin_draft(kind=WITHDRAWALS, acting_user=second).pk == draft.pk


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Rule("", BIG.conditions, Outcome.DENY, "x"), "short name"),
        (Rule("x", BIG.conditions, Outcome.DENY, " "), "sentence"),
        (Rule("x", (), Outcome.DENY, "x"), "conditions"),
        (Rule("x", (Condition("nothing", Comparison.ABOVE, 1),), Outcome.DENY, "x"), "fact"),
        (Rule("x", (Condition("amount", Comparison.ABOVE, 2**63),), Outcome.DENY, "x"), "large"),
        (Rule("account not active", BIG.conditions, Outcome.ALLOW, "x"), "this name already"),
        (Rule("many withdrawals", BIG.conditions, Outcome.ALLOW, "x"), "this name already"),
    ],
)
def test_nonsense_is_refused_and_nothing_written(draft, officer, rule, sentence):
    before = list(draft.rules.values_list("name", "conditions"))
    with pytest.raises(RulesError, match=sentence):
        write(draft, rule, by=officer)
    assert list(draft.rules.values_list("name", "conditions")) == before


@pytest.mark.parametrize("role", ["support", "admin", "finance", "auditor"])
def test_roles_without_the_right_change_nothing(draft, officer, staff_of, role):
    other = staff_of(role)
    version = actions.test(version=draft, days=7, acting_user=officer)
    calls = [
        lambda: actions.begin_draft(kind=kinds.get("orders"), acting_user=other),
        lambda: write(version, by=other),
        lambda: actions.test(version=version, days=7, acting_user=other),
        lambda: actions.propose(version=version, reason=REASON, acting_user=other),
        lambda: actions.discard(version=version, reason=REASON, acting_user=other),
        lambda: actions.activate(version=version, reason=REASON, acting_user=other),
        lambda: actions.refuse(version=version, reason=REASON, acting_user=other),
    ]
    before = list(RuleVersion.objects.values_list("pk", "state")), RuleRow.objects.count()
    for call in calls:
        with pytest.raises(PermissionDenied):
            call()
    after = list(RuleVersion.objects.values_list("pk", "state")), RuleRow.objects.count()
    assert after == before


def test_another_firms_officer_and_operators_change_nothing(
    draft, staff_of, other_tenant, platform_tenant
):
    for stranger in (staff_of("owner", other_tenant), staff_of("owner", platform_tenant), None):
        with pytest.raises(PermissionDenied):
            write(draft, by=stranger)
    assert not draft.rules.filter(name=BIG.name).exists()


def test_the_floor_holds_whatever_a_firm_writes(draft, officer, second):
    for row in list(draft.rules.all()):
        seen = selectors.digest_of(selectors.rules_of(draft, WITHDRAWALS))
        draft = actions.remove_rule(
            version=draft, position=row.position, seen=seen, acting_user=officer
        )
    put_in_force(draft, officer, second)
    assert selectors.in_force(WITHDRAWALS).rules == WITHDRAWALS.floor
    assert judged(account_not_active=1).decision.is_refused
    assert not judged(withdrawals_last_day=50).decision.fired


def test_a_draft_is_held_against_what_was_recorded(draft, officer):
    for amount in (100_00, 6_000_00, 7_000_00):
        judging.judge("withdrawals", CALM | {"amount": amount}, judging.Subject(7, 8, "test"))
    Evaluation.objects.create(
        kind="withdrawals", at=timezone.now(), version=1, facts={"amount": 1}, outcome=0
    )
    old = Evaluation.objects.filter(facts__amount=7_000_00)
    old.update(at=timezone.now() - timedelta(days=20))
    write(draft, by=officer)
    test = actions.test(version=draft, days=10, acting_user=officer).test
    assert (test["looked"], test["unfit"], test["differing"]) == (2, 1, 1)
    assert test["counts"] == {"draft": {"ALLOW": 1, "DENY": 1}, "live": {"ALLOW": 2}}
    assert test["fired"] == {"draft": {BIG.name: 1}, "live": {}}
    (case,) = test["shown"]
    assert case["facts"] == {"amount": 6_000_00} and case["user"] == 7
    assert (case["draft"], case["live"], case["draft_fired"]) == ("DENY", "ALLOW", [BIG.name])
    longer = actions.test(version=draft, days=30, acting_user=officer).test
    assert (longer["looked"], longer["differing"]) == (3, 2)
    assert not Alert.objects.exists()


def test_what_is_older_than_the_firm_keeps_is_forgotten(tenant):
    judging.judge("withdrawals", CALM, judging.Subject(7, 8, "test"))
    judging.judge("withdrawals", CALM, judging.Subject(9, 8, "test"))
    Evaluation.objects.filter(user_id=7).update(at=timezone.now() - timedelta(days=91))
    assert forget_evaluations() == 1
    assert list(Evaluation.objects.values_list("user_id", flat=True)) == [9]
