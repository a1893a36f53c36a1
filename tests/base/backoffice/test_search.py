"""The palette: what is found by what one has at hand, and that rights hold for what is found."""

import re

import pytest
from django_tenants.utils import schema_context

from audit import traces
from firms import a_break, a_rebuild, an_entry_request
from trading.instruments.models import Instrument
from trading.orders.models import Order
from wallets.ledger.models import JournalEntry, LedgerAccount

SEARCH = "/backoffice/search/"


def found(browser, term: str) -> set[str]:
    page = browser.get(SEARCH, {"s": term}).content.decode()
    return set(re.findall(r'role="option"[^>]* href="([^"]+)"', page))


@pytest.fixture
def known(firm) -> dict[str, tuple[str, str, str]]:
    """Name → (what is typed, where it leads, the capability that it takes)."""
    Order.objects.filter(pk=firm.order.pk).update(client_order_id="my-own-number-7")
    entry = JournalEntry.objects.first()
    line = LedgerAccount.objects.first()
    domain = firm.tenant.domains.first().domain
    root = "/backoffice/"
    return {
        "customer": (firm.alice.email, f"{root}customers/{firm.alice.pk}/", "customers.view"),
        "account": (str(firm.account.pk), f"{root}accounts/{firm.account.pk}/", "customers.view"),
        "key": (firm.key.public_id, f"{root}api-keys/{firm.key.pk}/", "customers.view"),
        "key by label": ("robot", f"{root}api-keys/{firm.key.pk}/", "customers.view"),
        "order": (str(firm.order.pk), f"{root}orders/{firm.order.pk}/", "orders.view"),
        "client order id": ("my-own-number-7", f"{root}orders/{firm.order.pk}/", "orders.view"),
        "trade": (f"#{firm.trade.pk}", f"{root}trades/{firm.trade.pk}/", "orders.view"),
        "seq": (str(firm.trade.seq), f"{root}ledger/events/{firm.trade.seq}/", "ledger.view"),
        "entry": (str(entry.pk), f"{root}ledger/entries/{entry.pk}/", "ledger.view"),
        "posting": (f"{entry.pk}/1", f"{root}ledger/entries/{entry.pk}/", "ledger.view"),
        "ledger account": (line.name, f"{root}ledger/accounts/{line.pk}/", "ledger.view"),
        "instrument": ("btc-us", f"{root}instruments/{a_market()}/", "instruments.view"),
        "adjustment": (
            str(firm.waiting.pk), f"{root}adjustments/{firm.waiting.pk}/", "adjustments.view"
        ),
        "request": (
            str(an_entry_request(firm.finance).pk),
            f"{root}bookkeeping/{an_entry_request(firm.finance).pk}/",
            "ledger.view",
        ),
        "break": (str(a_break().pk), f"{root}breaks/{a_break().pk}/", "ledger.view"),
        "rebuild": (
            str(a_rebuild(firm.finance).pk), f"{root}rebuilds/{a_rebuild(firm.finance).pk}/",
            "ledger.view",
        ),
        "staff": (firm.finance.email, f"{root}staff/{firm.finance.pk}/", "staff.view"),
        "domain": (domain, f"{root}domains/", "brand.view"),
        "trace": ("0123456789abcdef", f"{root}audit/traces/0123456789abcdef/", "audit.view"),
        "page": ("trading hou", f"{root}calendars/", "instruments.view"),
        "thing to do": ("new instr", f"{root}instruments/new/", "instruments.change"),
        "by another word": ("bonus", f"{root}adjustments/new/", "adjustments.request"),
    }  # fmt: skip


def a_market() -> int:
    return Instrument.objects.get(symbol="BTC-USDT").pk


@pytest.mark.parametrize("role", ["owner", "admin", "finance", "compliance", "support", "auditor"])
def test_each_role_finds_what_it_may_open_and_nothing_else(
    firm, known, role, staff_of, client_for
) -> None:
    user = staff_of(role)
    browser = client_for(user)
    for name, (term, address, capability) in known.items():
        assert (address in found(browser, term)) == (capability in user.capabilities), name


def test_every_hit_of_every_role_can_be_opened(firm, known, staff_of, client_for) -> None:
    """Nothing that is found leads to a page that says no."""
    for role in ("support", "compliance", "auditor"):
        browser = client_for(staff_of(role))
        hits = set().union(*(found(browser, term) for term, _a, _c in known.values()))
        hits |= found(browser, "") | found(browser, "a") | found(browser, "1")
        for address in sorted(hits):
            assert browser.get(address).status_code == 200, (role, address)


def test_other_firms_and_customers_find_nothing_here(
    firm, known, staff_of, client_for, other_tenant, charlie
) -> None:
    at_home = client_for(staff_of("owner", other_tenant))
    for name in ("customer", "key", "client order id", "domain"):
        term, _address, _capability = known[name]
        page = at_home.get(SEARCH, {"s": term}).content.decode()
        assert "Nothing found for" in page, name
    for browser in (client_for(firm.bob), client_for(charlie, tenant=firm.tenant)):
        assert browser.get(SEARCH, {"s": "alice"}).status_code == 302


def test_results_stand_in_groups_and_nothing_is_said_as_such(firm, known, client_for) -> None:
    browser = client_for(firm.owner)
    page = browser.get(SEARCH, {"s": "alice"}).content.decode()
    assert page.index(">Customers</h3>") < page.index(">Accounts</h3>")
    assert "Nothing found for “&lt;b&gt;x”" in browser.get(SEARCH, {"s": "<b>x"}).content.decode()
    suggested = browser.get(SEARCH).content.decode()
    assert "/backoffice/instruments/new/" in suggested and ">Customers</h3>" not in suggested


def test_operators_find_tenants_by_name_slug_and_host(
    tenant, platform_tenant, staff_of, client_for
) -> None:
    browser = client_for(staff_of("owner", platform_tenant))
    with schema_context("public"):
        domain = tenant.domains.first().domain
    for term in (tenant.name, tenant.slug, domain[:6]):
        page = browser.get("/operator/search/", {"s": term}).content.decode()
        assert f"/operator/tenants/{tenant.pk}/" in page, term
    support = client_for(staff_of("support", platform_tenant))
    page = support.get("/operator/search/", {"s": "tenant"}).content.decode()
    assert "/operator/tenants/new/" not in page
    assert traces.parse("nothing") == 0
