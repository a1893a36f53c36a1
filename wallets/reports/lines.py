"""Lines of the books with their names, as the reports of the firm show them.

A line's class, number and name come from its ledger account, so one that the chart of accounts
gets anew shows up here by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from wallets.ledger import chart
from wallets.ledger.models import Classification, LedgerAccount, Line
from wallets.reports import reading

CUSTOMERS = gettext_lazy("Customers' accounts")
DEBIT_CLASSES = (Classification.ASSET, Classification.EXPENSE)


@dataclass(frozen=True, slots=True)
class BookLine:
    """A line of the books in one asset. `units` as the ledger has them: debit positive."""

    name: str
    line: int
    classification: Classification
    ledger_account_id: int
    asset_id: int
    units: int

    @property
    def shown_units(self) -> int:
        """As its class reads it: what classes of the credit side have is positive."""
        return self.units if self.classification in DEBIT_CLASSES else -self.units

    @property
    def key(self) -> tuple[int, int, str, int]:
        return self.ledger_account_id, self.line, str(self.classification), self.asset_id


def named(totals: Iterable[reading.Total], codes: dict[int, str]) -> list[BookLine]:
    """Totals with their names; `codes`: of the assets, which a ledger account's name ends in."""
    totals = list(totals)
    wanted = [total.own_id for total in totals if total.own_id]
    names = dict(LedgerAccount.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        BookLine(
            name=_name(total, names, codes.get(total.asset_id, "")),
            line=total.line,
            classification=Classification(total.classification),
            ledger_account_id=total.own_id,
            asset_id=total.asset_id,
            units=total.units,
        )
        for total in totals
    ]


def _name(total: reading.Total, names: dict[int, str], code: str) -> str:
    if total.own_id:
        name = names.get(total.own_id, str(total.own_id)).removesuffix(f" {code}")
        return chart.shown_name(total.own_id, name)
    return str(CUSTOMERS) if total.line == Line.ENGINE_ACCOUNT else str(Line(total.line).label)


def moved(before: list[BookLine], after: list[BookLine]) -> list[BookLine]:
    """What came upon each line between two moments."""
    then = {line.key: line.units for line in before}
    return [
        BookLine(
            line.name,
            line.line,
            line.classification,
            line.ledger_account_id,
            line.asset_id,
            line.units - then.get(line.key, 0),
        )
        for line in after
    ]
