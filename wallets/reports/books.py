"""Trial balance, balance sheet, income statement, liabilities against custody: pure functions.

They take lines of the books and a valuation and give reports. In every asset: assets =
liabilities + equity + income − expense, because every entry sums to zero.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wallets.ledger.models import Classification, Line
from wallets.reports.lines import BookLine
from wallets.reports.rates import Valuation
from wallets.reports.shapes import Amount, Column, Kind, Report, Section, Sum

NOT_VALUED = gettext_lazy("not valued")
CARRIED = (Line.INCOME_CARRIED, Line.EXPENSES_CARRIED)

TRIAL_COLUMNS = (
    Column("name", gettext_lazy("Line"), weight=24),
    Column("class_name", gettext_lazy("Class"), weight=10),
    Column("asset", gettext_lazy("Asset"), weight=7),
    Column("debit", gettext_lazy("Debit"), Kind.AMOUNT, weight=20),
    Column("credit", gettext_lazy("Credit"), Kind.AMOUNT, weight=20),
)
SHEET_COLUMNS = (
    Column("name", gettext_lazy("Line"), weight=24),
    Column("asset", gettext_lazy("Asset"), weight=7),
    Column("amount", gettext_lazy("Amount"), Kind.AMOUNT, weight=18),
    Column("value", gettext_lazy("Value"), Kind.AMOUNT, none=NOT_VALUED, weight=16),
    Column("source", gettext_lazy("Rate from"), weight=26, on_phone=False),
)
CUSTODY_COLUMNS = (
    Column("asset", gettext_lazy("Asset"), weight=8),
    Column("owed", gettext_lazy("Owed"), Kind.AMOUNT, weight=18),
    Column("custody", gettext_lazy("In custody"), Kind.AMOUNT, weight=18),
    Column("surplus", gettext_lazy("Surplus"), Kind.AMOUNT, weight=18),
    Column("coverage_bp", gettext_lazy("Coverage"), Kind.SHARE, none="–", weight=10),
    Column("value", gettext_lazy("Surplus, value"), Kind.AMOUNT, none=NOT_VALUED, weight=16),
    Column("source", gettext_lazy("Rate from"), weight=24, on_phone=False),
)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A line of the trial balance: its sum stands on one side."""

    name: str
    class_name: str
    asset: str
    debit: Amount | None
    credit: Amount | None
    ledger_account_id: int = 0


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a balance sheet or income statement, as its class reads it."""

    name: str
    asset: str
    amount: Amount
    value: Amount | None
    source: str
    ledger_account_id: int = 0


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """What is owed and what is there of one asset."""

    asset: str
    owed: Amount
    custody: Amount
    surplus: Amount
    coverage_bp: int | None
    value: Amount | None
    source: str


def trial_balance(
    lines: list[BookLine], valuation: Valuation, zone: tzinfo, facts: list[tuple[Any, Any]]
) -> Report:
    """All lines of the books by asset; both sides of an asset are equal."""
    by_asset: dict[int, list[BookLine]] = defaultdict(list)
    for line in lines:
        if line.units:
            by_asset[line.asset_id].append(line)
    sections = []
    for asset_id, asset in valuation.assets.items():
        own = by_asset.get(asset_id, [])
        if not own:
            continue
        debit = sum(line.units for line in own if line.units > 0)
        credit = -sum(line.units for line in own if line.units < 0)
        good = debit == credit
        sections.append(
            Section(
                asset.code,
                [_trial_line(line, valuation) for line in own],
                [
                    Sum(
                        {
                            "name": _("Sum"),
                            "asset": asset.code,
                            "debit": Amount(debit, asset.scale, asset.code),
                            "credit": Amount(credit, asset.scale, asset.code),
                        }
                    )
                ],
                badge=_("balanced") if good else _("not balanced"),
                is_good=good,
            )
        )
    return Report("trial-balance", _("Trial balance"), TRIAL_COLUMNS, sections, zone, facts)


def _trial_line(line: BookLine, valuation: Valuation) -> TrialLine:
    asset = valuation.assets[line.asset_id]
    amount = Amount(abs(line.units), asset.scale, asset.code)
    return TrialLine(
        line.name,
        str(line.classification.label),
        asset.code,
        amount if line.units > 0 else None,
        amount if line.units < 0 else None,
        line.ledger_account_id,
    )


def balance_sheet(
    lines: list[BookLine], valuation: Valuation, zone: tzinfo, facts: list[tuple[Any, Any]]
) -> Report:
    """Assets against liabilities and equity; equity holds the result since the beginning."""
    results = [
        SheetLineSource(_("Result so far"), asset_id, units)
        for asset_id, units in _result(lines).items()
    ]
    sections = [
        _sheet_section(
            str(label),
            [*_sources(lines, {classification}), *(results if is_equity else [])],
            valuation,
        )
        for classification, label, is_equity in (
            (Classification.ASSET, _("Assets"), False),
            (Classification.LIABILITY, _("Liabilities"), False),
            (Classification.EQUITY, _("Equity"), True),
        )
    ]
    own = [each for s in sections[1:] for each in s.sources]
    sections.append(_sheet_section(_("Liabilities and equity"), own, valuation, only_sums=True))
    return Report(
        "balance-sheet",
        _("Balance sheet"),
        SHEET_COLUMNS,
        [each.section for each in sections],
        zone,
        facts,
        _valuation_notes(valuation, {line.asset_id for line in lines if line.units}),
    )


def income_statement(
    moved: list[BookLine], valuation: Valuation, zone: tzinfo, facts: list[tuple[Any, Any]]
) -> Report:
    """Income and expense of a period, and the result.

    What a closed period carried to retained earnings is no expense and no loss of income, so it
    is left out here; in the balance sheet it stands in equity.
    """
    moved = [line for line in moved if line.line not in CARRIED]
    income = _sources(moved, {Classification.INCOME})
    expense = _sources(moved, {Classification.EXPENSE})
    result = [SheetLineSource(_("Result"), a, u) for a, u in _result(moved).items()]
    sections = [
        _sheet_section(_("Income"), income, valuation),
        _sheet_section(_("Expense"), expense, valuation),
        _sheet_section(_("Result"), result, valuation),
    ]
    return Report(
        "income-statement",
        _("Income statement"),
        SHEET_COLUMNS,
        [each.section for each in sections],
        zone,
        facts,
        _valuation_notes(valuation, {each.asset_id for each in income + expense}),
    )


@dataclass(frozen=True, slots=True)
class SheetLineSource:
    """What a line is made of: `units` as its class reads them."""

    name: str
    asset_id: int
    units: int
    ledger_account_id: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    section: Section
    sources: list[SheetLineSource]


def _sources(lines: Iterable[BookLine], classes: set[Classification]) -> list[SheetLineSource]:
    return [
        SheetLineSource(line.name, line.asset_id, line.shown_units, line.ledger_account_id)
        for line in lines
        if line.classification in classes and line.units
    ]


def _result(lines: Iterable[BookLine]) -> dict[int, int]:
    """Income less expense by asset; only where there is one."""
    units: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.classification in (Classification.INCOME, Classification.EXPENSE):
            units[line.asset_id] -= line.units
    return {asset_id: sum_ for asset_id, sum_ in units.items() if sum_}


def _sheet_section(
    title: str, sources: list[SheetLineSource], valuation: Valuation, *, only_sums: bool = False
) -> _Part:
    by_asset: dict[int, int] = defaultdict(int)
    for source in sources:
        by_asset[source.asset_id] += source.units
    if only_sums:
        shown = [SheetLineSource(_("Sum"), a, u) for a, u in sorted(by_asset.items()) if u]
    else:
        shown = sources
    total = valuation.sum(list(by_asset.items()))
    code = valuation.code
    sums = [Sum({"name": _("Sum"), "asset": code, "value": total})] if by_asset else []
    return _Part(Section(title, [_sheet_line(each, valuation) for each in shown], sums), sources)


def _sheet_line(source: SheetLineSource, valuation: Valuation) -> SheetLine:
    asset = valuation.assets[source.asset_id]
    return SheetLine(
        source.name,
        asset.code,
        Amount(source.units, asset.scale, asset.code),
        valuation.worth(source.asset_id, source.units),
        valuation.source(source.asset_id),
        source.ledger_account_id,
    )


def custody(
    lines: list[BookLine], valuation: Valuation, zone: tzinfo, facts: list[tuple[Any, Any]]
) -> Report:
    """What is owed of each asset (to customers, in suspense, on its way out) against custody."""
    by_class: dict[tuple[int, Classification], int] = defaultdict(int)
    for line in lines:
        by_class[line.asset_id, line.classification] += line.shown_units
    made = []
    surplus: list[tuple[int, int]] = []
    for asset_id, asset in valuation.assets.items():
        owed = by_class[asset_id, Classification.LIABILITY]
        there = by_class[asset_id, Classification.ASSET]
        if not owed and not there:
            continue

        def amount(units: int, scale: int = asset.scale, code: str = asset.code) -> Amount:
            return Amount(units, scale, code)

        surplus.append((asset_id, there - owed))
        made.append(
            CustodyLine(
                asset.code,
                amount(owed),
                amount(there),
                amount(there - owed),
                there * 10_000 // owed if owed > 0 else None,
                valuation.worth(asset_id, there - owed),
                valuation.source(asset_id),
            )
        )
    short = [line.asset for line in made if line.surplus.units < 0]
    total = Sum({"asset": _("Sum"), "value": valuation.sum(surplus)})
    notes = _valuation_notes(valuation, {asset_id for asset_id, _units in surplus})
    if short:
        notes.insert(0, _("Custody does not cover what is owed in: %(codes)s.") % {
            "codes": ", ".join(short)
        })  # fmt: skip
    return Report(
        "liabilities-and-custody",
        _("Liabilities against custody"),
        CUSTODY_COLUMNS,
        [
            Section(
                "",
                made,
                [total] if made else [],
                badge=_("covered") if not short else _("not covered"),
                is_good=not short,
            )
        ],
        zone,
        facts,
        notes,
    )


def _valuation_notes(valuation: Valuation, asset_ids: set[int]) -> list[str]:
    if valuation.currency is None:
        return [_("Nothing is valued: the firm has no asset of the reporting currency's code.")]
    notes = []
    missing = valuation.unvalued(asset_ids)
    if missing:
        notes.append(
            _("Not valued, and so in no sum of values, for want of a rate: %(codes)s.")
            % {"codes": ", ".join(missing)}
        )
    return notes
