"""Writes of the outbox."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from trading.commands.actors import label_of
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.commands.signals import command_refused
from trading.engine.message import Message

CHANNEL = "marque_outbox"


def enqueue_command(command: Message, *, acting_user: Any, trace_id: int = 0) -> QueuedCommand:
    """Put a command into the outbox, in the caller's database transaction.

    It goes to the engine once that is committed, in order, and is applied exactly once; while
    the engine is away it waits. Raises LayoutError if a value does not fit its field.
    """
    queued = QueuedCommand.objects.create(
        kind=command.KIND,
        version=command.VERSION,
        payload=command.encode(),
        trace_id=trace_id,
        created_by=label_of(acting_user),
    )
    with connection.cursor() as cursor:
        # Delivered when the transaction commits; equal notices of one transaction become one.
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, connection.schema_name])
    return queued


def note_refused(*, schema_name: str, number: int, result: int) -> None:
    """Write the receipt of a command that the engine's door refused; its journal has none."""
    with schema_context(schema_name), transaction.atomic():
        command = QueuedCommand.objects.get(number=number)
        CommandReceipt.objects.get_or_create(
            source_no=number,
            defaults={"seq": 0, "result": result, "received_at": timezone.now()},
        )
        command_refused.send(sender=QueuedCommand, command=command, result=result)
