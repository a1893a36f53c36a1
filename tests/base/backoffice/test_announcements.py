"""What the platform tells firms: to whom it is for, in its time, by operators only."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_tenants.utils import schema_context

from audit.models import AuditRecord
from firms import REASON
from tenants import actions
from tenants.errors import TenantError
from tenants.models import Announcement

PAGE = "/operator/announcements/"
SETTINGS = "/backoffice/settings/"


def tell(user, **changes):
    now = timezone.now()
    fields = {
        "headline": "Maintenance tonight", "text": "<b>Be ready</b>", "tone": "warning",
        "starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(hours=1),
        "tenant": None, "acting_user": user,
    }  # fmt: skip
    return actions.announce(**fields | changes)


def in_an_hour() -> str:
    return (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")


def test_it_is_told_to_whom_it_is_for_and_withdrawn(
    tenant, other_tenant, platform_tenant, staff_of, client_for, send, alice
) -> None:
    operator = client_for(staff_of("admin", platform_tenant))
    fields = {"headline": "Maintenance tonight", "text": "<b>Be ready</b>", "tone": "warning",
              "tenant": tenant.pk, "ends_at": in_an_hour()}  # fmt: skip
    assert send(operator, f"{PAGE}new/", **fields).status_code == 302
    row = Announcement.objects.get()
    with schema_context("public"):
        assert AuditRecord.objects.filter(action="tenants.announce").count() == 1
    here, there = client_for(staff_of("auditor")), client_for(staff_of("owner", other_tenant))
    page = here.get(SETTINGS).content.decode()
    assert "Maintenance tonight" in page and "&lt;b&gt;Be ready" in page
    assert b"Maintenance tonight" not in there.get(SETTINGS).content
    stranger = client_for(tenant=tenant)
    assert b"Maintenance tonight" not in stranger.get("/backoffice/sign-in/").content
    assert b"Maintenance tonight" not in client_for(alice).get("/").content
    withdraw = f"{PAGE}{row.pk}/withdraw/"
    assert send(operator, withdraw, reason=REASON).status_code == 302
    assert b"Maintenance tonight" not in here.get(SETTINGS).content
    assert send(operator, withdraw, reason=REASON).status_code == 422


def test_only_in_its_time_and_what_does_not_work_first(tenant, staff_of, client_for) -> None:
    now = timezone.now()
    tell(None, headline="Said to all")
    tell(None, headline="Broken", tone="error", tenant=tenant)
    tell(None, headline="Later", starts_at=now + timedelta(minutes=5))
    over = tell(None, headline="Over")
    Announcement.objects.filter(pk=over.pk).update(
        starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
    )
    page = client_for(staff_of("support")).get("/backoffice/orders/").content.decode()
    assert page.index("Broken") < page.index("Said to all")
    assert "Later" not in page and "Over</strong>" not in page


def test_nonsense_and_others_say_nothing(
    tenant, platform_tenant, staff_of, client_for, send
) -> None:
    now = timezone.now()
    manager = staff_of("owner", platform_tenant)
    for changes in (
        {"headline": " "}, {"headline": "x" * 121}, {"text": "x" * 1001}, {"tone": "loud"},
        {"ends_at": now - timedelta(minutes=2)}, {"ends_at": now + timedelta(days=400)},
    ):  # fmt: skip
        with pytest.raises(TenantError):
            tell(manager, **changes)
    for user in (staff_of("owner"), staff_of("support", platform_tenant)):
        with pytest.raises(PermissionDenied):
            tell(user)
    reader = client_for(staff_of("support", platform_tenant))
    assert reader.get(PAGE).status_code == 200
    assert send(reader, f"{PAGE}new/", headline="Hello", ends_at=in_an_hour()).status_code == 403
    assert not Announcement.objects.exists()
