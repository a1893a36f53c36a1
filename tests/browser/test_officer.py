"""A review officer clears ten cases by the keyboard alone; a colleague seconds the risky one."""

import re
import secrets

from playwright.sync_api import Page, expect

from shops import Shop, reload_until
from ten_cases import ask_for
from tests.browser.test_journey import OpenPage, _staff_sign_in

# By a word in the name the simulated provider finds something; that case becomes high risk.
FAMILIES = [
    "Lindqvist", "Okafor", "Haddad", "Moreau", "Tanaka", "Novak", "Silva", "Byrne", "Kowalski",
    "Flagged",
]  # fmt: skip


def test_ten_cases_by_keyboard(aurora: Shop, open_page: OpenPage) -> None:
    key = secrets.token_hex(3)
    emails = [f"{family.lower()}-{key}@journey.example" for family in FAMILIES]
    cases = ask_for(aurora.product, "aurora", list(zip(emails, FAMILIES, strict=True)))
    page, second = open_page(), open_page()
    _staff_sign_in(aurora, page, "compliance@aurora.example")
    _wait_for_checks(aurora, page, cases)

    page.goto(aurora.url("/backoffice/verification/"))
    _tab_to(page, "Review the next case")
    page.keyboard.press("Enter")
    done: dict[str, str] = {}
    # Others' cases may wait as well; the oldest come first.
    while {str(case) for case in cases} - set(done):
        page.wait_for_url(re.compile(r"/verification/\d+/"))
        page.wait_for_load_state()
        number = re.search(r"/verification/(\d+)/", page.url)
        assert number
        _take(page)
        body = page.inner_text("main")
        _look_at_documents(page)
        if "flagged-" in body:
            done[number[1]] = "second"
            _decide(page, "a", "The face was compared by hand", "waits for a second person")
        elif "okafor-" in body:
            done[number[1]] = "refused"
            page.keyboard.press("r")
            _typed(page, "We could not read your document.", "The scan is of a copy")
            _sent(page, "is refused")
        elif "haddad-" in body:
            done[number[1]] = "more"
            _ask_for_more(page)
        else:
            done[number[1]] = "approved"
            _decide(page, "a", "Everything fits", "is approved")
    assert sorted(done.values()).count("approved") >= 7

    # The second person, from the inbox of approvals, by keyboard as well.
    _staff_sign_in(aurora, second, "owner@aurora.example")
    risky = str(cases[FAMILIES.index("Flagged")])
    second.goto(aurora.url(f"/backoffice/verification/{risky}/"))
    expect(second.get_by_text("The face was compared by hand").first).to_be_visible()
    _decide(second, "a", "I looked at both pictures", "is approved")
    for case in cases:
        page.goto(aurora.url(f"/backoffice/verification/{case}/"))
        state = {"approved": "Approved", "second": "Approved", "refused": "Refused"}.get(
            done[str(case)], "Waiting for the customer"
        )
        expect(page.locator("main").get_by_text(state, exact=True).first).to_be_visible()


def _wait_for_checks(shop: Shop, page: Page, cases: list[int]) -> None:
    """Until the provider has told of every case, by its webhooks."""
    for case in cases:
        page.goto(shop.url(f"/backoffice/verification/{case}/"))
        told = page.locator("main").get_by_text(
            re.compile("^(Nothing against it|Something to look at)$")
        )
        reload_until(page, lambda told=told: told.count() > 0, seconds=120)


def _tab_to(page: Page, text: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if text in (page.evaluate("document.activeElement.innerText") or ""):
            return
    raise AssertionError(f"no way to “{text}” by the Tab key")


def _take(page: Page) -> None:
    expect(page.locator("[data-opens=kyc_take], [data-opens=kyc_approve]").first).to_be_visible()
    if page.locator("[data-opens=kyc_take]").count():
        page.keyboard.press("t")
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("The case is yours").first).to_be_visible()


def _look_at_documents(page: Page) -> None:
    page.wait_for_load_state()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-page')")
    page.keyboard.press("z")
    expect(page.locator(".is-large")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(".is-large")).to_have_count(0)


def _decide(page: Page, key: str, reason: str, said: str) -> None:
    page.keyboard.press(key)
    _typed(page, reason)
    _sent(page, said)


def _typed(page: Page, *texts: str) -> None:
    """Into the fields of the open dialog, the first of which has the focus."""
    expect(page.locator("dialog[open]")).to_be_visible()
    for number, text in enumerate(texts):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(text)


def _sent(page: Page, said: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(said).first).to_be_visible()


def _ask_for_more(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_be_visible()
    for _ in range(60):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Please write the name of your street as on the bill.")
    _sent(page, "The customer is asked")
