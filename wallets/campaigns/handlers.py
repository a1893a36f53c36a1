"""What campaigns do when something happens elsewhere."""

from typing import Any

from wallets.campaigns.models import Award, AwardState


def on_command_refused(sender: Any, *, command: Any, result: int, **_: Any) -> None:
    """The engine's door refused the command of an award."""
    Award.objects.filter(command=command, state=AwardState.QUEUED).update(
        state=AwardState.REJECTED, result=result, result_seq=0
    )
