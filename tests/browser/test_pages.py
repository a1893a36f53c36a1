"""Every page at both widths: nothing sticks out, everything is named, both themes can be read."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from shops import Shop

OpenPage = Callable[..., Page]

PUBLIC = ("/", "/markets", "/fees", "/liabilities", "/offline",
          "/sign-up", "/sign-in", "/forgot", "/no-such-page",
          "/trade/BTC-USDT")  # fmt: skip
PRIVATE = ("/dashboard", "/markets", "/settings", "/notices", "/orders", "/fills", "/statement",
           "/balances", "/security",
           "/security/second-factor", "/security/password", "/api-keys",
           "/verification", "/rewards", "/deposit", "/withdraw",
           "/beneficiaries", "/support", "/settings/messages", "/accounts",
           "/transfers")  # fmt: skip

UNNAMED = """() => [...document.querySelectorAll('button, a[href], input, select, textarea')]
    .filter((node) => node.type !== 'hidden' && node.checkVisibility())
    .filter((node) => !(node.innerText?.trim() || node.getAttribute('aria-label') || node.title
        || node.labels?.length || node.querySelector('.visually-hidden')))
    .map((node) => node.outerHTML.slice(0, 120))"""

# Contrast (WCAG 1.4.3) of every text against the nearest opaque background behind it.
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a), a: 1,
  });
  const light = ({ r, g, b }) => {
    const part = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour.a) layers.push(colour);
      if (colour.a === 1) break;
    }
    const paper = { r: 255, g: 255, b: 255, a: 1 };
    return layers.reverse().reduce((under, top) => over(top, under), paper);
  };
  const bad = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
    if (!own || !node.checkVisibility({ opacityProperty: true })) continue;
    if (node.closest('[disabled], .hero, .visually-hidden, .skip')) continue;
    const style = getComputedStyle(node);
    const ground = behind(node);
    const [a, b] = [light(over(read(style.color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const text = node.textContent.trim().slice(0, 40);
    if (ratio < needed) bad.push(`${ratio.toFixed(2)} ${node.className || node.tagName}: ${text}`);
  }
  return [...new Set(bad)];
}"""


# Loaded, its font too, and nothing is fading in any more (live prices flash for ever); a terminal
# has its book.
AT_REST = """() => document.readyState === 'complete' && document.fonts.status === 'loaded'
    && document.getAnimations().every((one) => one.playState !== 'running'
        || one.effect.getComputedTiming().iterations === Infinity
        || one.animationName?.startsWith('flash'))
    && (!document.querySelector('.terminal') || document.querySelector('.ladder-row'))"""


def check(page: Page, address: str, shop: Shop, *, scheme: str) -> None:
    page.goto(shop.url(address))
    page.wait_for_function(AT_REST)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{address} is {wide} px too wide"
    assert page.locator("h1").count() == 1, address
    assert page.evaluate(UNNAMED) == [], address
    assert page.evaluate(FAINT) == [], f"{address} {scheme}"
    assert page.evaluate("document.documentElement.lang") in ("en", "zh-hans")


def test_theme_and_language_are_remembered(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    page.goto(aurora.url("/"))
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(ground)
    page.click("summary[aria-label=Theme]")
    page.click("[data-set-theme=dark]")
    page.wait_for_function(f"(bright) => {ground} !== bright", arg=bright)
    page.goto(aurora.url("/fees"))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("summary[aria-label=Language]")
    page.click("button[lang=zh-hans]")
    expect(page.locator("h1")).to_have_text("费率与交易量等级")


def test_a_keyboard_reaches_what_it_needs(aurora: Shop, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(aurora.url("/sign-in"))
    page.locator("body").press("Tab")
    seen = set()
    for _ in range(20):
        seen.add(page.evaluate("document.activeElement.name || document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
        page.keyboard.press("Tab")
    assert {"email", "password"} <= seen
