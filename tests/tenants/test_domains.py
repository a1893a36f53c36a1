"""Hosts that a firm asks for: shown by a real DNS to be its own, served, looked at, never taken."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

import people
from audit.models import AuditRecord
from messaging.models import OutboxMail
from name_server import NameServer
from tenants import actions, dns_checks, domain_states, tasks
from tenants.actions import claims
from tenants.domain_states import PATIENCE, Seen
from tenants.errors import TenantError
from tenants.models import Domain, DomainClaim

HOST, EDGE, ADDRESS = "trade.bank.example", "edge.platform.example", "192.0.2.10"
State = DomainClaim.State


@pytest.fixture
def names(settings) -> Iterator[NameServer]:
    server = NameServer()
    settings.DNS_SERVERS = [server.address]
    settings.DOMAIN_TARGET = EDGE
    server.set(EDGE, "A", ADDRESS)
    yield server
    server.close()


@pytest.fixture
def firm(tenant, names, staff_of, django_capture_on_commit_callbacks) -> SimpleNamespace:
    owner = staff_of("owner")
    claim = actions.ask_domain(tenant=tenant, domain=HOST, acting_user=owner)

    def look(one=claim, by=owner):
        with django_capture_on_commit_callbacks(execute=True):
            return actions.check_domain(claim=one, acting_user=by)

    return SimpleNamespace(tenant=tenant, owner=owner, claim=claim, look=look)


def prove(names: NameServer, claim: DomainClaim) -> None:
    names.set(
        dns_checks.txt_name(claim.host), "TXT", "v=spf1 -all", dns_checks.txt_value(claim.token)
    )


def status_at(tenant, host: str) -> int:
    browser = people.Browser(tenant, HTTP_X="1")
    browser.defaults |= {"HTTP_HOST": host, "SERVER_NAME": host}
    return int(browser.get("/brand/theme.css").status_code)


def test_the_way_from_asked_to_active(firm, names) -> None:
    assert (firm.claim.state, Domain.objects.filter(domain=HOST).exists()) == ("asked", False)
    assert status_at(firm.tenant, HOST) == 404
    assert firm.look().state == State.ASKED  # no record yet
    # It leads here, but nobody has shown whose it is: not served.
    names.set(HOST, "CNAME", EDGE)
    assert firm.look().state == State.ASKED and status_at(firm.tenant, HOST) == 404
    names.set(HOST, "CNAME")
    prove(names, firm.claim)
    row = firm.look()
    assert row.state == State.VERIFIED and row.verified_at
    assert status_at(firm.tenant, HOST) == 200
    names.set(HOST, "CNAME", EDGE)
    row = firm.look()
    assert row.state == State.ACTIVE
    assert row.found["names"] == [EDGE] and row.found["addresses"] == [ADDRESS]
    assert not Domain.objects.get(domain=HOST).is_primary
    records = AuditRecord.objects.filter(action="tenants.check_domain").order_by("pk")
    assert [record.new["state"] for record in records] == ["verified", "active"]


@pytest.mark.parametrize(
    ("addresses", "leads_here"),
    [([ADDRESS], True), ([ADDRESS, "203.0.113.5"], False), (["203.0.113.5"], False)],
)
def test_addresses_must_be_ours_all_of_them(firm, names, addresses, leads_here) -> None:
    prove(names, firm.claim)
    names.set(HOST, "A", *addresses)
    assert (firm.look().state == State.ACTIVE) == leads_here


def test_addresses_can_be_told_in_the_settings(firm, names, settings) -> None:
    settings.DOMAIN_ADDRESSES = ["198.51.100.7", "2001:db8::7"]
    prove(names, firm.claim)
    names.set(HOST, "A", "198.51.100.7")
    names.set(HOST, "AAAA", "2001:db8::7")
    assert firm.look().state == State.ACTIVE


def test_another_firms_token_or_an_old_one_shows_nothing(firm, names, other_tenant) -> None:
    theirs = actions.ask_domain(tenant=other_tenant, domain=HOST, acting_user=None)
    assert theirs.token != firm.claim.token
    prove(names, theirs)
    assert firm.look().state == State.ASKED
    actions.withdraw_domain(claim=firm.claim, acting_user=firm.owner)
    again = actions.ask_domain(tenant=firm.tenant, domain=HOST, acting_user=firm.owner)
    prove(names, firm.claim)
    assert again.token != firm.claim.token and firm.look(again).state == State.ASKED


def test_a_host_is_one_firms_only(firm, names, other_tenant) -> None:
    theirs = actions.ask_domain(tenant=other_tenant, domain=HOST, acting_user=None)
    prove(names, firm.claim)
    firm.look()
    # Whoever controls the DNS now shows it to be the other's: still no takeover.
    prove(names, theirs)
    with pytest.raises(TenantError, match="already belongs"):
        actions.check_domain(claim=theirs, acting_user=None)
    assert Domain.objects.get(domain=HOST).tenant_id == firm.tenant.pk
    assert DomainClaim.objects.get(pk=theirs.pk).state == State.ASKED
    with pytest.raises(TenantError, match="already belongs"):
        actions.ask_domain(tenant=other_tenant, domain=HOST.upper() + ".", acting_user=None)
    # The database says so as well, whatever asks it.
    with pytest.raises(IntegrityError), transaction.atomic():
        DomainClaim.objects.filter(pk=theirs.pk).update(state=State.ACTIVE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.create(tenant_id=other_tenant.pk, domain=HOST, is_primary=False)


def test_it_is_the_others_once_it_was_given_back(firm, names, other_tenant) -> None:
    prove(names, firm.claim)
    firm.look()
    actions.withdraw_domain(claim=firm.claim, acting_user=firm.owner)
    theirs = actions.ask_domain(tenant=other_tenant, domain=HOST, acting_user=None)
    prove(names, theirs)
    firm.look(theirs, by=None)
    assert Domain.objects.get(domain=HOST).tenant_id == other_tenant.pk


def test_what_stops_leading_here_is_told_once_and_comes_back(firm, names) -> None:
    prove(names, firm.claim)
    names.set(HOST, "CNAME", EDGE)
    firm.look()
    names.set(HOST, "CNAME")
    names.set(HOST, "A", "203.0.113.66")
    tasks.check_domains()
    row = DomainClaim.objects.get(pk=firm.claim.pk)
    assert row.state == State.FAILING and row.failing_since
    mails = OutboxMail.objects.filter(template="domain_failing")
    assert [mail.to for mail in mails].count(firm.owner.email) == 1
    assert HOST in mails[0].subject and f"/backoffice/domains/{row.pk}/" in mails[0].text
    told = mails.count()
    tasks.check_domains()
    assert mails.count() == told
    assert DomainClaim.objects.get(pk=row.pk).failing_since == row.failing_since
    names.set(HOST, "A", ADDRESS)
    tasks.check_domains()
    row.refresh_from_db()
    assert row.state == State.ACTIVE and row.failing_since is None


@pytest.mark.parametrize("fault", ["silent", "broken"])
def test_a_name_server_that_is_away_is_no_verdict_at_first(firm, names, fault, monkeypatch) -> None:
    monkeypatch.setattr(dns_checks, "LIFETIME_S", 0.4)
    prove(names, firm.claim)
    names.set(HOST, "CNAME", EDGE)
    firm.look()
    getattr(names, fault).update({HOST, dns_checks.txt_name(HOST)})
    for turn in range(1, PATIENCE + 1):
        row = firm.look()
        assert row.found["unanswered"] and row.unanswered == turn
        assert row.state == (State.ACTIVE if turn < PATIENCE else State.FAILING)
    getattr(names, fault).clear()
    row = firm.look()
    assert (row.state, row.unanswered) == (State.ACTIVE, 0)


def test_nobody_asked_is_never_verified_without_an_answer(firm) -> None:
    claim = DomainClaim(state=State.ASKED)
    for _ in range(PATIENCE + 2):
        domain_states.apply(claim, Seen.UNANSWERED)
    assert claim.state == State.ASKED


def test_every_state_knows_what_follows_each_look() -> None:
    for state in State:
        for seen in Seen:
            claim = DomainClaim(state=state, unanswered=PATIENCE)
            assert domain_states.apply(claim, seen) == state
            assert claim.state in State.values
            # Nothing is served before the token was seen.
            assert (
                state != State.ASKED
                or seen in (Seen.WHOLE, Seen.OWNED)
                or (claim.state == State.ASKED)
            )


@pytest.mark.parametrize(
    "host",
    ["localhost", "trade", "192.0.2.1", "[::1]", "a b.example", "https://x.example", "",
     "operator.localhost", "x.operator.localhost", EDGE, f"x.{EDGE}", "north.localhost",
     "-x.example", "x" * 64 + ".example", "a." * 130 + "example"],
)  # fmt: skip
def test_hosts_that_cannot_be_asked_for(firm, host) -> None:
    before = DomainClaim.objects.count()
    with pytest.raises(TenantError):
        actions.ask_domain(tenant=firm.tenant, domain=host, acting_user=firm.owner)
    assert DomainClaim.objects.count() == before


def test_a_firm_asks_for_so_many_at_a_time(firm) -> None:
    for number in range(claims.MOST_CLAIMS - 1):
        actions.ask_domain(tenant=firm.tenant, domain=f"n{number}.example", acting_user=None)
    with pytest.raises(TenantError, match="At most"):
        actions.ask_domain(tenant=firm.tenant, domain="more.example", acting_user=None)


def test_hosts_nobody_proved_are_forgotten_and_others_kept(firm, names) -> None:
    old = timezone.now() - timedelta(days=claims.ASKED_DAYS + 1)
    kept = actions.ask_domain(tenant=firm.tenant, domain="kept.example", acting_user=None)
    prove(names, kept)
    firm.look(kept)
    DomainClaim.objects.update(asked_at=old)
    tasks.check_domains()
    assert list(DomainClaim.objects.values_list("host", flat=True)) == ["kept.example"]


def test_the_main_domain_leads_here_and_is_not_given_back(firm, names) -> None:
    prove(names, firm.claim)
    firm.look()
    with pytest.raises(TenantError, match="does not lead here"):
        actions.set_primary_domain(tenant=firm.tenant, domain=HOST, acting_user=firm.owner)
    names.set(HOST, "CNAME", EDGE)
    firm.look()
    actions.set_primary_domain(tenant=firm.tenant, domain=HOST, acting_user=firm.owner)
    with pytest.raises(TenantError, match="main"):
        actions.withdraw_domain(claim=firm.claim, acting_user=firm.owner)
    assert Domain.objects.get(domain=HOST).is_primary


def test_others_may_do_nothing(firm, names, other_tenant, alice, charlie, staff_of) -> None:
    prove(names, firm.claim)
    before = list(DomainClaim.objects.values()), Domain.objects.count()
    theirs = staff_of("owner", other_tenant)
    for someone in (alice, charlie, staff_of("support"), staff_of("finance"), theirs):
        with pytest.raises(PermissionDenied):
            actions.ask_domain(tenant=firm.tenant, domain="x.example", acting_user=someone)
        with pytest.raises(PermissionDenied):
            actions.check_domain(claim=firm.claim, acting_user=someone)
        with pytest.raises(PermissionDenied):
            actions.withdraw_domain(claim=firm.claim, acting_user=someone)
        with pytest.raises(PermissionDenied):
            actions.set_primary_domain(tenant=firm.tenant, domain=HOST, acting_user=someone)
    assert (list(DomainClaim.objects.values()), Domain.objects.count()) == before
    with tenant_context(other_tenant):
        assert not AuditRecord.objects.filter(action__endswith="_domain").exists()
