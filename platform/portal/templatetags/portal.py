"""The portal's template components: each a tag with its markup in templates/components."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from care import selectors as care
from messaging import selectors as messaging
from money.units import format_units
from portal import display
from portal.icons import ICONS
from trading.accounts import selectors as accounts
from trading.instruments import selectors as instruments

register = template.Library()

STATUSES: dict[str, str] = {
    "open": "info",
    "partially_filled": "info",
    "filled": "good",
    "canceled": "",
    "expired": "",
    "expired_in_match": "warn",
    "waiting": "warn",
    "pending": "warn",
    "rejected": "bad",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; it is decoration, so what it means must stand beside it."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"{name!r} is not in portal.icons.ICONS")
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite(), name
    )


@register.inclusion_tag("portal/parts/banners.html")
def banners() -> dict[str, Any]:
    """What the firm tells all who come, for a time."""
    return {"banners": care.banners_now(get_language() or "en", timezone.now())}


@register.simple_tag
def sprite() -> str:
    """Address of the icon sprite."""
    return static("portal/vendor/lucide/icons.svg")


@register.simple_block_tag(takes_context=True)
def panel(
    context: dict[str, Any],
    content: str,
    title: str = "",
    note: str = "",
    flush: bool = False,
    id: str = "",
) -> str:
    """A titled surface. ``flush``: the content (a table, a list) brings its own padding."""
    values = {"content": content, "title": title, "note": note, "flush": flush, "id": id}
    return render_to_string("components/panel.html", values)


@register.simple_block_tag
def empty(content: str, icon: str, title: str, text: str = "") -> str:
    """What stands where nothing is yet; the content is what to do about it."""
    # Rendered already, and safe; without what is around it the text would be no longer.
    values = {"content": SafeString(content.strip()), "icon": icon, "title": title, "text": text}
    return render_to_string("components/empty.html", values)


@register.simple_block_tag
def notice(content: str, kind: str = "info") -> str:
    """A sentence that matters now; kind: info, good, warn or bad."""
    icons = {
        "info": "info",
        "good": "circle-check",
        "warn": "triangle-alert",
        "bad": "circle-alert",
    }
    values = {"content": content, "kind": kind, "icon": icons[kind]}
    return render_to_string("components/notice.html", values)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "", reveal: bool = False, meter: bool = False) -> Any:
    """A form field with label, hint and errors tied to it for screen readers."""
    described = [f"{bound.auto_id}-hint"] if hint or bound.help_text else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attributes: dict[str, str] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs=attributes),
        "hint": hint or bound.help_text,
        "reveal": reveal,
        "meter": meter,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> Any:
    """Errors that belong to no single field."""
    return {"errors": form.non_field_errors()}


@register.simple_tag
def money(units: int | None, asset: Any, plain: bool = False) -> SafeString:
    """An exact amount of an asset with thousands marks, never more places than it has."""
    if units is None:
        return SafeString("–")
    number = grouped(format_units(units, asset.scale, min(2, asset.scale)))
    if plain:
        return format_html('<span class="money">{}</span>', number)
    return format_html(
        '<span class="money">{}<span class="asset">{}</span></span>', number, asset.code
    )


@register.filter
def grouped(text: str) -> str:
    """A plain decimal text with the marks the reader has chosen."""
    return display.grouped(text) if text else "–"


@register.filter
def percent(ppm: int) -> str:
    """Parts per million as percent: 2600 → "0.26 %"."""
    return f"{grouped(format_units(ppm, 4, 2))} %"


@register.simple_tag
def side(name: str) -> SafeString:
    """Buy or sell: in word, colour and arrow."""
    word = _("Buy") if name == "buy" else _("Sell")
    return format_html('<span class="side {}">{}</span>', name, word)


@register.simple_tag
def status(name: str) -> SafeString:
    """An order's status as a badge."""
    words = {
        "open": _("Open"),
        "partially_filled": _("Partly filled"),
        "filled": _("Filled"),
        "canceled": _("Cancelled"),
        "expired": _("Expired"),
        "expired_in_match": _("Expired in match"),
        "waiting": _("Waiting"),
        "pending": _("Pending"),
        "rejected": _("Rejected"),
    }
    return badge(words.get(name, name), STATUSES.get(name, ""))


@register.simple_tag
def badge(text: str, kind: str = "") -> SafeString:
    return format_html('<span class="badge {}">{}</span>', kind, text)


@register.simple_tag
def moment(value: Any) -> SafeString:
    """A time in the zone the reader has set. Where he has set none it is in UTC, and the browser
    shows it in its own."""
    if not value:
        return SafeString("–")
    if isinstance(value, int):
        value = datetime.fromtimestamp(value / 1000, tz=UTC)
    zone = display.current().zone
    shown = value.astimezone(zone or UTC).strftime("%Y-%m-%d %H:%M:%S")
    return format_html(
        '<time datetime="{}" class="num">{}</time>',
        value.isoformat(),
        shown if zone else f"{shown} UTC",
    )


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"), ("curl/", "curl"), ("python", "Python"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """A user agent in the words of a person: "Chrome, Windows"."""
    found = [
        next((word for mark, word in table if mark in user_agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in found if word) or _("Unknown browser")


@register.simple_tag
def outcome(name: str) -> SafeString:
    """How a try to sign in ended, as a badge."""
    words = {
        "signed_in": (_("Signed in"), "good"),
        "second_factor": (_("Password right, code asked"), "info"),
        "wrong": (_("Wrong password"), "bad"),
        "wrong_code": (_("Wrong code"), "bad"),
        "throttled": (_("Too many tries, refused"), "warn"),
        "done": (_("Address not confirmed yet"), "warn"),
    }
    return badge(*words.get(name, (name, "")))


@register.simple_tag
def permission_badge(name: str) -> SafeString:
    """What an API key may do."""
    words = {"read": _("Read"), "trade": _("Trade"), "withdraw": _("Withdraw")}
    return badge(words.get(name, name), "warn" if name == "withdraw" else "info")


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """light, dark or auto, as was chosen in this browser, else by the user for all of his."""
    chosen = context["request"].COOKIES.get("theme", "") or display.current().theme
    return chosen if chosen in ("light", "dark") else "auto"


@register.simple_tag
def shown_as() -> display.Display:
    """How numbers and times of this page are shown."""
    return display.current()


@register.simple_tag(takes_context=True)
def own_accounts(context: dict[str, Any]) -> list[tuple[Any, bool]]:
    """The customer's open accounts and which of them the pages are of; none where he has one."""
    user = context["request"].user
    rows = list(accounts.open_accounts_of(user))
    if len(rows) < 2:
        return []
    used = accounts.access_account(user)
    return [(row, row.pk == used.pk) for row in rows]


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the user has not read."""
    return messaging.unread_count(context["request"].user.pk)


@register.simple_tag
def worth(units: int, asset: Any) -> SafeString:
    """A value at last prices: it is an estimate, so two decimals are enough (cut, not rounded)."""
    places = min(2, asset.scale)
    step = 10 ** (asset.scale - places)
    number = grouped(format_units(units // step, places, places))
    return format_html(
        '<span class="money">{}<span class="asset">{}</span></span>', number, asset.code
    )


@register.simple_tag
def signed_money(units: int, asset: Any) -> SafeString:
    """An amount received (+, up) or given (−, down)."""
    number = grouped(format_units(abs(units), asset.scale, min(2, asset.scale)))
    kind, sign = ("up", "+") if units > 0 else ("down", "−")
    return format_html(
        '<span class="money {}">{}{}<span class="asset">{}</span></span>',
        kind,
        sign,
        number,
        asset.code,
    )


@register.simple_tag
def result(units: int, asset: Any) -> SafeString:
    """What was won (+, up) or lost (−, down), an estimate like `worth`."""
    places = min(2, asset.scale)
    step = 10 ** (asset.scale - places)
    number = grouped(format_units(abs(units) // step, places, places))
    kind, sign = ("up", "+") if units >= step else ("down", "−") if units <= -step else ("", "")
    return format_html(
        '<span class="money {}">{}{}<span class="asset">{}</span></span>',
        kind,
        sign,
        number,
        asset.code,
    )


@register.inclusion_tag("components/allocation.html")
def allocation(shares: list[tuple[str, int]]) -> Any:
    """A bar of shares with a legend; ``shares``: (name, tenths of a percent), largest first.

    Drawn as SVG: widths without inline styles, which the content policy forbids.
    """
    parts, begin = [], 0
    for index, (name, tenths) in enumerate(shares):
        parts.append(
            {"name": name, "begin": begin, "width": tenths, "hue": min(index, 4) + 1,
             "percent": f"{tenths / 10:.1f} %"}
        )  # fmt: skip
        begin += tenths
    return {"parts": parts}


@register.simple_tag
def order_type(order: dict[str, Any]) -> str:
    """The type of an order with what stands beside it: "Limit · IOC", "Stop limit · ≥ 61,500"."""
    names = {
        "limit": _("Limit"),
        "market": _("Market"),
        "stop": _("Stop"),
        "stop_limit": _("Stop limit"),
        "take_profit": _("Take profit"),
        "take_profit_limit": _("Take-profit limit"),
        "trailing_stop": _("Trailing stop"),
        "trailing_stop_limit": _("Trailing stop limit"),
    }
    words = [names[order["type"]]]
    if order["trailing_distance_bp"]:
        words.append(f"{format_units(order['trailing_distance_bp'], 2)} %")
    if order["trigger_price"]:
        sign = "≥" if order["trigger_when"] == "at_or_above" else "≤"
        words.append(f"{sign} {grouped(order['trigger_price'])}")
    if order["trigger_source"] == "mark":
        words.append(_("mark price"))
    elif order["trigger_source"] == "index":
        words.append(_("index price"))
    if order["expires_at"] or (order["price"] and order["time_in_force"] != "GTC"):
        words.append(order["time_in_force"])
    if order.get("post_only"):
        words.append(_("post-only"))
    if order["display_quantity"]:
        words.append(_("iceberg"))
    if order.get("list_type"):
        words.append(_("OCO") if order["list_type"] == "oco" else _("Bracket"))
    return " · ".join(words)


@register.filter
def quote_of(symbol: str) -> str:
    """The code an instrument's price is in."""
    return instruments.catalogue().by_symbol[symbol].quote_code
