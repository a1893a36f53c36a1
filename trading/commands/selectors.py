"""What became of queued commands."""

from django.db.models import QuerySet

from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine.results import Result


def receipt_of(command: QueuedCommand) -> CommandReceipt | None:
    """The receipt from the engine's journal; None until clearing has seen it."""
    if command.number is None:
        return None
    return CommandReceipt.objects.filter(source_no=command.number).first()


def state_of(command: QueuedCommand) -> QueuedCommand.State:
    """Where the command stands."""
    if command.number is None:
        return QueuedCommand.State.QUEUED
    receipt = receipt_of(command)
    if receipt is None:
        return QueuedCommand.State.SENT
    if receipt.result == Result.ACCEPTED:
        return QueuedCommand.State.APPLIED
    return QueuedCommand.State.REJECTED


def unanswered() -> QuerySet[QueuedCommand]:
    """Commands that the engine has not answered yet, oldest first."""
    return QueuedCommand.objects.filter(answered=False)
