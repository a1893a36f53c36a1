"""The real product and a real browser, started once for all tests in this folder.

Without Chromium these tests are skipped, saying so; with MARQUE_REQUIRE_BROWSER=1 they fail.
MARQUE_CHROMIUM names another binary. What a page complains about in its console fails its test.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import lanes
import running
from shops import DESK, PHONE, Shop
from terminals import frames_sent

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("MARQUE_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PATIENCE_MS = 60_000  # a busy machine; what is there is seen at once
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
shared = lanes.Shared(Path(__file__).parent)
EVERYTHING = ("web", "engine", "clearing", "publisher", "relay", "replay", "worker")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(600))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    shared.end_if_last(nextitem)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    yield shared.enter_context(open_chromium())
    shared.close()


@contextmanager
def open_chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        message = f"no browser: {CHROMIUM} is not there (apt-get install chromium)"
        if os.environ.get("MARQUE_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    # Playwright's loop runs in this thread until the last of these tests is over; Django would
    # refuse its ORM beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def product(chromium: Browser) -> running.Product:
    return shared.enter_context(run_product())


@contextmanager
def run_product() -> Iterator[running.Product]:
    """The whole product with demo data, on ports and in a data folder of its own.

    To try one test again quickly, run `manage.py up --demo` and name it with MARQUE_BROWSER_DATA
    (its data folder) and MARQUE_BROWSER_PORT.
    """
    if data := os.environ.get("MARQUE_BROWSER_DATA"):
        running_one = running.Product(data=Path(data))
        running_one.port = int(os.environ["MARQUE_BROWSER_PORT"])
        running_one.environ["MARQUE_PORT"] = str(running_one.port)
        yield running_one
        return
    # At full speed the market takes half a core from what is looked at.
    with running.Product("--demo", MARQUE_REPLAY_SPEED="0.5") as product:
        product.start()
        product.wait_up(*EVERYTHING, timeout_s=240)
        yield product


@pytest.fixture
def aurora(product: running.Product) -> Shop:
    return Shop(product, "aurora")


@pytest.fixture
def longmen(product: running.Product) -> Shop:
    return Shop(product, "longmen")


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(viewport=PHONE)``: a fresh browser profile with one page. Complaints of its
    console fail the test, but for those a test expects (``page.expected``)."""
    complaints: list[str] = []
    contexts = []

    def make(viewport: dict[str, int] = DESK, expected: str = r"^$", **options: Any) -> Page:
        context = chromium.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            is_mobile=viewport == PHONE,
            has_touch=viewport == PHONE,
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and not re.search(expected, message.text)
                else None
            ),
        )
        contexts.append(context)
        return page

    yield make
    if folder := os.environ.get("MARQUE_PICTURES"):
        for number, page in enumerate(page for context in contexts for page in context.pages):
            page.screenshot(path=Path(folder) / f"last-{number}.png")
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def blank(open_page: Callable[..., Page]) -> Page:
    """A page that is nowhere yet."""
    return open_page()


@pytest.fixture
def sent(blank: Page) -> list[str]:
    """What that page sends over WebSockets, from the first frame on."""
    return frames_sent(blank)
