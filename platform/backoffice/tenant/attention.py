"""What needs somebody today, and the figures of the day."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import access, cells, pages
from backoffice.tenant import names, queued
from clearing.models import Checkpoint
from identity.selectors import customers
from tenants.selectors import current_tenant
from trading.accounts.models import Account, AccountState
from trading.commands import door
from trading.commands import selectors as commands
from trading.engine import events, queries
from trading.instruments.models import Instrument, State
from trading.market_data.models import Candle
from trading.orders.models import OPEN_STATUSES, Order
from wallets.adjustments.models import Adjustment
from wallets.adjustments.models import State as AdjustmentState
from wallets.bookkeeping import selectors as bookkeeping
from wallets.bookkeeping.models import PeriodState
from wallets.reconciliation import selectors as reconciliation

DAY_SECONDS = 86_400
# A moment's lag is the normal state of a follower; this many seconds are not.
LAG_SECONDS = 5
REFUSED_HOURS = 24


@dataclass(frozen=True)
class Task:
    """One line of “needs attention”: tone is good, warn or bad."""

    tone: str
    icon: str
    headline: str
    sentence: str
    address: str = ""


def menu_counts(user: Any) -> dict[str, int]:
    """Figures beside entries of the menu."""
    counts = {}
    if access.may(user, "adjustments.view"):
        waiting = Adjustment.objects.filter(state=AdjustmentState.REQUESTED)
        counts["adjustments"] = waiting.count()
    if access.may(user, "ledger.view"):
        counts["entries"] = bookkeeping.waiting().count()
        counts["breaks"] = reconciliation.undone().count()
    return counts


def midnight(now: datetime) -> datetime:
    """The beginning of the day in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


WHOLE_SHARD = 0


def engine_status(tenant_id: int | None = None) -> events.StatusRow | None:
    """The engine's own word on this tenant, or on the WHOLE_SHARD; None when it is away."""
    wanted = current_tenant().pk if tenant_id is None else tenant_id
    try:
        answer = door.client().send(wanted, queries.QueryStatus())
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    return next((row for row in answer.events if isinstance(row, events.StatusRow)), None)


def clearing_behind() -> timedelta | None:
    """How long clearing has made no progress although the engine has; None: it keeps up."""
    status = engine_status()
    checkpoint = Checkpoint.objects.first()
    if status is None or checkpoint is None or checkpoint.seq >= status.durable_seq:
        return None
    return timezone.now() - checkpoint.time


def tasks(request: HttpRequest) -> list[Task]:
    """Everything that waits for somebody with this role, the worst first."""
    user = request.user
    found = [*_engine_tasks(), *_instrument_tasks(request)]
    if access.may(user, "audit.view"):
        found += _command_tasks(request)
    if access.may(user, "adjustments.view"):
        found += _adjustment_tasks(request)
    if access.may(user, "bookkeeping.approve"):
        found += _entry_tasks(request)
    if access.may(user, "ledger.view"):
        found += _break_tasks(request)
    if access.may(user, "customers.view"):
        found += _account_tasks(request)
    rank = {"bad": 0, "warn": 1, "good": 2}
    return sorted(found, key=lambda task: rank[task.tone])


def _engine_tasks() -> list[Task]:
    if engine_status() is None:
        return [
            Task(
                "bad",
                "power_off",
                _("The engine does not answer"),
                _("Orders are refused until it is back; changes made here wait for it."),
            )
        ]
    behind = clearing_behind()
    if behind is not None and behind > timedelta(seconds=LAG_SECONDS):
        return [
            Task(
                "warn",
                "hourglass_top",
                _("Clearing is behind by %(seconds)s s") % {"seconds": int(behind.total_seconds())},
                _("Orders, balances and the ledger here are that old. Trading goes on."),
            )
        ]
    return []


def _instrument_tasks(request: HttpRequest) -> list[Task]:
    return [
        Task(
            "warn",
            "pause_circle",
            _("%(symbol)s is not open") % {"symbol": row.symbol},
            str(row.get_state_display()),
            pages.url(request, "instrument", row.pk),
        )
        for row in Instrument.objects.exclude(state=State.OPEN)
    ]


def _command_tasks(request: HttpRequest) -> list[Task]:
    address = pages.url(request, "commands")
    found = []
    since = timezone.now() - timedelta(hours=REFUSED_HOURS)
    count = queued.refused().filter(created_at__gt=since).count()
    if count:
        found.append(
            Task(
                "bad",
                "block",
                ngettext(
                    "%(count)s command was refused by the engine",
                    "%(count)s commands were refused by the engine",
                    count,
                )
                % {"count": count},
                _("In the last 24 hours. What they should have changed is not in force."),
                f"{address}?state=rejected",
            )
        )
    if commands.relay_stop() is not None:
        found.append(
            Task(
                "bad",
                "sync_problem",
                _("Changes do not reach the engine"),
                _("The platform's operator has to decide how to go on. Until then they wait here."),
                f"{address}?state=waiting",
            )
        )
    waiting = queued.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
    now = timezone.now()
    if waiting["count"] and now - waiting["oldest"] > timedelta(seconds=LAG_SECONDS):
        found.append(
            Task(
                "warn",
                "outbox",
                ngettext(
                    "%(count)s command waits for the engine",
                    "%(count)s commands wait for the engine",
                    waiting["count"],
                )
                % {"count": waiting["count"]},
                _("The oldest was written %(age)s.") % {"age": cells.age(waiting["oldest"], now)},
                f"{address}?state=waiting",
            )
        )
    return found


def _adjustment_tasks(request: HttpRequest) -> list[Task]:
    rows = Adjustment.objects.filter(state=AdjustmentState.REQUESTED)
    figures = rows.aggregate(count=Count("pk"), oldest=Min("requested_at"))
    if not figures["count"]:
        return []
    own = rows.filter(requested_by_id=request.user.pk).count()
    sentence = _("The oldest was asked for %(age)s.") % {
        "age": cells.age(figures["oldest"], timezone.now())
    }
    if own == figures["count"]:
        sentence = _("You asked for it yourself: somebody else has to decide.")
    return [
        Task(
            "warn",
            "approval",
            ngettext(
                "%(count)s adjustment waits for a second person",
                "%(count)s adjustments wait for a second person",
                figures["count"],
            )
            % {"count": figures["count"]},
            sentence,
            f"{pages.url(request, 'adjustments')}?state=requested",
        )
    ]


def _entry_tasks(request: HttpRequest) -> list[Task]:
    """Requested entries, and a month that is to be reopened, of which somebody else may decide."""
    found = []
    count = bookkeeping.waiting().exclude(requested_by_id=request.user.pk).count()
    if count:
        found.append(
            Task(
                "warn",
                "edit_note",
                ngettext(
                    "%(count)s entry waits for a second person",
                    "%(count)s entries wait for a second person",
                    count,
                )
                % {"count": count},
                _("Asked for by a colleague: nothing is booked until you decide."),
                f"{pages.url(request, 'entry_requests')}?state=requested",
            )
        )
    last = bookkeeping.last_closed()
    if last is not None and last.state == PeriodState.REOPENING:
        found.append(
            Task(
                "warn",
                "event_available",
                _("%(month)s is to be reopened") % {"month": last},
                last.reopen_reason,
                pages.url(request, "periods"),
            )
        )
    return found


def _break_tasks(request: HttpRequest) -> list[Task]:
    count = reconciliation.undone().count()
    oldest = reconciliation.undone().first()
    if oldest is None:
        return []
    return [
        Task(
            "bad",
            "difference",
            ngettext(
                "%(count)s break of the books is open",
                "%(count)s breaks of the books are open",
                count,
            )
            % {"count": count},
            _("The oldest was found %(age)s: %(message)s")
            % {
                "age": cells.age(oldest.first_found_at, timezone.now()),
                "message": oldest.message,
            },
            pages.url(request, "breaks"),
        )
    ]


def _account_tasks(request: HttpRequest) -> list[Task]:
    rows = Account.objects.exclude(state=AccountState.ACTIVE)
    count = rows.count()
    if not count:
        return []
    first = rows.order_by("pk").first()
    assert first is not None
    return [
        Task(
            "warn",
            "no_accounts",
            ngettext(
                "%(count)s account is suspended or restricted",
                "%(count)s accounts are suspended or restricted",
                count,
            )
            % {"count": count},
            ", ".join(str(row) for row in rows.order_by("pk")[:3]),
            pages.url(request, "account", first.pk)
            if count == 1
            else f"{pages.url(request, 'accounts')}?state=restricted",
        )
    ]


def figures(now: datetime) -> dict[str, Any]:
    """Sign-ups and volume of today, open orders, customers."""
    today = midnight(now)
    second = int(today.timestamp())
    assets = names.assets()
    by_quote: dict[int, int] = {}
    trades = 0
    candles = (
        Candle.objects.filter(interval_seconds=DAY_SECONDS, open_second=second)
        .values("instrument__quote")
        .annotate(units=Sum("quote_units"), count=Sum("trades"))
    )
    for row in candles:
        by_quote[row["instrument__quote"]] = int(row["units"])
        trades += int(row["count"])
    return {
        "sign_ups": customers().filter(created_at__gte=today).count(),
        "customers": customers().count(),
        "open_orders": Order.objects.filter(status__in=OPEN_STATUSES).count(),
        "trades": trades,
        "volumes": [
            cells.volume(units, assets[asset_id].scale, assets[asset_id].code)
            for asset_id, units in sorted(by_quote.items())
            if asset_id in assets
        ],
    }


def sign_ups_by_day(now: datetime, days: int = 14) -> dict[str, Any]:
    """Labels and counts of the last days, today last."""
    first = midnight(now) - timedelta(days=days - 1)
    counts = dict(
        customers()
        .filter(created_at__gte=first)
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    every = [(first + timedelta(days=index)).date() for index in range(days)]
    return {
        "labels": [day.strftime("%-d.%-m.") for day in every],
        "values": [counts.get(day, 0) for day in every],
    }


def trades_by_hour(now: datetime, hours: int = 24) -> dict[str, Any]:
    """Labels and numbers of trades of the last hours, the present one last."""
    last = int(now.timestamp()) // 3600 * 3600
    first = last - (hours - 1) * 3600
    counts = dict(
        Candle.objects.filter(interval_seconds=3600, open_second__gte=first)
        .values_list("open_second")
        .annotate(count=Sum("trades"))
        .order_by()
    )
    every = range(first, last + 1, 3600)
    return {
        "labels": [time.strftime("%H:00", time.gmtime(second)) for second in every],
        "values": [int(counts.get(second, 0)) for second in every],
    }


def standing() -> dict[str, Any]:
    """Engine and clearing in a few facts."""
    status = engine_status()
    checkpoint = Checkpoint.objects.first()
    return {
        "tenant": current_tenant(),
        "engine": status,
        "checkpoint": checkpoint,
        "lag": max(0, status.durable_seq - checkpoint.seq) if status and checkpoint else None,
    }
