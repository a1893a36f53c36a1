"""Pictures of every page of a running demo, to be looked at.

    .venv/bin/python -m tests.browser.gallery --port 8000 --out build/gallery

One PNG a page, firm, width (1440 and 390 pixels), theme and language; `--only TEXT` takes
addresses that contain it, `--roles staff`, `customer` or `operator`, `--shops aurora`,
`--languages ru`; `--deep` also opens what the lists of staff and operators lead to. The product
must run with `--demo`.
"""

import argparse
import itertools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform"), str(ROOT / "tests" / "support")]

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright  # noqa: E402

import running  # noqa: E402
from shops import DEMO_PASSWORD, DESK, PHONE, Shop  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402
from tests.browser.test_pages import AT_REST, PRIVATE, PUBLIC  # noqa: E402

SIGN_INS = {"public": "", "customer": "alice", "staff": "owner", "operator": "operator"}
WEBS = {"staff": "/backoffice/", "operator": "/operator/"}
# Of a list: the first row's own page, and the forms its buttons open.
FURTHER = """(web) => ['main tbody a[href]', 'main a[href$="/new/"], main a[href$="/add/"]']
    .flatMap((where) => [...document.querySelectorAll(where)]
        .map((node) => node.getAttribute('href').split('?')[0])
        .filter((href) => href.startsWith(web)).slice(0, 2))"""
WIDTHS = {"desk": DESK, "phone": PHONE}
THEMES = ("dark", "light")
LANGUAGES = ("en", "zh-hans", "ru")


def main() -> None:
    arguments = _arguments()
    product = running.Product(data=arguments.data)
    product.port = arguments.port
    product.environ["MARQUE_PORT"] = str(arguments.port)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for slug, role in itertools.product(arguments.shops, arguments.roles):
            if role != "operator":
                _role(browser, Shop(product, slug), role, arguments)
        if "operator" in arguments.roles:  # once: their host is nobody's shop
            operators = Shop(product, "operator")
            operators.address = f"http://localhost:{product.port}"
            _role(browser, operators, "operator", arguments)
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / "var")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "gallery")
    parser.add_argument("--only", default="")
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--shops", nargs="+", default=["aurora", "longmen"])
    parser.add_argument("--roles", nargs="+", choices=SIGN_INS, default=list(SIGN_INS))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=[LANGUAGES[0]])
    parser.add_argument("--widths", nargs="+", choices=WIDTHS, default=list(WIDTHS))
    return parser.parse_args()


def _role(browser: Browser, shop: Shop, role: str, arguments: argparse.Namespace) -> None:
    """All pages of one firm for one kind of visitor."""
    state = None
    paths = list(PUBLIC)
    if role != "public":
        context = _context(browser, "desk", "dark", None)
        page = context.new_page()
        paths = _sign_in(page, shop, role, deep=arguments.deep)
        state = context.storage_state()
        context.close()
    paths = [path for path in paths if arguments.only in path]
    for width, theme, language in itertools.product(
        arguments.widths, arguments.themes, arguments.languages
    ):
        context = _context(browser, width, theme, state)
        cookie = {"name": "language", "value": language}
        context.add_cookies([{**cookie, "url": shop.url("/")}])  # type: ignore[list-item]
        page = context.new_page()
        for path in paths:
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            file = f"{shop.slug}-{name}-{width}-{theme}-{language[:2]}.png"
            _picture(page, shop, path, arguments.out / file)
        context.close()


def _context(browser: Browser, width: str, theme: str, state: object) -> BrowserContext:
    context = browser.new_context(
        viewport=WIDTHS[width],  # type: ignore[arg-type]
        is_mobile=width == "phone",
        has_touch=width == "phone",
        color_scheme=theme,  # type: ignore[arg-type]
        storage_state=state,  # type: ignore[arg-type]
        locale="en-GB",
    )
    context.set_default_timeout(60_000)
    return context


def _sign_in(page: Page, shop: Shop, role: str, *, deep: bool) -> list[str]:
    """Sign in and tell which pages there are: a customer's, or all of a menu of staff."""
    if role == "customer":
        shop.sign_in(page, f"{SIGN_INS[role]}@{shop.slug}.example")
        return ["/trade/BTC-USDT", *PRIVATE]
    web = WEBS[role]
    if role == "operator":
        email = "operator@marque.example"
        page.goto(shop.url(f"{web}sign-in/"))
        page.fill("[name=email]", email)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.locator("form button[type=submit]").first.click()
        page.fill("[name=code]", shop.staff_code(email))
        page.locator("form button[type=submit]").first.click()
        page.wait_for_url(lambda url: url.endswith(web))
    else:
        email = f"{SIGN_INS[role]}@{shop.slug}.example"
        shop.sign_in(page, email)
        if page.locator("[name=code]").count():
            page.fill("[name=code]", shop.staff_code(email))
            page.wait_for_url(lambda url: "factor" not in url)  # six digits send themselves
    page.goto(shop.url(web))
    links = page.eval_on_selector_all(
        f"nav a[href^='{web}']", "nodes => nodes.map((node) => node.getAttribute('href'))"
    )
    paths = list(dict.fromkeys(links))
    for path in list(paths) if deep else ():
        page.goto(shop.url(path))
        paths += page.evaluate(FURTHER, web)
    return list(dict.fromkeys(paths))


def _picture(page: Page, shop: Shop, path: str, file: Path) -> None:
    page.goto(shop.url(path))
    try:
        page.wait_for_function(AT_REST, timeout=15_000)
    except Exception as error:
        print(f"{path}: not at rest: {error}", file=sys.stderr)
    page.screenshot(path=str(file), full_page=True)
    print(file)


if __name__ == "__main__":
    main()
