"""Worth at moments and the result between them, against the same worked out by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from identity.models import User
from trading.accounts.selectors import access_account
from trading.instruments.info import instrument_info
from trading.market_data.models import Candle
from wallets.ledger import chart
from wallets.ledger.models import Balance, EntryKind, JournalEntry, Line, Posting
from wallets.reports import worth

BEGIN = datetime(2026, 3, 14, tzinfo=UTC)
USDT, BTC = 10**8, 10**8
MOMENTS = [BEGIN + timedelta(days=day) for day in range(4)]


@pytest.fixture
def add(alice: User) -> Callable[..., None]:
    """Book units of the base (or quote) asset for Alice at an hour, against a house line."""
    account_id = access_account(alice).pk
    info = instrument_info("BTC-USDT")

    def add(hour: float, units: int, kind: EntryKind, *, base: bool = False) -> None:
        asset_id = info.base_id if base else info.quote_id
        own = chart.ledger_account_id(Line.ENGINE_ACCOUNT, account_id, asset_id)
        other = chart.ledger_account_id(Line.CUSTODY, 0, asset_id)
        with connection.cursor() as cursor:
            chart.ensure_ledger_accounts(cursor, [own, other])
        seq = 1 + int(hour * 60)
        entry = JournalEntry.objects.create(
            pk=(seq << 20) + base, kind=kind, seq=seq, reference_id=seq,
            time=BEGIN + timedelta(hours=hour),
        )  # fmt: skip
        for line, (ledger_account_id, signed) in enumerate([(own, -units), (other, units)]):
            Posting.objects.create(
                entry_id=entry.pk, line=line, ledger_account_id=ledger_account_id, units=signed
            )
            balance, _ = Balance.objects.get_or_create(
                ledger_account_id=ledger_account_id, defaults={"units": 0, "entry_id": entry.pk}
            )
            Balance.objects.filter(pk=balance.pk).update(
                units=balance.units + signed, entry_id=entry.pk
            )

    return add


def price(hour: float, whole: int, seq: int) -> None:
    info = instrument_info("BTC-USDT")
    second = int((BEGIN + timedelta(hours=hour)).timestamp())
    Candle.objects.create(
        instrument_id=info.id, interval_seconds=60, open_second=second, open_price_units=1,
        high_price_units=1, low_price_units=1, close_price_units=whole * USDT, base_units=1,
        quote_units=1, trades=1, last_seq=seq,
    )  # fmt: skip


def test_worth_and_result_are_as_by_hand(alice: User, add: Callable[..., None]) -> None:
    price(-1, 50_000, 1)
    price(30, 60_000, 2)
    add(1, 1_000 * USDT, EntryKind.DEPOSIT)
    add(2, BTC // 100, EntryKind.SPOT_FILL, base=True)  # buys 0.01 BTC for 500
    add(2, -500 * USDT, EntryKind.SPOT_FILL)
    add(50, -200 * USDT, EntryKind.WITHDRAWAL)
    found = worth.series([access_account(alice).pk], MOMENTS, "USDT")
    assert [point.units for point in found.points] == [
        0,
        (500 + 500) * USDT,
        (500 + 600) * USDT,
        (300 + 600) * USDT,
    ]
    assert [point.paid_units for point in found.points] == [0, 1_000 * USDT, 0, -200 * USDT]
    assert found.result_units == 100 * USDT


def test_a_payment_in_kind_counts_at_its_rate(alice: User, add: Callable[..., None]) -> None:
    price(-1, 50_000, 1)
    add(5, BTC, EntryKind.DEPOSIT, base=True)
    price(30, 40_000, 2)
    found = worth.series([access_account(alice).pk], MOMENTS, "USDT")
    assert found.points[1].paid_units == 50_000 * USDT
    assert found.result_units == -10_000 * USDT


def test_what_has_no_rate_has_no_worth(alice: User, add: Callable[..., None]) -> None:
    add(1, BTC, EntryKind.DEPOSIT, base=True)
    price(30, 40_000, 1)
    found = worth.series([access_account(alice).pk], MOMENTS, "USDT")
    assert [point.units for point in found.points] == [0, None, 40_000 * USDT, 40_000 * USDT]
    assert found.result_units is None
    assert len(found.known) == 3


def test_a_candle_that_has_not_ended_says_nothing(alice: User, add: Callable[..., None]) -> None:
    price(-1, 50_000, 1)
    price(24, 99_000, 2)  # begins at the very moment
    add(1, BTC, EntryKind.DEPOSIT, base=True)
    found = worth.series([access_account(alice).pk], MOMENTS[:2], "USDT")
    assert found.points[1].units == 50_000 * USDT


def test_bobs_worth_is_his_own(alice: User, bob: User, add: Callable[..., None]) -> None:
    add(1, 1_000 * USDT, EntryKind.DEPOSIT)
    found = worth.series([access_account(bob).pk], MOMENTS, "USDT")
    assert [point.units for point in found.points] == [0, 0, 0, 0]
    assert worth.series([access_account(alice).pk], MOMENTS, "XYZ").points == []
