"""Every role at every page: who may, sees it; who may not, gets a 403 and changes nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from audit.models import AuditRecord
from backoffice import menu
from backoffice.operator import PAGES as OPERATOR_PAGES
from backoffice.pages import Page
from backoffice.tenant import PAGES as TENANT_PAGES
from firms import Firm, marks
from identity import roles
from identity.models import User
from kyc.documents import links
from who_sees_what import FIRM, PLATFORM, read, written

ROLES = [role for role, _label in roles.CHOICES]
# What the owner had made or keeps: of his own, whatever the others' roles.
OF_WHO_ASKED = {"job", "job_state", "job_file", "cancel_job", "edit_saved", "remove_saved"}
FORBIDDEN_HEADLINE = b"Your role does not include this page"


def arguments_of(page: Page, known: dict[str, Any]) -> list[Any]:
    return [known[name] for name in re.findall(r"<\w+:(\w+)>", page.route)]


def test_the_table_names_every_page_and_says_what_the_product_does() -> None:
    """Here the whole difference shows at once; the walks below prove each line with requests."""
    told = read()
    for web, pages, capabilities in (
        (FIRM, TENANT_PAGES, roles.TENANT_CAPABILITIES),
        (PLATFORM, OPERATOR_PAGES, roles.OPERATOR_CAPABILITIES),
    ):
        now = {
            page.name: {role for role in ROLES if page.capability in {"", *capabilities[role]}}
            for page in pages
        }
        names = now.keys() | told[web].keys()
        wrong = {name for name in names if now.get(name) != told[web].get(name)}
        assert not wrong, "\n".join(
            ["who_sees_what.txt does not say what the product does; it would be:"]
            + [
                line
                for line in written(pages, capabilities, web).splitlines()
                if line.split()[:1] and line.split()[0] in wrong
            ]
            + sorted(f"(no page any more: {name})" for name in told[web].keys() - now.keys())
        )


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_exactly_what_its_line_says(
    firm: Firm,
    staff_of: Callable[..., User],
    client_for: Callable[..., Any],
    send: Callable[..., Any],
    role: str,
) -> None:
    user = staff_of(role)
    browser = client_for(user)
    known = firm.arguments()
    if not roles.has(user, "adjustments.view"):
        # Who may see approvals at all sees those of his own field.
        known |= {"approval_kind": "fees", "approval_id": known["proposal_id"]}
    told = read()[FIRM]
    before = marks()
    for page in TENANT_PAGES:
        known["user_id"] = firm.owner.pk if page.route.startswith("staff/") else firm.alice.pk
        known["signature"] = links.sign(known["document_id"], known["page_number"], user)
        address = reverse(f"backoffice:{page.name}", args=arguments_of(page, known))
        response = browser.get(address)
        if page.name in OF_WHO_ASKED and user.pk != firm.owner.pk:
            assert response.status_code in (403, 404), (role, page.name)
            continue
        if role in told[page.name]:
            assert response.status_code == 200, (role, page.name)
            continue
        assert response.status_code == 403, (role, page.name)
        assert FORBIDDEN_HEADLINE in response.content, page.name
        fields = {"reason": "Because I can", "state": 3, "role": "owner", "value": "on"}
        assert send(browser, address, **fields).status_code == 403, (role, page.name)
    assert marks() == before

    home = browser.get("/backoffice/")
    shown = set(re.findall(r'<li><a href="([^"]+)"', home.content.decode()))
    assert shown == {
        reverse(f"backoffice:{entry.page}")
        for _title, group in menu.TENANT
        for entry in group
        if roles.has(user, entry.capability)
    }


def test_menu_entries_name_the_capability_of_their_page() -> None:
    for pages, entries in ((TENANT_PAGES, menu.TENANT), (OPERATOR_PAGES, menu.OPERATOR)):
        capability_of = {page.name: page.capability for page in pages}
        for _title, group in entries:
            for entry in group:
                assert capability_of[entry.page] == entry.capability, entry.page


@pytest.mark.parametrize("role", ROLES)
def test_each_operator_role_opens_exactly_the_pages_its_line_says(
    engine: Any,
    staff_of: Callable[..., User],
    client_for: Callable[..., Any],
    platform_tenant: Any,
    operator_arguments: Callable[..., dict[str, Any]],
    role: str,
) -> None:
    colleague = staff_of("admin", platform_tenant)
    user = staff_of(role, platform_tenant)
    browser = client_for(user)
    known = operator_arguments(colleague)
    told = read()[PLATFORM]
    for page in OPERATOR_PAGES:
        with schema_context("public"):
            before = AuditRecord.objects.count()
            allowed = role in told[page.name]
            address = reverse(
                f"operator:{page.name}",
                args=arguments_of(page, known),
                urlconf="config.urls_operator",
            )
        response = browser.get(address)
        assert response.status_code == (200 if allowed else 403), (role, page.name)
        if not allowed:
            assert browser.post(address, {"reason": "Because I can"}).status_code == 403
            with schema_context("public"):
                assert AuditRecord.objects.count() == before


def test_customers_and_strangers_are_sent_to_the_sign_in(
    firm: Firm, client_for: Callable[..., Any], charlie: User
) -> None:
    known = firm.arguments()
    before = marks()
    for browser in (client_for(firm.bob), client_for(tenant=firm.tenant)):
        for page in TENANT_PAGES:
            address = reverse(f"backoffice:{page.name}", args=arguments_of(page, known))
            for answer in (browser.get(address), browser.post(address, {"reason": "Because"})):
                assert answer.status_code == 302, page.name
                assert answer["Location"].startswith("/backoffice/sign-in/"), page.name
    with tenant_context(firm.tenant):
        assert marks() == before


def test_staff_of_another_tenant_are_strangers_here(
    firm: Firm,
    staff_of: Callable[..., User],
    client_for: Callable[..., Any],
    other_tenant: Any,
    send: Callable[..., Any],
) -> None:
    browser = client_for(staff_of("owner", other_tenant), tenant=firm.tenant)
    known = firm.arguments()
    before = marks()
    for page in TENANT_PAGES:
        address = reverse(f"backoffice:{page.name}", args=arguments_of(page, known))
        assert browser.get(address).status_code == 302, page.name
        assert send(browser, address, reason="Because I can").status_code == 302, page.name
    assert marks() == before


def test_another_tenants_objects_are_not_found_at_home(
    firm: Firm, staff_of: Callable[..., User], client_for: Callable[..., Any], other_tenant: Any
) -> None:
    """South's owner fills in ids of north; his own schema has no such rows, or its own ones."""
    browser = client_for(staff_of("owner", other_tenant))
    for name, argument in (
        ("customer", 10_000_001),
        ("order", firm.order.pk),
        ("trade", firm.trade.pk),
        ("adjustment", firm.waiting.pk),
        ("api_key", firm.key.pk),
        ("engine_record", firm.trade.seq),
        ("entry", firm.arguments()["entry_id"]),
    ):
        address = reverse(f"backoffice:{name}", args=[argument])
        assert browser.get(address).status_code == 404, name


def test_whose_role_reaches_further_is_told(firm: Firm, client_for: Callable[..., Any]) -> None:
    page = client_for(firm.owner).get(reverse("backoffice:request_adjustment"))
    assert page.status_code == 403
    assert "“Ask for credits and debits”, which these roles have: Finance." in page.content.decode()
