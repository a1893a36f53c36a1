"""Every report of one tenant against `plain_reports`: each line's figures, at many moments.

What a report says is compared with sums over the journal's events; only names, scales and who is
whose customer are taken from the tables.
"""

import itertools
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from money.units import format_units
from people import make_staff
from plain_books import BUY, TRADE
from plain_reports import PlainReports, moment
from sql_books import owner_of
from traders import Traders
from trading.accounts.models import Account, AccountRole
from trading.instruments.info import catalogue
from wallets.ledger import actions as ledger
from wallets.ledger import entries
from wallets.ledger.models import ProofOutcome, ProofRun
from wallets.liabilities import actions as liabilities
from wallets.liabilities import selectors as published
from wallets.liabilities import verify_liabilities
from wallets.reports import panorama, periods, reading, selectors, statements, tax_year
from wallets.reports.models import BalanceCheckpoint
from wallets.reports.periods import Period
from wallets.reports.words import kind_words

CURRENCY = "USDT"
PAGE = 50
CLASS_OF_NAME = {
    **dict.fromkeys(
        ("custody", "bank", "hot_wallet", "warm_wallet", "cold_wallet", "prime_broker"), "asset"
    ),
    **dict.fromkeys(
        ("customers", "suspense", "withdrawals_in_transit", "own_transfers_in_transit"),
        "liability",
    ),
    "capital": "equity",
    **dict.fromkeys(
        ("spreads", "swaps", "interest", "liquidation_fees", "other_income"), "income"
    ),
    **dict.fromkeys(
        ("adjustments", "network_fees", "bank_fees", "rebates", "bonuses", "fee_discounts",
         "insurance", "interest_paid", "write_offs"), "expense",
    ),
}  # fmt: skip
_Sums = dict[tuple[Any, int], int]  # by (line's name or house account's id or customers, asset id)


class WholeReports:
    """The reports of the current tenant; `compared` counts lines that were compared."""

    def __init__(self, plain: PlainReports, traders: Traders, compared: Counter[str]) -> None:
        self.plain = plain
        self.compared = compared
        self.known = catalogue(fresh=True)
        self.ids = {asset.code: pk for pk, asset in self.known.assets.items()}
        roles = dict(Account.objects.values_list("pk", "role"))
        self.customers = {pk for pk, role in roles.items() if role == AccountRole.CUSTOMER}
        (self.fees_id,) = (pk for pk, role in roles.items() if role == AccountRole.HOUSE_FEES)
        self.accounts = list(
            Account.objects.filter(pk__in=[*traders.account_ids, *traders.poor_ids]).order_by("pk")
        )
        self.houses = list(Account.objects.exclude(role=AccountRole.CUSTOMER).order_by("pk"))

    def check(self, moments: list[datetime], rng: random.Random) -> None:
        own_sums_at = self.plain.sums_at(moments)
        sums_at = {at: self._grouped(sums) for at, sums in own_sums_at.items()}
        for at in moments:
            self._check_books(at, sums_at[at])
        self._check_books(None, sums_at[moments[-1]])
        self._check_checkpoints(rng)
        for begin, end in [*itertools.pairwise(moments), (moments[0], moments[-1])]:
            self._check_period(begin, end, sums_at)
        for account in [*self.accounts, *self.houses]:
            self._check_statement(account, rng, own_sums_at)
        self._check_overview(sums_at[moments[-1]], own_sums_at[moments[-1]])
        for account in self.accounts:
            self._check_tax_years(account)

    def _grouped(self, sums: _Sums) -> _Sums:
        found: _Sums = defaultdict(int)
        for (owner, asset_id), units in sums.items():
            found["customers" if owner in self.customers else owner, asset_id] += units
        return {key: units for key, units in found.items() if units}

    def _class_of(self, owner: Any) -> str:
        if isinstance(owner, int):
            return "income" if owner == self.fees_id else "equity"
        return CLASS_OF_NAME[owner]

    def _of_class(self, sums: _Sums, name: str) -> _Sums:
        """Amounts as their class reads them."""
        sign = 1 if name in ("asset", "expense") else -1
        return {key: sign * u for key, u in sums.items() if self._class_of(key[0]) == name}

    def _lines(self, lines: Any, unnamed: str = "customers") -> _Sums:
        """Lines of a report in the same shape; `unnamed`: what has no ledger account is."""
        found: _Sums = {}
        for line in lines:
            own = line.ledger_account_id
            key = (owner_of(own)[0] if own else unnamed), self.ids[line.asset]
            assert key not in found, key
            found[key] = line.amount.units
            self.compared["report lines"] += 1
        return found

    def _check_books(self, at: datetime | None, sums: _Sums) -> None:
        """Trial balance, balance sheet and custody at a moment, or now."""
        report = selectors.trial_balance(at, UTC, CURRENCY)
        shown: _Sums = {}
        for section in report.sections:
            assert section.is_good
            for line in section.lines:
                own = line.ledger_account_id
                owner = owner_of(own)[0] if own else "customers"
                units = line.debit.units if line.debit else -line.credit.units
                shown[owner, self.ids[line.asset]] = units
        assert shown == sums, at
        self.compared["report lines"] += len(shown)

        taken = selectors.snapshot(at, CURRENCY)
        assets, owed, equity, both = selectors.balance_sheet(taken, UTC).sections
        result = _by_asset(self._of_class(sums, "income"))
        for asset_id, units in _by_asset(self._of_class(sums, "expense")).items():
            result[asset_id] -= units
        assert self._lines(assets.lines) == self._of_class(sums, "asset"), at
        assert self._lines(owed.lines) == self._of_class(sums, "liability"), at
        expected = self._of_class(sums, "equity")
        expected |= {("result", asset_id): units for asset_id, units in result.items() if units}
        assert self._lines(equity.lines, "result") == expected, at
        one_side = _by_asset(self._of_class(sums, "asset"))
        assert {self.ids[line.asset]: line.amount.units for line in both.lines} == {
            asset_id: units for asset_id, units in one_side.items() if units
        }, at
        self._check_values(at, [*assets.lines, *owed.lines, *equity.lines])

        (section,) = selectors.custody(taken, UTC).sections
        owed_of = _by_asset(self._of_class(sums, "liability"))
        found = {
            self.ids[x.asset]: (x.owed.units, x.custody.units, x.surplus.units, x.coverage_bp)
            for x in section.lines
        }
        assert found == {
            asset_id: (
                owed_of[asset_id],
                one_side[asset_id],
                one_side[asset_id] - owed_of[asset_id],
                one_side[asset_id] * 10_000 // owed_of[asset_id] if owed_of[asset_id] > 0 else None,
            )
            for asset_id in owed_of.keys() | one_side.keys()
            if owed_of[asset_id] or one_side[asset_id]
        }, at

    def _check_values(self, at: datetime | None, lines: list[Any]) -> None:
        """Amounts of what trades against the currency are valued at the last price before."""
        currency_id = self.ids[CURRENCY]
        for info in self.known.instruments.values():
            if info.quote_id != currency_id:
                continue
            far = datetime(2100, 1, 1, tzinfo=UTC)
            price = self.plain.last_price(info.id, at or far, info.base_scale)
            for line in lines:
                if self.ids[line.asset] == info.base_id and price is not None:
                    assert line.value.units == round(price * line.amount.units), (at, line)
                    self.compared["values"] += 1

    def _check_checkpoints(self, rng: random.Random) -> None:
        """The sums that are kept, against those through the same entry."""
        kept = list(BalanceCheckpoint.objects.all())
        for checkpoint in rng.sample(kept, min(5, len(kept))):
            sums: _Sums = defaultdict(int)
            for place, postings in self.plain.entries():
                if entries.entry_id(*place) > checkpoint.entry_id:
                    break
                for owner, units in postings.items():
                    sums[owner] += units
            found: _Sums = defaultdict(int)
            for row in checkpoint.totals.all():
                owner = owner_of(row.own_id)[0] if row.own_id else "customers"
                found[owner, row.asset_id] += int(row.units)
            assert {k: u for k, u in found.items() if u} == self._grouped(sums), checkpoint
            through = reading.totals(checkpoint.entry_id)
            assert sum(total.units for total in through) == 0
            self.compared["checkpoints"] += 1

    def _check_period(self, begin: datetime, end: datetime, sums_at: Any) -> None:
        """Income statement and fees by day, instrument and group."""
        period = Period(begin, end, UTC)
        moved = {
            key: sums_at[end].get(key, 0) - sums_at[begin].get(key, 0)
            for key in sums_at[end].keys() | sums_at[begin].keys()
        }
        moved = {key: units for key, units in moved.items() if units}
        report, _valuation = selectors.income_statement(period, CURRENCY)
        income, expense, result = report.sections
        assert self._lines(income.lines) == self._of_class(moved, "income"), period
        assert self._lines(expense.lines) == self._of_class(moved, "expense"), period
        left = _by_asset(self._of_class(moved, "income"))
        for asset_id, units in _by_asset(self._of_class(moved, "expense")).items():
            left[asset_id] -= units
        assert {self.ids[line.asset]: line.amount.units for line in result.lines} == {
            asset_id: units for asset_id, units in left.items() if units
        }, period

        infos = self.known.instruments
        groups = dict(Account.objects.values_list("pk", "group__name"))
        by: dict[str, dict[tuple[str, str], list[int]]] = {
            name: defaultdict(lambda: [0, 0]) for name in ("day", "instrument", "group")
        }
        pair = {pk: (info.base_id, info.quote_id) for pk, info in infos.items()}
        for fill in self.plain.fills(begin, end, pair.__getitem__):
            code = self.known.assets[fill.asset_id].code
            for name, of in (
                ("day", fill.day.isoformat()),
                ("instrument", infos[fill.instrument_id].symbol),
                ("group", groups[fill.account_id]),
            ):
                sums = by[name][of, code]
                sums[0] += 1
                sums[1] += fill.fee_units
        for name, expected in by.items():
            (section,) = selectors.fee_report(period, name, CURRENCY)[0].sections
            found = {(x.of, x.asset): [x.fills, x.fees.units] for x in section.lines}
            assert found == expected, (name, period)
            self.compared["fee lines"] += len(found)

    def _check_statement(self, account: Account, rng: random.Random, sums_at: Any) -> None:
        """All lines of an account, pages from anywhere, and periods with their balances."""
        plain = self.plain.statements(account.pk)
        facts = self.plain.books.facts
        for asset_id in self.known.assets:
            found: dict[tuple[int, int], tuple[int, int]] = {}
            whole = []
            for line in statements.movements(account.pk, 0, 2**62, asset_id=asset_id):
                place = entries.position_of(line.entry_id)
                assert (line.kind, line.reference_id) == facts[place]
                assert line.time == moment(self.plain.micros(place[0]))
                amount, _balance = found.get(place, (0, 0))
                found[place] = amount + line.amount_units, line.balance_units
                whole.append(line)
            shown = [(*place, *both) for place, both in found.items() if both[0]]
            assert shown == plain.get(asset_id, []), (account.pk, asset_id)
            self.compared["statement lines"] += len(whole)
            newest_first = whole[::-1]
            for start in [0, *(rng.randrange(len(whole)) for _ in range(3 if whole else 0))]:
                cursor = newest_first[start - 1].cursor if start else ""
                page, _next = statements.page(account, cursor, limit=PAGE, asset_id=asset_id)
                assert page == newest_first[start : start + PAGE], (account.pk, asset_id, start)
                self.compared["statement pages"] += 1
        for begin, end in rng.sample(list(itertools.pairwise(sums_at)), 2):
            period = Period(begin, end, UTC)
            balances = {
                each.asset.id: (each.opening_units, each.closing_units)
                for each in statements.period_balances(account, period)
            }
            expected = {
                asset_id: tuple(-sums_at[at].get((account.pk, asset_id), 0) for at in (begin, end))
                for asset_id in self.known.assets
            }
            assert balances == {pk: both for pk, both in expected.items() if any(both)}

    def _check_overview(self, grouped: _Sums, sums: _Sums) -> None:
        """Booked, held and available of every account; what is held follows from open orders."""
        held: _Sums = defaultdict(int)
        for order in self.plain.books.orders.values():
            if order["status"] in (1, 2) and order["account"] in self.customers:
                info = self.known.instruments[order["instrument"]]
                if order["side"] == BUY:
                    units = order["leaves"] * order["ticks"] * info.factor
                    held[order["account"], info.quote_id] += units
                else:
                    held[order["account"], info.base_id] += order["leaves"] * info.lot_units
        taken = selectors.snapshot(None, CURRENCY)
        report = panorama.report(self.accounts, taken.valuation, UTC, "all")
        for account, section in zip(self.accounts, report.sections, strict=True):
            found = {
                self.ids[x.asset]: (x.booked.units, x.held.units, x.available.units)
                for x in section.lines
            }
            expected = {}
            for asset_id in self.known.assets:
                booked = -sums.get((account.pk, asset_id), 0)
                on_hold = held.get((account.pk, asset_id), 0)
                if booked or on_hold:
                    expected[asset_id] = booked, on_hold, booked - on_hold
            assert found == expected, account.pk
            self.compared["overview lines"] += len(found)
            self._check_values(None, [_Valued(x.asset, x.booked, x.value) for x in section.lines])

    def _check_tax_years(self, account: Account) -> None:
        """Every fill and movement of an account, in the years of its first and last."""
        words, infos = kind_words(), self.known.instruments
        expected = []
        for (seq, index), postings in self.plain.entries():
            kind, reference_id = self.plain.books.facts[seq, index]
            time = moment(self.plain.micros(seq))
            if kind == TRADE:
                expected += self._fills_of(account.pk, reference_id, time, infos)
                continue
            for (owner, asset_id), units in postings.items():
                if owner == account.pk:
                    code = self.known.assets[asset_id].code
                    fact = (words[kind], "", -units, code, "", 0, "", 0, "", str(reference_id))
                    expected.append((time, *fact))
        for number in sorted({row[0].year for row in expected}):
            report = tax_year.report([account], number, periods.year(number, UTC), "me")
            _first, middle, _last = report.sections
            found = [
                (
                    x.time,
                    x.what,
                    x.instrument,
                    x.quantity.units,
                    x.quantity_asset,
                    x.price,
                    x.amount.units if x.amount else 0,
                    x.amount_asset,
                    x.fee.units if x.fee else 0,
                    x.fee_asset,
                    x.reference,
                )
                for x in middle.lines
            ]
            assert found == [row for row in expected if row[0].year == number], account.pk
            self.compared["tax lines"] += len(found)

    def _fills_of(self, account_id: int, trade_id: int, time: datetime, infos: Any) -> list[Any]:
        trade = self.plain.books.trades[trade_id]
        info = infos[trade["instrument"]]
        found = []
        for side in ("taker", "maker"):
            if trade[side] != account_id:
                continue
            buys = (trade["taker_side"] == BUY) == (side == "taker")
            sign = 1 if buys else -1
            found.append(
                (
                    time,
                    "Buy" if buys else "Sell",
                    info.symbol,
                    sign * trade["base"],
                    info.base_code,
                    format_units(trade["ticks"] * info.tick_units, info.quote_scale),
                    -sign * trade["quote"],
                    info.quote_code,
                    trade[f"{side}_fee"],
                    info.base_code if buys else info.quote_code,
                    str(trade_id),
                )
            )
        return found

    def check_liabilities(self, tenant: Any) -> None:
        """Publish what is owed now; roots are the journal's sums, every leaf leads to its root."""
        proof = ledger.prove_books(tenant=tenant, run=ProofRun.COMMAND)
        assert proof.outcome == ProofOutcome.PROVED, proof.breaks
        made = liabilities.publish_liabilities(acting_user=make_staff(tenant, "finance"))
        publication = published.publications().get(pk=made.pk)
        owed: _Sums = {
            key: -units
            for key, units in self.plain.books.balances.items()
            if key[0] in self.customers and units
        }
        roots = {root.asset_id: (root.root_hash, root.units)
                 for root in published.roots_of(publication)}  # fmt: skip
        assert {pk: units for pk, (_hash, units) in roots.items()} == dict(_by_asset(owed))
        found: _Sums = {}
        for account in Account.objects.filter(pk__in=self.customers):
            for asset in published.leaves_body(publication, account)["assets"]:
                asset_id = self.ids[asset["asset"]]
                found[account.pk, asset_id] = sum(int(leaf["units"]) for leaf in asset["leaves"])
                for leaf in asset["leaves"]:
                    # What the customer's own script makes of it.
                    assert verify_liabilities.root_of(leaf) == roots[asset_id]
                    self.compared["leaves"] += 1
        assert found == owed


class _Valued:
    """A line of an overview with the names of a balance sheet's."""

    def __init__(self, asset: str, amount: Any, value: Any) -> None:
        self.asset, self.amount, self.value = asset, amount, value


def _by_asset(amounts: _Sums) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for (_owner, asset_id), units in amounts.items():
        sums[asset_id] += units
    return sums
