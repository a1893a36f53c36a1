"""Closing months, reopening the last one with a second person, and the year's close."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from tenants.selectors import current_tenant
from trading.commands import door
from trading.engine import queries
from wallets.bookkeeping import selectors, states
from wallets.bookkeeping.actions.entries import ask_for
from wallets.bookkeeping.actions.guards import reason_of, require_second_person, require_staff
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.locking import lock_periods
from wallets.bookkeeping.models import EntryRequest, Period, PeriodState, State
from wallets.ledger.models import EntryKind


def close_period(*, month: date, acting_user: Any) -> Period:
    """Close the month that begins with a day: nothing that belongs to it is booked any more.

    Months are closed one after another, when they are over and clearing is behind none of their
    entries. Closing a month again that is closed changes nothing. Raises BookkeepingError,
    PermissionDenied, EngineUnavailable.
    """
    require_staff(acting_user, "periods.close")
    tenant = current_tenant()
    seq = _engine_seq(tenant.pk)
    with transaction.atomic():
        lock_periods()
        known = Period.objects.filter(month=month).exclude(state=PeriodState.REOPENED).first()
        if known is not None:
            return known
        due = selectors.next_to_close(tenant.timezone)
        if due is None or due.first_day != month:
            raise BookkeepingError(_("Months are closed one after another, each when it is over."))
        _require_cleared(seq)
        on_their_way = EntryRequest.objects.filter(
            state=State.APPROVED, value_time__gte=due.starts_at, value_time__lt=due.ends_at
        )
        if on_their_way.exists():
            raise BookkeepingError(
                _(
                    "Entries that belong to this month are on their way. Close it when they are "
                    "booked."
                )
            )
        period = due.period or Period(
            month=due.first_day, starts_at=due.starts_at, ends_at=due.ends_at
        )
        was = period.state if period.pk else "open"
        period.state = PeriodState.CLOSED
        period.closed_by = acting_user
        period.closed_at = timezone.now()
        period.closed_seq = seq
        period.save()
        audit.record(
            "bookkeeping.close_period",
            period,
            old={"state": str(was)},
            new={"state": "closed", "month": f"{month:%Y-%m}", "seq": seq},
            acting_user=acting_user,
        )
    return period


def ask_to_reopen(*, period: Period, reason: str, acting_user: Any) -> Period:
    """Ask a second person to have the last closed month reopened.

    Raises BookkeepingError, PermissionDenied.
    """
    require_staff(acting_user, "periods.close")
    reason = reason_of(reason)
    with transaction.atomic():
        lock_periods()
        period = Period.objects.select_for_update().get(pk=period.pk)
        last = selectors.last_closed()
        if last is None or last.pk != period.pk:
            raise BookkeepingError(_("Only the last month that was closed can be reopened."))
        if not states.period_allows(period.state, PeriodState.REOPENING):
            raise BookkeepingError(_("Somebody asked for this already."))
        if selectors.year_closes(period.month.year).exists():
            raise BookkeepingError(
                _("Its year is closed and stays so: correct it in the year that is open.")
            )
        period.state = PeriodState.REOPENING
        period.reopen_asked_by, period.reopen_asked_at = acting_user, timezone.now()
        period.reopen_reason, period.reopened_by, period.reopened_at = reason, None, None
        period.save()
        audit.record(
            "bookkeeping.ask_to_reopen",
            period,
            old={"state": "closed"},
            new={"state": "reopening"},
            acting_user=acting_user,
            reason=reason,
        )
    return period


def decide_reopening(*, period: Period, reopens: bool, reason: str, acting_user: Any) -> Period:
    """The second person's word. Raises BookkeepingError, PermissionDenied."""
    require_staff(acting_user, "bookkeeping.approve")
    wanted = PeriodState.REOPENED if reopens else PeriodState.CLOSED
    with transaction.atomic():
        lock_periods()
        period = Period.objects.select_for_update().get(pk=period.pk)
        if not (
            period.state == PeriodState.REOPENING and states.period_allows(period.state, wanted)
        ):
            raise BookkeepingError(_("Nobody waits for this month to be reopened."))
        require_second_person(period.reopen_asked_by_id, acting_user)
        period.state = wanted
        if reopens:
            period.reopened_by, period.reopened_at = acting_user, timezone.now()
        period.save()
        audit.record(
            "bookkeeping.reopen_period" if reopens else "bookkeeping.keep_period_closed",
            period,
            old={"state": "reopening"},
            new={"state": wanted.value},
            acting_user=acting_user,
            reason=reason,
        )
    return period


def request_year_close(*, year: int, reason: str, acting_user: Any) -> list[EntryRequest]:
    """Ask for what a year earned and spent to be carried to retained earnings, asset by asset.

    All its months must be closed. Raises BookkeepingError, PermissionDenied.
    """
    require_staff(acting_user, "bookkeeping.request")
    reason = reason_of(reason)
    with transaction.atomic():
        lock_periods()
        december = Period.objects.filter(month=date(year, 12, 1)).first()
        if december is None or december.state != PeriodState.CLOSED:
            raise BookkeepingError(_("Close all months of the year first."))
        if selectors.year_closes(year).exists():
            raise BookkeepingError(_("Somebody asked for this already."))
        made = [
            ask_for(
                EntryRequest(
                    kind=EntryKind.YEAR_CLOSED,
                    asset_id=asset_id,
                    year=year,
                    income_units=income,
                    expense_units=expense,
                    reason=reason,
                    requested_by=acting_user,
                )
            )
            for asset_id, income, expense in selectors.results_until(december.ends_at)
            if income or expense
        ]
        if not made:
            raise BookkeepingError(_("Nothing was earned or spent that is not carried already."))
    return made


def _engine_seq(tenant_id: int) -> int:
    (answer,) = door.query_together(tenant_id, [queries.QueryStatus()])
    return answer.seq


def _require_cleared(seq: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM clearing_checkpoint")
        row = cursor.fetchone()
    if (row[0] if row else 0) < seq:
        raise BookkeepingError(_("Clearing is behind the engine. Try again in a moment."))
