"""From nothing to a traded white label, in clicks: the operator makes the firm, its owner brands it
and lists an instrument, and a fresh customer at a phone buys it from one at a desk."""

import base64
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import running
from identity.models.second_factor import code_of, current_step
from shops import DEMO_PASSWORD, PHONE, Shop, reload_until

OpenPage = Callable[..., Page]
PASSWORD = "seven-Lanterns-in-fog"
LIMIT_S = 600
LOGO = (
    b'<?xml version="1.0"?><!-- drawn by hand --><svg xmlns="http://www.w3.org/2000/svg" '
    b'viewBox="0 0 48 48"><style>.a{fill:#0b6e4f}</style><path class="a" d="M24 4 44 44H4z"/></svg>'
)


class Journey:
    """The new firm, and how long each part of the way took."""

    def __init__(self, product: running.Product, open_page: OpenPage) -> None:
        self.slug = f"nova-{secrets.token_hex(3)}"
        self.shop = Shop(product, self.slug)
        self.open_page = open_page
        self.took: list[tuple[str, float]] = []

    def mail(self, local_part: str) -> str:
        return f"{local_part}@{self.slug}.example"

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.took.append((name, time.monotonic() - begun))

    def __str__(self) -> str:
        lines = [f"{seconds:7.1f} s  {name}" for name, seconds in self.took]
        return "\n".join([*lines, f"{self.total:7.1f} s  in all"])

    @property
    def total(self) -> float:
        return sum(seconds for _, seconds in self.took)


@pytest.fixture
def journey(product: running.Product, open_page: OpenPage) -> Journey:
    return Journey(product, open_page)


def test_a_white_label_from_nothing_to_its_first_trade(journey: Journey) -> None:
    with journey.part("the operator creates the firm"):
        _create(journey)
    with journey.part("its owner comes in and invites finance"):
        owner = _join(journey, "owner")
        finance = _invite_finance(journey, owner)
    with journey.part("brand: studio, previews, publishing"):
        _brand(journey, owner)
    with journey.part("an asset and an instrument from a template"):
        _list_instrument(owner)
    with journey.part("two customers sign up, one at a phone"):
        phone = _sign_up(journey, "wanda", viewport=PHONE)
        desk = _sign_up(journey, "desmond")
    with journey.part("money for both, with a second person"):
        _credit(journey, finance, owner, "wanda", "USDT", "5000")
        _credit(journey, finance, owner, "desmond", "SOL", "20")
    with journey.part("the first trade"):
        _trade(journey, phone, desk)
    print(f"\n{journey}")
    assert journey.total < LIMIT_S, str(journey)
    said = journey.shop.product.manage("verify_books", "--tenant", journey.slug)
    assert said.returncode == 0, said.stdout + said.stderr


def _create(journey: Journey) -> None:
    page = journey.open_page()
    operator = Shop(journey.shop.product, "operator")
    page.goto(operator.url("/operator/"))
    page.fill("[name=email]", "operator@marque.example")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.fill("[name=code]", operator.staff_code("operator@marque.example"))
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/operator/$"))
    _menu(page, "Tenants")
    page.click("text=New tenant")
    page.fill("[name=name]", "Nova Trading")
    page.fill("[name=slug]", journey.slug)
    page.fill("[name=domain]", f"{journey.slug}.localhost")
    page.fill("[name=owner_email]", journey.mail("owner"))
    page.select_option("[name=template]", "spot-exchange")
    page.dblclick("form[data-once] button[type=submit]")  # twice is once
    expect(page.get_by_text("Nova Trading is created.").first).to_be_visible()


def _join(journey: Journey, local_part: str) -> Page:
    """From the mailed invitation to the backoffice."""
    page = journey.open_page(expected="404")
    _mailed_link(journey, page, journey.mail(local_part), r"/backoffice/invitation/[\w-]+/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.fill("[name=email]", journey.mail(local_part))
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    secret = base64.b32decode(page.locator(".bo-key").inner_text().replace(" ", ""))
    page.fill("[name=code]", code_of(secret, current_step()))
    page.click("main button[type=submit]")
    page.click("text=I have written them down")
    page.wait_for_url(re.compile(r"/backoffice/$"))
    return page


def _mailed_link(journey: Journey, page: Page, to: str, pattern: str) -> None:
    """Follow the link of the newest mail to somebody."""
    page.goto(journey.shop.url(f"/dev/mailbox/?to={to}"))
    reload_until(page, lambda: page.locator("tbody a").count() > 0)
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/dev/mailbox/\d+"))
    link = re.search(pattern, page.content())
    assert link, page.content()
    page.goto(journey.shop.url(link.group()))


def _invite_finance(journey: Journey, owner: Page) -> Page:
    _menu(owner, "Staff")
    owner.click("text=Invite someone")
    owner.fill("[name=email]", journey.mail("finance"))
    owner.fill("[name=name]", "Fin")
    owner.select_option("[name=role]", "finance")
    _send(owner)
    return _join(journey, "finance")


def _brand(journey: Journey, page: Page) -> None:
    _menu(page, "Brand")
    page.click("text=Open the studio")
    page.fill("[name=light_primary]", "#0b6e4f")
    page.fill("[name=light_on_primary]", "#7fb8a4")  # hard to read on it
    contrast = page.locator("[data-contrast]")
    expect(contrast.locator("tr.is-low", has_text="text on buttons")).to_be_visible()
    page.fill("[name=light_on_primary]", "#ffffff")
    expect(contrast.locator("tr.is-low", has_text="text on buttons")).to_have_count(0)
    page.fill("[name=dark_primary]", "#5fd6ae")
    page.fill("[name=dark_on_primary]", "#06251b")
    page.set_input_files(
        "[name=logo]", {"name": "nova.svg", "mimeType": "image/svg+xml", "buffer": LOGO}
    )
    page.fill("[name=text_en_tagline]", "Light in the fog")
    page.select_option("[name=mail_look]", "band")
    _preview(page)
    page.dblclick("text=Save and publish…")
    expect(page.get_by_role("heading", name="What it changes")).to_be_visible()
    page.fill("[name=reason]", "The first look of the house")
    _send(page)
    expect(page.get_by_text("Version 2 of the brand is published.")).to_be_visible()
    front = journey.open_page()
    front.goto(journey.shop.url("/"))
    expect(front.get_by_role("heading", name="Light in the fog")).to_be_visible()
    accent = "getComputedStyle(document.querySelector('.hero .button')).backgroundColor"
    assert front.evaluate(accent) == "rgb(11, 110, 79)"
    assert front.locator(".topbar .brand-mark img").evaluate("image => image.naturalWidth") > 0


def _preview(page: Page) -> None:
    """Front page and mail, light and dark, desk and phone, before anything is saved."""
    frame = page.frame_locator("[data-stage] iframe")
    expect(
        frame.get_by_role("heading", name="Light in the fog", include_hidden=True)
    ).to_be_visible()
    button = frame.locator(".hero .button").first
    expect(button).to_have_css("background-color", "rgb(11, 110, 79)")
    expect(frame.locator(".topbar .brand-mark img")).to_be_visible()
    page.click("button[data-shown=scheme][value=dark]")
    expect(button).to_have_css("background-color", "rgb(95, 214, 174)")
    page.click("button[data-shown=size][value=phone]")
    expect(page.locator("[data-stage].is-phone")).to_be_visible()
    wide = page.locator("[data-stage] iframe").evaluate("frame => frame.contentWindow.innerWidth")
    assert wide == PHONE["width"]
    page.select_option("[data-shown=page]", "mail")
    expect(frame.get_by_text("Confirm e-mail")).to_be_visible()
    expect(frame.locator(".card td").first).to_have_css("background-color", "rgb(11, 110, 79)")


def _list_instrument(page: Page) -> None:
    _menu(page, "Assets")
    page.click("text=New asset")
    page.fill("[name=code]", "SOL")
    page.fill("[name=name]", "Solana")
    _send(page)
    expect(page.get_by_text("SOL is created.")).to_be_visible()
    _menu(page, "Instruments")
    page.click("text=New instrument")
    page.click("text=A major coin")
    for name, code in (("base", "SOL"), ("quote", "USDT")):
        option = page.locator(f"select[name={name}] option", has_text=code).first
        page.select_option(f"[name={name}]", value=option.get_attribute("value"))
    page.fill("[name=price]", "150")
    expect(page.locator("#preview")).to_contain_text("SOL")
    _send(page)
    expect(page.get_by_text("SOL-USDT is created").first).to_be_visible()


def _sign_up(journey: Journey, name: str, **options: Any) -> Page:
    page = journey.open_page(**options)
    page.goto(journey.shop.url("/"))
    page.locator("main").get_by_role("link", name="Open an account").first.click()
    page.fill("[name=email]", journey.mail(name))
    page.check("[name=accept]")
    page.click("form button.large")
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    _mailed_link(journey, page, journey.mail(name), r"/verify/[\w-]+")
    page.fill("[name=password]", PASSWORD)
    page.click("form button.large")
    expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    journey.shop.sign_in(page, journey.mail(name), PASSWORD)
    expect(page.get_by_role("heading", name="What is next")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return page


def _credit(
    journey: Journey, finance: Page, owner: Page, name: str, asset: str, amount: str
) -> None:
    """Finance asks, the owner decides in his inbox."""
    _menu(finance, "Customers")
    finance.locator("main tr", has_text=journey.mail(name)).first.click()
    finance.get_by_role("link", name="Credit or debit").first.click()
    option = finance.locator("select[name=asset] option", has_text=asset).first
    finance.select_option("[name=asset]", value=option.get_attribute("value"))
    finance.fill("[name=amount]", amount)
    finance.fill("[name=reason]", "Opening balance, paid at the counter")
    _send(finance)
    expect(finance.get_by_text("waits for a second person").first).to_be_visible()
    _menu(owner, "Approvals")
    owner.locator(".bo-inbox-row", has_text="Opening balance").first.click()
    owner.get_by_role("button", name=re.compile("^Approve")).first.click()
    expect(owner.get_by_text(re.compile("pproved")).first).to_be_visible()


def _trade(journey: Journey, phone: Page, desk: Page) -> None:
    desk.goto(journey.shop.url("/trade/SOL-USDT"))
    expect(desk.locator("[data-out=available]")).to_contain_text("USDT")
    desk.click("[data-side=sell]")
    expect(desk.locator("[data-out=available]")).to_have_text(re.compile(r"^20\.0+ SOL$"))
    desk.click("[data-type=limit]")
    desk.fill("[name=price]", "151.50")
    desk.fill("[name=amount]", "5")
    desk.click(".send")
    expect(desk.locator("[data-rows=open] tr")).to_have_count(1)

    phone.goto(journey.shop.url("/trade/SOL-USDT"))
    phone.click("[data-view-tab=book]")
    phone.locator(".asks .ladder-row").last.click()  # a level fills the price, opens the entry
    expect(phone.locator(".send")).to_be_visible()
    phone.fill("[name=amount]", "2")
    expect(phone.locator("[data-out=receives]")).to_contain_text("SOL")
    phone.dblclick(".send")  # twice is once
    expect(phone.locator(".toast", has_text="Bought 2.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(desk.locator(".toast", has_text="Sold 2.")).to_be_visible()


def _menu(page: Page, name: str) -> None:
    page.locator("nav.bo-nav").get_by_role("link", name=re.compile(rf"{name}\b")).first.click()


def _send(page: Page) -> None:
    page.locator("form[data-once] button[type=submit]").last.click()
