"""Money in and out: bank details, a statement, a withdrawal by two persons, the bank's word."""

import base64
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from bank_files import Entry, camt053
from identity.models.second_factor import code_of, current_step
from shops import PHONE, Shop, reload_until
from tests.browser.test_journey import OpenPage, _staff_sign_in

CUSTOMER, NAME = "carol@aurora.example", "Carol Example"
BANK = "DE89370400440532013000"


def test_from_a_transfer_to_a_paid_withdrawal(
    aurora: Shop, open_page: OpenPage, tmp_path: Path
) -> None:
    customer = open_page(viewport=PHONE)
    finance, owner, compliance = open_page(), open_page(), open_page()
    for page, role in ((finance, "finance"), (owner, "owner"), (compliance, "compliance")):
        _staff_sign_in(aurora, page, f"{role}@aurora.example")
    _without_cooling(aurora, owner)
    aurora.sign_in(customer, CUSTOMER)
    _enrol(aurora, customer)

    customer.goto(aurora.url("/deposit"))
    reference = customer.inner_text("#pay-reference")
    assert re.fullmatch(r"RF\d\d( \d{4}){3}", reference)
    assert customer.inner_text("#pay-iban").replace(" ", "") == BANK
    paid_in = camt053([Entry("2500.00", name=NAME, text=f"Deposit {reference}")], number=901)
    _take_in(aurora, finance, owner, tmp_path, "in.xml", paid_in)
    credited = customer.locator("tbody .badge", has_text="Credited")
    reload_until(customer, lambda: credited.count() > 0)

    number = _ask(aurora, customer)
    for page in (finance, compliance):
        page.goto(aurora.url(f"/backoffice/withdrawals/{number}/approve/"))
        waits = page.locator("form button[type=submit]")
        reload_until(page, lambda waits=waits: waits.count() > 0)
        _send(page)
    finance.goto(aurora.url("/backoffice/payment-files/new/"))
    _send(finance)
    address = re.sub(r"\?.*", "", finance.url)
    owner.goto(address + "release/")
    _send(owner)
    finance.goto(address + "hand-over/")
    _send(finance)
    finance.goto(address + "take-out/")
    with finance.expect_download() as download:
        _send(finance)
    text = Path(download.value.path()).read_text()
    payment = re.search(r"<EndToEndId>(W\d+)</EndToEndId>.*?>([\d.]+)</InstdAmt>", text, re.S)
    assert payment and payment.group(2) == "1498.50"

    left = Entry("1498.50", side="DBIT", name=NAME, end_to_end_id=payment.group(1))
    _take_in(aurora, finance, owner, tmp_path, "out.xml", camt053([left], number=902))
    customer.goto(aurora.url(f"/withdraw/{number}"))
    paid = customer.locator(".checklist strong", has_text="Paid")
    reload_until(customer, lambda: paid.count() > 0)
    # Other tests sign in as the same customer, without a code.
    customer.goto(aurora.url("/security"))
    customer.click("[data-dialog=second-factor-off]")
    customer.locator("#second-factor-off button.danger").click()
    said = aurora.product.manage("verify_books", "--tenant", "aurora")
    assert said.returncode == 0, said.stdout + said.stderr


def _without_cooling(shop: Shop, owner: Page) -> None:
    """The owner lets beneficiaries be paid at once, for the test need not wait a day."""
    owner.goto(shop.url("/backoffice/payment-methods/"))
    owner.locator("td a", has_text="Bank transfer").first.click()
    owner.locator("a", has_text="Change").last.click()
    owner.fill("[name=cooling_hours]", "0")
    owner.fill("[name=reason]", "A journey that cannot wait")
    _send(owner)


def _enrol(shop: Shop, page: Page) -> None:
    page.goto(shop.url("/security/second-factor"))
    secret = base64.b32decode(page.inner_text("#totp-key").replace(" ", ""))
    page.fill("[name=code]", code_of(secret, current_step()))  # sent with its last digit
    expect(page.get_by_role("heading", name="Your second factor is on")).to_be_visible()


def _take_in(shop: Shop, finance: Page, owner: Page, folder: Path, name: str, data: bytes) -> None:
    """Uploaded by finance, taken in by the owner."""
    file = folder / name
    file.write_bytes(data)
    finance.goto(shop.url("/backoffice/bank-statements/upload/"))
    finance.set_input_files("[name=file]", str(file))
    _send(finance)
    expect(finance.get_by_text("nothing is booked").first).to_be_visible()
    owner.goto(re.sub(r"\?.*", "", finance.url) + "accept/")
    _send(owner)
    expect(owner.get_by_text("Taken in").first).to_be_visible()


def _ask(shop: Shop, page: Page) -> str:
    """A beneficiary, then a withdrawal of 1500; its number."""
    page.goto(shop.url("/beneficiaries"))
    page.fill("[name=label]", "Home")
    page.fill("[name=holder]", NAME)
    page.fill("[name=iban]", "NL91 ABNA 0417 1643 00")
    page.locator("form.form button").last.click()
    expect(page.get_by_text("NL91 ABNA 0417 1643 00")).to_be_visible()
    page.goto(shop.url("/withdraw"))
    page.fill("[name=amount]", "1500")
    page.locator("form.form button").last.click()
    expect(page.get_by_role("heading", name="Look at it once more")).to_be_visible()
    expect(page.get_by_text("1,498.50")).to_be_visible()
    page.locator("form.form button").last.dblclick()  # twice is once
    page.wait_for_url(re.compile(r"/withdraw/\d+$"))
    waits = page.locator(".checklist strong", has_text="Waits for our approval")
    reload_until(page, lambda: waits.count() > 0)
    return page.url.rpartition("/")[2]


def _send(page: Page) -> None:
    page.locator("main form button[type=submit], form button[type=submit]").last.click()
    page.wait_for_load_state()
