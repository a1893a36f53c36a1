"""Changes of an instrument that come at a time, and the way back to an earlier version."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from money.units import format_units
from trading.commands.actors import require
from trading.instruments.actions import rules
from trading.instruments.errors import InstrumentError
from trading.instruments.models import Instrument, InstrumentVersion, ScheduledChange, State

MOST_AHEAD = timedelta(days=366)
_WORDS = {"maker_ppm": "maker fee", "taker_ppm": "taker fee", "price_band_bp": "price band"}
_COLUMN = {**dict(zip(rules.RULE_FIELDS, rules.RULE_COLUMNS, strict=True)), "state": "state"}
MIN_REASON_CHARACTERS = 5


def rule_texts(instrument: Instrument) -> dict[str, Any]:
    """Rules and state as `schedule_change` takes them: decimal text or whole numbers."""
    base, quote = instrument.base.scale, instrument.quote.scale
    return {
        "tick_size": format_units(instrument.tick_units, quote),
        "lot_size": format_units(instrument.lot_units, base),
        "min_quantity": format_units(instrument.min_lots * instrument.lot_units, base),
        "max_quantity": format_units(instrument.max_lots * instrument.lot_units, base),
        "min_notional": format_units(instrument.min_notional_units, quote),
        "max_notional": format_units(instrument.max_notional_units, quote),
        "price_band_bp": instrument.price_band_bp,
        "maker_ppm": instrument.maker_ppm,
        "taker_ppm": instrument.taker_ppm,
        "state": int(instrument.state),
    }


def schedule_change(
    *,
    instrument: Instrument,
    changes: dict[str, Any],
    at: datetime,
    reason: str,
    acting_user: Any,
) -> ScheduledChange:
    """Have rules (RULE_FIELDS, decimal text) or the ``state`` change at a time.

    Only what differs from now is kept. The rules are checked now, and again when they are made.
    Raises InstrumentError, PermissionDenied.
    """
    require(acting_user, "instruments.change")
    if acting_user is None:
        raise PermissionDenied("Somebody has to answer for a scheduled change.")
    unknown = changes.keys() - {*rules.RULE_FIELDS, "state"}
    if unknown:
        raise TypeError(f"an instrument has no {', '.join(sorted(unknown))}")
    now = timezone.now()
    if not now < at <= now + MOST_AHEAD:
        raise InstrumentError("Choose a time to come, within a year from now.", "at")
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise InstrumentError("Say why, in a few words.", "reason")
    if changes.get("state", State.OPEN) not in State.values:
        raise InstrumentError("Choose open, auction, cancel-only, halted or closed.", "state")
    with transaction.atomic():
        instrument = rules.locked(instrument)
        current = rule_texts(instrument)
        columns = rules.check_change(
            instrument, {name: value for name, value in changes.items() if name != "state"}
        )
        columns["state"] = int(changes.get("state", instrument.state))
        different = {
            name: value
            for name, value in changes.items()
            if columns[_COLUMN[name]] != getattr(instrument, _COLUMN[name])
        }
        if not different:
            raise InstrumentError("Nothing would be different.")
        row = ScheduledChange.objects.create(
            instrument=instrument,
            changes=different,
            old={name: current[name] for name in different},
            at=at,
            reason=reason.strip(),
            asked_by=acting_user,
        )
        audit.record(
            "instruments.schedule_change",
            instrument,
            old=row.old,
            new={**different, "at": at.isoformat()},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def publish_instrument(*, at: datetime, state: int, acting_user: Any, **fields: Any) -> Instrument:
    """Create an instrument that is halted until a time and then comes into ``state``.

    ``fields`` as of `create_instrument`. Raises InstrumentError, PermissionDenied.
    """
    if state == State.HALTED:
        raise InstrumentError("It is halted until then: choose what it becomes.", "state")
    with transaction.atomic():
        instrument = rules.create_instrument(state=State.HALTED, acting_user=acting_user, **fields)
        schedule_change(
            instrument=instrument,
            changes={"state": int(state)},
            at=at,
            reason="Published at the time it was created for",
            acting_user=acting_user,
        )
    return instrument


def cancel_change(*, change: ScheduledChange, acting_user: Any, reason: str = "") -> None:
    """Take back a change whose time has not come. Raises InstrumentError, PermissionDenied."""
    require(acting_user, "instruments.change")
    with transaction.atomic():
        change = _locked_change(change.pk)
        if change.status != ScheduledChange.State.WAITING:
            raise InstrumentError(
                _("It is not waiting: %(state)s.") % {"state": change.get_status_display().lower()}
            )
        _end(change, ScheduledChange.State.CANCELED, acting_user)
        audit.record(
            "instruments.cancel_scheduled_change",
            change.instrument,
            old={**change.changes, "at": change.at.isoformat()},
            acting_user=acting_user,
            reason=reason,
        )


def make_due_changes(now: datetime) -> int:
    """Make every change whose time has come; how many were made. One that cannot be is told.

    Each is a database transaction of its own with its new state, so it is made once, however
    late and however often this runs.
    """
    made = 0
    due = ScheduledChange.objects.filter(status=ScheduledChange.State.WAITING, at__lte=now)
    for change_id in due.order_by("at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            change = _locked_change(change_id)
            if change.status != ScheduledChange.State.WAITING:
                continue
            try:
                with transaction.atomic():
                    _make(change)
            except (InstrumentError, PermissionDenied) as error:
                _fail(change, str(error) or "It was refused.")
            else:
                _end(change, ScheduledChange.State.DONE, None)
                made += 1
    return made


def _make(change: ScheduledChange) -> None:
    """As its asker, who must still have the right; never over what others changed meanwhile."""
    instrument = rules.locked(change.instrument)
    current = rule_texts(instrument)
    moved = [name for name, value in change.old.items() if current[name] != value]
    if moved:
        words = ", ".join(_WORDS.get(name, name.replace("_", " ")) for name in sorted(moved))
        raise InstrumentError(f"Somebody has changed this since it was asked for: {words}.")
    changes = dict(change.changes)
    state = changes.pop("state", None)
    reason = f"{change.reason} (scheduled)"[:500]
    if changes:
        rules.change_instrument(
            instrument=instrument, acting_user=change.asked_by, reason=reason, **changes
        )
    if state is not None:
        rules.set_instrument_state(
            instrument=instrument, state=state, acting_user=change.asked_by, reason=reason
        )


def _fail(change: ScheduledChange, problem: str) -> None:
    change.problem = problem[:500]
    _end(change, ScheduledChange.State.FAILED, None)
    audit.record(
        "instruments.scheduled_change_failed",
        change.instrument,
        new={**change.changes, "problem": change.problem},
        acting_user=None,
    )


def roll_back(
    *, instrument: Instrument, version: InstrumentVersion, reason: str, acting_user: Any
) -> Instrument:
    """Put the rules and the circuit breaker of an earlier version in force again; the state stays.

    It is a change like any other: history goes on. Raises InstrumentError, PermissionDenied.
    """
    require(acting_user, "instruments.change")
    if version.instrument_id != instrument.pk:
        raise InstrumentError("That version is of another instrument.")
    then = version.new
    base, quote = instrument.base.scale, instrument.quote.scale
    lot_units = then["lot_units"]
    with transaction.atomic():
        instrument = rules.change_instrument(
            instrument=instrument,
            acting_user=acting_user,
            reason=reason,
            tick_size=format_units(then["tick_units"], quote),
            lot_size=format_units(lot_units, base),
            min_quantity=format_units(then["min_lots"] * lot_units, base),
            max_quantity=format_units(then["max_lots"] * lot_units, base),
            min_notional=format_units(then["min_notional_units"], quote),
            max_notional=format_units(then["max_notional_units"], quote),
            price_band_bp=then["price_band_bp"],
            maker_ppm=then["maker_ppm"],
            taker_ppm=then["taker_ppm"],
        )
        return rules.set_breaker(
            instrument=instrument,
            breaker_bp=then.get("breaker_bp", 0),
            window_seconds=then.get("breaker_window_seconds", 0),
            halt_seconds=then.get("breaker_halt_seconds", 0),
            acting_user=acting_user,
            reason=reason,
        )


def _end(change: ScheduledChange, status: str, acting_user: Any) -> None:
    change.status = status
    change.ended_by = acting_user
    change.ended_at = timezone.now()
    change.save()


def _locked_change(change_id: int) -> ScheduledChange:
    return (
        ScheduledChange.objects.select_for_update(of=("self",))
        .select_related("instrument__base", "instrument__quote", "asked_by")
        .get(pk=change_id)
    )
