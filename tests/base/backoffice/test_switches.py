"""Features that the platform switches off for a firm: closed at every door, nothing leads there."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django_tenants.utils import schema_context

import people
from api import access
from api.errors import ApiError, Refusal
from audit.models import AuditRecord
from firms import REASON, Firm, fields_of, marks
from tenants import actions, directory, switches
from tenants.models import SettingValue


def switch(firm: Firm, name: str, *, on: bool) -> None:
    with schema_context("public"):
        actions.change_setting(
            tenant=firm.tenant, name=f"features.{name}", value=on, acting_user=None
        )
    directory.forget()
    connection.set_tenant(firm.tenant)


CLOSED = {
    "payments": ("/deposit", "/withdraw", "/withdraw/1", "/beneficiaries"),
    "liabilities": ("/liabilities", "/liabilities/1/mine"),
    "verification": ("/verification", "/verification/1"),
    "api_keys": ("/api-keys", "/api/docs/", "/api/schema"),
}
STAFF = {
    "payments": ("deposits", "withdrawals", "bank-statements", "payment-files", "payment-methods"),
    "liabilities": ("liabilities",),
    "verification": ("verification",),
    "api_keys": ("api-keys",),
    "kept_reports": ("reports/kept",),
}


@pytest.mark.parametrize("name", sorted(STAFF))
def test_what_is_off_is_closed_and_nothing_leads_there(firm: Firm, client_for, name: str) -> None:
    alice, owner = client_for(firm.alice), client_for(firm.owner)
    for path in STAFF[name]:
        assert owner.get(f"/backoffice/{path}/").status_code == 200, path
    switch(firm, name, on=False)
    before = marks()
    for path in CLOSED.get(name, ()):
        for method in ("get", "post"):
            answer = getattr(alice, method)(path)
            is_api = path.startswith("/api/")
            assert answer.status_code == (403 if is_api else 404), path
            words = "FEATURE_OFF" if is_api else "not offered here"
            assert words in answer.content.decode(), path
    for path in STAFF[name]:
        for method in ("get", "post"):
            answer = getattr(owner, method)(f"/backoffice/{path}/")
            assert answer.status_code == 404, path
            assert "Your firm does not have this" in answer.content.decode()
    pages = [alice.get(path) for path in ("/dashboard", "/balances", "/security", "/markets")]
    pages.append(owner.get("/backoffice/"))
    for page in pages:
        assert page.status_code == 200
        for path in (*CLOSED.get(name, ()), *(f"/backoffice/{p}/" for p in STAFF[name])):
            assert f'href="{path}"' not in page.content.decode(), path
    assert marks() == before
    switch(firm, name, on=True)
    for path in STAFF[name]:
        assert owner.get(f"/backoffice/{path}/").status_code == 200, path


def test_the_search_does_not_lead_there_either(firm: Firm, client_for) -> None:
    owner = client_for(firm.owner)
    address = "/backoffice/search/?s=deposits"
    assert "/backoffice/deposits/" in owner.get(address).content.decode()
    switch(firm, "payments", on=False)
    assert "/backoffice/deposits/" not in owner.get(address).content.decode()


def test_another_firm_keeps_its_own(firm: Firm, client_for, charlie) -> None:
    switch(firm, "payments", on=False)
    assert client_for(charlie).get("/deposit").status_code == 200


def test_programs_are_refused_where_keys_are_off(firm: Firm) -> None:
    access.check_features(firm.tenant, "/api/v1/orders", signed=True)
    access.check_features(firm.tenant, "/api/v1/quotes", signed=True)
    switch(firm, "mass_quotes", on=False)
    with pytest.raises(ApiError) as refused:
        access.check_features(firm.tenant, "/api/v1/quotes/protection", signed=True)
    assert refused.value.code == Refusal.FEATURE_OFF and refused.value.status == 403
    switch(firm, "api_keys", on=False)
    with pytest.raises(ApiError):
        access.check_features(firm.tenant, "/api/v1/orders", signed=True)
    access.check_features(firm.tenant, "/api/v1/orders", signed=False)  # the terminal goes on
    stranger = people.browser_of(firm.tenant)
    answer = stranger.get("/api/v1/balances", headers={"X-MARQUE-KEY": firm.key.public_id})
    assert answer.status_code == 403
    assert json.loads(answer.content)["error"]["code"] == "FEATURE_OFF"


def test_only_the_platform_switches_and_it_is_recorded(
    firm: Firm, client_for, staff_of, platform_tenant, send
) -> None:
    owner = client_for(firm.owner)
    before = SettingValue.objects.count()
    address = "/backoffice/settings/features.payments/"
    assert send(owner, address, reason=REASON, version="0").status_code in (403, 422)
    with pytest.raises(PermissionDenied):
        actions.change_setting(
            tenant=firm.tenant, name="features.payments", value=False, acting_user=firm.owner
        )
    assert SettingValue.objects.count() == before
    operator = client_for(staff_of("owner", platform_tenant))
    page = operator.get(f"/operator/tenants/{firm.tenant.pk}/").content.decode()
    address = f"/operator/tenants/{firm.tenant.pk}/settings/features.payments/"
    assert f'href="{address}"' in page and "Deposits and withdrawals" in page
    fields = fields_of(operator.get(address).content.decode())
    fields.pop("value", None)
    assert operator.post(address, fields | {"reason": REASON}).status_code == 302
    directory.forget()
    assert not switches.is_on("payments", firm.tenant)
    with schema_context("public"):
        record = AuditRecord.objects.filter(action="tenants.change_setting").latest("id")
        assert record.new == {"value": False} and record.reason == REASON
    connection.set_tenant(firm.tenant)


def test_an_address_belongs_to_a_switch_by_whole_names() -> None:
    each = switches.Switch("x", "X", "…", ("/deposit", "/backoffice/deposits/"))
    covered: dict[str, Any] = {
        "/deposit": True, "/deposit/5": True, "/deposits": False, "/": False,
        "/backoffice/deposits/": True, "/backoffice/deposits/7/": True,
        "/backoffice/deposits-old/": False,
    }  # fmt: skip
    assert {path: each.covers(path) for path in covered} == covered
