"""How soon a first visitor sees a page: slow 4G, nothing cached.

    .venv/bin/python -m benchmarks.first_page --port 8000 [--runs 5]

Needs a running product with `--demo` and Chromium, which is told to be a phone behind 1.6 Mbit/s
down, 0.75 Mbit/s up and 150 ms of round trip (Lighthouse's "slow 4G"; its slower processor is not
imitated). Printed, medians of the runs in a new profile each: first contentful paint, largest
contentful paint, layout shift, and what came over the line.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform"), str(ROOT / "tests" / "support")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from shops import PHONE  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402

PATHS = ("/", "/markets", "/sign-up", "/trade/BTC-USDT")
SLOW_4G = {
    "offline": False, "latency": 150,
    "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
}  # fmt: skip
WATCH = """
window.seen = {largest: 0, shift: 0};
new PerformanceObserver((list) => list.getEntries().forEach((e) => seen.largest = e.startTime))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((e) => {
  if (!e.hadRecentInput) seen.shift += e.value;
})).observe({type: "layout-shift", buffered: true});
"""
TELL = """() => [performance.getEntriesByName("first-contentful-paint")[0].startTime,
  seen.largest, seen.shift,
  [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
    .reduce((sum, entry) => sum + entry.transferSize, 0)]"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.runs} runs each")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for path in PATHS:
            address = f"http://aurora.localhost:{arguments.port}{path}"
            visit(browser, address)  # the server's own caches are warm afterwards
            told = [visit(browser, address) for _ in range(arguments.runs)]
            first, largest, shift, size = (statistics.median(v) for v in zip(*told, strict=True))
            print(
                f"{path:16} first paint {first:5.0f} ms, largest {largest:5.0f} ms, "
                f"layout shift {shift:.3f}, {size / 1000:.0f} kB"
            )
        browser.close()


def visit(browser: Browser, address: str) -> list[float]:
    """(first paint ms, largest paint ms, layout shift, bytes) of a visit with nothing cached."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load", timeout=60_000)
    page.wait_for_timeout(1_500)
    told: list[float] = page.evaluate(TELL)
    context.close()
    return told


if __name__ == "__main__":
    main()
