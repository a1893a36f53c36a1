"""What rooms above the ledger add to the proofs of the books.

A *start* says where a proof in the background may begin. A *check* looks at more than the ledger
knows, inside the proof's database transaction, which reads one moment and writes nothing. What is
to be kept of a proof is written by *keepers*, in the transaction that keeps the proof itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wallets.ledger.findings import Break, Proof
    from wallets.ledger.models import BooksProof


@dataclass(frozen=True, slots=True)
class Start:
    """Everything up to `seq` was proved; `sums` are units by ledger account id as of it."""

    seq: int
    sums: dict[int, int]


# look(engine's seq, is the proof whole) → what is broken, what to keep
Look = Callable[[int, bool], "tuple[list[Break], Any]"]
Keeper = Callable[["BooksProof", "Proof"], None]

_starts: list[Callable[[], Start]] = []
_looks: dict[str, Look] = {}
_keepers: list[Keeper] = []


def register_start(read: Callable[[], Start]) -> None:
    """Have proofs that are not whole begin where `read` says."""
    _starts[:] = [read]


def register(name: str, look: Look) -> None:
    """Have `look` called in each proof; what it wants kept is ``proof.findings[name]``."""
    _looks[name] = look


def register_keeper(keep: Keeper) -> None:
    """Have `keep` called with each proof that is kept."""
    if keep not in _keepers:
        _keepers.append(keep)


def start() -> Start:
    return _starts[0]() if _starts else Start(0, {})


def registered() -> dict[str, Look]:
    return _looks


def keepers() -> tuple[Keeper, ...]:
    return tuple(_keepers)
