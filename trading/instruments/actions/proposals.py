"""Many fee schedules at once: planned, proposed by one person, decided by another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit import actions as audit
from money.units import PPM
from trading.commands.actors import require
from trading.instruments.actions import fees
from trading.instruments.errors import InstrumentError
from trading.instruments.models import FeeProposal, FeeSchedule, Instrument

MOST_LINES = 500
MIN_REASON_CHARACTERS = 5


@dataclass(frozen=True)
class FeeLine:
    """One schedule as it would be: rates in ppm; ``old`` {} where there is none now."""

    group: Any
    instrument: Instrument | None
    maker_ppm: int
    taker_ppm: int
    old: dict[str, int]

    @property
    def is_different(self) -> bool:
        return self.old != {"maker_ppm": self.maker_ppm, "taker_ppm": self.taker_ppm}


def plan_fees(
    *,
    groups: Iterable[Any],
    instruments: Iterable[Any],
    maker_ppm: int,
    taker_ppm: int,
    is_relative: bool = False,
) -> list[FeeLine]:
    """The schedules of every group (None: all) in every instrument (None: all), as they would be.

    ``is_relative``: the rates are added to those in force, which may be those of a wider scope.
    Raises InstrumentError.
    """
    groups, instruments = list(groups), list(instruments)
    if not 0 < len(groups) * len(instruments) <= MOST_LINES:
        raise InstrumentError(f"Choose between 1 and {MOST_LINES} schedules.", "groups")
    known = {(row.group_id, row.instrument_id): row for row in FeeSchedule.objects.all()}
    lines = []
    for group in groups:
        for instrument in instruments:
            if group is None and instrument is None:
                raise InstrumentError("Choose groups, instruments or both.", "groups")
            row = known.get((group.pk if group else None, instrument.pk if instrument else None))
            old = {"maker_ppm": row.maker_ppm, "taker_ppm": row.taker_ppm} if row else {}
            maker, taker = maker_ppm, taker_ppm
            if is_relative:
                present = _in_force(known, group, instrument)
                maker, taker = present[0] + maker_ppm, present[1] + taker_ppm
            for value, name in ((maker, "maker_ppm"), (taker, "taker_ppm")):
                if not 0 <= value <= PPM:
                    raise InstrumentError(
                        f"{group or 'All groups'}, {instrument or 'all instruments'}: a fee below "
                        "zero or above 100 % would come of it.",
                        name,
                    )
            lines.append(FeeLine(group, instrument, maker, taker, old))
    return lines


def _in_force(
    known: dict[tuple[Any, Any], FeeSchedule], group: Any, instrument: Instrument | None
) -> tuple[int, int]:
    """Rates by the narrowest schedule there is, as the engine looks them up."""
    group_id, instrument_id = group.pk if group else None, instrument.pk if instrument else None
    for key in ((group_id, instrument_id), (group_id, None), (None, instrument_id)):
        if key in known and key != (None, None):
            return known[key].maker_ppm, known[key].taker_ppm
    if instrument is not None:
        return instrument.maker_ppm, instrument.taker_ppm
    raise InstrumentError(
        f"{group} has no fees of its own that could be raised or lowered: set them first.",
        "groups",
    )


def propose_fees(*, lines: Iterable[FeeLine], reason: str, acting_user: Any) -> FeeProposal:
    """Ask for schedules to be set; nothing holds until a second person approves.

    Lines that change nothing are left out. Raises InstrumentError, PermissionDenied.
    """
    _require_staff(acting_user, "fees.change")
    wanted = [line for line in lines if line.is_different]
    if not wanted:
        raise InstrumentError("Nothing would be different.")
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise InstrumentError("Say why, in a few words.", "reason")
    with transaction.atomic():
        row = FeeProposal.objects.create(
            lines=[
                {
                    "group": line.group.pk if line.group else None,
                    "instrument": line.instrument.pk if line.instrument else None,
                    "maker_ppm": line.maker_ppm,
                    "taker_ppm": line.taker_ppm,
                    "old": line.old,
                }
                for line in wanted
            ],
            reason=reason.strip(),
            requested_by=acting_user,
        )
        audit.record(
            "fees.propose",
            row,
            new={"lines": len(row.lines)},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def approve_fees(*, proposal: FeeProposal, acting_user: Any, reason: str = "") -> FeeProposal:
    """Put somebody else's proposal in force, all of it or nothing.

    A schedule that somebody has changed since refuses it: the second person would not get what
    he saw. Raises InstrumentError, PermissionDenied.
    """
    _require_staff(acting_user, "fees.approve")
    with transaction.atomic():
        proposal = _locked(proposal)
        if proposal.state == FeeProposal.State.APPROVED and proposal.decided_by == acting_user:
            return proposal
        _check_decision(proposal, acting_user)
        # All of them are locked, so that none changes between the look and the write.
        known = {
            (row.group_id, row.instrument_id): row
            for row in FeeSchedule.objects.select_for_update().order_by("pk")
        }
        for line in proposal.lines:
            row = known.get((line["group"], line["instrument"]))
            now = {"maker_ppm": row.maker_ppm, "taker_ppm": row.taker_ppm} if row else {}
            if now != line["old"]:
                raise InstrumentError(
                    "Some of these fees were changed since this was asked for. Refuse it, and have "
                    "it asked for again."
                )
        for line in proposal.lines:
            fees.write_fees(
                group_id=line["group"],
                instrument_id=line["instrument"],
                maker_ppm=line["maker_ppm"],
                taker_ppm=line["taker_ppm"],
                acting_user=acting_user,
                reason=f"Proposal {proposal.pk}: {proposal.reason}"[:500],
            )
        _decide(proposal, FeeProposal.State.APPROVED, "fees.approve", acting_user, reason)
    return proposal


def refuse_fees(*, proposal: FeeProposal, acting_user: Any, reason: str) -> FeeProposal:
    """Refuse somebody else's proposal. Raises InstrumentError, PermissionDenied."""
    _require_staff(acting_user, "fees.approve")
    if len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise InstrumentError("Say why it is refused.", "reason")
    with transaction.atomic():
        proposal = _locked(proposal)
        _check_decision(proposal, acting_user)
        _decide(proposal, FeeProposal.State.REFUSED, "fees.refuse", acting_user, reason)
    return proposal


def withdraw_fees(*, proposal: FeeProposal, acting_user: Any, reason: str) -> FeeProposal:
    """Take back one's own proposal. Raises InstrumentError, PermissionDenied."""
    _require_staff(acting_user, "fees.change")
    with transaction.atomic():
        proposal = _locked(proposal)
        if proposal.state != FeeProposal.State.REQUESTED:
            raise InstrumentError("This proposal was decided already.")
        if proposal.requested_by_id != acting_user.pk:
            raise PermissionDenied("Only who asked for it takes it back.")
        _decide(proposal, FeeProposal.State.WITHDRAWN, "fees.withdraw", acting_user, reason)
    return proposal


def _check_decision(proposal: FeeProposal, acting_user: Any) -> None:
    if proposal.state != FeeProposal.State.REQUESTED:
        raise InstrumentError("This proposal was decided already.")
    if proposal.requested_by_id == acting_user.pk:
        raise PermissionDenied("A second person has to decide what you asked for.")


def _decide(proposal: FeeProposal, state: str, action: str, acting_user: Any, reason: str) -> None:
    proposal.state = state
    proposal.decided_by = acting_user
    proposal.decided_at = timezone.now()
    proposal.decision_reason = reason.strip()
    proposal.save()
    audit.record(
        action,
        proposal,
        old={"state": "requested"},
        new={"state": str(state)},
        acting_user=acting_user,
        reason=reason,
    )


def _require_staff(acting_user: Any, capability: str) -> None:
    """Two persons of the firm: neither the platform nor the system stands in for one."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied("Only the firm's own staff propose and approve fees.")
    require(acting_user, capability)


def _locked(proposal: FeeProposal) -> FeeProposal:
    return FeeProposal.objects.select_for_update().get(pk=proposal.pk)
