"""Writes of fee schedules: row, version, audit, engine command."""

from typing import Any

from django.db import transaction

from audit import actions as audit
from trading.commands.actions import enqueue_command
from trading.commands.actors import label_of, require
from trading.engine import commands
from trading.instruments.actions.rules import check_ppm
from trading.instruments.errors import InstrumentError
from trading.instruments.models import FeeSchedule, FeeScheduleVersion, Instrument


def set_fees(
    *,
    maker_ppm: int,
    taker_ppm: int,
    acting_user: Any,
    group: Any = None,
    instrument: Instrument | None = None,
    reason: str = "",
) -> FeeSchedule:
    """Set the fees of a group (None: all) in an instrument (None: all); effective once the
    engine has it. Parts per million of what is received. Raises InstrumentError."""
    require(acting_user, "fees.change")
    return write_fees(
        group_id=group.pk if group else None,
        instrument_id=instrument.pk if instrument else None,
        maker_ppm=maker_ppm,
        taker_ppm=taker_ppm,
        acting_user=acting_user,
        reason=reason,
    )


def write_fees(
    *,
    group_id: int | None,
    instrument_id: int | None,
    maker_ppm: int,
    taker_ppm: int,
    acting_user: Any,
    reason: str,
) -> FeeSchedule:
    """What `set_fees` does, for actions that have looked at the rights. Raises InstrumentError."""
    if group_id is None and instrument_id is None:
        raise InstrumentError("Choose a group, an instrument or both.", "group")
    check_ppm(maker_ppm, "maker_ppm")
    check_ppm(taker_ppm, "taker_ppm")
    scope = {"group_id": group_id, "instrument_id": instrument_id}
    with transaction.atomic():
        schedule = FeeSchedule.objects.select_for_update().filter(**scope).first() or FeeSchedule(
            **scope
        )
        old = {} if schedule.pk is None else _fee_values(schedule)
        schedule.maker_ppm, schedule.taker_ppm = maker_ppm, taker_ppm
        if _fee_values(schedule) == old:
            return schedule
        schedule.save()
        _write_fee_version(schedule, old, _fee_values(schedule), acting_user, reason)
    return schedule


def remove_fees(*, schedule: FeeSchedule, acting_user: Any, reason: str = "") -> None:
    """Remove a fee schedule: the next wider one, or the instrument's own fees, hold again."""
    require(acting_user, "fees.change")
    with transaction.atomic():
        schedule = FeeSchedule.objects.select_for_update().get(pk=schedule.pk)
        _write_fee_version(schedule, _fee_values(schedule), {}, acting_user, reason)
        schedule.delete()


def _write_fee_version(
    schedule: FeeSchedule,
    old: dict[str, Any],
    new: dict[str, Any],
    acting_user: Any,
    reason: str,
) -> None:
    queued = enqueue_command(
        commands.SetFees(
            group_id=schedule.group_id or 0,
            instrument_id=schedule.instrument_id or 0,
            maker_ppm=new.get("maker_ppm", -1),
            taker_ppm=new.get("taker_ppm", 0),
        ),
        acting_user=acting_user,
    )
    scope = {"group": schedule.group, "instrument": schedule.instrument}
    FeeScheduleVersion.objects.create(
        **scope,
        version=FeeScheduleVersion.objects.filter(**scope).count() + 1,
        old=old,
        new=new,
        changed_by=label_of(acting_user),
        reason=reason,
        command=queued,
    )
    audit.record("fees.set", schedule, old=old, new=new, acting_user=acting_user, reason=reason)


def _fee_values(schedule: FeeSchedule) -> dict[str, int]:
    return {"maker_ppm": schedule.maker_ppm, "taker_ppm": schedule.taker_ppm}
