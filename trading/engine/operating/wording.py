"""Records in words: times, fields, numbers of enumerations by their names."""

from datetime import UTC, datetime, timedelta
from enum import IntEnum, IntFlag
from pathlib import Path

from trading.engine import enums, journal, wire
from trading.engine.message import LayoutError, Message
from trading.engine.operating import OperatingError, state

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENUM_OF: dict[str, type[IntEnum] | type[IntFlag]] = {
    "side": enums.Side,
    "taker_side": enums.Side,
    "order_type": enums.OrderType,
    "time_in_force": enums.TimeInForce,
    "trigger_source": enums.TriggerSource,
    "self_trade_prevention": enums.SelfTradePrevention,
    "flags": enums.OrderFlag,
    "status": enums.OrderStatus,
    "role": enums.AccountRole,
}
# What the word means depends on whose it is.
_STATES = {"Account": enums.AccountState, "Instrument": enums.InstrumentState}
_REASONS = {"Funds": enums.FundsReason, "Order": enums.ReduceReason}


def read_record(engine_dir: Path, socket_path: str, seq: int) -> wire.Record:
    """The record with ``seq``; raises OperatingError if there is none, or JournalError."""
    extent = state.find_extent(engine_dir, socket_path)
    first_seq = journal.first_seq(engine_dir)
    if seq < first_seq:
        raise OperatingError(f"There is no seq {seq}: the journal begins with {first_seq}.")
    if seq > extent.last_seq:
        if extent.damage is not None:
            raise extent.damage
        raise OperatingError(
            f"There is no record with seq {seq}: the journal ends with seq {extent.last_seq}."
        )
    return next(journal.read_records(engine_dir, seq, seq))


def record_text(record: wire.Record) -> str:
    """A record on some lines: when, whose, the command, the result, the events."""
    source = f"source {record.source}, number {record.source_no}" if record.source else "direct"
    lines = [
        f"seq      {record.seq}",
        f"time     {time_text(record.time_ns)}",
        f"tenant   {record.tenant_id}",
        f"source   {source}",
    ]
    if record.trace_id:
        lines.append(f"trace    {record.trace_id:016x}")
    try:
        command = message_text(wire.record_command(record))
        happened = [message_text(event) for event in wire.answer_events(record)]
    except LayoutError as error:
        command, happened = f"cannot be read: {error}", []
    lines += [
        f"command  {command}",
        f"result   {wire.result_name(record.result)} ({record.result})",
        f"events   {record.event_count}",
    ]
    return "\n".join(lines + [f"  {number}. {text}" for number, text in enumerate(happened, 1)])


def message_text(message: Message) -> str:
    """``PlaceOrder account_id=7 side=BUY ...``: all fields in their order."""
    name = type(message).__name__
    fields = [
        f"{field}={value_text(name, field, getattr(message, field))}" for field, _ in message.FIELDS
    ]
    return " ".join([name, *fields])


def value_text(message_name: str, field: str, value: int | str) -> str:
    """One field's value, by its name where it is one of an enumeration."""
    if isinstance(value, str):
        return f'"{value}"'
    if field == "expire_ns":
        return time_text(value) if value else "0"
    kind = _enum_of(message_name, field)
    if kind is None:
        return str(value)
    if issubclass(kind, IntFlag):
        return "|".join(str(flag.name) for flag in kind if value & flag) or str(value)
    return str(kind(value).name) if value in set(kind) else str(value)


def time_text(time_ns: int) -> str:
    """``2026-01-31 12:00:00.123456789 UTC``, exact."""
    seconds, rest = divmod(time_ns, 10**9)
    try:
        whole = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{time_ns} ns since 1970"
    return f"{whole:%Y-%m-%d %H:%M:%S}.{rest:09d} UTC"


def _enum_of(message_name: str, field: str) -> type[IntEnum] | type[IntFlag] | None:
    meanings: dict[str, type[IntEnum]] = {}
    if field == "state":
        meanings = {**_STATES}
    elif field == "reason":
        meanings = {**_REASONS}
    for word, kind in meanings.items():
        if word in message_name:
            return kind
    return _ENUM_OF.get(field)
