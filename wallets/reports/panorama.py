"""Everything a customer has, account by account: booked, held, available, and what it is worth."""

from dataclasses import dataclass
from datetime import tzinfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trading.accounts.models import Account, AccountState
from wallets.adjustments.models import Adjustment, State
from wallets.adjustments.selectors import adjustments
from wallets.ledger import selectors as ledger
from wallets.reports.books import NOT_VALUED
from wallets.reports.rates import Valuation
from wallets.reports.shapes import Amount, Column, Kind, Report, Section, Sum

COLUMNS = (
    Column("asset", gettext_lazy("Asset"), weight=8),
    Column("booked", gettext_lazy("Booked"), Kind.AMOUNT, weight=18),
    Column("held", gettext_lazy("Held"), Kind.AMOUNT, weight=18),
    Column("available", gettext_lazy("Available"), Kind.AMOUNT, weight=18),
    Column("value", gettext_lazy("Value"), Kind.AMOUNT, none=NOT_VALUED, weight=16),
    Column("source", gettext_lazy("Rate from"), weight=24, on_phone=False),
)


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """What an account has of one asset."""

    asset: str
    booked: Amount
    held: Amount
    available: Amount
    value: Amount | None
    source: str


def report(accounts: list[Account], valuation: Valuation, zone: tzinfo, owner: str) -> Report:
    """A section an account, and the sum of all that has a rate."""
    sections, everything, unvalued = [], [], set()
    for account in accounts:
        lines, worth = [], []
        for balance in ledger.balances(account):
            if not balance.booked_units and not balance.held_units:
                continue
            asset = balance.asset
            worth.append((asset.id, balance.booked_units))
            lines.append(
                HoldingLine(
                    asset.code,
                    Amount(balance.booked_units, asset.scale, asset.code),
                    Amount(balance.held_units, asset.scale, asset.code),
                    Amount(balance.available_units, asset.scale, asset.code),
                    valuation.worth(asset.id, balance.booked_units),
                    valuation.source(asset.id),
                )
            )
            if asset.id not in valuation.rates:
                unvalued.add(asset.code)
        everything += worth
        sums = [Sum({"asset": _("Sum"), "value": valuation.sum(worth)})] if lines else []
        is_active = account.state == AccountState.ACTIVE
        sections.append(
            Section(
                f"{account.name} ({account.pk})",
                lines,
                sums,
                badge=str(AccountState(account.state).label),
                is_good=is_active,
            )
        )
    total = valuation.sum(everything)
    facts = [
        (_("Customer"), owner),
        (_("Accounts"), str(len(accounts))),
        (_("Worth"), f"{total.text} {total.code}" if total else _("not valued")),
        (_("As of"), valuation.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")),
    ]
    notes = []
    if unvalued:
        notes.append(
            _("Not valued, and so in no sum of values, for want of a rate: %(codes)s.")
            % {"codes": ", ".join(sorted(unvalued))}
        )
    return Report("overview", _("Overview of a customer"), COLUMNS, sections, zone, facts, notes)


def shares(made: Report) -> list[tuple[str, Amount]]:
    """The worth of each asset over all accounts, the largest first."""
    sums: dict[str, Amount] = {}
    for section in made.sections:
        for line in section.lines:
            if line.value is not None:
                so_far = sums.get(line.asset, Amount(0, line.value.scale, line.value.code))
                sums[line.asset] = Amount(
                    so_far.units + line.value.units, so_far.scale, so_far.code
                )
    return sorted(sums.items(), key=lambda item: -item[1].units)


def pending_adjustments(accounts: list[Account]) -> QuerySet[Adjustment]:
    """Adjustments that wait for a second person or are on their way, oldest first."""
    return (
        adjustments()
        .filter(account__in=accounts, state__in=[State.REQUESTED, State.APPROVED])
        .order_by("pk")
    )
