"""Volume tiers of a firm: who may change them, what is refused, in force at once, written down."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from audit.models import AuditRecord
from firms import fund, marks
from trading.accounts.actions import create_group
from trading.accounts.selectors import access_account
from trading.bulk.tables import EventTables
from trading.commands import door
from trading.commands import selectors as queue
from trading.commands.actors import label_of
from trading.commands.models import QueuedCommand
from trading.engine import columns, commands, queries, wire
from trading.engine.shard import Shard
from trading.fees import actions, projections, rates, selectors
from trading.fees.actions import Step
from trading.fees.errors import FeeError
from trading.fees.models import Ladder, LadderVersion, Tier, TierChange
from trading.instruments.models import Asset
from trading.orders import actions as orders

STEPS = [Step("1000", 900, 1400), Step("20000.5", 900, 1000)]
DAY_NS = 86_400 * 10**9


@pytest.fixture(autouse=True)
def customers(books, alice, bob):
    """Their accounts are in the engine."""
    books.settle()


def row_of(account):
    (row,) = door.send_command(queries.QueryFeeTier(account_id=account.pk)).events
    return row


def test_a_new_firm_has_the_tiers_of_its_template(books, alice):
    tiers = selectors.tiers_of(access_account(alice).group_id)
    assert [tier.number for tier in tiers] == [1, 2, 3, 4, 5]
    assert (tiers[0].maker_ppm, tiers[0].taker_ppm) == (900, 1350)
    row = row_of(access_account(alice))
    asset = selectors.valuation_asset()
    assert (asset.code, row.asset_id) == ("USDT", asset.pk)
    assert (row.tiers, row.next_from_units) == (5, tiers[0].from_units)
    books.prove()


def test_what_both_sides_trade_is_counted(books, alice, bob, staff_of):
    finance, owner = staff_of("finance"), staff_of("owner")
    for customer in (alice, bob):
        for code, amount in (("USDT", "10000"), ("BTC", "1")):
            fund(access_account(customer), code, amount, finance, owner)
    books.settle()
    for user, side in ((alice, "sell"), (bob, "buy")):
        orders.submit_order(
            account=access_account(user), instrument="BTC-USDT", acting_user=user,
            side=side, price="100", quantity="0.25",
        )  # fmt: skip
    for user in (alice, bob):
        standing = selectors.standing_of(access_account(user))
        assert standing.row.today_units == 25 * 10**8
        assert (standing.row.volume_units, standing.row.tier) == (0, 0)
        assert standing.left_units == standing.row.next_from_units > 0
    books.prove()


def test_another_ladder_is_in_force_with_its_history(books, alice, staff_of):
    owner = staff_of("owner")
    group = create_group(name="Friends", acting_user=owner)
    actions.set_ladder(group=group, steps=STEPS, acting_user=owner, reason="As agreed")
    version = LadderVersion.objects.get(group=group)
    assert (version.version, version.old, version.changed_by) == (1, {}, label_of(owner))
    assert version.new == {
        "tier_1": "1000 USDT: 0.09 % / 0.14 %",
        "tier_2": "20000.5 USDT: 0.09 % / 0.1 %",
    }
    audited = AuditRecord.objects.filter(action="fees.set_tiers").latest("pk")
    assert (audited.new, audited.reason) == (version.new, "As agreed")
    assert row_of(access_account(alice)).tiers == 5
    assert [tier.number for tier in selectors.tiers_of(group.pk)] == [1, 2]
    books.settle()
    assert queue.state_of(version.command) == QueuedCommand.State.APPLIED
    from trading.accounts.actions import set_account_group

    set_account_group(account=access_account(alice), group=group, acting_user=owner)
    books.settle()
    row = row_of(access_account(alice))
    assert (row.tiers, row.next_from_units) == (2, 1000 * 10**8)
    before = marks()
    actions.set_ladder(group=group, steps=STEPS, acting_user=owner)
    assert marks() == before  # it is like that already
    actions.set_ladder(group=group, steps=[], acting_user=owner)
    assert not Ladder.objects.filter(group=group).exists()
    assert LadderVersion.objects.filter(group=group).count() == 2
    books.settle()
    assert row_of(access_account(alice)).tiers == 5
    books.prove()


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([Step("0", 900, 900)], "volume_1"),
        ([Step("-5", 900, 900)], "volume_1"),
        ([Step("much", 900, 900)], "volume_1"),
        ([Step("0.000000001", 900, 900)], "volume_1"),
        ([Step("9" * 31, 900, 900)], "volume_1"),
        ([Step("10", 1_000_001, 900)], "maker_ppm_1"),
        ([Step("10", 900, -1)], "taker_ppm_1"),
        ([Step("10", 900, 900), Step("10", 800, 800)], "volume_2"),
        ([Step("10", 900, 900), Step("9", 800, 800)], "volume_2"),
        ([Step("10", 900, 900), Step("20", 901, 800)], "maker_ppm_2"),
        ([Step("10", 900, 900), Step("20", 800, 901)], "taker_ppm_2"),
        ([Step("10", 900, 900), Step("20", 900, 900)], "taker_ppm_2"),
        ([Step("10", 1000, 1500)], "maker_ppm_1"),  # what everybody pays
        ([Step(str(n), 900 - n, 900) for n in range(1, 14)], ""),
    ],
)
def test_what_makes_no_sense_is_refused(books, staff_of, steps, field):
    owner = staff_of("owner")
    kept = list(Tier.objects.values_list("pk", "from_units"))
    before = marks()
    with pytest.raises(FeeError) as refused:
        actions.set_ladder(steps=steps, acting_user=owner)
    assert refused.value.field == field
    assert marks() == before
    assert list(Tier.objects.values_list("pk", "from_units")) == kept


def test_the_currency_changes_only_without_tiers(books, alice, staff_of):
    owner = staff_of("owner")
    bitcoin = Asset.objects.get(code="BTC")
    with pytest.raises(FeeError):
        actions.set_valuation(asset=bitcoin, acting_user=owner)
    actions.set_ladder(steps=[], acting_user=owner)
    actions.set_valuation(asset=bitcoin, acting_user=owner)
    books.settle()
    assert (row_of(access_account(alice)).asset_id, selectors.valuation_asset()) == (
        bitcoin.pk,
        bitcoin,
    )
    actions.set_valuation(asset=None, acting_user=owner)
    before = marks()
    with pytest.raises(FeeError):
        actions.set_ladder(steps=STEPS, acting_user=owner)
    assert marks() == before
    books.settle()
    assert row_of(access_account(alice)).asset_id == 0
    assert [version.new for version in LadderVersion.objects.filter(is_valuation=True)] == [
        {},
        {"asset": "BTC"},
        {"asset": "USDT"},
    ]
    books.prove()


def test_only_who_may_change_fees_may_change_tiers(books, alice, staff_of):
    before = marks()
    for person in (alice, staff_of("support"), staff_of("auditor")):
        with pytest.raises(PermissionDenied):
            actions.set_ladder(steps=STEPS, acting_user=person)
        with pytest.raises(PermissionDenied):
            actions.set_valuation(asset=None, acting_user=person)
    assert marks().commands == before.commands


def test_a_tier_only_lowers():
    lines = [rates.Rate("A-B", 500, 2000), rates.Rate("C-B", 0, 100)]
    assert rates.lowered(lines, 400, 1000) == [
        rates.Rate("A-B", 400, 1000),
        rates.Rate("C-B", 0, 100),
    ]


def test_tier_changes_are_written_down(books, alice, bob):
    """Records of an engine whose days go by, read as clearing reads them."""
    makers, takers = access_account(alice), access_account(bob)
    shard = Shard()
    records = b""

    def send(day: int, *messages):
        nonlocal records
        frames = b"".join(wire.request_of(message, 1) for message in messages)
        records += shard.run_batch(frames, day * DAY_NS).records

    accounts = [commands.CreateAccount(account_id=10**9, role=1, state=1)]
    for account in (makers, takers):
        accounts.append(commands.CreateAccount(account_id=account.pk, state=1))
        accounts += [
            commands.CreditFunds(account_id=account.pk, asset_id=n, amount_units=10**6, reason=1)
            for n in (1, 2)
        ]
    send(
        20_000,
        commands.OpenVenue(code="x"),
        commands.CreateAsset(asset_id=1, code="A"),
        commands.CreateAsset(asset_id=2, code="B"),
        commands.CreateInstrument(
            instrument_id=1,
            base_asset_id=1,
            quote_asset_id=2,
            tick_units=1,
            lot_units=1,
            state=1,
            symbol="A-B",
        ),
        *accounts,
        commands.SetValuation(asset_id=2),
        commands.SetFeeTiers(from_units_1=100),
    )
    for day in (20_000, 20_001, 20_040):
        for account, side in ((makers, 2), (takers, 1)):
            order = commands.PlaceOrder(
                account_id=account.pk, instrument_id=1, side=side, order_type=1, time_in_force=1,
                lots=10, ticks=10,
            )  # fmt: skip
            send(day, order)
    tables = {
        name: rows for (tenant, name), rows in columns.split_records(records).items() if tenant == 1
    }
    with connection.cursor() as cursor:
        projections.project_tiers(cursor.cursor, EventTables(tables))
    found = [
        (row.tier, row.old_tier, row.volume_units, row.day, row.time.date())
        for row in selectors.tier_changes(makers)
    ]
    first, last = datetime.date(2024, 10, 5), datetime.date(2024, 11, 13)
    assert found == [(0, 1, 0, last, last), (1, 0, 100, first, first)]
    assert TierChange.objects.filter(account=takers).count() == 2
