"""How smoothly the terminal draws: frames while the book changes 50 times a second, and clicks.

    .venv/bin/python -m benchmarks.terminal_frames --port 8000 [--data var] [--seconds 10]

Needs a running product with `--demo` and Chromium. The page is the product's own, signed in with
orders on the chart; its WebSocket is replaced in the page by one that gives 50 book updates of 20
levels, 10 trades and 2 candles a second, so that the network has no part in what is measured.

Printed: time between frames (median, 95th and 99th percentile, longest, share above 20 ms), long
tasks (over 50 ms, as the browser counts them), and for some clicks the time until the next frame
has been drawn. A headless Chromium without a GPU paints on the processor.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform"), str(ROOT / "tests" / "support")]

from playwright.sync_api import Page, sync_playwright  # noqa: E402

import running  # noqa: E402
from shops import DESK, PHONE, Shop  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS  # noqa: E402

EXCHANGE = (Path(__file__).parent / "terminal_exchange.js").read_text()

FRAMES = """(seconds) => new Promise((done) => {
  const gaps = [], tasks = [];
  const watch = (list) => tasks.push(...list.getEntries().map((one) => one.duration));
  new PerformanceObserver(watch).observe({ type: 'longtask' });
  const before = window.bookUpdates;
  const end = performance.now() + seconds * 1000;
  let last = null;
  const step = (now) => {
    if (last !== null) gaps.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(step);
    else done({ gaps, tasks, updates: window.bookUpdates - before });
  };
  requestAnimationFrame(step);
})"""

CLICK = """(selector) => new Promise((done) => {
  const node = document.querySelector(selector);
  const begun = performance.now();
  node.click();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - begun);
    channel.port2.postMessage(0); });
})"""
CLICKS = ("[data-side=sell]", "[data-type=stop]", "[data-type=limit]", "[data-book-view=bids]",
          "[data-book-view=both]", "[data-chart-view=depth]", "[data-chart-view=candles]",
          "[data-share='50']", "#tab-fills", "#tab-open")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / "var")
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    product = running.Product(data=arguments.data)
    product.port = arguments.port
    product.environ["MARQUE_PORT"] = str(arguments.port)
    shop = Shop(product, "aurora")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, size in (("desk, 1440 × 900", DESK), ("phone, 390 × 844", PHONE)):
            context = browser.new_context(viewport=size, locale="en-GB")  # type: ignore[arg-type]
            page = context.new_page()
            shop.sign_in(page, "alice@aurora.example")
            page.add_init_script(EXCHANGE)
            page.goto(shop.url("/trade/BTC-USDT"))
            page.wait_for_selector(".ladder-row", state="attached")
            page.wait_for_timeout(3_000)
            print(name)
            if size is PHONE:
                page.click("[data-view-tab=book]")
                report("  book", page.evaluate(FRAMES, arguments.seconds))
            else:
                report("  candles", page.evaluate(FRAMES, arguments.seconds))
                page.click("[data-chart-view=depth]")
                report("  depth", page.evaluate(FRAMES, arguments.seconds))
                page.click("[data-chart-view=candles]")
                clicks(page)
            context.close()
        browser.close()


def report(name: str, found: dict[str, Any]) -> None:
    gaps = sorted(found["gaps"])

    def at(share: float) -> float:
        return gaps[min(len(gaps) - 1, int(share * len(gaps)))]

    late = sum(gap > 20 for gap in gaps) / len(gaps)
    tasks = found["tasks"]
    print(
        f"{name}: {found['updates']} book updates; {1000 * len(gaps) / sum(gaps):.1f} frames/s; "
        f"between frames median {at(0.5):.1f}, p95 {at(0.95):.1f}, p99 {at(0.99):.1f}, "
        f"longest {gaps[-1]:.1f} ms; {late:.1%} above 20 ms; long tasks {len(tasks)}"
        + (f", longest {max(tasks):.0f} ms" if tasks else "")
    )


def clicks(page: Page) -> None:
    for selector in CLICKS:
        times = sorted(page.evaluate(CLICK, selector) for _ in range(5))
        print(f"  click {selector}: drawn after {times[2]:.1f} ms, {times[-1]:.1f} at most (of 5)")


if __name__ == "__main__":
    main()
