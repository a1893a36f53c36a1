"""The operator's web: tenants, domains, settings, processes."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import schema_context, tenant_context

import people
from audit.models import AuditRecord
from clearing import actions as clearing
from firms import REASON
from messaging.models import OutboxMail
from tenants import directory, selectors
from tenants.models import Domain, Tenant
from trading.commands import actions as commands
from trading.commands import numbering
from trading.instruments.models import Instrument


@pytest.fixture
def platform(engine, tenant, platform_tenant, staff_of, client_for) -> SimpleNamespace:
    owner = staff_of("owner", platform_tenant)
    return SimpleNamespace(owner=owner, browser=client_for(owner), tenant=tenant)


def records() -> int:
    with schema_context("public"):
        return AuditRecord.objects.count()


def test_a_tenant_is_made_from_the_form_and_is_whole(
    platform, send, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(
            platform.browser,
            "/operator/tenants/new/",
            name="East Exchange",
            slug="east",
            domain="east.localhost",
            owner_email="owner@east.example",
            template="spot-exchange",
        )
    assert answer.status_code == 302, answer.content.decode()
    east = Tenant.objects.get(slug="east")
    assert answer["Location"] == f"/operator/tenants/{east.pk}/"
    with tenant_context(east):
        assert Instrument.objects.filter(symbol="BTC-USDT").exists()
        assert OutboxMail.objects.filter(to="owner@east.example").exists()
    directory.forget()
    assert selectors.tenant_by_host("east.localhost") == east
    page = platform.browser.get(answer["Location"]).content.decode()
    assert "east.localhost" in page
    twice = send(
        platform.browser,
        "/operator/tenants/new/",
        name="East Again",
        slug="east",
        domain="east2.localhost",
        owner_email="owner@east.example",
        template="spot-exchange",
    )
    assert twice.status_code == 422 and b"There is already a firm" in twice.content
    assert b'value="East Again"' in twice.content


def test_a_suspended_tenant_shows_its_notice_until_it_is_resumed(
    platform, send, client_for, django_capture_on_commit_callbacks
) -> None:
    visitor = people.browser_of(platform.tenant)
    base = f"/operator/tenants/{platform.tenant.pk}"
    with django_capture_on_commit_callbacks(execute=True):
        assert send(platform.browser, f"{base}/suspend/", reason=REASON).status_code == 302
    assert visitor.get("/sign-in").status_code == 503
    assert visitor.get("/backoffice/sign-in/").status_code == 200
    home = platform.browser.get("/operator/").content.decode()
    assert "North Exchange is suspended" in home
    assert send(platform.browser, f"{base}/suspend/", reason=REASON).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert send(platform.browser, f"{base}/resume/", reason=REASON).status_code == 302
    assert visitor.get("/sign-in").status_code == 200
    trail = platform.browser.get("/operator/audit/", {"q": REASON}).content.decode()
    assert trail.count('data-href="/operator/audit/') == 2


def test_a_stopped_relay_is_told_to_the_operator_and_the_firm(
    platform, staff_of, client_for, other_tenant
) -> None:
    firm = client_for(staff_of("owner", platform.tenant))
    stranger = client_for(staff_of("owner", other_tenant))
    told = "do not reach the engine"
    for browser, address in ((platform.browser, "/operator/"), (firm, "/backoffice/")):
        assert told not in browser.get(address).content.decode()
    known = numbering.Known(applied_no=3, numbered_no=4)
    commands.note_relay_stopped(schema_name=platform.tenant.schema_name, engine_no=9, known=known)
    home = platform.browser.get("/operator/").content.decode()
    assert f"Changes of {platform.tenant.name} {told}" in home
    assert f"manage.py relay_resume {platform.tenant.schema_name}" in home
    assert f"Changes {told}" in firm.get("/backoffice/").content.decode()
    assert told not in stranger.get("/backoffice/").content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():  # one stop at a time
        commands.note_relay_stopped(
            schema_name=platform.tenant.schema_name, engine_no=9, known=known
        )


def test_a_tenant_set_aside_by_clearing_is_told_to_the_operator_and_the_firm(
    platform, staff_of, client_for, other_tenant
) -> None:
    schema = platform.tenant.schema_name
    firm = client_for(staff_of("support", platform.tenant))
    stranger = client_for(staff_of("owner", other_tenant))
    with tenant_context(platform.tenant):
        clearing.note_quarantine(schema_name=schema, error="DiskFull: the <disk> is full")
        clearing.note_quarantine(schema_name=schema, error="DiskFull: the <disk> is full")
    for browser, address, told in (
        (platform.browser, "/operator/", f"Clearing has set {platform.tenant.name} aside"),
        (firm, "/backoffice/", "The books here stand still"),
    ):
        page = browser.get(address).content.decode()
        assert told in page and "the &lt;disk&gt; is full" in page
    assert "stand still" not in stranger.get("/backoffice/").content.decode()
    clearing.release_quarantine(schema_name=schema)
    clearing.release_quarantine(schema_name=schema)
    assert "Clearing has set" not in platform.browser.get("/operator/").content.decode()
    assert "stand still" not in firm.get("/backoffice/").content.decode()
    with tenant_context(platform.tenant):
        made = AuditRecord.objects.filter(action__startswith="clearing.").order_by("id")
        assert [record.action for record in made] == ["clearing.quarantine", "clearing.release"]
        assert made.last().new == {"tries": 2}


def test_suspending_needs_a_reason(platform, send) -> None:
    before = records()
    answer = send(platform.browser, f"/operator/tenants/{platform.tenant.pk}/suspend/", reason="")
    assert answer.status_code == 422
    assert not Tenant.objects.get(pk=platform.tenant.pk).is_suspended
    assert records() == before


def test_domains_are_added_made_main_and_removed(platform, send) -> None:
    base = f"/operator/tenants/{platform.tenant.pk}/domains"
    assert send(platform.browser, f"{base}/new/", domain="no host!").status_code == 422
    assert send(platform.browser, f"{base}/new/", domain="Trade.North.Example").status_code == 302
    first = Domain.objects.get(tenant=platform.tenant, domain="north.localhost")
    added = Domain.objects.get(domain="trade.north.example")
    send(platform.browser, f"{base}/{added.pk}/primary/")
    assert Domain.objects.get(pk=added.pk).is_primary
    send(platform.browser, f"{base}/{added.pk}/remove/")
    assert Domain.objects.get(pk=first.pk).is_primary
    last = send(platform.browser, f"{base}/{first.pk}/remove/")
    assert last.status_code == 422
    assert b"A tenant keeps at least one domain." in last.content


def test_a_domain_of_another_tenant_is_not_reached_through_this_one(
    platform, send, other_tenant
) -> None:
    foreign = Domain.objects.get(tenant=other_tenant)
    before = records()
    for verb in ("primary", "remove"):
        address = f"/operator/tenants/{platform.tenant.pk}/domains/{foreign.pk}/{verb}/"
        assert send(platform.browser, address).status_code == 404
    assert records() == before
    assert Domain.objects.filter(pk=foreign.pk).exists()


def test_the_platform_itself_is_no_tenant(platform, platform_tenant, send) -> None:
    address = f"/operator/tenants/{platform_tenant.pk}/suspend/"
    assert send(platform.browser, address, reason=REASON).status_code == 404


def test_a_tenants_setting_is_changed_by_the_operator(platform, send) -> None:
    address = f"/operator/tenants/{platform.tenant.pk}/settings/identity.sign_up_open/"
    answer = send(platform.browser, address, reason=REASON, version="0")
    assert answer["Location"] == f"/operator/tenants/{platform.tenant.pk}/settings/"
    page = platform.browser.get(address).content.decode()
    assert REASON in page and "version 1" in page
    connection.set_tenant(platform.tenant)


def test_processes_are_shown_with_what_is_wrong(platform) -> None:
    page = platform.browser.get("/operator/processes/")
    assert page.status_code == 200
    assert b"supervis" in page.content.lower()


def test_operators_of_lesser_roles_change_no_tenant(platform, staff_of, client_for, send) -> None:
    with schema_context("public"):
        platform_row = Tenant.objects.get(schema_name="public")
    browser = client_for(staff_of("auditor", platform_row))
    before = records()
    for path in (
        "tenants/new/",
        f"tenants/{platform.tenant.pk}/suspend/",
        f"tenants/{platform.tenant.pk}/domains/new/",
    ):
        answer = send(
            browser, f"/operator/{path}", reason=REASON, domain="x.example", name="X", slug="xxx"
        )
        assert answer.status_code == 403, path
    assert records() == before
    assert not Tenant.objects.get(pk=platform.tenant.pk).is_suspended


def test_a_tenants_owner_is_nobody_at_the_operators(platform, staff_of, platform_tenant) -> None:
    browser = people.browser_of(platform.tenant, staff_of("owner"))
    elsewhere = people.browser_of(platform_tenant)
    elsewhere.cookies = browser.cookies
    assert elsewhere.get("/operator/").status_code == 302
    assert browser.get("/operator/").status_code == 404
