"""The ledger's custody against what is outside: rows that finance entered, with their moment."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.db import connection

from trading.instruments.info import catalogue
from wallets.ledger import checks, verify
from wallets.ledger.models import Classification
from wallets.reconciliation.models import OutsideBalance

NAME = "custody"
CAUSE = "custody_unlike_outside"

_UP_TO = """
AND EXISTS (SELECT 1 FROM ledger_journalentry entry
            WHERE entry.id = row.entry_id AND entry.time <= %(as_of)s)
"""


class Word(Enum):
    """What can be said of an asset; without an outside balance nothing is known."""

    UNKNOWN = "unknown"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One asset's custody in the ledger and outside, as of one moment (units)."""

    asset_id: int
    word: Word
    as_of: datetime | None = None
    ledger_units: int = 0
    outside_units: int = 0
    missing: list[str] = field(default_factory=list)  # places without a balance at a moment
    entered: int = 0  # how many outside balances were added up

    @property
    def difference_units(self) -> int:
        """Outside less ledger."""
        return self.outside_units - self.ledger_units


def look(seq: int, is_whole: bool) -> "tuple[list[verify.Break], list[Comparison]]":
    """The check of a proof: each asset that is known outside and differs is broken."""
    compared = comparisons()
    return [_break_of(item, seq) for item in compared if item.word == Word.DIFFERENT], compared


def comparisons() -> list[Comparison]:
    """Every asset of the tenant, each at its newest moment at which all its places are known.

    A place whose newest balance is zero is expected no longer.
    """
    rows: dict[int, dict[datetime, dict[str, int]]] = {}
    for row in OutsideBalance.objects.order_by("pk"):
        rows.setdefault(row.asset_id, {}).setdefault(row.as_of, {})[row.place] = int(row.units)
    return [_compare(asset_id, rows.get(asset_id, {})) for asset_id in catalogue().assets]


def _compare(asset_id: int, moments: dict[datetime, dict[str, int]]) -> Comparison:
    newest: dict[str, int] = {}
    for as_of in sorted(moments):
        newest.update(moments[as_of])
    expected = {place for place, units in newest.items() if units}
    for as_of in sorted(moments, reverse=True):
        known = moments[as_of]
        if expected <= known.keys():
            ledger, outside = custody_units(asset_id, as_of), sum(known.values())
            word = Word.SAME if ledger == outside else Word.DIFFERENT
            return Comparison(asset_id, word, as_of, ledger, outside, entered=len(known))
    latest = max(moments, default=None)
    missing = sorted(expected - moments[latest].keys()) if latest is not None else []
    return Comparison(asset_id, Word.UNKNOWN, latest, missing=missing)


def custody_units(asset_id: int, as_of: datetime | None = None) -> int:
    """What the ledger says is in custody: its asset accounts, at a moment or now."""
    rows = "ledger_balance row" if as_of is None else "ledger_posting row"
    moment = "" if as_of is None else _UP_TO
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(row.units), 0) FROM {rows} "
            "JOIN ledger_ledgeraccount account ON account.id = row.ledger_account_id "
            "WHERE account.asset_id = %(asset)s AND account.classification = %(class)s " + moment,
            {"asset": asset_id, "class": Classification.ASSET.value, "as_of": as_of},
        )
        return int(cursor.fetchone()[0])


def _break_of(item: Comparison, seq: int) -> "verify.Break":
    info = catalogue().assets[item.asset_id]
    assert item.as_of is not None
    return verify.Break(
        CAUSE,
        f"Custody is not what is outside as of {item.as_of:%Y-%m-%d %H:%M} UTC.",
        seq,
        asset=info.code,
        expected=info.text(item.outside_units),
        found=info.text(item.ledger_units),
        units=-item.difference_units,
    )


def register() -> None:
    checks.register(NAME, look)
