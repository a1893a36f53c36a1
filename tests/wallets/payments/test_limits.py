"""Limits of a tier, counted in one asset over withdrawals of every asset, at the firm's rates."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from kyc.models import Tier
from people import browser_of
from tenants import directory
from tenants.actions import change_setting
from trading.commands.models import QueuedCommand
from trading.instruments import actions as instruments
from trading.instruments.info import catalogue
from trading.instruments.models import Asset, Instrument
from trading.market_data.models import Candle
from wallets.payments import limits
from wallets.payments.errors import PaymentError
from wallets.payments.models import Withdrawal


@pytest.fixture
def funded(paying, alice):
    paying.paid_in(alice, "1000.00")
    paying.beneficiary(alice)
    return alice


@pytest.fixture
def usdt(paying):
    """The tier allows 100 USDT a day and 200 in 30 days."""
    asset = Asset.objects.get(code="USDT")
    Tier.objects.filter(number=2).update(
        asset=asset,
        withdraw_day_units=asset.units_of("100"),
        withdraw_month_units=asset.units_of("200"),
    )
    return asset


def reference(paying, text):
    change_setting(
        tenant=paying.tenant, name="payments.reference_rates", value=text, acting_user=None
    )
    directory.forget()


def traded(paying, usdt, price, *, hours=0):
    """A trade of euros against USDT so many hours ago."""
    instrument = Instrument.objects.filter(symbol="EUR-USDT").first()
    instrument = instrument or instruments.create_instrument(
        symbol="EUR-USDT",
        base=paying.euro,
        quote=usdt,
        tick_size="0.0001",
        lot_size="0.01",
        max_quantity="1000000",
        acting_user=paying.owner,
    )
    units = usdt.units_of(price)
    second = int((timezone.now() - timedelta(hours=hours)).timestamp()) // 60 * 60 - 120
    Candle.objects.create(
        instrument=instrument,
        interval_seconds=60,
        open_second=second,
        open_price_units=units,
        high_price_units=units,
        low_price_units=units,
        close_price_units=units,
        base_units=1,
        quote_units=1,
        trades=1,
        last_seq=0,
    )
    catalogue(fresh=True)


def room(paying, user):
    return limits.withdrawal_room(paying.method, user, timezone.now())


def test_without_a_rate_nothing_leaves_and_the_reason_is_told(paying, funded, usdt):
    before = QueuedCommand.objects.count()
    with pytest.raises(PaymentError, match="counted in USDT, and nobody knows just now what EUR"):
        paying.ask(funded, 20_00)
    assert not Withdrawal.objects.exists() and QueuedCommand.objects.count() == before
    assert (room(paying, funded).unvalued, room(paying, funded).left_units) == ("EUR", 0)
    page = browser_of(paying.tenant, funded).get("/withdraw").content.decode()
    assert "Not known: no rate of EUR in USDT" in page


def test_a_reference_rate_values_them(paying, funded, usdt):
    reference(paying, "EUR = 1.25 USDT")
    assert room(paying, funded).left_units == 80_00
    row = paying.ask(funded, 50_01)
    assert (row.tier_asset, int(row.tier_units)) == (usdt, usdt.units_of("62.5125"))
    assert row.tier_rate == "reference rate 1 EUR = 1.25 USDT"
    # 37.4875 USDT are left: 29.99 euros are the most that do not go beyond it.
    assert room(paying, funded).left_units == 29_99
    with pytest.raises(PaymentError, match=r"limits leave 29\.99"):
        paying.ask(funded, 30_00)
    assert paying.ask(funded, 29_99)
    with pytest.raises(PaymentError, match="limits leave 0"):
        paying.ask(funded, 20_00)


def test_what_was_asked_for_keeps_the_value_it_had_then(paying, funded, usdt):
    reference(paying, "EUR = 1.25 USDT")
    paying.ask(funded, 40_00)  # counts for 50 USDT
    reference(paying, "EUR = 2 USDT")
    assert room(paying, funded).left_units == 25_00
    # A month's limit reaches further back than a day's.
    Withdrawal.objects.update(requested_at=timezone.now() - timedelta(days=2))
    now = room(paying, funded)
    assert (now.day_units, now.month_units) == (50_00, 75_00)


def test_own_trades_come_before_the_reference_while_they_are_fresh(paying, funded, usdt):
    reference(paying, "EUR = 2 USDT")
    traded(paying, usdt, "1.0", hours=30)
    assert room(paying, funded).left_units == 50_00
    traded(paying, usdt, "1.6", hours=1)
    assert room(paying, funded).left_units == 62_50
    assert "EUR-USDT" in paying.ask(funded, 20_00).tier_rate


def test_a_rate_the_other_way_round_and_what_was_not_valued_then(paying, funded, usdt):
    tier = Tier.objects.get(number=2)
    tier.withdraw_day_units = tier.withdraw_month_units = None
    tier.save()
    row = paying.ask(funded, 20_00)  # no limit, no rate: nothing is in the way
    assert row.tier_units is None and row.tier_rate == ""
    tier.withdraw_day_units = usdt.units_of("100")
    tier.save()
    reference(paying, "USDT = 0.8 EUR")
    assert room(paying, funded).left_units == 60_00


def test_all_assets_count_together(paying, funded, usdt):
    reference(paying, "EUR = 1 USDT")
    row = paying.ask(funded, 30_00)
    # As if it had been of another asset: what counts is its value.
    Withdrawal.objects.filter(pk=row.pk).update(asset=Asset.objects.get(code="BTC"))
    assert room(paying, funded).left_units == 70_00


@pytest.mark.parametrize(
    "text", ["EUR", "EUR = USDT", "EUR = 0 USDT", "EUR = -1 USDT", "EUR = 1 EUR", "eur = 1 USDT",
             "EUR = 1e9 USDT", "EUR = ١ USDT"],
)  # fmt: skip
def test_rates_that_cannot_be_read_are_refused(paying, text):
    with pytest.raises(ValidationError, match="is no rate"):
        reference(paying, text)
