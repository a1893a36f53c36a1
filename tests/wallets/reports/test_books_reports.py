"""Trial balance, balance sheet, income statement, custody: as plain Python has them, any time."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection

from plain_books import LINES
from sql_books import owner_of
from trading.accounts.models import Account, AccountRole
from trading.instruments.info import catalogue
from trading.instruments.rules import AssetInfo, Catalogue
from wallets.ledger.models import Classification, Line
from wallets.reports import actions, books, reading, selectors, verify
from wallets.reports.lines import BookLine
from wallets.reports.models import AccountCheckpoint, BalanceCheckpoint, CheckpointTotal
from wallets.reports.periods import Period
from wallets.reports.rates import Price, valuation

FAR = datetime(2100, 1, 1, tzinfo=UTC)
PAST = datetime(2000, 1, 1, tzinfo=UTC)
CUSTODY = {name for number, name in LINES.items() if number in (1, 3, 4, 5, 6, 7)}


def some_moments(played, count=25):
    rng = random.Random(7)
    known = played.plain.moments()
    count = min(count, len(known))
    just_behind = [at + timedelta(microseconds=1) for at in known]
    return [PAST, *rng.sample(known, count), *rng.sample(just_behind, count), FAR]


def grouped(played, at):
    """The plain sums as reports group them: customers together, each house account by itself.

    All lines of custody are one, as in `shown`.
    """
    customers = set(Account.objects.filter(role=AccountRole.CUSTOMER).values_list("pk", flat=True))
    found = defaultdict(int)
    for (owner, asset_id), units in played.plain.sums_before(at).items():
        group = "customers" if owner in customers else owner
        found["custody" if owner in CUSTODY else group, asset_id] += units
    return {key: units for key, units in found.items() if units}


def shown(lines):
    """Lines of the books in the plain books' shape, which knows one place of custody."""
    found = defaultdict(int)
    assert len({line.key for line in lines}) == len(lines)
    for line in lines:
        own = line.ledger_account_id
        owner = owner_of(own)[0] if own else "customers"
        is_custody = line.classification == Classification.ASSET
        found["custody" if is_custody else owner, line.asset_id] += line.units
    return {key: units for key, units in found.items() if units}


def test_the_books_at_any_moment_are_what_plain_python_sums(either):
    for at in some_moments(either):
        lines = selectors.snapshot(at, "USDT").lines
        assert shown(lines) == grouped(either, at), at
    assert shown(selectors.snapshot(None, "USDT").lines) == grouped(either, FAR)


def test_in_every_asset_both_sides_are_equal_at_any_moment(either):
    for at in some_moments(either):
        sides = defaultdict(int)
        for line in selectors.snapshot(at, "USDT").lines:
            right = line.classification not in (Classification.ASSET, Classification.EXPENSE)
            sides[line.asset_id] += -line.shown_units if right else line.shown_units
        assert set(sides.values()) <= {0}
        report = selectors.trial_balance(at, UTC, "USDT")
        for section in report.sections:
            (sums,) = section.sums
            assert section.is_good and sums.debit == sums.credit
            assert sum(x.debit.units for x in section.lines if x.debit) == sums.debit.units


def test_the_balance_sheet_says_what_the_books_say(either):
    taken = selectors.snapshot(None, "USDT")
    assets, liabilities, equity, both = selectors.balance_sheet(taken, UTC).sections

    def sums(section):
        found = defaultdict(int)
        for line in section.lines:
            found[line.asset] += line.amount.units
        return {code: units for code, units in found.items() if units}

    assert sums(assets) == sums(both) and sums(liabilities) and sums(equity)
    expected = defaultdict(int)
    for (owner, asset_id), units in grouped(either, FAR).items():
        if owner == "customers":
            expected[catalogue().assets[asset_id].code] -= units
    assert sums(liabilities) == expected


def test_an_income_statement_is_what_came_upon_income_and_expense(either):
    known = either.plain.moments()
    begin, end = known[len(known) // 3], known[-3]
    report, _valuation = selectors.income_statement(Period(begin, end, UTC), "USDT")
    fees_account = Account.objects.get(role=AccountRole.HOUSE_FEES).pk
    expected = {
        "income": defaultdict(int),
        "expense": defaultdict(int),
    }
    before, after = either.plain.sums_before(begin), either.plain.sums_before(end)
    for owner, asset_id in {**before, **after}:
        units = after.get((owner, asset_id), 0) - before.get((owner, asset_id), 0)
        code = catalogue().assets[asset_id].code
        if owner == fees_account:
            expected["income"][code] -= units
        elif owner == "adjustments":
            expected["expense"][code] += units
    income, expense, result = report.sections
    for section, name in ((income, "income"), (expense, "expense")):
        found = {line.asset: line.amount.units for line in section.lines}
        assert found == {code: units for code, units in expected[name].items() if units}
    for line in result.lines:
        assert line.amount.units == expected["income"][line.asset] - expected["expense"][line.asset]
    assert income.lines and expense.lines


def test_custody_against_what_is_owed(either):
    (section,) = selectors.custody(selectors.snapshot(None, "USDT"), UTC).sections
    sums = grouped(either, FAR)
    for line in section.lines:
        asset_id = catalogue().by_code[line.asset].id
        owed, there = -sums.get(("customers", asset_id), 0), sums.get(("custody", asset_id), 0)
        assert (line.owed.units, line.custody.units) == (owed, there)
        assert line.surplus.units == there - owed
        assert line.coverage_bp == (there * 10_000 // owed if owed else None)
    assert section.lines


def test_values_are_last_prices_and_what_has_none_has_no_value(either):
    known = catalogue()
    usdt = known.by_code["USDT"]
    for at in [either.plain.moments()[-5], FAR]:
        taken = selectors.snapshot(at, "USDT")
        direct = {}
        for info in known.instruments.values():
            price = either.plain.last_price(info.id, at, info.base_scale)
            if price is not None and info.quote_id == usdt.id:
                direct[info.base_id] = price
        assert set(direct) <= set(taken.valuation.rates)
        for asset_id, price in direct.items():
            assert taken.valuation.rates[asset_id].value == price
            assert "last trades of" in taken.valuation.source(asset_id)
    nothing = selectors.snapshot(PAST, "USDT").valuation
    other = next(a for a in known.assets.values() if a.code != "USDT")
    assert nothing.worth(other.id, 10**8) is None and nothing.source(other.id) == "no rate"
    assert nothing.worth(usdt.id, 5).units == 5
    unknown = selectors.snapshot(None, "NOPE")
    assert unknown.valuation.worth(usdt.id, 5) is None
    assert "Nothing is valued" in " ".join(selectors.balance_sheet(unknown, UTC).notes)


def test_a_rate_through_another_asset():
    class Info:
        def __init__(self, pk, symbol, base, quote):
            self.id, self.symbol = pk, symbol
            self.base_id, self.base_scale, self.quote_id = base.id, base.scale, quote.id

    usd, btc, eth, odd = (
        AssetInfo(pk, code, code, scale, 2)
        for pk, code, scale in [(1, "USD", 2), (2, "BTC", 8), (3, "ETH", 6), (4, "ODD", 0)]
    )
    assets = {a.id: a for a in (usd, btc, eth, odd)}
    infos = {1: Info(1, "BTC-USD", btc, usd), 2: Info(2, "ETH-BTC", eth, btc)}
    known = Catalogue(assets, infos, {}, {a.code: a for a in assets.values()})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    second = int(at.timestamp())
    prices = [Price(1, second - 120, 50_000_00), Price(2, second - 600, 5_000_000)]
    found = valuation(known, prices, "USD", at)
    # 2 ETH at 0.05 BTC of 50 000 USD.
    assert found.worth(3, 2_000_000).units == 5_000_00
    assert found.rates[3].value == Fraction(5_000_000, 10**6) * Fraction(50_000_00, 10**8)
    assert found.source(3) == "last trades of ETH-BTC × BTC-USD, 9 min old"
    assert found.worth(4, 7) is None and found.unvalued({3, 4}) == ["ODD"]
    back = valuation(known, prices, "BTC", at)
    assert back.worth(1, 50_000_00).units == 10**8


def test_checkpoints_are_borne_out_by_the_postings_and_can_be_made_anew(played):
    assert actions.write_checkpoints(entries=23, postings=4) > 3
    assert verify.checkpoint_breaks() == []
    tables = (BalanceCheckpoint, CheckpointTotal, AccountCheckpoint)
    counts = [model.objects.count() for model in tables]
    assert min(counts) > 3
    assert actions.write_checkpoints(entries=23, postings=4) == 0
    with connection.cursor() as sql:
        sql.execute("UPDATE reports_checkpointtotal SET units = units + 1 WHERE line = 1")
        sql.execute("DELETE FROM reports_accounttally WHERE postings > 9")
        sql.execute("UPDATE reports_accountcheckpoint SET units = 0")
    breaks = verify.checkpoint_breaks()
    assert {text.split()[1] for text in breaks} >= {"checkpoint", "account", "tally"}
    actions.rebuild_checkpoints(entries=23, postings=4)
    assert verify.checkpoint_breaks() == []
    assert [model.objects.count() for model in tables] == counts


@pytest.mark.parametrize("entries", [1, 50])
def test_a_moment_has_the_entries_before_it(played, entries):
    actions.write_checkpoints(entries=entries)
    plain = [(played.plain.micros(seq), (seq << 20) | index)
             for (seq, index), _ in played.plain.entries()]  # fmt: skip
    for at in [PAST, FAR, *played.plain.moments()]:
        micros = int(at.timestamp()) * 10**6 + at.microsecond
        expected = max((pk for time, pk in plain if time < micros), default=0)
        assert reading.bound_before(at) == expected


def test_what_a_closed_period_carried_on_is_no_loss():
    usd = AssetInfo(1, "USD", "USD", 2, 2)
    valued = valuation(Catalogue({1: usd}, {}, {}, {"USD": usd}), [], "USD", FAR)

    def line(number, classification, units):
        return BookLine(str(number), number, Classification(classification), number, 1, units)

    moved = [
        line(Line.SPREADS, "income", -700),
        line(Line.NETWORK_FEES, "expense", 200),
        line(Line.INCOME_CARRIED, "income", 700),
        line(Line.EXPENSES_CARRIED, "expense", -200),
        line(Line.RETAINED_EARNINGS, "equity", -500),
    ]
    *_parts, result = books.income_statement(moved, valued, UTC, []).sections
    assert [each.amount.units for each in result.lines] == [500]
    assets, _owed, equity, both = books.balance_sheet(
        [*moved, line(Line.BANK, "asset", 500)], valued, UTC, []
    ).sections
    assert [each.amount.units for each in equity.lines] == [500]
    assert assets.sums[0].value == both.sums[0].value
