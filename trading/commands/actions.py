"""Writes of the outbox."""

from typing import Any

from django.db import connection

from trading.commands.actors import label_of
from trading.commands.models import QueuedCommand
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
