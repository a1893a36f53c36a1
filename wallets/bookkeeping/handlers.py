"""What bookkeeping does when something happens elsewhere."""

from typing import Any

from wallets.bookkeeping.models import EntryRequest, State


def on_command_refused(sender: Any, *, command: Any, result: int, **_: Any) -> None:
    """The engine's door refused the command of an entry."""
    EntryRequest.objects.filter(command=command, state=State.APPROVED).update(
        state=State.REJECTED, result=result, result_seq=0
    )
