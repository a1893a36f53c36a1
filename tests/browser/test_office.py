"""Staff at the running product: a file made in the background, and seeing as a customer."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shops import DEMO_PASSWORD, DESK, PHONE, Shop
from tests.browser.test_axe import sign_in_staff, violations
from tests.browser.test_pages import AT_REST

OpenPage = Callable[..., Page]
SIZES = pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"]
)

# As a script of the page would.
SEND = """async ([address, order]) => {
    const answer = await fetch(address, {
        method: "POST", body: JSON.stringify(order), headers: {"Content-Type": "application/json"},
    });
    return [answer.status, (await answer.json()).error.code];
}"""


def looked_at(page: Page, name: str) -> None:
    """Axe has nothing to say; with MARQUE_PICTURES the page is kept as a picture as well."""
    page.wait_for_function(AT_REST)
    if folder := os.environ.get("MARQUE_PICTURES"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert violations(page) == [], name


@SIZES
def test_a_report_is_made_in_the_background_and_kept(
    aurora: Shop, open_page: OpenPage, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=viewport, color_scheme=scheme, expected="422|503")
    sign_in_staff(page, aurora, "owner@aurora.example")
    page.goto(aurora.url("/backoffice/reports/fees/"))
    looked_at(page, "report")
    page.get_by_role("link", name="In the background").click()
    looked_at(page, "export")
    page.route(  # the first look of the page at its job meets a server that starts anew
        "**/backoffice/jobs/**",
        lambda route: (
            route.fulfill(status=503)
            if route.request.resource_type == "fetch"
            else route.continue_()
        ),
        times=2,
    )
    page.get_by_role("button", name="Make the file").click()
    taken = page.get_by_role("link", name="Take the file")
    expect(taken).to_be_visible()  # the page looks again by itself
    looked_at(page, "job")
    with page.expect_download() as download:
        taken.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    page.goto(aurora.url("/backoffice/jobs/"))
    looked_at(page, "jobs")
    page.goto(aurora.url("/backoffice/reports/fees/"))
    page.get_by_role("link", name="Keep", exact=True).click()
    looked_at(page, "keep")
    page.get_by_label("Name").fill("Fees of the day")
    page.get_by_label("Comes by itself").select_option("daily")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Say who gets the file.")).to_be_visible()
    page.get_by_label("finance@aurora.example").or_(page.get_by_label("(finance)")).first.check()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Fees of the day is kept.")).to_be_visible()
    looked_at(page, "kept")
    page.get_by_role("link", name="Fees of the day").first.click()
    looked_at(page, "kept-one")


@SIZES
def test_support_sees_as_a_customer_until_one_click_ends_it(
    aurora: Shop, open_page: OpenPage, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=viewport, color_scheme=scheme, expected="403|WebSocket|401")
    sign_in_staff(page, aurora, "support@aurora.example")
    page.goto(aurora.url("/backoffice/customers/?q=alice"))
    page.get_by_role("link", name="alice@aurora.example").first.click()
    page.get_by_role("link", name="See as the customer").click()
    looked_at(page, "see-as")
    page.get_by_label("Reason").fill("She cannot find her order")
    page.get_by_role("button", name="Open the pages").click()
    page.wait_for_url("**/dashboard")
    banner = page.locator("[data-seen-as]")
    expect(banner).to_contain_text("alice@aurora.example")
    for path in ("/dashboard", "/orders", "/balances", "/settings", "/verification"):
        page.goto(aurora.url(path))
        expect(banner).to_be_visible()
        looked_at(page, "seen-as" + path.replace("/", "-"))
    page.goto(aurora.url("/trade/BTC-USDT"))
    expect(banner).to_be_visible()
    looked_at(page, "seen-as-trade")
    order = {"instrument": "BTC-USDT", "side": "buy", "type": "market", "quantity": "1"}
    answer = page.evaluate(SEND, [aurora.url("/api/v1/orders"), order])
    assert answer == [403, "SEEN_AS_SOMEBODY_ELSE"]
    page.goto(aurora.url("/api-keys"))
    expect(page.get_by_text("nobody but the person himself")).to_be_visible()
    looked_at(page, "seen-as-refused")
    page.get_by_role("button", name="End it").click()
    page.wait_for_url("**/backoffice/customers/*/")
    page.goto(aurora.url("/dashboard"))
    assert page.locator("[data-seen-as]").count() == 0


def pass_the_gate(page: Page, shop: Shop, email: str) -> None:
    """From the staff's own sign-in page to where it leads."""
    page.fill("[name=email]", email)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.locator("form button[type=submit]").first.click()
    page.fill("[name=code]", shop.staff_code(email))
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/code/" not in url and "/sign-in/" not in url)


def test_a_draft_of_staff_outlives_the_session(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(expected="404")
    sign_in_staff(page, aurora, "support@aurora.example")
    page.goto(aurora.url("/backoffice/customers/?q=alice"))
    page.get_by_role("link", name="alice@aurora.example").first.click()
    page.get_by_role("link", name="See as the customer").click()
    form = page.url
    page.get_by_label("Reason").fill("Typed before the session ended")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Open the pages").click()
    page.wait_for_url("**/backoffice/sign-in/?next=*")
    pass_the_gate(page, aurora, "support@aurora.example")
    page.wait_for_url(form)
    expect(page.get_by_label("Reason")).to_have_value("Typed before the session ended")
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    looked_at(page, "draft")


def sign_in_operator(page: Page, shop: Shop, email: str) -> str:
    """At the platform's host; its address."""
    address = f"http://localhost:{shop.product.port}/operator"
    page.goto(f"{address}/sign-in/")
    pass_the_gate(page, shop, email)
    return address


@SIZES
def test_operators_make_a_plan_an_invoice_and_see_as_somebody(
    aurora: Shop, open_page: OpenPage, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=viewport, color_scheme=scheme, expected="422")
    base = sign_in_operator(page, aurora, "operator@marque.example")
    page.goto(f"{base}/plans/new/")
    looked_at(page, "plan")
    name = f"standard-{viewport['width']}"
    for label, value in (("Short name", name), ("Title", "Standard"), ("Currency", "USDT"),
                         ("Fee a month", "500"), ("Steps of the share", "0 10\n50000 7.5"),
                         ("Reason", "The first plan")):  # fmt: skip
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_label("Share of").select_option("fees")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("is in force as version")).to_be_visible()
    looked_at(page, "plans")
    page.goto(f"{base}/tenants/")
    page.get_by_role("link", name="Aurora Markets").first.click()
    looked_at(page, "tenant")
    firm = page.url
    page.goto(f"{firm}plan/")
    page.get_by_label("Plan").select_option(name)
    page.get_by_label("Reason").fill("The first plan")
    page.get_by_role("button", name="Choose this plan").click()
    page.wait_for_url(firm)
    page.goto(f"{firm}invoice/")
    page.get_by_role("button", name="Measure and draft").click()
    issue, refused = page.get_by_role("link", name="Issue"), page.get_by_text("is issued already")
    expect(issue.or_(refused).first).to_be_visible()
    if issue.count():  # the first size has issued this month's
        looked_at(page, "invoice-draft")
        issue.click()
        page.get_by_role("button", name="Issue the invoice").click()
        expect(page.get_by_text("is issued.")).to_be_visible()
    else:
        expect(refused).to_be_visible()
    page.goto(f"{base}/invoices/")
    looked_at(page, "invoices")
    page.locator("table a").first.click()
    page.get_by_role("link", name="Measure again").click()
    expect(page.get_by_text("every number is the same")).to_be_visible()
    looked_at(page, "invoice")
    page.goto(f"{firm}see-as/")
    page.get_by_label("E-mail").fill("owner@aurora.example")
    page.get_by_label("Reason").fill("They asked about a report")
    looked_at(page, "operator-see-as")
    page.get_by_role("button", name="Get the link").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the pages").click()
    firm_page = opened.value
    banner = firm_page.locator("[data-seen-as]")
    expect(banner).to_contain_text("owner@aurora.example")
    looked_at(firm_page, "seen-as-owner")
    firm_page.goto(aurora.url("/backoffice/invoices/"))
    looked_at(firm_page, "own-invoices")
    firm_page.get_by_role("button", name="End it").click()
    firm_page.wait_for_url(aurora.url("/"))
