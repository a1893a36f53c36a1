"""Every page of both staff webs, asked with nonsense: an answer always, never a fault."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django_tenants.utils import schema_context

from audit.models import AuditRecord
from backoffice import access, counted
from backoffice.operator import PAGES as OPERATOR_PAGES
from backoffice.pages import Page
from backoffice.tenant import PAGES as TENANT_PAGES
from firms import marks
from kyc.documents import links
from people import Browser
from tenants.models import Domain, Tenant

# Numbers around the limits of what a row, a day, a page or an engine seq can be; text of all sorts.
ODD_TEXTS = (
    "\0", "\0abc", "'\"<>%_\\", "🦄", "１", "²", "-1", "0", "1e5", "NaN", "a" * 3000,
    str(2**63 - 1), str(2**63), "9" * 40, "2024-13-45", "0001-01-01", "9999-12-31",
)  # fmt: skip
ODD_VALUES = ("\0", "🦄", "-1", "1e5", "a" * 3000, "9" * 40)  # for forms, which are many
ODD_NUMBERS = (0, 2**31, 2**43, 2**52, 2**63 - 1, 2**63, 10**40)
# What lists read beside their own filters, and what nothing reads.
PARAMETERS = ("q", "s", "page", "before", "type", "id", "state", "next", "nothing")
PARTS = 2  # of the pages: each walk ends in good time on a slow machine
FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')


def is_form(page: Page) -> bool:
    """Whether the page is an action of its own, with a form that is sent."""
    return hasattr(page.view, "view_class")


def address_of(prefix: str, page: Page, known: dict[str, Any]) -> str:
    return prefix + re.sub(r"<\w+:(\w+)>", lambda found: str(known[found[1]]), page.route)


def odd_addresses(prefix: str, page: Page) -> Iterator[str]:
    """The page's address with arguments that stand for nothing: numbers, and half of the texts."""
    if "<int:" in page.route:
        for number in ODD_NUMBERS:
            yield prefix + re.sub(r"<\w+:\w+>", str(number), page.route)
    if "<" in page.route:
        for text in ODD_TEXTS[len(page.route) % 2 :: 2]:
            yield prefix + re.sub(r"<\w+:\w+>", quote(text, safe=""), page.route)


def fields_of(answer: Any) -> set[str]:
    """The names of a page's fields; a file or a picture has none."""
    if answer.streaming and answer.is_async:
        return set()
    content = answer.getvalue() if answer.streaming else answer.content
    return set(FIELD.findall(content.decode(errors="ignore")))


def faults(browser: Browser, addresses: Iterable[str]) -> list[str]:
    browser.raise_request_exception = False
    return [
        f"{address[:200]}: {status}"
        for address in addresses
        if (status := browser.get(address).status_code) >= 500
    ]


def faults_of_queries(browser: Browser, prefix: str, pages: list[Page], known: Any) -> list[str]:
    """Each page that is read, with each parameter it names at its oddest: half of the texts for
    each page, the other half for the next."""
    found = []
    for page in pages:
        if is_form(page):
            continue
        address = address_of(prefix, page, known)
        answer = browser.get(address)
        assert answer.status_code == 200, address
        names = {*PARAMETERS, *fields_of(answer)} - {"csrfmiddlewaretoken"}
        # All at once: a fault of any shows, and the walk stays short.
        texts = ODD_TEXTS[len(page.route) % 2 :: 2]
        queries = ["&".join(f"{name}={quote(text)}" for name in names) for text in texts]
        queries += ["&".join(f"{name}=%FF%FE" for name in names), "=&&=&?"]
        found += faults(browser, (f"{address}?{query}" for query in queries))
    return found


def faults_of_forms(browser: Browser, prefix: str, pages: list[Page], known: Any) -> list[str]:
    """Each page this role may open, sent a form with nonsense in every field: half of the values
    for each page, by the length of its address.

    Without a token nothing is ever done.
    """
    browser.raise_request_exception = False
    found = []
    for page in pages:
        if not access.may(browser.user, page.capability):
            continue
        address = address_of(prefix, page, known)
        fields = fields_of(browser.get(address)) or {"reason"}
        for text in ODD_VALUES[len(page.route) % 2 :: 2]:
            status = browser.post(address, dict.fromkeys(fields, text)).status_code
            if status >= 500:
                found.append(f"POST {address} with {text[:40]!r}: {status}")
    return found


@pytest.fixture(autouse=True)
def still_menus(settings: Any) -> None:
    """The menu's figures are other tests' matter; they would be most of the work here."""
    settings.MENU_COUNTS_SECONDS = 600.0
    counted.forget()


@pytest.fixture
def owner(firm, client_for) -> Browser:
    return client_for(firm.owner)


def known_of(firm, page: Page, user: Any) -> dict[str, Any]:
    known: dict[str, Any] = firm.arguments()
    known["signature"] = links.sign(known["document_id"], known["page_number"], user)
    if page.route.startswith("staff/"):
        known["user_id"] = firm.finance.pk
    return known


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_queries_of_the_backoffice(firm, owner, client_for, part) -> None:
    firm.arguments()  # the rows it makes are none of the pages' doing
    before = marks()
    finance = client_for(firm.finance)
    found = []
    for page in TENANT_PAGES[part::PARTS]:
        # No role reads every page: what is not the owner's is finance's.
        browser = owner if access.may(owner.user, page.capability) else finance
        known = known_of(firm, page, browser.user)
        found += faults_of_queries(browser, "/backoffice/", [page], known)
    assert found == []
    assert marks() == before


@pytest.mark.parametrize("part", range(PARTS))
def test_odd_objects_of_the_backoffice(firm, owner, part) -> None:
    before = marks()
    pages = TENANT_PAGES[part::PARTS]
    addresses = [a for page in pages for a in odd_addresses("/backoffice/", page)]
    assert len(addresses) > 100
    assert faults(owner, addresses) == []
    assert marks() == before


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ["owner", "finance"])
def test_odd_forms_of_the_backoffice(firm, client_for, role, part) -> None:
    firm.arguments()  # the rows it makes are none of the forms' doing
    before = marks()
    browser = client_for(getattr(firm, role))
    found = []
    for page in TENANT_PAGES[part::PARTS]:
        known = known_of(firm, page, browser.user)
        found += faults_of_forms(browser, "/backoffice/", [page], known)
    assert found == []
    assert marks() == before


def test_odd_requests_of_the_operators_pages(
    engine, staff_of, client_for, platform_tenant, operator_arguments
) -> None:
    browser = client_for(staff_of("owner", platform_tenant))
    known = operator_arguments(staff_of("admin", platform_tenant))
    pages = list(OPERATOR_PAGES)
    before = platform_marks()
    assert faults_of_queries(browser, "/operator/", pages, known) == []
    assert faults(browser, [a for page in pages for a in odd_addresses("/operator/", page)]) == []
    assert faults_of_forms(browser, "/operator/", pages, known) == []
    assert platform_marks() == before


def platform_marks() -> tuple[int, int, int]:
    """What any write of the operator's pages leaves."""
    with schema_context("public"):
        return AuditRecord.objects.count(), Tenant.objects.count(), Domain.objects.count()


def test_odd_searches(firm, owner) -> None:
    searches = [f"/backoffice/search/?s={quote(text)}" for text in ODD_TEXTS]
    assert faults(owner, searches) == []
