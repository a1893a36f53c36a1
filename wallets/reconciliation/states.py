"""The life of a break, as one table of allowed steps and the one function that takes them."""

from django.db import models
from django.utils.translation import gettext as _

from wallets.reconciliation.errors import ReconciliationError
from wallets.reconciliation.models import BooksBreak, State


class Step(models.TextChoices):
    SEE = "see", "look at"
    EXPLAIN = "explain", "explain"
    PROPOSE = "propose", "propose a resolution of"
    REFUSE = "refuse", "refuse the resolution of"
    RESOLVE = "resolve", "resolve"
    VANISH = "vanish", "mark as vanished"
    REOPEN = "reopen", "open again"


STEPS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.SEE): State.SEEN,
    (State.OPEN, Step.EXPLAIN): State.EXPLAINED,
    (State.SEEN, Step.EXPLAIN): State.EXPLAINED,
    (State.EXPLAINED, Step.EXPLAIN): State.EXPLAINED,
    (State.EXPLAINED, Step.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Step.REFUSE): State.EXPLAINED,
    (State.PROPOSED, Step.RESOLVE): State.RESOLVED,
    (State.OPEN, Step.VANISH): State.VANISHED,
    (State.SEEN, Step.VANISH): State.VANISHED,
    (State.EXPLAINED, Step.VANISH): State.VANISHED,
    (State.PROPOSED, Step.VANISH): State.VANISHED,
    (State.RESOLVED, Step.REOPEN): State.OPEN,  # a later proof found it all the same
}
UNDONE = frozenset({State.OPEN, State.SEEN, State.EXPLAINED, State.PROPOSED})


def allows(state: str, step: Step) -> bool:
    return (State(state), step) in STEPS


def apply(row: BooksBreak, step: Step) -> State:
    """Take the step on the row, without saving it; the state before. Raises ReconciliationError."""
    before = State(row.state)
    after = STEPS.get((before, step))
    if after is None:
        raise ReconciliationError(
            _("A break in the state “%(state)s” cannot be brought to this step.")
            % {"state": str(before.label).lower()}
        )
    row.state = after
    return before
