"""What checks by a provider mean for a case: they inform, they rarely decide, they are erased."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

import kyc_cases
import people
from audit.models import AuditRecord
from backoffice.once import new_token
from books import Books
from checkers import Checker, ask_later, call_of, deliver, fresh, sent
from identity.models import User
from kyc import actions, sealed, selectors
from kyc.actions import checks
from kyc.errors import KycError
from kyc.models import CaseState, CheckProvider, CheckState, KycCase, Risk
from kyc.simulator.service import DEMO_ACCOUNT
from kyc.tasks import run_checks
from tenants import actions as tenants
from tenants import directory
from tenants.models import Tenant

REASON = "Everything fits"


def test_contradicting_results_are_shown_and_never_decide(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any
) -> None:
    decide_by_checks(tenant)
    officer, second = staff_of("compliance"), staff_of("owner")
    check = sent(alice, "Contradicting")
    _running, clear, consider = checker.wait_for(3)
    # The newer word first: whatever the order, two results that differ are told.
    deliver(tenant, consider)
    assert fresh(check).state == CheckState.CONSIDER
    assert deliver(tenant, clear).json()["effect"] == "contradicts"
    check = fresh(check)
    assert check.state == CheckState.CONTRADICTING and check.version == 3
    assert next(text for _code, text in sealed.unseal(check.found)).startswith("The picture")
    assert (check.case.state, check.case.risk) == (CaseState.SUBMITTED, Risk.HIGH)
    case = actions.take_case(case=check.case, acting_user=officer)
    case = actions.approve_case(case=case, reason=REASON, acting_user=officer, now=timezone.now())
    assert case.state == CaseState.SECOND
    case = actions.approve_case(case=case, reason=REASON, acting_user=second, now=timezone.now())
    assert case.state == CaseState.APPROVED


def decide_by_checks(tenant: Tenant) -> None:
    tenants.change_setting(
        tenant=tenant, name="kyc.checks_decide_low_risk", value=True, acting_user=None
    )
    directory.forget()


def test_the_firm_may_let_clear_checks_decide_low_risk(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    decide_by_checks(tenant)
    check = sent(alice)
    for call in checker.wait_for(2):
        deliver(tenant, call)
    case = KycCase.objects.get(pk=check.case_id)
    assert case.state == CaseState.APPROVED and case.decided_by is None
    assert selectors.allowance(alice).tier_number == 2
    record = AuditRecord.objects.get(action="kyc.approve_by_checks")
    assert record.actor_id is None


@pytest.mark.parametrize("why", ["medium risk", "a near name", "no list", "taken", "not clear"])
def test_nothing_else_is_decided_by_checks(
    tenant: Tenant, alice: User, checker: Checker, staff_of: Any, why: str
) -> None:
    decide_by_checks(tenant)
    if why != "no list":
        kyc_cases.load_list()
    checker.provider()
    answers: dict[str, Any] = {}
    if why == "medium risk":
        answers = {"source_of_funds": "crypto"}
    elif why == "a near name":
        answers = {"native_name": "Карл Амундсен"}
    check = sent(alice, "Flagged" if why == "not clear" else "", **answers)
    if why == "taken":
        actions.take_case(case=check.case, acting_user=staff_of("compliance"))
    for call in checker.wait_for(2):
        deliver(tenant, call)
    check = fresh(check)
    assert check.told_at is not None
    assert check.case.state == (CaseState.IN_REVIEW if why == "taken" else CaseState.SUBMITTED)
    assert selectors.allowance(alice).tier_number == 0


def test_what_comes_after_the_decision_is_told_to_compliance(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any
) -> None:
    officer = staff_of("compliance")
    check = sent(alice, "Flagged")
    case = actions.take_case(case=check.case, acting_user=officer)
    actions.end_check(check=check, reason="It takes too long", acting_user=officer)
    actions.approve_case(case=case, reason=REASON, acting_user=officer, now=timezone.now())
    for call in checker.wait_for(2):
        deliver(tenant, call)
    assert fresh(check).state == CheckState.CONSIDER
    browser = people.browser_of(tenant, officer)
    assert "after his case was approved" in browser.get("/backoffice/").content.decode()
    address = f"/backoffice/verification/checks/{check.pk}/seen/"
    fields = {"reason": "He was held back", "token": new_token()}
    assert browser.post(address, fields).status_code == 302
    assert not selectors.late_checks().exists()
    assert KycCase.objects.get(pk=case.pk).state == CaseState.APPROVED


def test_a_case_sent_anew_is_checked_anew(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any
) -> None:
    officer = staff_of("compliance")
    check = sent(alice, "Late")
    case = actions.take_case(case=check.case, acting_user=officer)
    actions.ask_for_more(case=case, items=[("", "Which town?")], acting_user=officer)
    asked = case.requests.get()
    actions.answer_in_words(
        case=case, request_id=asked.pk, text="Gävle", acting_user=alice, now=timezone.now()
    )
    actions.submit_case(case=case, acting_user=alice, now=timezone.now())
    assert fresh(check).state == CheckState.ENDED and not fresh(check).is_current
    newer = selectors.checks_of(case).get()
    assert newer.pk != check.pk and newer.state == CheckState.WANTED
    for call in checker.wait_for(2):
        assert deliver(tenant, call).json()["effect"] in ("same", "ended")
    assert selectors.checks_of(case).get().state == CheckState.WANTED


def test_tier_1_and_companies_are_not_sent_to_it(
    tenant: Tenant, alice: User, bob: User, ready: CheckProvider
) -> None:
    assert not kyc_cases.submitted(alice, 1).checks.exists()
    assert not kyc_cases.submitted(bob, 2, "company").checks.exists()


def test_the_task_takes_what_is_due_and_a_case_taken_back_is_not_sent(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    case = kyc_cases.submitted(alice, 2)
    actions.withdraw_case(case=case, acting_user=alice)
    assert run_checks() == 1
    assert case.checks.get().state == CheckState.ENDED
    assert checker.simulator.starts == {}


def test_another_firms_provider_is_nobody_here(
    tenant: Tenant, other_tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice)
    call = checker.wait_for(2)[1]
    assert deliver(other_tenant, call).status_code == 404
    assert fresh(check).state == CheckState.RUNNING
    CheckProvider.objects.update(is_active=False)
    assert deliver(tenant, call).status_code == 404


def test_a_word_about_nobodys_check_is_taken_and_does_nothing(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice)
    word = json.loads(checker.wait_for(2)[1].body) | {"reference": str(ready.pk).rjust(32, "0")}
    assert deliver(tenant, call_of(word)).status_code == 202
    assert fresh(check).state == CheckState.RUNNING


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://check.example", "https only"),
        ("https://user:secret@check.example", "https only"),
        ("ftp://check.example", "https only"),
        ("https://", "https only"),
    ],
)
def test_addresses_that_are_not_taken(
    tenant: Tenant, checker: Checker, address: str, sentence: str
) -> None:
    with pytest.raises(KycError, match=sentence):
        checker.provider(address=address)
    assert not CheckProvider.objects.exists()


def test_a_provider_inside_our_own_network_is_not_called(
    tenant: Tenant, alice: User, checker: Checker, settings: Any
) -> None:
    kyc_cases.load_list()
    checker.provider(address="https://localhost:1")
    check = sent(alice)
    assert check.state == CheckState.UNKNOWN and "not a public one" in check.note
    settings.KYC_LOCAL_PROVIDERS = False
    CheckProvider.objects.update(address=checker.address)
    assert "https only" in ask_later(check).note
    assert checker.simulator.starts == {}


def test_secrets_are_kept_until_new_ones_come(
    tenant: Tenant, checker: Checker, staff_of: Any
) -> None:
    row = checker.provider()
    before = sealed.unseal(row.credentials)
    row = checker.provider(secrets={"webhook_secret": "another-secret-of-ours"}, title="Other")
    after = sealed.unseal(row.credentials)
    assert after == before | {"webhook_secret": "another-secret-of-ours"}
    records = AuditRecord.objects.filter(action="kyc.set_provider")
    assert records.latest("pk").new["replaced"] == ["webhook_secret"]
    assert "another-secret" not in str(list(records.values()))
    with pytest.raises(PermissionDenied):
        checker.provider(title="Mine", acting_user=staff_of("support"))
    with pytest.raises(KycError, match="16 to 200"):
        checker.provider(secrets={"api_key": "short"})
    assert CheckProvider.objects.get().title == "Other"


def test_pages_of_checks_for_who_may_see_them(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider, staff_of: Any,
    books: Books,
) -> None:  # fmt: skip
    check = sent(alice, "Flagged")
    for call in checker.wait_for(2):
        deliver(tenant, call)
    officer = people.browser_of(tenant, staff_of("compliance"))
    page = officer.get(f"/backoffice/verification/{check.case_id}/").content.decode()
    assert "Checks by providers" in page and "looks altered" in page
    support = people.browser_of(tenant, staff_of("support"))
    page = support.get(f"/backoffice/verification/{check.case_id}/").content.decode()
    assert "looks altered" not in page and "Checks by providers" not in page
    shown = officer.get("/backoffice/verification/providers/").content.decode()
    form = officer.get(f"/backoffice/verification/providers/{ready.pk}/").content.decode()
    assert "Simulated Identity Ltd" in shown and "/hooks/verification/simulator" in form
    for secret in (DEMO_ACCOUNT.api_key, DEMO_ACCOUNT.webhook_secret):
        assert secret not in form + shown


def test_what_was_found_is_erased_with_the_case(
    tenant: Tenant, alice: User, checker: Checker, ready: CheckProvider
) -> None:
    check = sent(alice, "Flagged")
    for call in checker.wait_for(2):
        deliver(tenant, call)
    assert fresh(check).found
    checks.forget_checks(check.case)
    assert bytes(fresh(check).found) == b""
