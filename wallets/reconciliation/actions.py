"""What people do about breaks, and the outside balances they enter."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit import actions as audit
from money.units import MoneyError
from trading.commands.actors import require
from trading.instruments.models import Asset
from wallets.ledger.models import JournalEntry
from wallets.reconciliation import resolutions, states
from wallets.reconciliation.errors import ReconciliationError
from wallets.reconciliation.models import BooksBreak, OutsideBalance, State, Way
from wallets.reconciliation.states import Step

MIN_REASON_CHARACTERS = 5
MOST_ROWS = 5000
COLUMNS = ("asset", "place", "amount", "as_of", "source")


def see_break(*, row: BooksBreak, acting_user: Any) -> BooksBreak:
    """Note that somebody looks after it. Raises ReconciliationError, PermissionDenied."""
    _require_own_staff(acting_user, "breaks.handle")
    with transaction.atomic():
        row = _locked(row)
        before = states.apply(row, Step.SEE)
        row.seen_by, row.seen_at = acting_user, timezone.now()
        return _keep(row, Step.SEE, before, acting_user)


def explain_break(*, row: BooksBreak, explanation: str, acting_user: Any) -> BooksBreak:
    """Say how it came about. Raises ReconciliationError, PermissionDenied."""
    _require_own_staff(acting_user, "breaks.handle")
    explanation = _reason(explanation, _("Say how the break came about."))
    with transaction.atomic():
        row = _locked(row)
        before = states.apply(row, Step.EXPLAIN)
        if row.seen_by_id is None:
            row.seen_by, row.seen_at = acting_user, timezone.now()
        row.explanation, row.explained_by = explanation, acting_user
        return _keep(row, Step.EXPLAIN, before, acting_user, reason=explanation)


def propose_resolution(
    *, row: BooksBreak, way: str, reference: int, reason: str, acting_user: Any
) -> BooksBreak:
    """Say what mends it: a journal entry, a rebuild, or an outside balance, by its id.

    An entry and a rebuild wait for a second person; a corrected outside balance moves no money
    here and resolves it at once. Raises ReconciliationError, PermissionDenied.
    """
    _require_own_staff(acting_user, "breaks.handle")
    reason = _reason(reason, _("Say why this mends the break."))
    if way not in Way.values:
        raise ReconciliationError(_("Choose an entry, a rebuild or an outside balance."))
    with transaction.atomic():
        row = _locked(row)
        _check_reference(row, Way(way), reference)
        before = states.apply(row, Step.PROPOSE)
        row.way, row.way_reference, row.proposed_by = way, reference, acting_user
        row.resolved_by = None
        _keep(row, Step.PROPOSE, before, acting_user, reason=reason)
        if way == Way.OUTSIDE:
            before = states.apply(row, Step.RESOLVE)
            row.resolved_by, row.ended_at = acting_user, timezone.now()
            _keep(row, Step.RESOLVE, before, acting_user, reason=reason)
    return row


def resolve_break(*, row: BooksBreak, acting_user: Any, reason: str = "") -> BooksBreak:
    """The second person's yes. Raises ReconciliationError, PermissionDenied."""
    return _decide(row, Step.RESOLVE, acting_user, reason)


def refuse_resolution(*, row: BooksBreak, acting_user: Any, reason: str) -> BooksBreak:
    """The second person's no. Raises ReconciliationError, PermissionDenied."""
    return _decide(row, Step.REFUSE, acting_user, _reason(reason, _("Say why it is refused.")))


def _decide(row: BooksBreak, step: Step, acting_user: Any, reason: str) -> BooksBreak:
    _require_own_staff(acting_user, "breaks.resolve")
    with transaction.atomic():
        row = _locked(row)
        if row.state == State.PROPOSED and row.proposed_by_id == acting_user.pk:
            raise PermissionDenied(_("A second person has to decide what you proposed."))
        before = states.apply(row, step)
        if step == Step.RESOLVE:
            row.resolved_by, row.ended_at = acting_user, timezone.now()
        else:
            row.way, row.way_reference, row.proposed_by = "", None, None
        return _keep(row, step, before, acting_user, reason=reason)


def _check_reference(row: BooksBreak, way: Way, reference: int) -> None:
    if way == Way.ENTRY:
        entry = JournalEntry.objects.filter(pk=reference).first()
        if entry is None:
            raise ReconciliationError(_("There is no such journal entry."))
        if entry.time < row.first_found_at:
            raise ReconciliationError(_("This entry is older than the break: it cannot mend it."))
        assets = set(entry.postings.values_list("ledger_account__asset_id", flat=True))
        if row.asset_id is not None and row.asset_id not in assets:
            raise ReconciliationError(_("This entry does not touch the break's asset."))
    elif way == Way.OUTSIDE:
        outside = OutsideBalance.objects.filter(pk=reference).first()
        if outside is None or outside.asset_id != row.asset_id:
            raise ReconciliationError(_("There is no such outside balance of this asset."))
    elif not resolutions.exists(way, reference):
        raise ReconciliationError(_("There is no such finished rebuild."))


@dataclass(frozen=True, slots=True)
class Outside:
    """One outside balance as it is entered."""

    asset: Asset
    place: str
    units: int
    as_of: datetime
    source: str


def enter_outside_balances(*, rows: Iterable[Outside], acting_user: Any) -> list[OutsideBalance]:
    """Enter what is outside, all or nothing. Raises ReconciliationError, PermissionDenied."""
    _require_own_staff(acting_user, "outside.enter")
    wanted = list(rows)
    for row in wanted:
        if row.units < 0:
            raise ReconciliationError(_("What is outside cannot be less than nothing."))
        if row.as_of > timezone.now():
            raise ReconciliationError(_("The moment lies in the future."))
        if not row.place.strip() or not row.source.strip():
            raise ReconciliationError(_("Name the place and the statement it stands in."))
    with transaction.atomic():
        made = [
            OutsideBalance.objects.create(
                asset=row.asset,
                place=row.place.strip()[:80],
                units=row.units,
                as_of=row.as_of,
                source=row.source.strip()[:200],
                entered_by=acting_user,
            )
            for row in wanted
        ]
        for outside in made:
            audit.record(
                "reconciliation.enter_outside_balance",
                outside,
                new={
                    "asset": outside.asset.code,
                    "place": outside.place,
                    "amount": outside.asset.text(outside.units),
                    "as_of": outside.as_of.isoformat(),
                    "source": outside.source,
                },
                acting_user=acting_user,
            )
    return made


def import_outside_balances(*, text: str, acting_user: Any) -> list[OutsideBalance]:
    """Enter the lines of a CSV with the columns asset, place, amount, as_of, source.

    All lines or none; raises ReconciliationError naming the line, PermissionDenied.
    """
    _require_own_staff(acting_user, "outside.enter")
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), skipinitialspace=True)
    if [name.strip() for name in reader.fieldnames or []] != list(COLUMNS):
        raise ReconciliationError(
            _("The first line must read: %(columns)s") % {"columns": ",".join(COLUMNS)}
        )
    assets = {asset.code: asset for asset in Asset.objects.all()}
    rows = []
    try:
        for line in reader:
            rows.append(_outside_of(line, assets))
            if len(rows) > MOST_ROWS:
                raise ReconciliationError(
                    _("More than %(count)s lines: send them in parts.") % {"count": MOST_ROWS}
                )
    except (ReconciliationError, MoneyError, ValueError, csv.Error) as error:
        raise ReconciliationError(
            _("Line %(number)s: %(error)s") % {"number": reader.line_num, "error": error}
        ) from None
    if not rows:
        raise ReconciliationError(_("There is no line in it."))
    return enter_outside_balances(rows=rows, acting_user=acting_user)


def _outside_of(line: dict[str, Any], assets: dict[str, Asset]) -> Outside:
    if None in line or None in line.values():
        raise ReconciliationError(_("It does not have five columns."))
    asset = assets.get(line["asset"].strip())
    if asset is None:
        raise ReconciliationError(_("There is no asset “%(code)s”.") % {"code": line["asset"][:20]})
    as_of = parse_datetime(line["as_of"].strip())
    if as_of is None or timezone.is_naive(as_of):
        raise ReconciliationError(_("as_of must read like 2026-11-28T16:00:00Z."))
    return Outside(
        asset, line["place"], asset.units_of(line["amount"].strip()), as_of, line["source"]
    )


def _keep(
    row: BooksBreak, step: Step, before: State, acting_user: Any, reason: str = ""
) -> BooksBreak:
    row.save()
    audit.record(
        f"reconciliation.{step.value}_break",
        row,
        old={"state": before.value},
        new={
            "state": row.state,
            **({"way": row.way, "reference": row.way_reference} if row.way else {}),
        },
        acting_user=acting_user,
        reason=reason,
    )
    return row


def _reason(text: str, otherwise: str) -> str:
    text = text.strip()
    if len(text) < MIN_REASON_CHARACTERS:
        raise ReconciliationError(otherwise)
    return text[:500]


def _require_own_staff(acting_user: Any, capability: str) -> None:
    """The books are mended by the tenant's own staff, never by the platform or the system."""
    if acting_user is None or acting_user.is_operator:
        raise PermissionDenied(_("Only the firm's own staff work on its breaks."))
    require(acting_user, capability)


def _locked(row: BooksBreak) -> BooksBreak:
    return BooksBreak.objects.select_for_update().get(pk=row.pk)
