"""The lives of a requested entry and of a period, each as one table of allowed steps."""

from wallets.bookkeeping.models import PeriodState, State

STEPS = frozenset(
    {
        (State.REQUESTED, State.APPROVED),
        (State.REQUESTED, State.REFUSED),
        (State.APPROVED, State.APPLIED),  # by clearing, from the engine's receipt
        (State.APPROVED, State.REJECTED),
    }
)
PERIOD_STEPS = frozenset(
    {
        (PeriodState.CLOSED, PeriodState.REOPENING),
        (PeriodState.REOPENING, PeriodState.CLOSED),  # the second person said no
        (PeriodState.REOPENING, PeriodState.REOPENED),
        (PeriodState.REOPENED, PeriodState.CLOSED),
    }
)


def allows(current: str, wanted: State) -> bool:
    return (State(current), wanted) in STEPS


def period_allows(current: str, wanted: PeriodState) -> bool:
    return (PeriodState(current), wanted) in PERIOD_STEPS
