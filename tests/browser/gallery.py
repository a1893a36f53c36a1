"""Pictures of every page of a running demo, to be looked at.

    .venv/bin/python -m tests.browser.gallery --port 8000 --out build/gallery

One PNG a page, firm, width (1440 and 390 pixels), theme and language; `--only TEXT` takes
addresses that contain it, `--roles staff` or `customer`, `--shops aurora`, `--languages ru`.
The product must run with `--demo`.
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
from shops import DESK, PHONE, Shop  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402
from tests.browser.test_pages import AT_REST, PRIVATE, PUBLIC  # noqa: E402

SIGN_INS = {"public": "", "customer": "alice", "staff": "owner"}
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
            _role(browser, Shop(product, slug), role, arguments)
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / "var")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "gallery")
    parser.add_argument("--only", default="")
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
        paths = _sign_in(page, shop, role)
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


def _sign_in(page: Page, shop: Shop, role: str) -> list[str]:
    """Sign in and tell which pages there are: a customer's, or all of the staff's menu."""
    email = f"{SIGN_INS[role]}@{shop.slug}.example"
    if role == "customer":
        shop.sign_in(page, email)
        return ["/trade/BTC-USDT", *PRIVATE]
    shop.sign_in(page, email)
    if page.locator("[name=code]").count():
        page.fill("[name=code]", shop.staff_code(email))
        page.wait_for_url(lambda url: "factor" not in url)  # six digits send themselves
    page.goto(shop.url("/backoffice/"))
    links = page.eval_on_selector_all(
        "nav a[href^='/backoffice/']", "nodes => nodes.map((node) => node.getAttribute('href'))"
    )
    return list(dict.fromkeys(links))


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
