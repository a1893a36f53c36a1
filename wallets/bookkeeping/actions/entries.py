"""Entries, reversals and corrections: one person asks, another decides, the engine records."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from trading.accounts.models import Account, AccountRole
from trading.commands.actions import enqueue_command
from trading.engine.limits import MAX_ENTRY_UNITS
from trading.instruments.models import Asset
from wallets.bookkeeping import plans, selectors, states
from wallets.bookkeeping.actions.guards import reason_of, require_second_person, require_staff
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.locking import lock_periods
from wallets.bookkeeping.models import EntryRequest, State
from wallets.ledger import chart, entries
from wallets.ledger.models import CustodyAccount, EntryKind, JournalEntry, Line


def request_entry(**fields: Any) -> EntryRequest:
    """Ask for an entry of a kind; somebody else decides. Takes what `plan_entry` does.

    Raises BookkeepingError, PermissionDenied.
    """
    request = plan_entry(**fields)
    with transaction.atomic():
        lock_periods()
        _check_open(request.value_time)
        return _ask(request)


def plan_entry(
    *,
    kind: int,
    asset: Asset,
    amount_units: int,
    reason: str,
    acting_user: Any,
    account: Account | None = None,
    houses: dict[str, int] | None = None,
    value_time: datetime | None = None,
) -> EntryRequest:
    """A request as it would be asked for: checked, and not saved.

    `houses` names house lines where the kind has a choice (`debited`, `credited`, `against`).
    Raises BookkeepingError, PermissionDenied.
    """
    require_staff(acting_user, "bookkeeping.request")
    if kind not in plans.OFFERED_KINDS:
        raise BookkeepingError(_("Choose a kind of entry."), "kind")
    if not 0 < amount_units <= MAX_ENTRY_UNITS:
        raise BookkeepingError(_("Enter an amount above zero, and not too large."), "amount")
    template = entries.TEMPLATES[EntryKind(kind)]
    request = EntryRequest(
        kind=kind,
        account=account,
        asset=asset,
        amount_units=amount_units,
        value_time=value_time,
        reason=reason_of(reason),
        requested_by=acting_user,
    )
    _check_account(template, account)
    for leg in template.legs:
        if leg.house:
            house = (houses or {}).get(leg.house, 0) or _default_house(leg, asset)
            _check_house(house, leg)
            setattr(request, leg.house, house)
    if request.debited and request.debited == request.credited:
        raise BookkeepingError(_("The two lines must not be the same."), "credited")
    _check_value_time(template, value_time)
    _check_open(value_time)
    return request


def request_reversal(*, entry: JournalEntry, reason: str, acting_user: Any) -> EntryRequest:
    """Ask for an entry to be undone by one with its postings the other way round.

    What moved a customer's account is debited or credited back by the engine, which may refuse.
    Raises BookkeepingError, PermissionDenied.
    """
    require_staff(acting_user, "bookkeeping.request")
    request = plans.reversal_of(entry)
    request.reason = reason_of(reason)
    request.requested_by = acting_user
    with transaction.atomic():
        lock_periods()
        if selectors.reversal_request(entry.pk) is not None:
            raise BookkeepingError(_("Somebody asked for this reversal already."))
        if selectors.reversed_by(entry.pk) is not None:
            raise BookkeepingError(_("This entry is reversed already."))
        return _ask(request)


def approve_entry(*, request: EntryRequest, acting_user: Any, reason: str = "") -> EntryRequest:
    """Approve somebody else's request and queue its command.

    Approving again by the same person changes nothing. Raises BookkeepingError,
    PermissionDenied.
    """
    require_staff(acting_user, "bookkeeping.approve")
    with transaction.atomic():
        lock_periods()
        request = _locked(request)
        if request.approved_by_id == acting_user.pk and request.command_id is not None:
            return request
        _check_decision(request, State.APPROVED, acting_user)
        _check_open(request.value_time)
        request.command = enqueue_command(plans.command_of(request), acting_user=acting_user)
        _decide(request, State.APPROVED, acting_user, reason)
    return request


def refuse_entry(*, request: EntryRequest, acting_user: Any, reason: str) -> EntryRequest:
    """Refuse somebody else's request. Raises BookkeepingError, PermissionDenied."""
    require_staff(acting_user, "bookkeeping.approve")
    reason = reason_of(reason)
    with transaction.atomic():
        request = _locked(request)
        if request.state == State.REFUSED and request.approved_by_id == acting_user.pk:
            return request
        _check_decision(request, State.REFUSED, acting_user)
        _decide(request, State.REFUSED, acting_user, reason)
    return request


def ask_for(request: EntryRequest) -> EntryRequest:
    """Save a request that another action of this room has made and checked."""
    return _ask(request)


def _ask(request: EntryRequest) -> EntryRequest:
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise BookkeepingError(_("Somebody asked for this already.")) from error
    audit.record(
        "bookkeeping.request_entry",
        request,
        new={
            "kind": chart.english(EntryKind(request.kind).label),
            "postings": [
                [ledger_id, str(units)] for ledger_id, units in plans.postings_of(request)
            ],
            "account": request.account_id,
            "reverses": request.reverses_id,
            "value_time": request.value_time.isoformat() if request.value_time else None,
        },
        acting_user=request.requested_by,
        reason=request.reason,
    )
    return request


def _decide(request: EntryRequest, state: State, acting_user: Any, reason: str) -> None:
    request.state = state
    request.approved_by = acting_user
    request.decided_at = timezone.now()
    request.decision_reason = reason.strip()
    request.save()
    audit.record(
        "bookkeeping.approve_entry" if state == State.APPROVED else "bookkeeping.refuse_entry",
        request,
        old={"state": State.REQUESTED.value},
        new={"state": state.value},
        acting_user=acting_user,
        reason=reason,
    )


def _check_decision(request: EntryRequest, wanted: State, acting_user: Any) -> None:
    if not states.allows(request.state, wanted):
        raise BookkeepingError(
            _("This entry was decided already: %(state)s.")
            % {"state": request.get_state_display().lower()}
        )
    require_second_person(request.requested_by_id, acting_user)


def _check_account(template: entries.EntryTemplate, account: Account | None) -> None:
    if template.is_recorded:
        if account is not None:
            raise BookkeepingError(_("This kind moves no account: leave it empty."), "account")
        return
    if account is None:
        raise BookkeepingError(_("Say whose account it moves."), "account")
    is_of_house = template.kind in plans.OF_HOUSE_ACCOUNTS
    if is_of_house == (account.role == AccountRole.CUSTOMER):
        raise BookkeepingError(
            _("This kind moves the house's own account.")
            if is_of_house
            else _("This kind moves a customer's account."),
            "account",
        )


def _default_house(leg: entries.Leg, asset: Asset) -> int:
    """Where custody is meant and no place is named, the main one of the asset."""
    main = chart.main_custody(asset.code)
    if leg.line in (Line.CUSTODY, *chart.CUSTODY_LINES):
        line, _part = chart.line_and_part(main)
        if line in leg.lines:
            return main
    return chart.house_line(leg.line)


def _check_house(house: int, leg: entries.Leg) -> None:
    try:
        line, part = chart.line_and_part(house)
    except ValueError as error:
        raise BookkeepingError(_("There is no such line."), leg.house) from error
    if line not in leg.lines:
        raise BookkeepingError(_("This kind cannot stand on that line."), leg.house)
    if part and not CustodyAccount.objects.filter(line=line, part=part).exists():
        raise BookkeepingError(_("There is no such bank, wallet or broker."), leg.house)


def _check_value_time(template: entries.EntryTemplate, value_time: datetime | None) -> None:
    if value_time is None:
        return
    if not template.is_recorded:
        raise BookkeepingError(_("What moves an account is booked when it moves."), "value_time")
    if value_time > timezone.now():
        raise BookkeepingError(_("It cannot belong to a time ahead."), "value_time")


def _check_open(value_time: datetime | None) -> None:
    until = selectors.closed_until()
    if value_time is not None and until is not None and value_time < until:
        raise BookkeepingError(
            _("That month is closed. Choose a day behind it, or have it reopened."), "value_time"
        )


def _locked(request: EntryRequest) -> EntryRequest:
    return EntryRequest.objects.select_for_update().get(pk=request.pk)
