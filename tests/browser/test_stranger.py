"""From stranger to customer and out again: verified, paid in, traded, paid out, and the books prove
it. The customer's part is done on a phone, each role's part by a person of its own.
"""

import re
import secrets
from pathlib import Path

from playwright.sync_api import Page, expect

import kyc_cases
from bank_files import Entry, camt053
from shops import PHONE, Shop, reload_until
from tests.browser import test_journey as journey
from tests.browser import test_payments as payments
from tests.browser.test_journey import OpenPage, _staff_sign_in

NAME = "Wanda Wanderer"
EMAIL = f"wanderer-{secrets.token_hex(4)}@journey.example"
WHO = {"given_names": "Wanda", "family_names": "Wanderer", "birth_date": "1990-02-03"}
LIVES = {"address": "Storgatan 7", "city": "111 51 Stockholm"}


def test_from_stranger_to_paid_out(aurora: Shop, open_page: OpenPage, tmp_path: Path) -> None:
    customer = open_page(viewport=PHONE)
    staff = {role: open_page() for role in ("compliance", "finance", "owner")}
    for role, page in staff.items():
        _staff_sign_in(aurora, page, f"{role}@aurora.example")
    _open_instrument(aurora, staff["owner"], "1.08")
    payments._without_cooling(aurora, staff["owner"])

    journey._sign_up(aurora, customer, EMAIL)
    journey._enrol(customer)
    _first_tier(aurora, customer, staff["compliance"])
    _second_tier(aurora, customer, staff["compliance"], tmp_path)

    customer.goto(aurora.url("/deposit"))
    reference = customer.inner_text("#pay-reference")
    paid_in = camt053([Entry("2500.00", name=NAME, text=f"Deposit {reference}")], number=951)
    payments._take_in(
        aurora, staff["finance"], staff["owner"], tmp_path, "stranger-in.xml", paid_in
    )
    credited = customer.locator("tbody .badge", has_text="Credited")
    reload_until(customer, lambda: credited.count() > 0)

    _trade(aurora, open_page(), customer)
    number = _ask(aurora, customer)
    for role in ("finance", "compliance"):
        page = staff[role]
        page.goto(aurora.url(f"/backoffice/withdrawals/{number}/approve/"))
        waits = page.locator("form button[type=submit]")
        reload_until(page, lambda waits=waits: waits.count() > 0)
        payments._send(page)
    left = _pay_out(aurora, staff["finance"], staff["owner"])
    assert left == "1498.50"
    end_to_end = f"W{int(number):011d}"
    entry = Entry(left, side="DBIT", name=NAME, end_to_end_id=end_to_end)
    payments._take_in(
        aurora, staff["finance"], staff["owner"], tmp_path, "stranger-out.xml",
        camt053([entry], number=952),
    )  # fmt: skip
    customer.goto(aurora.url(f"/withdraw/{number}"))
    paid = customer.locator(".checklist strong", has_text="Paid")
    reload_until(customer, lambda: paid.count() > 0)
    # His statement tells it: what came in, what was traded, what left.
    customer.goto(aurora.url("/statement"))
    shown = customer.inner_text("main")
    assert "2,500.00" in shown and "1,500.00" in shown, shown
    assert customer.evaluate("document.documentElement.scrollWidth <= innerWidth")
    said = aurora.product.manage("verify_books", "--tenant", "aurora")
    assert said.returncode == 0, said.stdout + said.stderr


def _open_instrument(shop: Shop, owner: Page, price: str) -> None:
    """The firm begins to trade euros, where it does not yet."""
    owner.goto(shop.url("/backoffice/instruments/"))
    if owner.get_by_role("link", name="EUR-USDT", exact=True).count():
        return
    owner.goto(shop.url("/backoffice/instruments/new/"))
    for name, code in (("base", "EUR"), ("quote", "USDT")):
        option = owner.locator(f"select[name={name}] option", has_text=code).first
        owner.locator(f"select[name={name}]").select_option(value=option.get_attribute("value"))
    rules = {
        "price": price, "tick_size": "0.0001", "lot_size": "0.01", "min_quantity": "0.01",
        "max_quantity": "100000", "min_notional": "0", "max_notional": "0", "price_band_bp": "0",
        "maker_ppm": "0", "taker_ppm": "0",
    }  # fmt: skip
    for name, value in rules.items():
        owner.fill(f"[name={name}]", value)
    owner.locator("select[name=state]").select_option(label="Open")
    payments._send(owner)
    expect(owner.get_by_text("EUR-USDT").first).to_be_visible()


def _begin(shop: Shop, page: Page, tier: str) -> None:
    page.goto(shop.url("/verification"))
    offer = page.locator("li", has_text=f"Tier “{tier}”").filter(has_text="A person")
    offer.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile(r"/verification/\d+"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = page.locator(f"[name={name}]").first
        if field.evaluate("node => node.tagName") == "SELECT":
            page.locator(f"select[name={name}]").select_option(value=value)
        elif field.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()


def _hand_in(page: Page) -> str:
    """Send it; the number of the case."""
    number = re.search(r"/verification/(\d+)", page.url)
    assert number
    page.get_by_role("button", name="Send to be checked").click()
    expect(page.get_by_text("Being looked at").first).to_be_visible()
    return number[1]


def _approve(shop: Shop, officer: Page, number: str) -> None:
    officer.goto(shop.url(f"/backoffice/verification/{number}/"))
    officer.click("[data-opens=kyc_take]")
    officer.locator("dialog[open] button[type=submit]").click()
    expect(officer.get_by_text("The case is yours").first).to_be_visible()
    officer.wait_for_load_state()
    officer.click("[data-opens=kyc_approve]")
    officer.fill("dialog[open] [name=reason]", "Everything fits together")
    officer.locator("dialog[open] button[type=submit]").click()
    expect(officer.get_by_text("is approved").first).to_be_visible()


def _first_tier(shop: Shop, customer: Page, officer: Page) -> None:
    _begin(shop, customer, "Basic")
    _fill(
        customer,
        WHO | LIVES | {"nationality": "SE", "residence": "SE", "phone": "+46 8 765 43 21"}
        | {"pep": "no"},
    )  # fmt: skip
    _approve(shop, officer, _hand_in(customer))
    customer.goto(shop.url("/verification"))
    expect(customer.locator("tr", has_text="Basic").get_by_text("Yours")).to_be_visible()


def _second_tier(shop: Shop, customer: Page, officer: Page, folder: Path) -> None:
    """Documents from the phone's camera, the provider's check, an officer's word."""
    _begin(shop, customer, "Verified")
    _fill(
        customer,
        {"document_number": "SE4455667", "document_country": "SE",
         "document_expires": "2033-01-01", "source_of_funds": "salary", "yearly_amount": "small",
         "experience": "some", "can_lose": "yes"},
    )  # fmt: skip
    expect(customer.get_by_text("checked for us by Simulated Identity Ltd")).to_be_visible()
    for code in ("identity", "selfie", "address_proof"):
        file = folder / f"{code}.jpg"
        file.write_bytes(kyc_cases.picture(text=f"{code} {EMAIL}"))
        customer.set_input_files(f"#file-{code}", str(file))
        received = customer.locator("li", has=customer.locator(f"#file-{code}"))
        expect(received.get_by_text("Received").first).to_be_visible()
    number = _hand_in(customer)
    officer.goto(shop.url(f"/backoffice/verification/{number}/"))
    clear = officer.locator("main").get_by_text("Nothing against it", exact=True)
    reload_until(officer, lambda: clear.count() > 0, seconds=90)
    expect(officer.locator("[data-page] img")).to_have_count(3)
    _approve(shop, officer, number)
    customer.goto(shop.url("/verification"))
    expect(customer.locator("tr", has_text="Verified").get_by_text("Yours")).to_be_visible()


def _trade(shop: Shop, other: Page, customer: Page) -> None:
    """Another customer would buy euros; ours sells him a hundred on his phone."""
    shop.sign_in(other, "bob@aurora.example")
    other.goto(shop.url("/trade/EUR-USDT"))
    expect(other.locator("[data-out=available]")).to_contain_text("USDT")
    other.click("[data-type=limit]")
    other.fill("[name=price]", "1.0800")
    other.fill("[name=amount]", "150")
    other.click(".send")
    expect(other.locator("[data-rows=open] tr").first).to_be_visible()

    customer.goto(shop.url("/trade/EUR-USDT"))
    customer.click("[data-view-tab=trade]")
    customer.click("[data-side=sell]")
    customer.click("[data-type=market]")
    expect(customer.locator("[data-out=available]")).to_contain_text("2,500.00 EUR")
    customer.fill("[name=amount]", "100")
    customer.click(".send")
    expect(customer.locator(".toast", has_text="Sold 100")).to_be_visible()


def _ask(shop: Shop, page: Page) -> str:
    """A bank account in his own name, then a withdrawal of 1500; its number."""
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
    page.locator("form.form button").last.click()
    page.wait_for_url(re.compile(r"/withdraw/\d+$"))
    waits = page.locator(".checklist strong", has_text="Waits for our approval")
    reload_until(page, lambda: waits.count() > 0)
    return page.url.rpartition("/")[2]


def _pay_out(shop: Shop, finance: Page, owner: Page) -> str:
    """A pain.001 with it, prepared, released by another, taken out; the amount in it."""
    finance.goto(shop.url("/backoffice/payment-files/new/"))
    payments._send(finance)
    address = re.sub(r"\?.*", "", finance.url)
    owner.goto(address + "release/")
    payments._send(owner)
    finance.goto(address + "hand-over/")
    payments._send(finance)
    finance.goto(address + "take-out/")
    with finance.expect_download() as download:
        payments._send(finance)
    text = Path(download.value.path()).read_text()
    found = re.findall(r"<InstdAmt[^>]*>([\d.]+)</InstdAmt>", text)
    assert len(found) == 1 and NAME in text
    return str(found[0])
