"""Staff, declared settings, audit trail: the tenant's own house."""

from types import SimpleNamespace

import pytest
from django.db import connection

from audit.models import AuditRecord
from firms import REASON
from identity.models import User
from messaging.models import OutboxMail
from tenants import registry
from tenants.models import SettingValue


@pytest.fixture
def house(engine, tenant, alice, staff_of, client_for) -> SimpleNamespace:
    """An owner's and an administrator's browser; nothing has traded."""
    owner, admin = staff_of("owner"), staff_of("admin")
    return SimpleNamespace(
        owner=owner,
        admin=admin,
        browser=client_for(owner),
        admins_browser=client_for(admin),
        tenant=tenant,
    )


def test_an_invitation_is_mailed_and_can_be_repeated(house, send) -> None:
    for role in ("support", "finance"):
        fields = {"email": "eve@north.example", "name": "Eve", "role": role}
        assert send(house.browser, "/backoffice/staff/invite/", **fields).status_code == 302
    eve = User.objects.get(email="eve@north.example")
    assert (eve.role, eve.is_staff, eve.has_usable_password()) == ("finance", True, False)
    assert OutboxMail.objects.filter(to=eve.email).count() == 2
    taken = send(
        house.browser, "/backoffice/staff/invite/", email="alice@north.example", role="owner"
    )
    assert taken.status_code == 422
    assert b"There is already a user with this e-mail." in taken.content


def test_only_an_owner_manages_staff_and_nobody_himself(house, send) -> None:
    records = AuditRecord.objects.count()
    for path in ("role/", "deactivate/", "reactivate/", "reset-second-factor/"):
        others = send(
            house.admins_browser, f"/backoffice/staff/{house.owner.pk}/{path}",
            role="auditor", reason=REASON,
        )  # fmt: skip
        assert others.status_code == 403, path
        own = send(
            house.browser, f"/backoffice/staff/{house.owner.pk}/{path}",
            role="auditor", reason=REASON,
        )  # fmt: skip
        assert own.status_code == 422, path
    assert AuditRecord.objects.count() == records
    house.owner.refresh_from_db()
    assert house.owner.role == "owner" and house.owner.is_active


def test_a_new_role_holds_at_once(house, send) -> None:
    assert house.admins_browser.get("/backoffice/brand/").status_code == 200
    send(house.browser, f"/backoffice/staff/{house.admin.pk}/role/", role="support", reason=REASON)
    # The session of the former role has ended.
    assert house.admins_browser.get("/backoffice/brand/").status_code == 302
    house.admin.refresh_from_db()
    assert house.admin.role == "support"


def test_deactivated_staff_are_out_at_once(house, send) -> None:
    send(house.browser, f"/backoffice/staff/{house.admin.pk}/deactivate/", reason=REASON)
    assert house.admins_browser.get("/backoffice/").status_code == 302
    send(house.browser, f"/backoffice/staff/{house.admin.pk}/reactivate/", reason=REASON)
    assert User.objects.get(pk=house.admin.pk).is_active


def test_a_setting_is_changed_with_history_and_live_effect(
    house, send, django_capture_on_commit_callbacks
) -> None:
    address = "/backoffice/settings/identity.trusted_device_days/"
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(house.browser, address, value="7", reason=REASON, version="0")
    assert answer["Location"] == "/backoffice/settings/"
    connection.set_tenant(house.tenant)
    assert registry.get("identity.trusted_device_days", house.tenant) == 7
    page = house.browser.get(address).content.decode()
    assert REASON in page and "version 1" in page
    for value, version, sentence in (
        ("400", "1", "less than or equal to 365"),
        ("soon", "1", "Enter a whole number."),
        ("9", "0", "Someone else has just changed this setting."),
    ):
        refused = send(house.browser, address, value=value, reason=REASON, version=version)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
    assert SettingValue.objects.filter(name="identity.trusted_device_days").count() == 1
    assert house.browser.get("/backoffice/settings/no.such/").status_code == 404


def test_the_trail_is_searched_and_its_chain_proved(house, send) -> None:
    send(house.browser, f"/backoffice/staff/{house.admin.pk}/deactivate/", reason="Left the firm")
    found = house.browser.get("/backoffice/audit/", {"q": "Left the firm"}).content.decode()
    assert found.count('data-href="/backoffice/audit/') == 1
    record = AuditRecord.objects.get(reason="Left the firm")
    page = house.browser.get(f"/backoffice/audit/{record.pk}/").content.decode()
    assert record.record_hash in page and record.previous_hash in page
    assert "<del>yes</del><ins>no</ins>" in page
    assert "unbroken" in house.browser.get("/backoffice/audit/verify/").content.decode()


def test_the_palette_finds_what_the_role_may_see(house, alice, staff_of, client_for) -> None:
    found = house.browser.get("/backoffice/search/", {"s": "alice"}).content.decode()
    assert f"/backoffice/customers/{alice.pk}/" in found
    pages = house.browser.get("/backoffice/search/", {"s": "brand"}).content.decode()
    assert "/backoffice/brand/" in pages
    support = client_for(staff_of("support"))
    assert (
        "/backoffice/brand/"
        not in support.get("/backoffice/search/", {"s": "brand"}).content.decode()
    )
    nothing = support.get("/backoffice/search/", {"s": "<b>zzz"}).content.decode()
    assert "&lt;b&gt;zzz" in nothing and "<b>zzz" not in nothing


def test_an_unknown_address_is_a_branded_404(house) -> None:
    answer = house.browser.get("/backoffice/no/such/page/")
    assert answer.status_code == 404 and b"There is nothing here" in answer.content
