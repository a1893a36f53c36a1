"""The steps of a message, as one table."""

from enum import Enum

from django.utils.translation import gettext as _

from messaging.models import MessageState, OutboxMessage


class Step(Enum):
    SEND = "send"  # the provider took it
    GIVE_UP = "give up"  # tried often enough, or it can never work: a dead letter
    DROP = "drop"  # whom it was for is gone
    SEND_AGAIN = "send again"  # staff ask for it


_STEPS = {
    (MessageState.QUEUED, Step.SEND): MessageState.SENT,
    (MessageState.QUEUED, Step.GIVE_UP): MessageState.FAILED,
    (MessageState.QUEUED, Step.DROP): MessageState.DROPPED,
    (MessageState.FAILED, Step.SEND_AGAIN): MessageState.QUEUED,
}


def apply(message: OutboxMessage, step: Step) -> MessageState:
    """Move ``message`` (locked, not saved) on; raises ValueError if it is not at that point."""
    before = MessageState(message.state)
    after = _STEPS.get((before, step))
    if after is None:
        raise ValueError(
            _("A message that is %(state)s cannot take this step.")
            % {"state": str(before.label).lower()}
        )
    message.state = after
    return after
