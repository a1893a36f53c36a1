"""Writes of the outbox."""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tenants.utils import schema_context

from audit import actions as audit
from audit import traces
from trading.commands import numbering, selectors
from trading.commands.actors import label_of, require
from trading.commands.models import CommandReceipt, QueuedCommand, RelayStop
from trading.commands.signals import command_refused
from trading.engine.message import Message
from trading.engine.results import Result

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
        trace_id=trace_id or traces.current(),
        created_by=label_of(acting_user),
    )
    _wake_relay()
    return queued


def _wake_relay() -> None:
    with connection.cursor() as cursor:
        # Delivered when the transaction commits; equal notices of one transaction become one.
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, connection.schema_name])


def note_refused(*, schema_name: str, number: int, result: int) -> None:
    """Write the receipt of a command that the engine's door refused; its journal has none."""
    with schema_context(schema_name), transaction.atomic():
        _refuse(QueuedCommand.objects.get(number=number), result)


def _refuse(command: QueuedCommand, result: int) -> None:
    CommandReceipt.objects.get_or_create(
        source_no=command.number,
        defaults={"seq": 0, "result": result, "received_at": timezone.now()},
    )
    command_refused.send(sender=QueuedCommand, command=command, result=result)


def note_relay_stopped(*, schema_name: str, engine_no: int, known: numbering.Known) -> None:
    """Write down that the engine's numbers and this database's do not fit together."""
    numbers = {
        "engine_no": engine_no,
        "applied_no": known.applied_no,
        "numbered_no": known.numbered_no,
    }
    with schema_context(schema_name), transaction.atomic():
        stop = RelayStop.objects.create(**numbers)
        audit.record("relay.stop", stop, new=numbers, acting_user=None)


def resume_relay(*, in_doubt: str, acting_user: Any, reason: str) -> RelayStop:
    """Let the relay of the current tenant go on, sending or dropping the commands in doubt.

    What is sent goes under numbers that the engine takes as new. What is dropped and was never
    sent reads as refused; what was applied once stays so in this database. Raises
    RelayStop.DoesNotExist if the relay is not stopped.
    """
    require(acting_user, "tenants.manage")
    choice = RelayStop.InDoubt(in_doubt)
    with transaction.atomic():
        stop = RelayStop.objects.select_for_update().get(resolved_at=None)
        commands = list(selectors.in_doubt(stop).order_by("id").values_list("id", flat=True))
        rows = QueuedCommand.objects.filter(pk__in=commands)
        if choice == RelayStop.InDoubt.SEND and not stop.is_engine_ahead:
            rows.update(answered=False)
            # What the lost journal said of them is void: clearing writes what becomes of them now.
            CommandReceipt.objects.filter(source_no__in=rows.values("number")).delete()
        elif choice == RelayStop.InDoubt.DROP and stop.is_engine_ahead:
            _drop(rows)
        stop.resolved_at = timezone.now()
        stop.in_doubt = choice
        stop.save()
        audit.record(
            "relay.resume",
            stop,
            new={"in_doubt": str(choice), "commands": commands},
            acting_user=acting_user,
            reason=reason,
        )
        _wake_relay()
    return stop


def _drop(rows: QuerySet[QueuedCommand]) -> None:
    """Refuse commands that were never sent, under numbers of their own like all others."""
    with connection.cursor() as cursor:
        cursor.execute(numbering.NUMBER_WAITING)
    for command in rows.order_by("id"):
        _refuse(command, Result.REPEATED)
    rows.update(answered=True)
