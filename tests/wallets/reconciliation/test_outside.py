"""Custody against what finance says is outside, and fills counted from the journal down."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from audit.models import AuditRecord
from trading.instruments.models import Asset
from wallets.ledger import actions as ledger
from wallets.ledger.models import ProofRun
from wallets.reconciliation import actions, custody, levels
from wallets.reconciliation.actions import Outside
from wallets.reconciliation.custody import Word
from wallets.reconciliation.errors import ReconciliationError
from wallets.reconciliation.models import BooksBreak, Level, OutsideBalance, State, Way


def prove(tenant, *, is_whole=False):
    return ledger.prove_books(tenant=tenant, run=ProofRun.SCHEDULE, wait_s=0, is_whole=is_whole)


def of(code):
    asset = Asset.objects.get(code=code)
    return next(item for item in custody.comparisons() if item.asset_id == asset.pk)


def enter(finance, units, place="Cold wallet", code="BTC", as_of=None):
    (made,) = actions.enter_outside_balances(
        rows=[
            Outside(
                Asset.objects.get(code=code), place, units, as_of or timezone.now(), "Statement 7"
            )
        ],
        acting_user=finance,
    )
    return made


def test_what_nobody_entered_is_unknown_and_no_break(firm):
    assert of("BTC").word == Word.UNKNOWN
    assert prove(firm.tenant).breaks == []


def test_custody_is_compared_at_the_moment_of_the_outside_balance(firm):
    now = timezone.now()
    units = custody.custody_units(Asset.objects.get(code="BTC").pk)
    enter(firm.finance, units - 7, "Cold wallet", as_of=now)
    enter(firm.finance, 7, "Hot wallet", as_of=now)
    assert of("BTC").word == Word.SAME and of("BTC").entered == 2
    assert prove(firm.tenant).breaks == []
    # A later statement of one place alone says nothing about the whole.
    later = timezone.now()
    enter(firm.finance, units, "Cold wallet", as_of=later)
    assert (of("BTC").word, of("BTC").as_of) == (Word.SAME, now)
    assert of("ETH").word == Word.UNKNOWN
    enter(firm.finance, 0, "Hot wallet", as_of=later)
    assert (of("BTC").word, of("BTC").as_of) == (Word.SAME, later)


def test_a_difference_is_a_break_that_a_corrected_balance_resolves(firm):
    units = custody.custody_units(Asset.objects.get(code="BTC").pk)
    moment = timezone.now()
    enter(firm.finance, units - 1, as_of=moment)
    prove(firm.tenant)
    row = BooksBreak.objects.get()
    assert (row.cause, row.units, row.asset.code) == (custody.CAUSE, 1, "BTC")
    actions.explain_break(row=row, explanation="A typing error", acting_user=firm.finance)
    better = enter(firm.finance, units, as_of=moment)
    row = actions.propose_resolution(
        row=row, way=Way.OUTSIDE, reference=better.pk, reason="Typed anew",
        acting_user=firm.finance,
    )  # fmt: skip
    assert row.state == State.RESOLVED
    prove(firm.tenant)
    row.refresh_from_db()
    assert row.state == State.RESOLVED


def test_a_file_is_entered_whole_or_not_at_all(firm):
    head = "asset,place,amount,as_of,source\n"
    good = 'BTC,Bank,1.5,2026-01-02T03:04:05Z,"Statement, page 2"\n'
    for bad, word in (
        ("XXX,Bank,1,2026-01-02T03:04:05Z,Statement\n", "no asset"),
        ("BTC,Bank,1.123456789,2026-01-02T03:04:05Z,Statement\n", "Line 3"),
        ("BTC,Bank,1,2026-01-02 03:04:05,Statement\n", "as_of must read"),
        ("BTC,Bank,1\n", "five columns"),
        ("BTC,Bank,-1,2026-01-02T03:04:05Z,Statement\n", "less than nothing"),
        ("BTC,Bank,1,2999-01-02T03:04:05Z,Statement\n", "future"),
        ("BTC,,1,2026-01-02T03:04:05Z,Statement\n", "Name the place"),
    ):
        with pytest.raises(ReconciliationError, match=word):
            actions.import_outside_balances(text=head + good + bad, acting_user=firm.finance)
    with pytest.raises(ReconciliationError, match="first line"):
        actions.import_outside_balances(text=good, acting_user=firm.finance)
    assert OutsideBalance.objects.count() == 0
    for nobody in (None, firm.bob, firm.owner):
        with pytest.raises(PermissionDenied):
            actions.import_outside_balances(text=head + good, acting_user=nobody)
    (made,) = actions.import_outside_balances(text=head + good, acting_user=firm.finance)
    assert (made.units, made.source) == (150_000_000, "Statement, page 2")
    assert made.as_of < timezone.now() - timedelta(days=1)
    assert AuditRecord.objects.filter(object_id=made.pk, actor_id=firm.finance.pk).exists()


def test_every_level_counts_the_same_fills_at_one_seq(firm):
    prove(firm.tenant)
    found = levels.levels()
    assert (found.seq, found.problem) == (firm.books.writer.seq, "")
    btc, usdt = (Asset.objects.get(code=code).pk for code in ("BTC", "USDT"))
    for level in Level:
        counted = found.counted[level]
        assert (counted.count[btc], counted.count[usdt]) == (1, 1)
        assert counted.units[btc] == firm.trade.base_units
        assert counted.units[usdt] == firm.trade.quote_units
    prove(firm.tenant)
    assert levels.levels().counted[Level.FILLS].count[btc] == 1


def test_a_trade_that_is_missing_shows_between_the_levels(firm):
    prove(firm.tenant)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM orders_trade")
    prove(firm.tenant, is_whole=True)
    found = {row.cause: row for row in BooksBreak.objects.filter(asset__code="BTC")}
    assert found["fills_unlike_trades"].units == -firm.trade.base_units
    assert found["trades_unlike_entries_in_sum"].units == firm.trade.base_units
    assert BooksBreak.objects.get(cause="trade_unlike_entry").event_seq == firm.trade.seq
