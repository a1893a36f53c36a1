"""Assets, instruments and fees: who may change them, what is refused, effective at once."""

import pytest
from django.core.exceptions import PermissionDenied

from money.units import MoneyError
from trading.accounts.actions import create_group
from trading.accounts.models import AccountGroup
from trading.commands import door
from trading.commands import selectors as commands
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.engine.results import Result
from trading.instruments import actions, selectors
from trading.instruments.errors import InstrumentError
from trading.instruments.models import (
    Asset,
    FeeSchedule,
    FeeScheduleVersion,
    Instrument,
    State,
)


@pytest.fixture
def bitcoin(tenant):
    return selectors.instrument_by_symbol("BTC-USDT")


def new_instrument(acting_user, **changes):
    values = {
        "symbol": "ETH-BTC",
        "base": Asset.objects.get(code="ETH"),
        "quote": Asset.objects.get(code="BTC"),
        "tick_size": "0.0001",
        "lot_size": "0.001",
        "max_quantity": "100",
        "acting_user": acting_user,
    }
    return actions.create_instrument(**values | changes)


def test_a_new_tenant_is_furnished(books):
    assert [asset.code for asset in selectors.assets()] == ["BTC", "ETH", "USDT"]
    info = selectors.instrument_info("BTC-USDT")
    assert (info.tick_units, info.lot_units, info.factor) == (10**6, 10**3, 10)
    assert info.price_text(5_000_000) == "50000.00"
    house = AccountGroup.objects.get(name="House")
    schedule = FeeSchedule.objects.get(group=house)
    assert (schedule.maker_ppm, schedule.taker_ppm) == (0, 0)
    depth = door.send_command(queries.QueryDepth(instrument_id=info.id, levels=5))
    assert depth.result == Result.ACCEPTED
    books.prove()


def test_a_new_asset_and_instrument_reach_the_engine(books, staff_of):
    owner = staff_of("owner")
    gold = actions.create_asset(code="XAU", name="Gold", scale=4, acting_user=owner)
    made = new_instrument(
        owner,
        symbol="XAU-USDT",
        base=gold,
        quote=Asset.objects.get(code="USDT"),
        tick_size="0.01",
        lot_size="0.01",
    )
    books.prove()
    version = made.versions.get()
    assert (version.version, version.old) == (1, {})
    assert commands.state_of(version.command) == QueuedCommand.State.APPLIED
    assert selectors.instrument_info("XAU-USDT").factor == 10**4


@pytest.mark.parametrize("role", ["finance", "compliance", "support", "auditor"])
def test_roles_without_the_right_change_nothing(books, bitcoin, staff_of, role):
    person = staff_of(role)
    for attempt in (
        lambda: actions.create_asset(code="XAU", name="Gold", scale=4, acting_user=person),
        lambda: new_instrument(person),
        lambda: actions.change_instrument(instrument=bitcoin, taker_ppm=5, acting_user=person),
        lambda: actions.set_instrument_state(
            instrument=bitcoin, state=State.HALTED, acting_user=person
        ),
        lambda: actions.set_fees(instrument=bitcoin, maker_ppm=0, taker_ppm=0, acting_user=person),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert Instrument.objects.count() == 2
    assert bitcoin.versions.count() == 1


def test_staff_of_another_tenant_and_customers_may_not(
    books, bitcoin, staff_of, other_tenant, alice
):
    for stranger in (staff_of("owner", other_tenant), alice):
        with pytest.raises(PermissionDenied):
            actions.change_instrument(instrument=bitcoin, taker_ppm=5, acting_user=stranger)
    assert bitcoin.versions.count() == 1


def test_a_change_is_versioned_and_effective(books, bitcoin, staff_of):
    actions.change_instrument(
        instrument=bitcoin,
        taker_ppm=2500,
        max_quantity="50",
        acting_user=staff_of("owner"),
        reason="new price list",
    )
    books.prove()
    version = bitcoin.versions.first()
    assert (version.version, version.reason) == (2, "new price list")
    assert (version.old["taker_ppm"], version.new["taker_ppm"]) == (1500, 2500)
    assert commands.state_of(version.command) == QueuedCommand.State.APPLIED
    assert selectors.instrument_info("BTC-USDT").max_lots == 5_000_000


def test_a_change_to_what_is_there_writes_nothing(books, bitcoin, staff_of):
    owner = staff_of("owner")
    actions.change_instrument(instrument=bitcoin, taker_ppm=bitcoin.taker_ppm, acting_user=owner)
    actions.set_instrument_state(instrument=bitcoin, state=bitcoin.state, acting_user=owner)
    assert bitcoin.versions.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tick_size": "0"}, "tick_size"),
        ({"tick_size": "0.000000001"}, "tick_size"),
        ({"tick_size": "0.00000001"}, "tick_size"),  # times a lot: less than a unit
        ({"lot_size": "ten"}, "lot_size"),
        ({"max_quantity": "0.0005"}, "max_quantity"),
        ({"min_quantity": "200"}, "max_quantity"),
        ({"min_notional": "5", "max_notional": "4"}, "max_notional"),
        ({"maker_ppm": 1_000_001}, "maker_ppm"),
        ({"price_band_bp": -1}, "price_band_bp"),
        ({"symbol": "eth btc"}, "symbol"),
        ({"symbol": "BTC-USDT"}, "symbol"),
    ],
)
def test_bad_rules_name_the_field(tenant, staff_of, changes, field):
    with pytest.raises(InstrumentError) as refused:
        new_instrument(staff_of("owner"), **changes)
    assert refused.value.field == field
    assert Instrument.objects.count() == 2


def test_fees_are_versioned_and_removed_again(books, bitcoin, staff_of):
    owner = staff_of("owner")
    group = create_group(name="Market makers", acting_user=owner)
    schedule = actions.set_fees(
        group=group, instrument=bitcoin, maker_ppm=10, taker_ppm=20, acting_user=owner
    )
    actions.set_fees(group=group, instrument=bitcoin, maker_ppm=11, taker_ppm=20, acting_user=owner)
    actions.remove_fees(schedule=schedule, acting_user=owner, reason="over")
    books.prove()
    versions = list(FeeScheduleVersion.objects.filter(group=group).order_by("id"))
    assert [v.version for v in versions] == [1, 2, 3]
    assert [v.new.get("maker_ppm") for v in versions] == [10, 11, None]
    assert not FeeSchedule.objects.filter(group=group).exists()
    for version in versions:
        assert commands.state_of(version.command) == QueuedCommand.State.APPLIED


def test_fees_need_a_scope_and_a_range(tenant, staff_of):
    owner = staff_of("owner")
    with pytest.raises(InstrumentError, match="group"):
        actions.set_fees(maker_ppm=1, taker_ppm=1, acting_user=owner)
    with pytest.raises(InstrumentError, match="parts per million"):
        actions.set_fees(
            instrument=Instrument.objects.first(), maker_ppm=-1, taker_ppm=1, acting_user=owner
        )


def test_texts_and_integers_go_both_ways(tenant):
    info = selectors.instrument_info("ETH-USDT")
    assert info.ticks_of("1234.50") == 123_450
    assert info.price_text(123_450) == "1234.50"
    assert info.lots_of("0.0012") == 12
    assert info.quantity_text(12) == "0.0012"
    assert info.average_price_text(info.quote_units_of("10"), info.lots_of("3")) == "3.33333333"
    with pytest.raises(MoneyError, match=r"multiple of 0\.01 USDT"):
        info.ticks_of("0.001")
    with pytest.raises(MoneyError, match=r"multiple of 0\.0001 ETH"):
        info.lots_of("0.00001")


def test_an_unknown_symbol_names_the_known_ones(tenant):
    with pytest.raises(selectors.UnknownInstrument, match="BTC-USDT, ETH-USDT"):
        selectors.instrument_info("DOGE-USDT")
