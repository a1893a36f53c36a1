"""Checks by a provider over real HTTP that behaves badly: nothing is lost, taken twice, or guessed.

The simulator's webhooks are caught on the wire and delivered to the product's own door, in the
order, and as often, as a test wants.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

import people
from audit.models import AuditRecord
from checkers import Call, Checker, ask_later, call_of, deliver, effects, fresh, run, sent, signed
from identity.models import User
from kyc import actions, findings, selectors, signing
from kyc.errors import KycError
from kyc.models import CaseState, CheckProvider, CheckState, Risk
from kyc.simulator.service import DEMO_ACCOUNT
from tenants.models import Tenant

REASON = "Everything fits"


def test_a_clear_check_comes_by_webhook_and_decides_nothing(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice)
    assert (check.state, check.external_id) == (CheckState.RUNNING, "chk_1")
    calls = checker.wait_for(2)
    assert calls[0].path == "/hooks/verification/simulator"
    assert [deliver(tenant, call).json()["effect"] for call in calls] == ["same", "taken"]
    check = fresh(check)
    assert check.state == CheckState.CLEAR and check.next_at is None
    assert check.case.state == CaseState.SUBMITTED  # a person decides
    found = findings.kept(check.case)["findings"]
    assert ["good", "Simulated Identity Ltd found nothing against it."] in found
    assert checker.simulator.checks[str(check.key)].pages == 3
    # Neither the credentials nor what was found can be read in the database.
    row = bytes(CheckProvider.objects.get().credentials)
    assert DEMO_ACCOUNT.webhook_secret.encode() not in row and row


def test_what_a_provider_finds_makes_it_high_risk(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Flagged")
    for call in checker.wait_for(2):
        deliver(tenant, call)
    check = fresh(check)
    assert check.state == CheckState.CONSIDER and check.case.risk == Risk.HIGH
    assert "altered" in str(findings.kept(check.case)["findings"])
    assert b"altered" not in bytes(check.found) + bytes(check.case.found)


@pytest.mark.parametrize(
    ("how", "count", "told"),
    [
        ("Duplicate", 4, ["same", "taken", "same", "same"]),
        ("Reordered", 2, ["taken", "same"]),
    ],
)
def test_twice_or_in_the_wrong_order_is_once(
    tenant: Tenant,
    alice: User,
    checker: Checker,
    ready: CheckProvider,
    how: str,
    count: int,
    told: list[str],
) -> None:
    check = sent(alice, how)
    calls = checker.wait_for(count)
    assert [deliver(tenant, call).json()["effect"] for call in calls] == told
    assert fresh(check).state == CheckState.CLEAR
    records = AuditRecord.objects.filter(action="kyc.hear_check").count()
    for call in calls:  # and once more, all of it
        assert deliver(tenant, call).json()["effect"] == "same"
    assert AuditRecord.objects.filter(action="kyc.hear_check").count() == records
    assert fresh(check).state == CheckState.CLEAR


def test_an_older_word_after_a_newer_one_changes_nothing(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Timeout")  # so that the first word is not heard in answer
    assert check.state == CheckState.UNKNOWN
    body = checker.simulator.word(checker.simulator.checks[str(check.key)], 1, "running")
    checker.wait_until(lambda: checker.simulator.checks[str(check.key)].outcome == "clear")
    check = ask_later(check)
    assert check.state == CheckState.CLEAR
    answer = deliver(tenant, call_of(body))
    assert answer.json()["effect"] == "older" and fresh(check).state == CheckState.CLEAR


def test_what_nobody_told_is_asked_for(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Lost")
    checker.wait_until(lambda: checker.simulator.checks[str(check.key)].outcome == "clear")
    assert run(check).state == CheckState.RUNNING  # it is not due yet
    assert ask_later(check).state == CheckState.CLEAR
    assert fresh(check).words.last().how == "asked"


def test_a_late_webhook_after_the_answer_is_the_same(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Late")
    checker.wait_until(lambda: checker.simulator.checks[str(check.key)].outcome == "clear")
    assert ask_later(check).state == CheckState.CLEAR
    late = checker.wait_for(2)
    assert [deliver(tenant, call).json()["effect"] for call in late] == ["same", "same"]


def test_no_answer_is_unknown_and_asked_about_and_never_a_second_check(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Timeout")
    assert check.state == CheckState.UNKNOWN and "did not answer" in check.note
    # It is shown as what it is, and nobody approves over it.
    found = selectors.doubtful_checks(timezone.now() + timedelta(minutes=5))
    assert [each.pk for each in found] == [check.pk]
    checker.wait_until(lambda: checker.simulator.checks[str(check.key)].outcome == "clear")
    check = ask_later(check)
    assert check.state == CheckState.CLEAR
    assert checker.simulator.starts == {str(check.key): 1}
    assert not selectors.doubtful_checks(timezone.now() + timedelta(minutes=5)).exists()


@pytest.mark.parametrize("how", ["Vanished", "Broken"])
def test_what_the_provider_never_heard_of_is_sent_again_under_the_same_key(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, how: str
) -> None:
    check = sent(alice, how)
    assert check.state == CheckState.UNKNOWN
    check = ask_later(check)
    assert check.state == CheckState.WANTED and "never heard" in check.note
    assert ask_later(check).state == CheckState.RUNNING
    assert checker.simulator.starts == {str(check.key): 2}
    assert len(checker.simulator.checks) == 1


def test_a_provider_that_is_away_leaves_it_unknown(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    CheckProvider.objects.update(address="http://127.0.0.1:1")
    check = sent(alice)
    for turn in (1, 2, 3):
        check = run(check, later=timedelta(hours=3 * turn))
        assert check.state == CheckState.UNKNOWN and "did not answer" in check.note
    assert check.next_at > timezone.now()  # and asked again, ever more seldom
    assert check.tries == 4


def test_a_refused_check_is_for_staff(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any
) -> None:
    officer = staff_of("compliance")
    check = sent(alice, "Refused")
    assert check.state == CheckState.REFUSED and check.next_at is None
    actions.take_case(case=check.case, acting_user=officer)
    with pytest.raises(KycError, match="no result yet"):
        actions.approve_case(
            case=check.case, reason=REASON, acting_user=officer, now=timezone.now()
        )
    actions.ask_check(check=check, acting_user=officer, now=timezone.now())
    assert run(check).state == CheckState.REFUSED
    assert checker.simulator.starts == {str(check.key): 2}
    with pytest.raises(PermissionDenied):
        actions.end_check(check=check, reason=REASON, acting_user=staff_of("support"))
    assert fresh(check).state == CheckState.REFUSED
    actions.end_check(check=check, reason="It does not know this country", acting_user=officer)
    case = actions.approve_case(
        case=check.case, reason=REASON, acting_user=officer, now=timezone.now()
    )
    assert case.state == CaseState.APPROVED


def test_wrong_signatures_are_not_believed_and_told(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any
) -> None:
    check = sent(alice, "Forged")
    running, forged = checker.wait_for(2)
    assert deliver(tenant, running).status_code == 200
    assert deliver(tenant, forged).status_code == 401
    assert deliver(tenant, forged).status_code == 401
    assert fresh(check).state == CheckState.RUNNING and effects(check) == [("running", "taken")]
    assert CheckProvider.objects.get().forged_count == 2
    assert AuditRecord.objects.filter(action="kyc.forged_message").count() == 1
    home = people.browser_of(tenant, staff_of("compliance")).get("/backoffice/").content.decode()
    assert "did not sign" in home
    assert ask_later(check).state == CheckState.CONSIDER  # the truth, asked for


def test_a_message_from_long_ago_is_not_believed(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Replayed")
    old = checker.wait_for(2)[1]
    assert deliver(tenant, old).status_code == 401
    assert fresh(check).state == CheckState.RUNNING


@pytest.mark.parametrize(
    "change",
    [
        lambda call: {"body": call.body.replace(b"clear", b"consider")},
        lambda call: {"headers": {signing.TIMESTAMP: "99999999999"}},
        lambda call: {"headers": {signing.TIMESTAMP: "１７"}},
        lambda call: {"headers": {signing.SIGNATURE: ""}},
        lambda call: {"headers": {signing.SIGNATURE: "v0=" + "0" * 64}},
        lambda call: {"headers": {signing.SIGNATURE: "v1=é"}},
    ],
)
def test_a_changed_message_is_not_believed(
    tenant: Tenant,
    alice: User,
    checker: Checker,
    ready: CheckProvider,
    change: Callable[[Call], dict[str, Any]],
) -> None:
    check = sent(alice)
    call = checker.wait_for(2)[1]
    assert deliver(tenant, call, **change(call)).status_code == 401
    assert fresh(check).state == CheckState.RUNNING


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"event": "x"}',
        b"\xff\xfe",
        b"{" * 5000,
        b'{"event": ' + b"[" * 100_000,
        json.dumps({"event": "e" * 65}).encode(),
        json.dumps(
            {"event": "e", "id": "1", "reference": "not-one", "version": 1, "status": "done"}
        ).encode(),
        json.dumps(
            {"event": "e", "id": "1", "reference": "1" * 32, "version": -1, "status": "done",
             "outcome": "", "made_at": "2026-01-01T00:00:00Z"}
        ).encode(),
    ],
)  # fmt: skip
def test_nonsense_with_a_right_signature_is_refused(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, body: bytes
) -> None:
    check = sent(alice)
    assert deliver(tenant, signed(body)).status_code == 401
    assert fresh(check).state == CheckState.RUNNING
