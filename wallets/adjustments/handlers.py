"""What adjustments do when something happens elsewhere."""

from typing import Any

from wallets.adjustments.models import Adjustment, State


def on_command_refused(sender: Any, *, command: Any, result: int, **_: Any) -> None:
    """The engine's door refused the command of an adjustment."""
    Adjustment.objects.filter(command=command, state=State.APPROVED).update(
        state=State.REJECTED, result=result, result_seq=0
    )
