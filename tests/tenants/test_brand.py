"""Brands: complete whatever is left out, fenced against scripts, changed by the right people."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils import translation

import people
from audit import selectors as audit
from identity.models import User
from tenants import actions, brands, context_processors, demo_data
from tenants.actions.brand import bad_logo, check_brand
from tenants.models import Brand, Tenant

Browsers = Callable[..., people.Browser]
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


def change(tenant: Tenant, acting_user: Any = None, **changes: Any) -> Brand:
    return actions.change_brand(tenant=tenant, acting_user=acting_user, **changes)


def test_what_a_brand_leaves_out_the_platform_fills_in(tenant: Tenant) -> None:
    view = brands.view_of(tenant)
    assert view.name == "North Exchange"
    assert set(view.light) == set(view.dark) == set(brands.COLOURS["light"])
    assert view.tagline and view.risk_notice


def test_texts_follow_the_language_and_fall_back(tenant: Tenant) -> None:
    view = brands.view_of(tenant)
    with translation.override("zh-hans"):
        assert re.search("[一-鿿]", view.tagline)
    assert view.text("tagline", "fr") == view.text("tagline", "en")


def test_the_owner_changes_it_at_once(
    tenant: Tenant,
    other_tenant: Tenant,
    staff_of: Callable[..., User],
    client_for: Browsers,
    django_capture_on_commit_callbacks: Any,
) -> None:
    owner = staff_of("owner")
    with django_capture_on_commit_callbacks(execute=True):
        brand = change(
            tenant, owner, colours={"light": {"primary": "#123456"}}, logo_svg=LOGO, reason="new"
        )
    assert brand.version == 2
    page = client_for(tenant=tenant).get("/brand/theme.css?v=2")
    assert "--brand-primary:light-dark(#123456," in page.content.decode()
    assert "immutable" in page["Cache-Control"] or "31536000" in page["Cache-Control"]
    assert "#123456" not in client_for(tenant=other_tenant).get("/brand/theme.css").content.decode()
    logo = client_for(tenant=tenant).get("/brand/logo.svg")
    assert logo["Content-Type"] == "image/svg+xml" and "sandbox" in logo["Content-Security-Policy"]
    assert client_for(tenant=other_tenant).get("/brand/logo.svg").status_code == 404
    record = audit.records_of(("tenants.brand", "north")).get()
    assert record.new["colours"] == {"light": {"primary": "#123456"}}


def test_others_cannot_change_it(
    tenant: Tenant,
    other_tenant: Tenant,
    alice: User,
    charlie: User,
    staff_of: Callable[..., User],
) -> None:
    for someone in (alice, charlie, staff_of("support"), staff_of("owner", other_tenant)):
        with pytest.raises(PermissionDenied):
            change(tenant, someone, name="Mine")
    assert Brand.objects.get(tenant=tenant).name == "North Exchange"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"colours": {"light": {"primary": "red"}}},
        {"colours": {"light": {"primary": "#12345;}body{"}}},
        {"colours": {"light": {"nonsense": "#123456"}}},
        {"colours": {"dim": {}}},
        {"texts": {"en": {"nonsense": "x"}}},
        {"texts": {"tlh": {"tagline": "x"}}},
        {"texts": {"en": {"tagline": "x" * 2001}}},
        {"languages": []},
        {"languages": ["en", "tlh"]},
        {"default_language": "ru", "languages": ["en"]},
        {"support_address": "nobody"},
        {"logo_svg": "<svg><script>alert(1)</script></svg>"},
    ],
)
def test_nonsense_is_refused(tenant: Tenant, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        change(tenant, **changes)
    assert Brand.objects.get(tenant=tenant).version == 1


@pytest.mark.parametrize(
    "svg",
    [
        "<html/>",
        "no svg",
        "<svg><script>alert(1)</script></svg>",
        '<svg onload="alert(1)"/>',
        '<svg><path ONCLICK="alert(1)"/></svg>',
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="http://evil/x#a"/></svg>',
        '<svg><use href="javascript:alert(1)"/></svg>',
        '<svg><rect fill="url(http://evil.example/x)"/></svg>',
        '<svg><rect style="background:url(http://evil.example)"/></svg>',
        "<svg><foreignObject/></svg>",
        '<svg><image href="#a"/></svg>',
        "<svg><style>*{}</style></svg>",
        '<svg><a href="#x"/></svg>',
        '<svg><set attributeName="href" to="javascript:alert(1)"/></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        '<?xml-stylesheet href="x"?><svg/>',
        "<svg>" + "<g>" * 30_000 + "</svg>",
    ],
)
def test_a_logo_is_drawing_and_nothing_else(svg: str) -> None:
    assert bad_logo(svg)


def test_good_logos_pass() -> None:
    assert not bad_logo("")
    assert not bad_logo(LOGO)


@pytest.mark.parametrize("plan", demo_data.TENANTS, ids=lambda plan: plan.slug)
def test_the_demo_brands_are_sound_and_readable(plan: demo_data.DemoTenant) -> None:
    brand = Brand(name=plan.name, **plan.brand)
    check_brand(brand)
    for colours in plan.brand["colours"].values():
        assert contrast(colours["text"], colours["background"]) >= 7
        assert contrast(colours["text"], colours["surface"]) >= 7
        assert contrast(colours["on_primary"], colours["primary"]) >= 4.5
        assert contrast(colours["primary"], colours["surface"]) >= 4.5


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted([luminance(first), luminance(second)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_two_people_editing_get_no_lost_update(tenant: Tenant) -> None:
    change(tenant, name="One", expected_version=1)
    with pytest.raises(Exception, match="Someone else"):
        change(tenant, name="Two", expected_version=1)
    assert Brand.objects.get(tenant=tenant).name == "One"


def test_every_template_knows_the_brand(tenant: Tenant) -> None:
    request = HttpRequest()
    assert context_processors.brand(request) == {}
    request.tenant = tenant  # type: ignore[attr-defined]
    assert context_processors.brand(request)["brand"].name == "North Exchange"


def test_the_language_is_the_visitors_the_users_or_the_brands(
    tenant: Tenant,
    alice: User,
    client_for: Browsers,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def language(browser: people.Browser) -> str:
        return str(browser.get("/brand/theme.css").headers["Content-Language"])

    with django_capture_on_commit_callbacks(execute=True):
        change(tenant, languages=["zh-hans", "en"], default_language="zh-hans")
    assert language(client_for(tenant=tenant)) == "zh-hans"
    User.objects.filter(pk=alice.pk).update(language="en")
    browser = client_for(alice)
    assert language(browser) == "en"
    browser.cookies["language"] = "zh-hans"
    assert language(browser) == "zh-hans"
    browser.cookies["language"] = "ru"  # a language this brand does not speak
    assert language(browser) == "en"
