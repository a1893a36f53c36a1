"""Verification in the portal and the backoffice: each sees what is his, and nothing else."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context
from PIL import Image

import kyc_cases
from audit.models import PageView
from backoffice.once import new_token
from identity.models import User
from kyc import actions, selectors
from kyc.documents import links
from kyc.models import CaseState, Document, KycCase
from tenants.models import Tenant

ClientFor = Callable[..., Client]
StaffOf = Callable[..., User]


def send(browser: Client, address: str, **fields: Any) -> Any:
    return browser.post(address, {"token": new_token(), **fields})


def file_of(data: bytes, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_a_customer_fills_in_uploads_and_sends(
    tenant: Tenant, alice: User, client_for: ClientFor
) -> None:
    browser = client_for(alice)
    page = browser.get("/verification").content.decode()
    assert "Starter" in page and "Verified" in page
    begun = browser.post("/verification/start", {"tier": "2", "kind": "person"})
    case = KycCase.objects.get(user=alice)
    assert begun["Location"] == f"/verification/{case.pk}"
    wrong = browser.post(begun["Location"], {**kyc_cases.FULL, "document_expires": "2001-01-01"})
    assert wrong.status_code == 422 and "has run out" in wrong.content.decode()
    saved = browser.post(begun["Location"], kyc_cases.FULL)
    assert saved.status_code == 302
    for code in ("identity", "selfie", "address_proof"):
        address = f"/verification/{case.pk}/documents/{code}"
        bad = browser.post(address, {"file": file_of(b"<svg/>" * 200)})
        assert bad.status_code == 422 and "Send a picture" in bad.content.decode()
        assert not case.documents.filter(code=code).exists()
        good = browser.post(address, {"file": file_of(kyc_cases.picture(text=code))})
        assert good.status_code == 302
    page = browser.get(begun["Location"]).content.decode()
    assert "Everything is there" in page and "Storgatan 1" in page
    browser.post(f"/verification/{case.pk}/send")
    case.refresh_from_db()
    assert case.state == CaseState.SUBMITTED
    assert "Being looked at" in browser.get("/verification").content.decode()
    copy = browser.post("/verification/data")
    assert copy["Content-Disposition"].startswith("attachment") and b"Eriksson" in copy.content


def test_others_have_no_part_in_it(
    tenant: Tenant,
    alice: User,
    bob: User,
    charlie: User,
    other_tenant: Tenant,
    client_for: ClientFor,
) -> None:
    case = kyc_cases.draft(alice, 2)
    kyc_cases.upload(case, "identity")
    before = bytes(KycCase.objects.get(pk=case.pk).answers)
    for browser in (client_for(bob), client_for(charlie)):
        for address, fields in (
            (f"/verification/{case.pk}", kyc_cases.FULL),
            (f"/verification/{case.pk}/documents/selfie", {"file": file_of(kyc_cases.picture())}),
            (f"/verification/{case.pk}/send", {}),
            (f"/verification/{case.pk}/withdraw", {}),
            (f"/verification/{case.pk}/answers/1", {"answer": "x"}),
        ):
            assert browser.post(address, fields).status_code == 404, address
        assert browser.get(f"/verification/{case.pk}").status_code == 404
    case.refresh_from_db()
    assert (bytes(case.answers), case.state) == (before, CaseState.DRAFT)
    assert Document.objects.count() == 1
    with tenant_context(other_tenant):
        assert not KycCase.objects.exists()


def test_compliance_sees_the_case_support_only_where_it_stands(
    tenant: Tenant, alice: User, staff_of: StaffOf, client_for: ClientFor
) -> None:
    kyc_cases.load_list()
    case = kyc_cases.submitted(alice, 2, native_name="Карл Амундсен")
    officer, support = staff_of("compliance"), staff_of("support")
    address = f"/backoffice/verification/{case.pk}/"
    page = client_for(officer).get(address).content.decode()
    for text in ("Storgatan 1", "L898902C3", "AMUNDSEN, Karl", "amundsen", "Salary or pension"):
        assert text in page, text
    assert PageView.objects.filter(
        viewer_id=officer.pk, object_type="identity.user", object_id=str(alice.pk)
    ).exists()
    seen = client_for(support).get(address).content.decode()
    assert "not for your role" in seen and alice.email in seen
    for text in ("Storgatan", "L898902C3", "AMUNDSEN", "Salary", "kyc_document"):
        assert text not in seen, text
    document = case.documents.first()
    assert document is not None
    signed = links.sign(document.pk, 1, support)
    place = f"/backoffice/verification/documents/{document.pk}/1/"
    assert client_for(support).get(f"{place}{signed}/").status_code == 403


def test_a_document_is_shown_marked_once_signed_and_never_kept(
    tenant: Tenant, alice: User, staff_of: StaffOf, client_for: ClientFor
) -> None:
    case = kyc_cases.submitted(alice, 2)
    document = case.documents.get(code="identity")
    officer, colleague = staff_of("compliance"), staff_of("compliance")
    signed = links.sign(document.pk, 1, officer)
    address = f"/backoffice/verification/documents/{document.pk}/1/{signed}/"
    shown = client_for(officer).get(address)
    assert shown.status_code == 200 and shown["Content-Type"] == "image/jpeg"
    assert "no-store" in shown["Cache-Control"] and "sandbox" in shown["Content-Security-Policy"]
    assert Image.open(io.BytesIO(shown.content)).size == (1200, 800)
    assert PageView.objects.filter(
        viewer_id=officer.pk, object_type="kyc.document", object_id=str(document.pk)
    ).exists()
    assert client_for(colleague).get(address).status_code == 404
    assert client_for(officer).get(address.replace("/1/", "/2/", 1)).status_code == 404
    assert client_for(alice).get(address).status_code == 302


def test_a_decision_leads_to_the_next_case(
    tenant: Tenant, alice: User, bob: User, staff_of: StaffOf, client_for: ClientFor
) -> None:
    one = kyc_cases.submitted(alice)
    other = kyc_cases.submitted(
        bob, given_names="Bo", birth_date="1980-01-01", phone="+46 8 999 99 99"
    )
    browser = client_for(staff_of("compliance"))
    queue = browser.get("/backoffice/verification/").content.decode()
    assert queue.index(alice.email) < queue.index(bob.email)
    place = f"/backoffice/verification/{one.pk}/"
    assert send(browser, f"{place}take/")["Location"] == place
    refused = send(browser, f"{place}approve/", reason="ok")
    assert refused.status_code == 422
    done = send(browser, f"{place}approve/", reason="Everything fits")
    assert done["Location"] == f"/backoffice/verification/{other.pk}/"
    assert selectors.allowance(alice).tier_number == 1
    asked = send(browser, f"/backoffice/verification/{other.pk}/take/")
    assert asked.status_code == 302
    send(
        browser,
        f"/backoffice/verification/{other.pk}/more/",
        items=["field:address"],
        message="Add the number of your house.",
    )
    seen = client_for(bob).get(f"/verification/{other.pk}").content.decode()
    assert "Add the number of your house." in seen and 'name="address"' in seen
    assert 'name="given_names"' not in seen


@pytest.mark.parametrize("page", ["lists/", "tiers/", "names/"])
def test_what_verification_goes_by_is_shown(
    tenant: Tenant, staff_of: StaffOf, client_for: ClientFor, page: str
) -> None:
    kyc_cases.load_list()
    shown = client_for(staff_of("compliance")).get(f"/backoffice/verification/{page}")
    assert shown.status_code == 200


def test_a_list_is_loaded_and_a_tier_changed_by_staff(
    tenant: Tenant, alice: User, staff_of: StaffOf, client_for: ClientFor
) -> None:
    browser = client_for(staff_of("compliance"))
    watch_list = kyc_cases.load_list()
    more = kyc_cases.LIST + b"4,Another Person,individual,NEW,\n"
    place = f"/backoffice/verification/lists/{watch_list.pk}/"
    send(browser, place, main=SimpleUploadedFile("list.csv", more, "text/csv"))
    watch_list.refresh_from_db()
    assert watch_list.current is not None
    assert (watch_list.current.number, watch_list.current.added) == (2, 1)
    cut = send(browser, place, main=SimpleUploadedFile("l.csv", b"id,name\n1,A\n", "text/csv"))
    assert cut.status_code == 422 and "cut off" in cut.content.decode()
    changed = send(
        browser,
        "/backoffice/verification/tiers/1/",
        name_en="Basic",
        person_form="person-basic",
        products=["spot"],
        may_deposit="on",
        withdraw_day="2000.50",
        withdraw_month="",
        valid_months="12",
        reason="More room",
    )
    assert changed.status_code == 302
    case = kyc_cases.submitted(alice)
    officer = staff_of("owner")
    actions.take_case(case=case, acting_user=officer)
    actions.approve_case(
        case=case, reason="Everything fits", acting_user=officer, now=case.submitted_at
    )
    allowed = selectors.allowance(alice)
    assert allowed.asset is not None
    assert allowed.withdraw_day_units == allowed.asset.units_of("2000.50")
    assert allowed.withdraw_month_units is None
