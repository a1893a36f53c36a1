"""The life of a campaign, as one table of allowed steps."""

from wallets.campaigns.models import State

STEPS = frozenset(
    {
        (State.DRAFT, State.ASKED),
        (State.ASKED, State.DRAFT),  # refused, or taken back to be changed
        (State.ASKED, State.ACTIVE),
        (State.ACTIVE, State.PAUSED),
        (State.PAUSED, State.ACTIVE),
        (State.DRAFT, State.ENDED),
        (State.ACTIVE, State.ENDED),
        (State.PAUSED, State.ENDED),
    }
)


def allows(current: str, wanted: State) -> bool:
    return (State(current), wanted) in STEPS
