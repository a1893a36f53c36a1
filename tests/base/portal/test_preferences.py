"""Preferences: kept for the user who sets them, of their declared shape, and for nobody else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django_tenants.utils import tenant_context

import people
from identity.models import User
from portal import preferences, selectors
from portal.models import Preference
from tenants.models import Tenant

Client = Callable[..., people.Browser]
LINE = {"name": "segment", "points": [{"timestamp": 1_700_000_000_000, "value": 61_500.5}]}


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def keep(browser: people.Browser, name: str, value: Any) -> int:
    body = value if isinstance(value, str) else json.dumps(value)
    answer = browser.post(f"/preferences/{name}", body, content_type="application/json")
    return answer.status_code


def test_what_is_set_on_one_device_is_there_on_another(client_for: Client, alice: User) -> None:
    desk, phone = client_for(alice), client_for(alice)
    assert keep(desk, "favourites", ["ETH-USDT", "BTC-USDT", "ETH-USDT"]) == 204
    assert keep(desk, "terminal", {"density": "compact", "hidden": ["tape"]}) == 204
    assert keep(desk, "drawings:BTC-USDT", [LINE]) == 204
    found = phone.get("/preferences?symbol=BTC-USDT").json()
    assert found["favourites"] == ["ETH-USDT", "BTC-USDT"]
    assert found["terminal"] == {"density": "compact", "hidden": ["tape"]}
    assert found["drawings"] == [LINE]
    assert "drawings" not in phone.get("/preferences?symbol=ETH-USDT").json()
    assert phone.delete("/preferences/terminal").status_code == 204
    assert "terminal" not in desk.get("/preferences").json()


def test_the_last_one_set_counts(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    for density in ("compact", "normal", "compact"):
        assert keep(browser, "terminal", {"density": density}) == 204
    # What is at its default is not kept, so that a default may change.
    assert Preference.objects.get(user=alice).value == {"density": "compact"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no-such-thing", {}),
        ("favourites", {"BTC-USDT": True}),
        ("favourites", ["<script>"]),
        ("favourites", ["BTC-USDT"] * 201),
        ("terminal", {"density": "huge"}),
        ("terminal", {"is_staff": True}),
        ("terminal", {"book_px": 5}),
        ("terminal", {"book_groups": {"BTC-USDT": 0}}),
        ("chart", {"indicators": [{"name": "MA", "params": ["x"]}]}),
        ("drawings:BTC-USDT", [{"name": "segment", "points": []}]),
        ("drawings:BTC-USDT", [{**LINE, "text": "x" * 201}]),
        ("drawings:BTC-USDT", [{**LINE, "text": "a\x00b"}]),
        ("drawings:NO-SUCH", [LINE]),
        ("drawings:", [LINE]),
        ("drawings:BTC-USDT", "[" + " " * preferences.MOST_BYTES + "]"),
        ("terminal", "{not json"),
        ("terminal", ""),
        ("chart", '{"frame": "\\ud800"}'),
        ("drawings:BTC-USDT", '[{"name": "line", "points": [{"value": 1e999}]}]'),
    ],
)
def test_nothing_else_is_kept(client_for: Client, alice: User, name: str, value: Any) -> None:
    assert keep(client_for(alice), name, value) == 422
    assert not Preference.objects.exists()


def test_only_ones_own(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    assert keep(client_for(alice), "favourites", ["BTC-USDT"]) == 204
    before = list(Preference.objects.values())

    bobs = client_for(bob)
    assert bobs.get("/preferences").json() == {}
    assert bobs.delete("/preferences/favourites").status_code == 204  # his own: there is none
    stranger, foreign = client_for(tenant=tenant), client_for(charlie, tenant=tenant)
    for browser in (stranger, foreign):
        assert browser.get("/preferences").status_code == 302
        assert keep(browser, "favourites", ["ETH-USDT"]) == 302
        assert browser.delete("/preferences/favourites").status_code == 302
    assert client_for(charlie).get("/preferences").json() == {}
    assert list(Preference.objects.values()) == before
    with tenant_context(other_tenant):
        assert not Preference.objects.exists()

    assert keep(bobs, "favourites", ["ETH-USDT"]) == 204
    assert client_for(alice).get("/preferences").json() == {"favourites": ["BTC-USDT"]}


def test_another_site_cannot_set_them(alice: User, tenant: Tenant) -> None:
    browser = people.Browser(tenant, enforce_csrf_checks=True)
    browser.sign_in(alice)
    assert keep(browser, "favourites", ["BTC-USDT"]) == 403
    assert not Preference.objects.exists()


def test_a_value_of_an_older_shape_is_left_out(alice: User) -> None:
    Preference.objects.create(user=alice, name="terminal", value={"colour": "of before"})
    Preference.objects.create(user=alice, name="favourites", value=["DELISTED-X", "BTC-USDT"])
    assert selectors.preferences_of(alice) == {"favourites": ["BTC-USDT"]}
    assert selectors.favourites_of(alice) == ["BTC-USDT"]


def test_a_script_gone_wild_is_slowed_down(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    statuses = {keep(browser, "favourites", ["BTC-USDT"]) for _ in range(125)}
    assert statuses == {204, 429}
