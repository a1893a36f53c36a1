"""Statements, fees and tax years against plain Python, with and without checkpoints."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime

from trading.accounts.models import Account
from trading.instruments.info import catalogue
from wallets.ledger import entries
from wallets.ledger.models import JournalEntry
from wallets.reports import periods, selectors, statements, tax_year
from wallets.reports.periods import Period

FAR = datetime(2100, 1, 1, tzinfo=UTC)


def by_entry(lines):
    """Lines of a statement as the plain books have them: an entry's are one."""
    found = {}
    for line in lines:
        place = entries.position_of(line.entry_id)
        amount, _ = found.get(place, (0, 0))
        found[place] = (amount + line.amount_units, line.balance_units)
    return [(*place, *both) for place, both in found.items() if both[0]]


def test_a_statement_is_what_plain_python_adds_up(either):
    checked = 0
    for account in either.accounts:
        for asset_id in catalogue().assets:
            plain = either.plain.statement(account.pk, asset_id)
            checked += len(plain)
            whole, cursor = statements.page(account, limit=100_000, asset_id=asset_id)
            assert cursor == "" and by_entry(reversed(whole)) == plain
            assert (
                list(statements.movements(account.pk, 0, 2**62, asset_id=asset_id)) == whole[::-1]
            )
            paged, cursor = [], ""
            while True:
                lines, cursor = statements.page(account, cursor, limit=7, asset_id=asset_id)
                paged += lines
                if not cursor:
                    break
            assert paged == whole
    assert checked > 100


def test_what_a_period_closes_with_the_next_one_opens_with(either):
    known = either.plain.moments()
    cuts = [None, known[2], known[len(known) // 2], known[-2], None]
    for account in either.accounts:
        balance = defaultdict(int)
        for begin, end in itertools.pairwise(cuts):
            period = Period(begin, end, UTC)
            before = either.plain.sums_before(begin) if begin else {}
            after = either.plain.sums_before(end or FAR)
            seen = {}
            for each in statements.period_balances(account, period):
                assert each.opening_units == balance[each.asset.id]
                assert each.opening_units == -before.get((account.pk, each.asset.id), 0)
                assert each.closing_units == -after.get((account.pk, each.asset.id), 0)
                seen[each.asset.id] = each.closing_units
            balance = defaultdict(int, seen)
            for section in statements.report(account, period, "me").sections:
                opening, *moves, closing = section.lines
                moved = sum(line.amount.units for line in moves)
                assert opening.balance.units + moved == closing.balance.units
                asset = catalogue().by_code[section.title]
                assert closing.balance.units == seen.get(asset.id, 0)
            lines, _ = statements.page(account, limit=100_000, period=period)
            assert all(
                (begin is None or line.time >= begin) and (end is None or line.time < end)
                for line in lines
            )


def test_a_cursor_does_not_lead_out_of_its_period(played):
    account = played.accounts[0]
    known = played.plain.moments()
    period = Period(None, known[len(known) // 2], UTC)
    newest, _ = statements.page(account, limit=1)
    inside, _ = statements.page(account, limit=100_000, period=period)
    assert newest[0].time >= period.end and inside
    assert statements.page(account, newest[0].cursor, limit=100_000, period=period)[0] == inside


def test_fees_by_instrument_and_group_and_day_are_the_ledgers_income(either):
    known = either.plain.moments()
    begin, end = known[len(known) // 4], known[-2]
    period = Period(begin, end, UTC)
    infos = catalogue().instruments
    plain = either.plain.fees(begin, end, lambda pk: (infos[pk].base_id, infos[pk].quote_id))
    assert plain
    report, days = selectors.fee_report(period, "instrument", "USDT")
    (section,) = report.sections
    found = {}
    for line in section.lines:
        if line.fees.units:
            instrument = catalogue().by_symbol[line.of].id
            found[instrument, catalogue().by_code[line.asset].id] = line.fees.units
    assert found == plain
    by_asset = defaultdict(int)
    for (_instrument, asset_id), units in plain.items():
        by_asset[catalogue().assets[asset_id].code] += units
    for grouping in ("day", "group"):
        other, _ = selectors.fee_report(period, grouping, "USDT")
        (section,) = other.sections
        sums = defaultdict(int)
        for line in section.lines:
            sums[line.asset] += line.fees.units
        assert sums == by_asset
    income, _valuation = selectors.income_statement(period, "USDT")
    assert {x.asset: x.amount.units for x in income.sections[0].lines} == by_asset
    assert len(days) >= 1


def test_one_accounts_fees_are_the_ones_it_paid(played):
    account = played.accounts[0]
    (section,) = selectors.fee_report(
        Period(None, None, UTC), "instrument", "USDT", account_ids=[account.pk]
    )[0].sections
    infos = catalogue().instruments
    plain = defaultdict(int)
    for trade in played.plain.books.trades.values():
        info, taker_buys = infos[trade["instrument"]], trade["taker_side"] == 1
        if trade["taker"] == account.pk:
            code = info.base_code if taker_buys else info.quote_code
            plain[info.symbol, code] += trade["taker_fee"]
        if trade["maker"] == account.pk:
            code = info.quote_code if taker_buys else info.base_code
            plain[info.symbol, code] += trade["maker_fee"]
    assert {(x.of, x.asset): x.fees.units for x in section.lines} == dict(plain)


def test_a_tax_year_has_every_fact_and_adds_up(either):
    year = either.plain.moments()[-1].year
    accounts = list(Account.objects.filter(user=either.owner).order_by("pk"))
    ids = {account.pk for account in accounts}
    period = periods.year(year, UTC)
    first, middle, last = tax_year.report(accounts, year, period, "me").sections
    assert list(first.lines) == []
    lines = list(middle.lines)
    fills = [line for line in lines if line.instrument]
    expected = sum(
        (trade["maker"] in ids) + (trade["taker"] in ids)
        for trade in either.plain.books.trades.values()
    )
    assert len(fills) == expected > 20
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    held = defaultdict(int)
    for line in lines:
        for amount, sign in ((line.quantity, 1), (line.amount, 1), (line.fee, -1)):
            if amount is not None:
                held[line.account, amount.code] += sign * amount.units
    found = {(x.account, x.quantity.code): x.quantity.units for x in last.lines}
    assert {key: units for key, units in held.items() if units} == found
    empty = tax_year.report(accounts, year - 1, periods.year(year - 1, UTC), "me").sections
    assert [list(section.lines) for section in empty] == [[], [], []]


def test_a_year_begins_when_it_does_in_the_time_zone(played):
    shanghai = periods.zone_of(None, "Asia/Shanghai")
    assert periods.year(2026, shanghai).begin == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert periods.zone_of(None, "Nowhere/Atall").utcoffset(None) is not None
    assert JournalEntry.objects.exists()
