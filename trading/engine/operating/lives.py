"""The whole life of one order, out of the journal: every record that touched it."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy

from trading.engine import columns, commands, events, journal, scan, wire
from trading.engine.message import LayoutError, Message
from trading.engine.operating import OperatingError, state
from trading.engine.operating.sentences import Definitions, Teller
from trading.engine.results import Result

# Which of an event's columns name orders.
_NAMING = {
    "OrderAccepted": ("order_id",),
    "OrderPending": ("order_id",),
    "OrderReleased": ("order_id",),
    "OrderRested": ("order_id",),
    "OrderWaiting": ("order_id",),
    "OrderActivated": ("order_id",),
    "OrderTriggered": ("order_id",),
    "OrderReplaced": ("order_id",),
    "OrderUncrossed": ("order_id",),
    "OrderReduced": ("order_id",),
    "OrderRefreshed": ("order_id",),
    "OrderClosed": ("order_id",),
    "Traded": ("maker_order_id", "taker_order_id"),
}
# What the numbers of orders mean.
_DEFINING = ("AssetCreated", "InstrumentCreated", "InstrumentChanged")
# Commands that speak of one order; refused ones leave no event.
_ASKING = (
    commands.PlaceOrder,
    commands.CancelOrder,
    commands.ReduceOrder,
    commands.ReplaceOrder,
    commands.ExpireOrder,
    commands.TriggerOrder,
)


class Step(NamedTuple):
    seq: int
    time_ns: int
    sentence: str


class Life(NamedTuple):
    """What happened to an order from ``first_seq`` on, in order; ``standing`` is what it is after
    ``last_seq``."""

    tenant_id: int
    order_id: int
    steps: list[Step]
    standing: str
    first_seq: int  # above 1: what was before was removed from the archive
    last_seq: int
    damage: str  # why the journal could be read no further; "" if it could


def tell(engine_dir: Path, socket_path: str, tenant_id: int, order_id: int) -> Life:
    """The life of an order; raises OperatingError if the journal knows of none."""
    extent = state.find_extent(engine_dir, socket_path)
    finder = _Finder(tenant_id, order_id)
    damage = str(extent.damage or "")
    first_seq = journal.first_seq(engine_dir)
    last_seq = 0
    try:
        if extent.last_seq:
            for chunk in journal.read_chunks(engine_dir, first_seq, extent.last_seq):
                finder.look(chunk.data)
                last_seq = chunk.last_seq
    except journal.JournalError as error:
        damage = str(error)
    except (LayoutError, ValueError, KeyError) as error:
        damage = f"A record behind seq {last_seq} cannot be read: {error}"
    if not finder.steps:
        raise OperatingError(
            damage
            or f"Tenant {tenant_id} has no order {order_id} in the journal, which goes from seq "
            f"{first_seq} to {last_seq}: check the number and the tenant."
        )
    standing = finder.teller.standing
    return Life(tenant_id, order_id, finder.steps, standing, first_seq, last_seq, damage)


class _Finder:
    """Goes through chunks of records and keeps what concerns one order."""

    def __init__(self, tenant_id: int, order_id: int) -> None:
        self.steps: list[Step] = []
        self.teller = Teller(order_id, Definitions())
        self._tenant_id = tenant_id
        self._order_id = order_id
        self._accepted: events.OrderAccepted | None = None

    def look(self, chunk: bytes) -> None:
        seqs = self._touching(chunk) | self._refused(chunk)
        if not seqs:
            return
        for record in wire.iterate_records(chunk):
            if record.seq in seqs:
                self._take(record)

    def _touching(self, chunk: bytes) -> set[int]:
        """Records with an event of the order, or one that its numbers are read by."""
        seqs: set[int] = set()
        for (tenant_id, name), blob in columns.split_records(chunk).items():
            if tenant_id != self._tenant_id or name not in (*_NAMING, *_DEFINING):
                continue
            table: Any = numpy.frombuffer(blob, dtype=columns.dtype(name))
            if name in _DEFINING:
                seqs.update(table["seq"].tolist())
            for column in _NAMING.get(name, ()):
                seqs.update(table["seq"][table[column] == self._order_id].tolist())
        return seqs

    def _refused(self, chunk: bytes) -> set[int]:
        """Records of refused or repeated commands that may speak of the order."""
        table: Any = numpy.frombuffer(scan.split_headers(chunk), dtype=columns.header_dtype())
        chosen = (table["tenant_id"] == self._tenant_id) & (table["result"] != Result.ACCEPTED)
        chosen &= numpy.isin(table["kind"], [message.KIND for message in _ASKING])
        return set(table["seq"][chosen].tolist())

    def _take(self, record: wire.Record) -> None:
        command = wire.record_command(record)
        if record.result != Result.ACCEPTED:
            if self._speaks_of_it(command, record.result):
                self._add(record, self.teller.refused(command, record.result))
            return
        for event in wire.answer_events(record):
            if type(event).__name__ in _DEFINING:
                self.teller.definitions.take(event)
            elif self._order_id in _orders_of(event):
                if isinstance(event, events.OrderAccepted):
                    self._accepted = event
                self._add(record, self.teller.happened(event, command))

    def _speaks_of_it(self, command: Message, result: int) -> bool:
        accepted = self._accepted
        if accepted is None:
            return False
        if isinstance(command, commands.ExpireOrder | commands.TriggerOrder):
            return command.order_id == self._order_id
        account_id: int = getattr(command, "account_id", 0)
        client_key: int = getattr(command, "client_key", 0)
        if account_id != accepted.account_id:
            return False
        has_key = accepted.client_key != 0 and client_key == accepted.client_key
        if isinstance(command, commands.PlaceOrder):
            return has_key and result == Result.REPEATED
        named: int = getattr(command, "order_id", 0)
        return named == self._order_id or (named == 0 and has_key)

    def _add(self, record: wire.Record, sentence: str) -> None:
        self.steps.append(Step(record.seq, record.time_ns, sentence))


def _orders_of(event: Message) -> list[int]:
    naming = _NAMING.get(type(event).__name__, ())
    return [getattr(event, name) for name in naming]
