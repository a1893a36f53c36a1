"""The proof of liabilities in a real browser: hashes recomputed by WebCrypto, and a forged root."""

import json

from playwright.sync_api import Route, expect

from shops import PHONE, Shop, reload_until


def publish(shop: Shop) -> int:
    """The number of a publication of the firm, made if there is none yet."""
    said = shop.product.manage(
        "shell",
        "-c",
        "from django_tenants.utils import tenant_context as t\n"
        "from tenants.models import Tenant\n"
        "from identity.models import User\n"
        "from wallets.ledger.actions import prove_books\n"
        "from wallets.liabilities.actions import publish_liabilities\n"
        f"tenant = Tenant.objects.get(slug='{shop.slug}')\n"
        "with t(tenant):\n"
        "    prove_books(tenant=tenant, run='command')\n"
        f"    user = User.objects.get(email='finance@{shop.slug}.example')\n"
        "    print('PUBLICATION', publish_liabilities(acting_user=user).pk)\n",
    ).stdout
    return int(said.split("PUBLICATION ")[1].split()[0])


def test_the_browser_recomputes_the_root_and_notices_another(aurora: Shop, open_page) -> None:
    page = open_page(viewport=PHONE)
    aurora.sign_in(page, "alice@aurora.example")
    page.goto(aurora.url("/balances"))
    reload_until(page, lambda: page.locator("td.lead").count() > 0)
    number = publish(aurora)
    page.goto(aurora.url(f"/liabilities/{number}/mine"))
    cards = page.locator("[data-asset]")
    for index in range(cards.count()):
        expect(cards.nth(index).locator("[data-outcome=right]")).to_be_visible()
    assert cards.count() > 0

    address = aurora.url(f"/api/v1/liabilities/{number}")
    forged = page.evaluate("async (address) => (await fetch(address)).json()", address)
    forged["roots"][0]["root_hash"] = "0" * 64

    def forge(route: Route) -> None:
        route.fulfill(body=json.dumps(forged), content_type="application/json")

    page.route(address, forge)
    page.reload()
    expect(page.locator("[data-outcome=wrong]")).to_have_count(1)
