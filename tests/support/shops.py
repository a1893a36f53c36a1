"""A tenant of the running product, as a browser sees it."""

import contextlib
import os
import re
import signal
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

import running

DEMO_PASSWORD = "demo-Marque-2024"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# The sign-in form takes 20 posts a minute from one network; some tests fill it in themselves.
MOST_A_MINUTE = 17
_signed_in: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_A_MINUTE))  # by port
_codes_used: dict[tuple[int, str], str] = {}  # by port and e-mail, the last one given out


class Shop:
    """One tenant of the running product, as a browser sees it."""

    def __init__(self, product: running.Product, slug: str) -> None:
        self.product = product
        self.slug = slug
        self.address = f"http://{slug}.localhost:{product.port}"

    def url(self, path: str) -> str:
        return self.address + path

    def staff_code(self, email: str) -> str:
        """The code a member of the demo staff reads off his authenticator.

        Each works once: who has used it waits for the next, as at a real one.
        """
        used = (self.product.port, email)
        while True:
            said = self.product.manage("demo_code", email).stdout
            found = re.search(r": (\d{6}) \(for (\d+) s", said)
            assert found, said
            code, left_s = found.group(1), int(found.group(2))
            if code != _codes_used.get(used):
                _codes_used[used] = code
                return code
            time.sleep(left_s + 0.5)

    def sign_in(self, page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
        """Through the form, no faster than it allows; ends on the page after it."""
        recent = _signed_in[self.product.port]
        if len(recent) == MOST_A_MINUTE:
            time.sleep(max(0.0, recent[0] + 60 - time.monotonic()))
        recent.append(time.monotonic())
        page.goto(self.url("/sign-in"))
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("form button.large")
        page.wait_for_url(lambda url: "/sign-in" not in url)

    @contextlib.contextmanager
    def still_market(self) -> Iterator[None]:
        """The replayed market stands still during the block."""
        group = self.product.process("replay")["pid"]
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)


def reload_until(page: Page, condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Load the page again until what clearing or a task writes is on it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s on {page.url}"
        page.wait_for_timeout(200)
        page.reload()
