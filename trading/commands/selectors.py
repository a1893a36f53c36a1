"""What became of queued commands."""

from django.db.models import QuerySet

from trading.commands.models import CommandReceipt, QueuedCommand, RelayStop
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


def relay_stop() -> RelayStop | None:
    """Why nothing is sent to the engine until an operator decides; None: the relay works."""
    return RelayStop.objects.filter(resolved_at=None).first()


def in_doubt(stop: RelayStop) -> QuerySet[QueuedCommand]:
    """Commands of which a stop leaves open whether the engine applied them.

    An engine that is ahead may have had what this database still holds as never sent; one that
    is behind has lost what this database holds as applied.
    """
    if stop.is_engine_ahead:
        return QueuedCommand.objects.filter(number=None, created_at__lte=stop.found_at)
    refused_at_the_door = CommandReceipt.objects.filter(seq=0).values("source_no")
    return QueuedCommand.objects.filter(answered=True, number__gt=stop.engine_no).exclude(
        number__in=refused_at_the_door
    )
