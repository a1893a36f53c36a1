"""The life of an adjustment, as one table of allowed steps."""

from wallets.adjustments.models import State

STEPS = frozenset(
    {
        (State.REQUESTED, State.APPROVED),
        (State.REQUESTED, State.REFUSED),
        (State.APPROVED, State.APPLIED),  # by clearing, from the engine's receipt
        (State.APPROVED, State.REJECTED),
    }
)


def allows(current: str, wanted: State) -> bool:
    return (State(current), wanted) in STEPS
