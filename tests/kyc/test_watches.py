"""What verification wants of whom: the inbox of approvals, the start page, who has which case."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

import kyc_cases
import people
from backoffice.once import new_token
from books import Books
from identity.models import User
from kyc import actions, selectors
from kyc.actions import rights
from kyc.errors import KycError
from kyc.models import CaseState, KycCase, KycProfile, Tier
from tenants.models import Tenant

INBOX = "/backoffice/approvals/"


def post(browser: Any, address: str, **fields: Any) -> Any:
    return browser.post(address, {"token": new_token(), **fields})


@pytest.fixture
def risky(tenant: Tenant, books: Books, alice: User, staff_of: Any) -> tuple[KycCase, User]:
    """A case of high risk that one officer would approve."""
    officer = staff_of("compliance")
    case = actions.take_case(case=kyc_cases.submitted(alice, pep="yes"), acting_user=officer)
    case = actions.approve_case(
        case=case, reason="A minister, and honest", acting_user=officer, now=timezone.now()
    )
    assert case.state == CaseState.SECOND and case.proposed_at is not None
    return case, officer


def test_high_risk_waits_in_the_inbox_for_a_second_person(
    tenant: Tenant, risky: tuple[KycCase, User], alice: User, staff_of: Any
) -> None:
    case, officer = risky
    address = f"{INBOX}verification/{case.pk}/"
    own = people.browser_of(tenant, officer)
    assert address in own.get(INBOX).content.decode()
    assert "You asked for this yourself" in own.get(address).content.decode()
    assert post(own, address, reason="I agree with myself").status_code == 422
    # Who sees the inbox without the right to decide cases decides nothing, and reads no answers.
    auditor = people.browser_of(tenant, staff_of("auditor"))
    page = auditor.get(address).content.decode()
    assert "Your role sees this and does not decide it" in page and "Storgatan" not in page
    assert post(auditor, address, reason="I would agree").status_code == 422
    finance = people.browser_of(tenant, staff_of("finance"))
    assert finance.get(address).status_code == 404
    case.refresh_from_db()
    assert case.state == CaseState.SECOND and selectors.allowance(alice).tier_number == 0

    owner = people.browser_of(tenant, staff_of("owner"))
    page = owner.get(address).content.decode()
    assert "A minister, and honest" in page and "Basic" in page
    assert "Verification: 1 request waits" in owner.get("/backoffice/").content.decode()
    assert post(owner, address).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED and selectors.allowance(alice).tier_number == 1
    assert address not in owner.get(INBOX).content.decode()


def test_a_no_in_the_inbox_leads_back_to_review(
    tenant: Tenant, risky: tuple[KycCase, User], alice: User, staff_of: Any
) -> None:
    case, _officer = risky
    second = staff_of("owner")
    browser = people.browser_of(tenant, second)
    address = f"{INBOX}verification/{case.pk}/?decision=refuse"
    assert post(browser, address).status_code == 422  # a no needs a reason
    assert post(browser, address, reason="Ask him where it is from").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.assigned_to_id) == (CaseState.IN_REVIEW, second.pk)
    assert case.proposed_by is None and case.proposed_at is None
    assert selectors.allowance(alice).tier_number == 0


def test_the_start_page_tells_what_is_overdue_escalated_and_free(
    tenant: Tenant, books: Books, alice: User, bob: User, staff_of: Any
) -> None:
    officer, colleague = staff_of("compliance"), staff_of("compliance")
    browser = people.browser_of(tenant, officer)
    late, raised = kyc_cases.submitted(alice), kyc_cases.submitted(bob, phone="+46 8 111 22 33")
    assert "overdue" not in browser.get("/backoffice/").content.decode()
    KycCase.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=1))
    actions.escalate_case(case=raised, reason="His papers look new", acting_user=colleague)
    home = browser.get("/backoffice/").content.decode()
    assert "1 case is overdue" in home and "1 escalated case is with nobody" in home
    assert "His papers look new" in home
    support = people.browser_of(tenant, staff_of("support")).get("/backoffice/").content.decode()
    assert "overdue" not in support and "His papers" not in support
    # Escalated is high risk: first in the queue, and decided by two.
    assert selectors.next_in_queue(officer).pk == raised.pk
    actions.take_case(case=raised, acting_user=officer)
    assert "with nobody" not in browser.get("/backoffice/").content.decode()
    with pytest.raises(KycError, match="escalated already"):
        actions.escalate_case(case=raised, reason="Once more please", acting_user=officer)
    case = actions.approve_case(
        case=raised, reason="They are new indeed", acting_user=officer, now=timezone.now()
    )
    assert case.state == CaseState.SECOND


def test_a_case_is_given_to_a_colleague_who_may_decide(
    tenant: Tenant, alice: User, staff_of: Any
) -> None:
    officer, colleague, support = (staff_of(r) for r in ("compliance", "owner", "support"))
    case = actions.take_case(case=kyc_cases.submitted(alice), acting_user=officer)
    with pytest.raises(KycError, match="looking at this case already"):
        actions.take_case(case=case, acting_user=colleague)
    with pytest.raises(KycError, match="may not decide"):
        actions.assign_case(case=case, colleague=support, acting_user=officer)
    with pytest.raises(PermissionDenied):
        actions.assign_case(case=case, colleague=colleague, acting_user=support)
    case.refresh_from_db()
    assert case.assigned_to_id == officer.pk
    case = actions.assign_case(case=case, colleague=colleague, acting_user=officer)
    with pytest.raises(KycError, match="Take this case first"):
        actions.approve_case(
            case=case, reason="Everything fits", acting_user=officer, now=timezone.now()
        )
    case = actions.approve_case(
        case=case, reason="Everything fits", acting_user=colleague, now=timezone.now()
    )
    assert case.state == CaseState.APPROVED


def test_documents_that_run_out_are_told_and_listed(
    tenant: Tenant, books: Books, alice: User, bob: User, staff_of: Any
) -> None:
    browser = people.browser_of(tenant, staff_of("compliance"))
    today = timezone.now().date()
    for user, day in ((alice, today + timedelta(days=10)), (bob, today + timedelta(days=300))):
        profile = rights.ensure_profile(user)
        profile.tier = Tier.objects.get(number=1)
        profile.document_expires_on = day
        profile.save()
    home = browser.get("/backoffice/").content.decode()
    assert "1 customer&#x27;s verification or document runs out" in home
    page = browser.get("/backoffice/verification/running-out/").content.decode()
    assert alice.email in page and bob.email not in page and "Document" in page
    KycProfile.objects.filter(user=bob).update(expires_at=timezone.now() - timedelta(days=1))
    page = browser.get("/backoffice/verification/running-out/").content.decode()
    assert page.index(bob.email) < page.index(alice.email) and "over" in page
    assert [p.user_id for p in selectors.running_out(timezone.now(), 30)] == [bob.pk, alice.pk]


def test_an_approved_name_is_what_payments_compare_with(
    tenant: Tenant, alice: User, staff_of: Any
) -> None:
    officer = staff_of("compliance")
    case = actions.take_case(case=kyc_cases.submitted(alice), acting_user=officer)
    actions.approve_case(
        case=case, reason="Everything fits", acting_user=officer, now=timezone.now()
    )
    alice.refresh_from_db()
    assert alice.name == "Anna Maria Eriksson"
