"""What a proof of the books finds."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Break:
    """One difference: what kind, where, the two amounts (decimal text), as of which seq.

    `units` is found less expected. `reference` tells breaks of one cause and place apart;
    `event_seq` is the engine record to look at first.
    """

    cause: str
    message: str
    seq: int
    account: int | None = None
    asset: str = ""
    expected: str = ""
    found: str = ""
    units: int = 0
    reference: str = ""
    event_seq: int | None = None

    @property
    def key(self) -> str:
        """The same for the same difference in every proof."""
        return f"{self.cause}/{self.account or 0}/{self.asset}/{self.reference}"

    def __str__(self) -> str:
        place = f" account {self.account}" if self.account is not None else ""
        amounts = f": expected {self.expected}, found {self.found}" if self.expected else ""
        return f"{self.cause}{place} {self.asset}{amounts} (seq {self.seq}) {self.message}"


@dataclass(frozen=True, slots=True)
class AssetFinding:
    """What one asset came to: all accounts together in the engine and in the ledger."""

    asset: str
    engine: str
    ledger: str
    breaks: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof found as of the engine's seq; no assets: clearing was behind.

    `sums` is what the postings up to `seq` give each ledger account (units by its id), `touched`
    the ids of those that were posted to since the proof's start. `findings` holds what each
    registered check wants kept, by its name.
    """

    seq: int
    breaks: list[Break]
    assets: list[AssetFinding]
    is_whole: bool = True
    sums: dict[int, int] = field(default_factory=dict)
    touched: frozenset[int] = frozenset()
    findings: dict[str, Any] = field(default_factory=dict)
