"""A bank's file as values, whatever its format. Nothing here knows the firm's tables."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

MOST_BYTES = 5 * 2**20
MOST_LINES = 20_000


class UnreadableFile(ValueError):
    """A file that is none of the formats, is damaged, or hides what no statement has."""


@dataclass(slots=True)
class ReadLine:
    """One entry as the bank tells it; `amount` is as written, without a sign."""

    amount: Decimal
    currency: str
    is_credit: bool
    booked_on: date | None
    name: str = ""
    iban: str = ""
    remittance: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    is_pending: bool = False
    entry_key: str = ""


@dataclass(slots=True)
class ReadStatement:
    """A statement of one account. Balances carry their sign; None: the file has none."""

    format: str
    account: str
    currency: str
    statement_id: str
    opening: Decimal | None = None
    closing: Decimal | None = None
    closing_on: date | None = None
    opening_currency: str = ""
    lines: list[ReadLine] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Whether opening balance, booked lines and closing balance fit; true without balances."""
        if self.opening is None or self.closing is None:
            return True
        moved = sum(
            (line.amount if line.is_credit else -line.amount)
            for line in self.lines
            if not line.is_pending
        )
        return self.opening + moved == self.closing


def give_keys(lines: Iterable[ReadLine]) -> None:
    """Give each line the key by which it is known again in another file.

    The bank's own reference where there is one. Else all that the bank says of it, and which of
    several equal ones of a day it is: two equal transfers of one day are two.
    """
    seen: dict[str, int] = {}
    for line in lines:
        side = "C" if line.is_credit else "D"
        if line.bank_reference:
            # With the day and the amount: some banks use one reference again and again.
            told = f"{line.bank_reference}|{side}|{line.amount.normalize():f}|{line.booked_on}"
        else:
            told = "|".join(
                (
                    "",
                    side,
                    f"{line.amount.normalize():f}",
                    str(line.booked_on),
                    line.end_to_end_id,
                    line.iban,
                    line.name,
                    line.remittance,
                )
            )
        place = seen.get(told, 0)
        seen[told] = place + 1
        line.entry_key = hashlib.sha256(f"{told}|{place}".encode()).hexdigest()
