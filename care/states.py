"""How a question moves, as one table."""

from enum import Enum

from django.utils import timezone
from django.utils.translation import gettext as _

from care.errors import CareError
from care.models import Ticket, TicketState


class Step(Enum):
    ASK = "ask"  # the customer says something
    ANSWER = "answer"
    CLOSE = "close"


_W, _A, _C = TicketState.WAITING, TicketState.ANSWERED, TicketState.CLOSED
_STEPS: dict[tuple[str, Step], TicketState] = {
    (_W, Step.ASK): _W,
    (_A, Step.ASK): _W,
    (_C, Step.ASK): _W,
    (_W, Step.ANSWER): _A,
    (_A, Step.ANSWER): _A,
    (_W, Step.CLOSE): _C,
    (_A, Step.CLOSE): _C,
}


def apply(ticket: Ticket, step: Step) -> TicketState:
    """Move ``ticket`` (locked, not saved) on; returns the state before. Raises CareError."""
    before = TicketState(ticket.state)
    after = _STEPS.get((before, step))
    if after is None:
        raise CareError(_("This question is closed; the customer can open it again by writing."))
    now = timezone.now()
    ticket.state, ticket.last_at = after, now
    if after == TicketState.WAITING:
        ticket.waiting_since = ticket.waiting_since or now
    else:
        ticket.waiting_since = None
    ticket.closed_at = now if after == TicketState.CLOSED else None
    return before
