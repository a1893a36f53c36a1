"""The life of a transfer, as one table of allowed steps, and the one `apply`."""

from datetime import datetime

from django.utils.translation import gettext as _

from trading.commands.models import QueuedCommand
from wallets.transfers.errors import TransferError
from wallets.transfers.models import OwnTransfer, State, TransferStep

STEPS = frozenset(
    {
        (State.REQUESTED, State.TAKEN),  # the engine took it from the one account
        (State.REQUESTED, State.REFUSED),  # too little was available, say
        (State.TAKEN, State.DONE),  # the engine gave it to the other account
        (State.TAKEN, State.RETURNING),  # it would not
        (State.RETURNING, State.RETURNING),  # nor take it back: once more, later
        (State.RETURNING, State.RETURNED),
    }
)
ENDED = frozenset({State.DONE, State.REFUSED, State.RETURNED})


def apply(
    row: OwnTransfer, wanted: State, *, result: int, command: QueuedCommand | None, now: datetime
) -> None:
    """Take one step, from the engine's result on to the command that is next; the row is locked
    by the caller. Raises TransferError."""
    if (State(row.state), wanted) not in STEPS:
        raise TransferError(
            _("It is past that: %(state)s.") % {"state": row.get_state_display().lower()}
        )
    before = row.state
    row.state, row.result, row.command = wanted, result, command
    row.ended_at = now if wanted in ENDED else None
    row.save()
    TransferStep.objects.create(
        transfer=row, state_before=before, state=wanted, result=result, command=command
    )
