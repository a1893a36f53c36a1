"""No page breaks a rule of WCAG 2.2 AA that axe-core can see, nor one of the house's own.

Each brand's pages are looked at on a desk and on a phone, one of them light and the other dark;
the other brand's the other way round.

axe-core (vendor/axe-core, MPL 2.0, unchanged) is for these tests only and never served.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shops import DESK, PHONE, Shop
from tests.browser.test_pages import AT_REST, PRIVATE, PUBLIC, check

OpenPage = Callable[..., Page]

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STAFF = (
    "/backoffice/", "/backoffice/customers/", "/backoffice/orders/", "/backoffice/instruments/",
    "/backoffice/adjustments/", "/backoffice/ledger/trial-balance/", "/backoffice/reports/",
    "/backoffice/brand/", "/backoffice/settings/", "/backoffice/staff/", "/backoffice/audit/",
    "/backoffice/jobs/", "/backoffice/reports/kept/", "/backoffice/seen-as/",
    "/backoffice/invoices/",
)  # fmt: skip
RUN = """async (rules) => {
  const found = await axe.run(document, {
    runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'],
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    [`${rule.id}: ${node.target.join(' ')}`,
      ...node.failureSummary.split('\\n').slice(1)].join(' | ')));
}"""
LOOKS = pytest.mark.parametrize(
    ("viewport", "schemes"),
    [(DESK, ("light", "dark")), (PHONE, ("dark", "light"))],
    ids=["desk", "phone"],
)


def violations(page: Page) -> list[str]:
    """What axe has to say against the page as it stands."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def visit(
    page: Page, shop: Shop, addresses: tuple[str, ...], *, scheme: str
) -> dict[str, list[str]]:
    """The portal's pages that break a rule, with what they break."""
    found = {}
    for address in addresses:
        check(page, address, shop, scheme=scheme)
        if bad := violations(page):
            found[address] = bad
    return found


@LOOKS
def test_pages_for_everybody(
    aurora: Shop,
    longmen: Shop,
    open_page: OpenPage,
    viewport: dict[str, int],
    schemes: tuple[str, str],
) -> None:
    for shop, scheme in zip((aurora, longmen), schemes, strict=True):
        page = open_page(viewport=viewport, color_scheme=scheme, expected="404")
        assert visit(page, shop, (*PUBLIC, "/design"), scheme=scheme) == {}


@LOOKS
def test_pages_of_a_customer(
    aurora: Shop,
    longmen: Shop,
    open_page: OpenPage,
    viewport: dict[str, int],
    schemes: tuple[str, str],
) -> None:
    for shop, scheme in zip((aurora, longmen), schemes, strict=True):
        page = open_page(viewport=viewport, color_scheme=scheme)
        shop.sign_in(page, f"alice@{shop.slug}.example")
        assert visit(page, shop, (*PRIVATE, "/trade/BTC-USDT"), scheme=scheme) == {}


@LOOKS
def test_pages_of_staff(
    aurora: Shop, open_page: OpenPage, viewport: dict[str, int], schemes: tuple[str, str]
) -> None:
    page = open_page(viewport=viewport, color_scheme=schemes[0])
    sign_in_staff(page, aurora, "owner@aurora.example")
    for address in STAFF:
        page.goto(aurora.url(address))
        page.wait_for_function(AT_REST)
        assert violations(page) == [], address


def sign_in_staff(page: Page, shop: Shop, email: str) -> None:
    shop.sign_in(page, email)
    page.fill("[name=code]", shop.staff_code(email))
    page.wait_for_url(lambda url: "factor" not in url)  # six digits send themselves


def test_axe_sees_what_is_wrong(aurora: Shop, open_page: OpenPage) -> None:
    """A check that finds nothing anywhere would prove nothing."""
    page = open_page()
    page.goto(aurora.url("/fees"))
    page.evaluate("""() => document.querySelector('main').insertAdjacentHTML('beforeend',
        '<img src="data:,"><input><p style="color:#999;background:#aaa">pale</p>')""")
    rules = {line.partition(":")[0] for line in violations(page)}
    assert {"image-alt", "label", "color-contrast"} <= rules


def test_the_first_tab_skips_to_the_content(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/fees"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_dialog_keeps_the_focus_and_gives_it_back(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    aurora.sign_in(page, "alice@aurora.example")
    page.goto(aurora.url("/balances"))
    opener = page.locator("[data-dialog=more-sheet]")
    opener.focus()
    page.keyboard.press("Enter")
    for _ in range(24):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || "
            "document.activeElement.closest('dialog')?.id === 'more-sheet'"
        )
        assert inside  # the body stands for the browser's own bar
    page.keyboard.press("Escape")
    assert not page.locator("#more-sheet").is_visible()
    assert page.evaluate("document.activeElement.dataset.dialog") == "more-sheet"


def test_motion_is_left_out_for_who_asks_so(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(aurora.url("/design"))
    page.locator("[data-toast=good]").first.click()
    seconds = page.eval_on_selector(".toast", "(node) => getComputedStyle(node).animationDuration")
    assert seconds == "0.001s"
