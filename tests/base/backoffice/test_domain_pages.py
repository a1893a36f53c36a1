"""The pages on which a firm connects a domain, and the operator sees all of them."""

import re

import pytest

import people
from backoffice.once import new_token
from name_server import NameServer
from tenants import actions
from tenants.models import Domain, DomainClaim

HOST = "trade.bank.example"
START, CONNECT = "/backoffice/domains/", "/backoffice/domains/connect/"


@pytest.fixture
def names(settings):
    server = NameServer()
    settings.DNS_SERVERS = [server.address]
    settings.DOMAIN_TARGET = "edge.platform.example"
    settings.DOMAIN_ADDRESSES = ["192.0.2.10"]
    yield server
    server.close()


@pytest.fixture
def owner(engine, tenant, names, staff_of, client_for):
    return client_for(staff_of("owner"))


def connect(browser) -> str:
    return browser.post(CONNECT, {"domain": "Trade.Bank.Example.", "token": new_token()})[
        "Location"
    ]


def look(browser, address: str):
    return browser.post(f"{address}check/", {"token": new_token()}, follow=True)


def test_from_the_form_to_a_site_that_answers(
    owner, names, tenant, client_for, django_capture_on_commit_callbacks
) -> None:
    address = connect(owner)
    page = owner.get(address).content.decode()
    assert "Nobody has looked yet." in page
    name, value = re.findall(r'bo-mono">([^<]+)<', page)[:2]
    assert (name, value[:14]) == (f"_marque.{HOST}", "marque-domain=")
    assert "edge.platform.example" in page and "192.0.2.10" in page
    page = look(owner, address).content.decode()
    assert "Nothing was found there." in page and "waits for its records" in page
    names.set(name, "TXT", value)
    names.set(HOST, "A", "203.0.113.9")
    with django_capture_on_commit_callbacks(execute=True):
        page = look(owner, address).content.decode()
    assert "does not lead here yet" in page and "203.0.113.9" in page
    names.set(HOST, "A", "192.0.2.10")
    page = look(owner, address).content.decode()
    assert "All is well" in page
    main = owner.post(f"{address}main/", {"token": new_token()})
    assert main.status_code == 302 and Domain.objects.get(domain=HOST).is_primary
    assert "main domain" in owner.get(START).content.decode()
    found = owner.get("/backoffice/search/", {"s": "bank.ex"}).content.decode()
    assert address in found


def test_a_failing_one_is_told_on_the_start_pages(
    owner, names, tenant, platform_tenant, staff_of, client_for
) -> None:
    claim = actions.ask_domain(tenant=tenant, domain=HOST, acting_user=None)
    names.set(f"_marque.{HOST}", "TXT", f"marque-domain={claim.token}")
    names.set(HOST, "A", "192.0.2.10")
    actions.check_domain(claim=claim, acting_user=None)
    names.set(HOST, "A", "203.0.113.9")
    actions.check_domain(claim=claim, acting_user=None)
    sentence = "does not lead here any more"
    home = owner.get("/backoffice/").content.decode()
    assert f"{HOST} {sentence}" in home and f"/backoffice/domains/{claim.pk}/" in home
    operator = client_for(staff_of("owner", platform_tenant))
    assert f"{HOST} of North Exchange {sentence}" in operator.get("/operator/").content.decode()
    listed = operator.get("/operator/domains/").content.decode()
    assert HOST in listed and "failing" in listed and "north.localhost" in listed
    assert sentence not in client_for(staff_of("finance")).get("/backoffice/").content.decode()


def test_refusals_keep_what_was_typed(owner) -> None:
    for host, word in (
        ("localhost", "public DNS"),
        ("north.localhost", "own"),
        ("a b", "host"),
    ):
        answer = owner.post(CONNECT, {"domain": host, "token": new_token()})
        page = answer.content.decode()
        assert answer.status_code in (409, 422) and word in page and f'value="{host}"' in page
    assert not DomainClaim.objects.exists()


def test_others_see_and_change_nothing(owner, names, tenant, other_tenant, alice, staff_of) -> None:
    address = connect(owner)
    claim = DomainClaim.objects.get()
    names.set(f"_marque.{HOST}", "TXT", f"marque-domain={claim.token}")
    before = DomainClaim.objects.values().get()
    theirs = people.make_staff(other_tenant, "owner")
    abroad, at_home = people.browser_of(tenant), people.browser_of(other_tenant, theirs)
    abroad.cookies = at_home.cookies
    bobs = people.browser_of(tenant, staff_of("support"))
    for browser in (people.browser_of(tenant), people.browser_of(tenant, alice), abroad, bobs):
        for path in ("", "check/", "withdraw/", "main/"):
            answers = [browser.get(address + path)]
            answers.append(browser.post(address + path, {"token": new_token()}))
            assert {answer.status_code for answer in answers} <= {302, 403}, path
            assert all(claim.token.encode() not in answer.content for answer in answers)
    at_home = people.browser_of(other_tenant, theirs)  # his session ended abroad
    for path in ("", "check/", "withdraw/", "main/"):
        assert at_home.get(address + path).status_code == 404
        assert at_home.post(address + path, {"token": new_token()}).status_code == 404
    assert HOST not in at_home.get(START).content.decode()
    assert DomainClaim.objects.values().get() == before
    assert not Domain.objects.filter(domain=HOST).exists()
