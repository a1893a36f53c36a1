"""Postings before they are booked: debit and credit, and in words what becomes of each account."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.tables import Column, Listing
from backoffice.tenant import names
from trading.instruments.models import Asset
from wallets.ledger import chart
from wallets.ledger.models import Classification, CustodyAccount, LedgerAccount, Line


@dataclass(frozen=True)
class PlannedPosting:
    """One posting to come; `units` are debited, or credited where they are negative."""

    name: str
    classification: str
    asset: Asset
    units: int

    @property
    def class_name(self) -> str:
        return str(Classification(self.classification).label)

    @property
    def sentence(self) -> str:
        """What becomes of the account, as its class reads it."""
        debit_side = self.classification in (Classification.ASSET, Classification.EXPENSE)
        grows = (self.units > 0) == debit_side
        template = (
            _("%(name)s goes up by %(amount)s") if grows else _("%(name)s goes down by %(amount)s")
        )
        amount = f"{self.asset.text(abs(self.units))} {self.asset.code}"
        return template % {"name": self.name, "amount": amount}


def planned(postings: list[tuple[int, int]]) -> list[PlannedPosting]:
    """What (ledger account id, units) pairs mean to a reader."""
    known = LedgerAccount.objects.select_related("account__user").in_bulk(
        [ledger_id for ledger_id, _units in postings]
    )
    assets = names.assets()
    found = []
    for ledger_id, units in postings:
        line, _account_id, asset_id = chart.parts_of(ledger_id)
        row = known.get(ledger_id)
        if row is not None:
            owner = row.account.user if row.account else None
            shown = chart.shown_name(row.pk, row.name)
            name = f"{shown} ({owner.email})" if owner else shown
            its_class = row.classification
        else:
            name = f"{house_text(chart.house_of(ledger_id))} {assets[asset_id].code}"
            its_class = chart.CLASSIFICATION_OF_LINE.get(line, Classification.LIABILITY)
        found.append(PlannedPosting(name, its_class, assets[asset_id], units))
    return found


def house_text(house: int) -> str:
    """A house line by the name of its part."""
    if not house:
        return str(Line.ENGINE_ACCOUNT.label)
    line, part = chart.line_and_part(house)
    if part:
        row = CustodyAccount.objects.filter(line=line, part=part).first()
        return f"{line.label}: {row.name}" if row else f"{line.label} {part}"
    return chart.line_name(line)


def house_choices(lines: tuple[Line, ...]) -> list[tuple[int, str]]:
    """(house line, name) of all parts of some lines."""
    parts: dict[int, list[CustodyAccount]] = {}
    for row in CustodyAccount.objects.filter(line__in=[int(line) for line in lines]):
        parts.setdefault(row.line, []).append(row)
    choices = []
    for line in lines:
        choices.append((chart.house_line(line), chart.line_name(line)))
        choices += [
            (chart.house_line(line, row.part), f"{line.label}: {row.name}")
            for row in parts.get(int(line), [])
        ]
    return choices


def table(postings: list[PlannedPosting]) -> Any:
    """Debit and credit side by side."""
    return Listing(
        columns=[
            Column(gettext_lazy("Ledger account"), lambda p: p.name, "main"),
            Column(gettext_lazy("Class"), lambda p: p.class_name),
            Column(
                gettext_lazy("Debit"),
                lambda p: names.amount(p.units, p.asset) if p.units > 0 else "",
                "number",
            ),
            Column(
                gettext_lazy("Credit"),
                lambda p: names.amount(-p.units, p.asset) if p.units < 0 else "",
                "number",
            ),
        ],
    ).show(postings)
