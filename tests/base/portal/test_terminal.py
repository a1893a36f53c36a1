"""The terminal page: the rules it hands to the browser, and who gets an account in it."""

import json
import re
from collections.abc import Callable
from typing import Any

import people
from identity.models import User
from portal import actions, fees
from portal.views import trade
from tenants.models import Tenant
from trading.accounts.selectors import access_account
from trading.engine import limits
from trading.instruments.info import instrument_info
from trading.instruments.models import FeeSchedule

Client = Callable[..., people.Browser]


def setup_of(browser: people.Browser, symbol: str = "BTC-USDT") -> dict[str, Any]:
    text = browser.get(f"/trade/{symbol}").content.decode()
    found = re.search(r'<script id="terminal-setup" type="application/json">(.*?)</script>', text)
    assert found
    setup: dict[str, Any] = json.loads(found.group(1))
    return setup


def test_the_rules_are_the_engines(client_for: Client, alice: User) -> None:
    setup = setup_of(client_for(alice))
    info = instrument_info("BTC-USDT")
    rules = setup["instrument"]
    assert rules["tick_units"] == str(info.tick_units)
    assert rules["factor"] == str(info.factor)
    assert rules["base"] == {"code": "BTC", "scale": 8, "places": rules["base"]["places"]}
    assert setup["account"] == access_account(alice).pk


def test_the_bounds_of_an_order_are_the_engines(client_for: Client, alice: User) -> None:
    bounds = setup_of(client_for(alice))["instrument"]["limits"]
    assert bounds == {
        "trailing_bp": str(limits.MAX_TRAILING_BP),
        "ahead_ms": str(limits.MAX_TRIGGER_AHEAD_NS // 10**6),
        "refreshes": str(limits.MAX_REFRESHES),
    }


def test_the_page_brings_what_its_user_has_set(client_for: Client, alice: User, bob: User) -> None:
    actions.keep_preference(acting_user=alice, name="favourites", body=b'["ETH-USDT"]')
    drawn = b'[{"name": "priceLine", "points": [{"value": 61500}]}]'
    actions.keep_preference(acting_user=alice, name="drawings:BTC-USDT", body=drawn)
    own = setup_of(client_for(alice))["preferences"]
    assert own["favourites"] == ["ETH-USDT"]
    assert own["drawings"] == [{"name": "priceLine", "points": [{"value": 61500.0}]}]
    assert "drawings" not in setup_of(client_for(alice), "ETH-USDT")["preferences"]
    assert setup_of(client_for(bob))["preferences"] == {}
    assert setup_of(client_for())["preferences"] == {}


def test_visitors_and_strangers_get_no_account(
    client_for: Client, charlie: User, tenant: Tenant
) -> None:
    assert setup_of(client_for())["account"] is None
    foreign = setup_of(client_for(charlie, tenant=tenant))
    assert foreign["account"] is None
    assert foreign["signed_in"] is False


def test_an_unknown_instrument_is_not_found(client_for: Client) -> None:
    assert client_for().get("/trade/NO-SUCH").status_code == 404


def test_the_terminal_opens_where_one_was_last(client_for: Client) -> None:
    browser = client_for()
    assert browser.get("/trade")["Location"].startswith("/trade/")
    browser.get("/trade/ETH-USDT")
    assert browser.get("/trade")["Location"] == "/trade/ETH-USDT"


def test_fees_follow_the_engines_order_of_schedules(client_for: Client, alice: User) -> None:
    account = access_account(alice)
    info = instrument_info("BTC-USDT")
    FeeSchedule.objects.all().delete()

    def rate() -> tuple[int, int]:
        found = next(r for r in fees.rates_of(alice) if r.symbol == "BTC-USDT")
        return found.maker_ppm, found.taker_ppm

    assert rate() == (info.maker_ppm, info.taker_ppm)
    FeeSchedule.objects.create(instrument_id=info.id, maker_ppm=10, taker_ppm=20)
    assert rate() == (10, 20)
    FeeSchedule.objects.create(group=account.group, maker_ppm=30, taker_ppm=40)
    assert rate() == (30, 40)
    FeeSchedule.objects.create(
        group=account.group, instrument_id=info.id, maker_ppm=50, taker_ppm=60
    )
    assert rate() == (50, 60)
    assert setup_of(client_for(alice))["instrument"]["maker_ppm"] == "50"
    assert "0.005 %" in client_for(alice).get("/fees").content.decode()


def test_time_frames_are_those_that_are_stored() -> None:
    from trading.market_data.intervals import INTERVALS

    assert set(trade.FRAMES) == set(INTERVALS)
