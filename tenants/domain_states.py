"""How a host that a firm asked for goes from one state to the next: one table, one `apply`."""

from enum import StrEnum

from tenants.models import DomainClaim

State = DomainClaim.State
# Looks in a row without an answer after which a host counts as lost: nobody reaches it either.
PATIENCE = 3


class Seen(StrEnum):
    """What a look at the DNS of a host says of it."""

    WHOLE = "whole"  # the token is there, and the name leads here
    OWNED = "owned"  # the token is there
    NOTHING = "nothing"  # it is not
    UNANSWERED = "unanswered"  # nobody knows: a name server is away


_NEXT = {
    (State.ASKED, Seen.WHOLE): State.ACTIVE,
    (State.ASKED, Seen.OWNED): State.VERIFIED,
    (State.ASKED, Seen.NOTHING): State.ASKED,
    (State.VERIFIED, Seen.WHOLE): State.ACTIVE,
    (State.VERIFIED, Seen.OWNED): State.VERIFIED,
    (State.VERIFIED, Seen.NOTHING): State.FAILING,
    (State.ACTIVE, Seen.WHOLE): State.ACTIVE,
    (State.ACTIVE, Seen.OWNED): State.FAILING,
    (State.ACTIVE, Seen.NOTHING): State.FAILING,
    (State.FAILING, Seen.WHOLE): State.ACTIVE,
    (State.FAILING, Seen.OWNED): State.FAILING,
    (State.FAILING, Seen.NOTHING): State.FAILING,
}


def apply(claim: DomainClaim, seen: Seen) -> State:
    """Move ``claim`` (not saved) by what was seen; gives the state it had.

    An unanswered look changes nothing, until so many in a row count as nothing.
    """
    before = State(claim.state)
    claim.unanswered = claim.unanswered + 1 if seen is Seen.UNANSWERED else 0
    if seen is Seen.UNANSWERED:
        if claim.unanswered < PATIENCE or before is State.ASKED:
            return before
        seen = Seen.NOTHING
    claim.state = _NEXT[before, seen]
    return before
