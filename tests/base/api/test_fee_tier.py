"""What the caller pays and his tier, over HTTP: Alice's own, out of Bob's and Charlie's reach."""

from collections.abc import Iterator

import pytest

import bots
from api.views.fees import fees_body
from live_exchange import Exchange, code_of
from trading.accounts.models import AccountGroup
from trading.engine.events import FeeTierRow
from trading.fees import rates
from trading.fees.selectors import Standing, tiers_of, valuation_asset
from wallets.ledger.verify import verify_books

FEES = "/api/v1/fee-tier"


@pytest.fixture(autouse=True)
def proved(exchange: Exchange) -> Iterator[None]:
    yield
    with exchange.inside("aurora") as tenant:
        assert verify_books(tenant) == []


def test_volume_of_today_counts_from_tomorrow_on(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot
) -> None:
    before = [bot.get(FEES).json() for bot in (alice_bot, bob_bot)]
    alice_bot.limit("sell", "0.01", "60000")
    bob_bot.limit("buy", "0.01", "60000")
    for bot, earlier in zip((alice_bot, bob_bot), before, strict=True):
        now = bot.get(FEES).json()
        counted = float(now["volume_today"]) - float(earlier["volume_today"])
        assert counted == pytest.approx(600)
        assert (now["volume_asset"], now["volume_30d"], now["tier"]) == ("USDT", "0", 0)
        assert now["seq"] > earlier["seq"]
    mine = alice_bot.get(FEES).json()
    assert mine["account"] == exchange.account_id("alice")
    assert [tier["tier"] for tier in mine["tiers"]] == [1, 2, 3, 4, 5]
    assert mine["next_tier"] == {**mine["tiers"][0], "missing_volume": "50000"}
    with exchange.inside("aurora"):
        group = AccountGroup.objects.get(is_default=True)
        lines = rates.lines_of_group(group.pk)
    assert mine["fees"] == [
        {
            "instrument": line.symbol,
            "maker_fee_ppm": line.maker_ppm,
            "taker_fee_ppm": line.taker_ppm,
        }
        for line in lines
    ]


def test_who_traded_enough_pays_less(exchange: Exchange) -> None:
    """The body for what the engine answers to somebody who traded on other days."""
    with exchange.inside("aurora"):
        group = AccountGroup.objects.get(is_default=True)
        asset, tiers = valuation_asset(), tiers_of(group.pk)
        lines = rates.lines_of_group(group.pk)
        assert asset is not None
        row = FeeTierRow(
            account_id=1,
            asset_id=asset.pk,
            day=20_000,
            volume_units=int(tiers[1].from_units) + 5,
            today_units=0,
            tier=2,
            tiers=len(tiers),
            from_units=int(tiers[1].from_units),
            next_from_units=int(tiers[2].from_units),
            maker_ppm=tiers[1].maker_ppm,
            taker_ppm=tiers[1].taker_ppm,
        )
        body = fees_body(Standing(row, 7), lines, group.pk)
        last = row.__class__(account_id=1, asset_id=asset.pk, tier=5, maker_ppm=1, taker_ppm=2)
        assert fees_body(Standing(last, 7), lines, group.pk)["next_tier"] is None
    assert (body["day"], body["volume_30d"]) == ("2024-10-04", "250000.00000005")
    assert body["next_tier"]["tier"] == 3
    assert body["next_tier"]["missing_volume"] == "749999.99999995"
    for fee, line in zip(body["fees"], lines, strict=True):
        assert fee["maker_fee_ppm"] == tiers[1].maker_ppm < line.maker_ppm
        assert fee["taker_fee_ppm"] == tiers[1].taker_ppm < line.taker_ppm


def test_nobody_sees_another_ones_volume(
    exchange: Exchange, alice_bot: bots.Bot, bob_bot: bots.Bot, charlie_bot: bots.Bot
) -> None:
    alices = exchange.account_id("alice")
    refused = bob_bot.get(f"{FEES}?account={alices}")
    assert (refused.status_code, code_of(refused)) == (404, "UNKNOWN_ACCOUNT")
    # At another exchange an account may have the same number; it is Charlie's own then, or none.
    theirs = charlie_bot.get(FEES).json()
    assert theirs["volume_today"] != alice_bot.get(FEES).json()["volume_today"]
    assert exchange.stranger().get(FEES).status_code in (401, 403)
    assert alice_bot.send("POST", FEES, {}).status_code == 405
