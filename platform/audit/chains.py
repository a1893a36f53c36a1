"""Further hash chains beside the audit trail's own, which `verify_audit` proves as well.

A chain is a function of the current schema that recomputes it from its beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """How many links there are, the last one's hash, and what is wrong with the first bad one."""

    links: int
    head_hash: str
    problem: str = ""


Verify = Callable[[], Verdict]

_chains: dict[str, Verify] = {}


def register(name: str, verify: Verify) -> None:
    """Have `verify` called for every tenant's schema."""
    _chains[name] = verify


def registered() -> dict[str, Verify]:
    return dict(_chains)
